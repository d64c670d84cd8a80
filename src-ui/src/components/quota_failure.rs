//! Why the numbers are not the newest, what that means, and what still works.

use flowmeter_domain::freshness::Cause;
use flowmeter_domain::ipc::QuotaState;
use jiff::Timestamp;
use yew::prelude::*;

use super::{ErrorNotice, Tone};
use crate::locales::{Text, use_translator};

/// Of what.
#[derive(PartialEq, Properties)]
pub struct QuotaFailureProps {
    /// The latest reading and what is wrong with it.
    pub quota: QuotaState,
    /// The time by which ages are told.
    pub now: Timestamp,
}

/// A notice, where there is something to say: a first failure over young numbers is not worth one.
#[component]
pub fn QuotaFailure(props: &QuotaFailureProps) -> Html {
    let texts = use_translator();
    let QuotaState { snapshot, failure, .. } = &props.quota;
    let (Some(error), Some(cause)) = (failure.clone(), props.quota.standing(props.now).cause) else {
        return html! {};
    };
    let lead = match snapshot {
        Some(snapshot) => {
            let age = texts.age(snapshot.age(props.now));
            texts.fill(Text::UsageKept, [("age", age.as_str().into())])
        }
        None => texts.text(Text::UsageFailed),
    };
    let works = match cause {
        Cause::Offline => Some(Text::WorksOffline),
        Cause::Server | Cause::Busy => Some(Text::WorksServer),
        Cause::SignedOut | Cause::NotAllowed | Cause::KeyStore | Cause::Other => None,
    };
    html! {
        <ErrorNotice tone={Tone::Warning} {error} {lead} testid="quota-failure">
            if let Some(works) = works { <p>{ " " }{ texts.text(works) }</p> }
        </ErrorNotice>
    }
}
