//! Of what the person wants to be told outside the window.

use flowmeter_domain::ipc::{Machine, Permission};
use flowmeter_domain::preferences::Notifications;
use yew::prelude::*;

use super::Chosen;
use crate::components::{Notice, Select, Setting, SettingGroup, Switch, Tone};
use crate::locales::{Text, Translator};

/// Thresholds are offered in steps of so many per cent.
const STEP: usize = 5;

pub(super) fn group(texts: &Translator, chosen: &Chosen, machine: Option<&Machine>) -> Html {
    let on = chosen.now.notifications.enabled;
    html! {
        <SettingGroup title={texts.text(Text::SettingsTold)}>
            <Setting control="set-told" label={texts.text(Text::ToldEnabled)} hint={texts.text(Text::ToldEnabledHint)}>
                <Switch id="set-told" {on} on_switch={chosen.on(|next, on| next.notifications.enabled = on)} />
            </Setting>
            { refused(texts, on, machine) }
            { thresholds(texts, chosen) }
            { occasions(texts, chosen) }
        </SettingGroup>
    }
}

/// A person who asked to be told must know when they will not be.
fn refused(texts: &Translator, on: bool, machine: Option<&Machine>) -> Html {
    let text = match machine.map(|machine| machine.notifications).filter(|_| on) {
        Some(Permission::Denied) => Text::ToldDenied,
        Some(Permission::Absent) => Text::ToldAbsent,
        Some(Permission::Unasked | Permission::Granted) | None => return html! {},
    };
    html! { <Notice tone={Tone::Warning} title={texts.text(text)} testid="told-refused" /> }
}

fn thresholds(texts: &Translator, chosen: &Chosen) -> Html {
    let Notifications { enabled, warn_at, urgent_at, .. } = chosen.now.notifications;
    let warn = chosen.on(|next, value| next.notifications.warn_at = value);
    let urgent = chosen.on(|next, value| next.notifications.urgent_at = value);
    html! {
        <>
            { threshold(texts, "set-warn-at", Text::ToldWarn, enabled, warn_at, (5, urgent_at - 1), warn) }
            { threshold(texts, "set-urgent-at", Text::ToldUrgent, enabled, urgent_at, (warn_at + 1, 99), urgent) }
        </>
    }
}

/// Only what can be chosen is offered, so that nothing can be chosen that is refused.
fn threshold(
    texts: &Translator,
    id: &'static str,
    label: Text,
    enabled: bool,
    value: u8,
    (least, most): (u8, u8),
    on_value: Callback<u8>,
) -> Html {
    let mut offered: Vec<u8> =
        (5..=95).step_by(STEP).filter(|share| (least..=most).contains(share)).collect();
    if !offered.contains(&value) {
        offered.push(value);
        offered.sort_unstable();
    }
    let words = |share: u8| texts.fill(Text::ToldShare, [("share", i64::from(share).into())]);
    let options: Vec<_> =
        offered.into_iter().map(|share| (AttrValue::from(share.to_string()), words(share))).collect();
    let on_choose = on_value.reform(move |chosen: AttrValue| chosen.parse().unwrap_or(value));
    html! {
        <Setting control={id} label={texts.text(label)} inset=true>
            <Select {id} {options} value={value.to_string()} disabled={!enabled} {on_choose} />
        </Setting>
    }
}

fn occasions(texts: &Translator, chosen: &Chosen) -> Html {
    let Notifications { enabled, used_up, replenished, .. } = chosen.now.notifications;
    html! {
        <>
            <Setting control="set-used-up" label={texts.text(Text::ToldUsedUp)} inset=true>
                <Switch id="set-used-up" on={used_up} disabled={!enabled}
                    on_switch={chosen.on(|next, on| next.notifications.used_up = on)} />
            </Setting>
            <Setting control="set-replenished" label={texts.text(Text::ToldReplenished)} inset=true>
                <Switch id="set-replenished" on={replenished} disabled={!enabled}
                    on_switch={chosen.on(|next, on| next.notifications.replenished = on)} />
            </Setting>
        </>
    }
}
