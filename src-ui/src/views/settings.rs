//! How the app behaves on this machine. Every change applies at once; nothing has to be saved.

mod account;
mod data;
mod looks;
mod notifications;
mod running;

use flowmeter_domain::preferences::Preferences;
use yew::prelude::*;

use super::notices::Notices;
use crate::locales::{Text, use_translator};
use crate::stores::{use_app, use_machine};

/// What the parts of the view share: what holds, and how to change it.
#[derive(Clone, PartialEq)]
struct Chosen {
    now: Preferences,
    set: Callback<Preferences>,
}

impl Chosen {
    /// A callback that changes one thing by what a control gives.
    fn on<T: 'static>(&self, change: impl Fn(&mut Preferences, T) + 'static) -> Callback<T> {
        let Chosen { now, set } = self.clone();
        Callback::from(move |value| {
            let mut next = now.clone();
            change(&mut next, value);
            set.emit(next);
        })
    }
}

/// The view.
#[component]
pub fn Settings() -> Html {
    let (app, texts) = (use_app(), use_translator());
    let machine = use_machine(&app);
    let set = Callback::from({
        let app = app.clone();
        move |preferences| app.set_preferences(preferences)
    });
    let chosen = Chosen { now: app.preferences.clone(), set };
    html! {
        <main class="page" tabindex="0" data-testid="settings">
            <div class="column is-narrow">
                <header class="head"><h1>{ texts.text(Text::SettingsTitle) }</h1></header>
                <Notices />
                { looks::group(&texts, &chosen) }
                { running::group(&texts, &chosen, machine.as_ref()) }
                { notifications::group(&texts, &chosen, machine.as_ref()) }
                { account::group(&app, &texts) }
                { data::group(&app, &texts, machine.as_ref()) }
            </div>
        </main>
    }
}
