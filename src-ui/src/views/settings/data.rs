//! What the app keeps on this machine, and getting rid of it.

use flowmeter_domain::ipc::Machine;
use yew::prelude::*;

use crate::components::{Button, Confirm, Setting, SettingGroup};
use crate::locales::{Text, Translator, use_translator};
use crate::stores::{App, Clearing, use_app};

pub(super) fn group(app: &App, texts: &Translator, machine: Option<&Machine>) -> Html {
    let on_open = Callback::from({
        let app = app.clone();
        move |_: MouseEvent| app.open_data_folder()
    });
    html! {
        <SettingGroup title={texts.text(Text::SettingsData)}>
            <Setting label={texts.text(Text::SettingsFolder)} hint={machine.map(|machine| AttrValue::from(machine.data_folder.clone()))}>
                <Button label={texts.text(Text::SettingsFolderOpen)} testid="open-data" on_press={on_open} />
            </Setting>
            <ClearHistory />
            <Setting label={texts.text(Text::SettingsVersion)}>
                <span class="setting-value">{ machine.map(|machine| machine.version.clone()) }</span>
            </Setting>
        </SettingGroup>
    }
}

/// Asked before, and undone after: a history cannot be read anew from anywhere.
#[component]
fn ClearHistory() -> Html {
    let (app, texts) = (use_app(), use_translator());
    let asking = use_state(|| false);
    let (label, hint) = match (app.clearing, *asking) {
        (Clearing::Cleared, _) => (Text::ClearDone, Text::ClearDoneHint),
        (_, true) => (Text::ClearAsk, Text::ClearAskHint),
        _ => (Text::ClearTitle, Text::ClearHint),
    };
    html! {
        <Setting label={texts.text(label)} hint={texts.text(hint)}>
            <span class="setting-buttons" role="group" aria-label={texts.text(Text::ClearTitle)}>
                { buttons(&app, &texts, &asking) }
            </span>
        </Setting>
    }
}

fn buttons(app: &App, texts: &Translator, asking: &UseStateHandle<bool>) -> Html {
    let busy = app.clearing == Clearing::Busy;
    let on_press = |act: fn(&App)| {
        let (app, asking) = (app.clone(), asking.setter());
        Callback::from(move |_: MouseEvent| {
            asking.set(false);
            act(&app);
        })
    };
    if app.clearing == Clearing::Cleared {
        return html! {
            <Button label={texts.text(Text::ClearUndo)} {busy} testid="undo-clear" on_press={on_press(App::restore_history)} />
        };
    }
    let setter = asking.setter();
    html! {
        <Confirm asking={**asking} {busy} label={texts.text(Text::ClearButton)} no={texts.text(Text::ClearKeep)}
            yes={texts.text(Text::ClearYes)} testids={["clear-history", "clear-keep", "clear-yes"].map(AttrValue::from)}
            on_ask={Callback::from(move |yes| setter.set(yes))} on_yes={on_press(App::clear_history)} />
    }
}
