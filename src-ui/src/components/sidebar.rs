//! What is always in sight: the brand, the ways to go, the quotas in short, and whose they are.

use flowmeter_domain::ipc::QuotaState;
use flowmeter_domain::preferences::Figures;
use jiff::Timestamp;
use yew::prelude::*;

use super::{Brand, Form, Navigation, QuotaDisplay};
use crate::stores::Place;

/// What it shows.
#[derive(PartialEq, Properties)]
pub struct SidebarProps {
    /// Where the person is.
    pub place: Place,
    /// The latest reading.
    pub quota: QuotaState,
    /// The time by which ages are told.
    pub now: Timestamp,
    /// Which number comes first.
    pub figures: Figures,
    /// The person wants to go somewhere.
    pub on_go: Callback<Place>,
    /// Its foot: the account.
    pub children: Html,
}

/// The sidebar; a strip at the top in a narrow window.
#[component]
pub fn Sidebar(props: &SidebarProps) -> Html {
    html! {
        <aside class="side">
            <Brand />
            <Navigation place={props.place} on_go={&props.on_go} />
            <QuotaDisplay quota={props.quota.clone()} now={props.now} form={Form::Compact}
                figures={props.figures} />
            { props.children.clone() }
        </aside>
    }
}
