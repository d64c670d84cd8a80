//! How old the numbers are: in words, with the exact time at the pointer, and a mark when they are outdated.

use flowmeter_domain::Freshness;
use flowmeter_domain::ipc::QuotaState;
use jiff::Timestamp;
use yew::prelude::*;

use super::{Glyph, Icon};
use crate::browser;
use crate::locales::{Text, use_translator};

/// Of what.
#[derive(PartialEq, Properties)]
pub struct QuotaAgeProps {
    /// The reading, if there is one.
    pub quota: QuotaState,
    /// The time by which ages are told.
    pub now: Timestamp,
    /// Its name for tests.
    pub testid: AttrValue,
}

/// The age of a reading.
#[component]
pub fn QuotaAge(props: &QuotaAgeProps) -> Html {
    let texts = use_translator();
    let Some(snapshot) = &props.quota.snapshot else {
        return html! { <span class="age" data-testid={&props.testid}>{ texts.text(Text::UsageNever) }</span> };
    };
    let age = texts.fill(Text::UsageUpdated, [("age", texts.age(snapshot.age(props.now)).as_str().into())]);
    let exact = browser::local_time(snapshot.taken_at, texts.language().tag());
    html! {
        <span class="age" data-testid={&props.testid}>
            if props.quota.standing(props.now).freshness == Some(Freshness::Outdated) {
                <span class="badge"><Icon glyph={Glyph::Alert} />{ texts.text(Text::UsageOutdated) }</span>
            }
            <time datetime={snapshot.taken_at.to_string()} title={exact}>{ age }</time>
        </span>
    }
}
