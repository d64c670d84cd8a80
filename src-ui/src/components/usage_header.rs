//! The head of the page: what it shows, how old that is, and a button to read it again.

use flowmeter_domain::ipc::QuotaState;
use jiff::Timestamp;
use yew::prelude::*;

use super::{Button, Glyph, QuotaAge};
use crate::locales::{Text, use_translator};

/// What the head tells.
#[derive(PartialEq, Properties)]
pub struct UsageHeaderProps {
    /// The latest reading.
    pub quota: QuotaState,
    /// The time by which ages are told.
    pub now: Timestamp,
    /// The person wants a new reading.
    pub on_refresh: Callback<MouseEvent>,
}

/// The head.
#[component]
pub fn UsageHeader(props: &UsageHeaderProps) -> Html {
    let texts = use_translator();
    let busy = props.quota.refreshing;
    let label = texts.text(if busy { Text::UsageRefreshing } else { Text::UsageRefresh });
    html! {
        <header class="head">
            <h1>{ texts.text(Text::UsageTitle) }</h1>
            <QuotaAge quota={props.quota.clone()} now={props.now} testid="quota-age" />
            <Button {label} {busy} glyph={Glyph::Refresh} testid="refresh" on_press={&props.on_refresh} />
        </header>
    }
}
