//! When the app runs, and how often it reads the numbers.

use flowmeter_domain::ipc::Machine;
use flowmeter_domain::preferences::{DEFAULT_SILENCE_SECONDS, Pace, Preferences};
use yew::prelude::*;

use super::Chosen;
use crate::components::{Select, Setting, SettingGroup, Switch};
use crate::locales::{Text, Translator};

/// The paces that are offered, in minutes.
const MINUTES: [u16; 6] = [1, 2, 5, 15, 30, 60];

/// How long an answer may be silent, as it is offered, in seconds.
const SILENCES: [u16; 5] = [30, 60, DEFAULT_SILENCE_SECONDS, 300, 600];

pub(super) fn group(texts: &Translator, chosen: &Chosen, machine: Option<&Machine>) -> Html {
    let Preferences { start_at_login, close_to_tray, .. } = chosen.now;
    // Said before it is switched on: without a tray the app ends with its window, as it must.
    let no_tray = machine.is_some_and(|machine| !machine.tray);
    let tray_hint = if no_tray { Text::SettingsNoTray } else { Text::SettingsTrayHint };
    html! {
        <SettingGroup title={texts.text(Text::SettingsRunning)}>
            <Setting control="set-login" label={texts.text(Text::SettingsLogin)}>
                <Switch id="set-login" on={start_at_login} on_switch={chosen.on(|next, on| next.start_at_login = on)} />
            </Setting>
            <Setting control="set-tray" label={texts.text(Text::SettingsTray)} hint={texts.text(tray_hint)}>
                <Switch id="set-tray" on={close_to_tray} on_switch={chosen.on(|next, on| next.close_to_tray = on)} />
            </Setting>
            { pace(texts, chosen) }
            { silence(texts, chosen) }
        </SettingGroup>
    }
}

fn pace(texts: &Translator, chosen: &Chosen) -> Html {
    let minutes = match chosen.now.pace {
        Pace::Adaptive => None,
        Pace::Every { minutes } => Some(minutes),
    };
    // What was chosen elsewhere is offered too, so that it can be seen.
    let mut offered = MINUTES.to_vec();
    offered.extend(minutes.filter(|minutes| !MINUTES.contains(minutes)));
    let words = |minutes: u16| texts.fill(Text::PaceEvery, [("minutes", i64::from(minutes).into())]);
    let fixed = offered.into_iter().map(|minutes| (AttrValue::from(minutes.to_string()), words(minutes)));
    let adaptive = (AttrValue::from("adaptive"), texts.text(Text::PaceAdaptive));
    let value = minutes.map_or("adaptive".to_owned(), |minutes| minutes.to_string());
    let on_choose = chosen.on(|next, value: AttrValue| {
        next.pace = value.parse().map_or(Pace::Adaptive, |minutes| Pace::Every { minutes });
    });
    html! {
        <Setting control="set-pace" label={texts.text(Text::SettingsPace)} hint={texts.text(Text::SettingsPaceHint)}>
            <Select id="set-pace" options={std::iter::once(adaptive).chain(fixed).collect::<Vec<_>>()} {value} {on_choose} />
        </Setting>
    }
}

fn silence(texts: &Translator, chosen: &Chosen) -> Html {
    let now = chosen.now.silence;
    let mut offered = SILENCES.to_vec();
    offered.extend((!SILENCES.contains(&now)).then_some(now));
    let words = |seconds: u16| texts.fill(Text::SettingsSeconds, [("seconds", i64::from(seconds).into())]);
    let options: Vec<_> =
        offered.into_iter().map(|seconds| (AttrValue::from(seconds.to_string()), words(seconds))).collect();
    let on_choose = chosen.on(|next, value: AttrValue| {
        next.silence = value.parse().unwrap_or(DEFAULT_SILENCE_SECONDS);
    });
    html! {
        <Setting control="set-silence" label={texts.text(Text::SettingsSilence)} hint={texts.text(Text::SettingsSilenceHint)}>
            <Select id="set-silence" {options} value={now.to_string()} {on_choose} />
        </Setting>
    }
}
