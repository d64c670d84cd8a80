//! Whose numbers these are. Adding, switching and removing are one step away, at the foot of the sidebar.

use flowmeter_domain::ipc::KnownAccount;
use yew::prelude::*;

use crate::components::{Setting, SettingGroup};
use crate::locales::{Text, Translator};
use crate::stores::App;

pub(super) fn group(app: &App, texts: &Translator) -> Html {
    html! {
        <SettingGroup title={texts.text(Text::SettingsAccount)}>
            for known in &app.accounts.known { { account(texts, known) } }
            <Setting label={texts.text(Text::SettingsAccountMore)} hint={texts.text(Text::SettingsAccountMoreHint)} />
        </SettingGroup>
    }
}

fn account(texts: &Translator, known: &KnownAccount) -> Html {
    let hint = texts.fill(Text::SettingsProject, [("project", known.key.project.as_str().into())]);
    html! {
        <Setting key={format!("{}/{}", known.key.project, known.key.user_id)} label={known.email.clone()} {hint}>
            if known.is_shown { <span class="setting-value">{ texts.text(Text::SettingsAccountShown) }</span> }
        </Setting>
    }
}
