//! The frame of somebody who is signed in: the sidebar, and the place where they are.
//!
//! The home stays on the page while another place is shown, so that what was typed there and where it
//! was scrolled to are not lost. What was typed elsewhere is noted.

use flowmeter_domain::ipc::QuotaState;
use yew::prelude::*;

use super::account_wish::on_wish;
use super::{Flows, History, Home, Runs, Settings};
use crate::components::{AccountMenu, QuotaAge, QuotaNews, Sidebar};
use crate::stores::{App, Notebook, Place, use_app};

/// The view.
#[component]
pub fn Shell() -> Html {
    let app = use_app();
    let quota = app.quota.clone().unwrap_or_default();
    html! {
        <div class="shell">
            { sidebar(&app, &quota) }
            <QuotaNews snapshot={quota.snapshot.clone()} figures={app.preferences.figures} />
            <div class="place" hidden={app.place != Place::Home}><Home /></div>
            <Notebook>{ elsewhere(app.place) }</Notebook>
        </div>
    }
}

fn elsewhere(place: Place) -> Html {
    match place {
        Place::Home => html! {},
        Place::Flows => html! { <div class="place"><Flows /></div> },
        Place::Runs => html! { <div class="place"><Runs /></div> },
        Place::History => html! { <div class="place"><History /></div> },
        Place::Settings => html! { <div class="place"><Settings /></div> },
    }
}

fn sidebar(app: &App, quota: &QuotaState) -> Html {
    let on_go = Callback::from({
        let app = app.clone();
        move |place| app.go(place)
    });
    html! {
        <Sidebar place={app.place} quota={quota.clone()} now={app.now} figures={app.preferences.figures} {on_go}>{ account(app, quota) }</Sidebar>
    }
}

fn account(app: &App, quota: &QuotaState) -> Html {
    let Some(account) = app.account() else { return html! {} };
    html! {
        <AccountMenu email={account.email.clone()} accounts={app.accounts.clone()} on_wish={on_wish(app)}>
            <QuotaAge quota={quota.clone()} now={app.now} testid="account-age" />
        </AccountMenu>
    }
}
