//! The quotas of an account, in full or compact, in every state: loading, there, none, failed.
//!
//! A failed reading never takes numbers away; it says why they may be old.

use flowmeter_domain::ipc::QuotaState;
use flowmeter_domain::{Quota, Snapshot, UiError};
use jiff::Timestamp;
use yew::prelude::*;

use super::{ErrorNotice, Notice, QuotaCard, QuotaRow, Tone};
use crate::locales::{Text, Translator, use_translator};

/// How much room there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A card for each kind, and everything there is to say.
    Full,
    /// A line for each kind.
    Compact,
}

/// What to show.
#[derive(PartialEq, Properties)]
pub struct QuotaDisplayProps {
    /// The latest reading.
    pub quota: QuotaState,
    /// The time by which ages are told.
    pub now: Timestamp,
    /// How much room there is.
    pub form: Form,
}

/// The quotas.
#[component]
pub fn QuotaDisplay(props: &QuotaDisplayProps) -> Html {
    let texts = use_translator();
    let QuotaState { snapshot, failure, .. } = &props.quota;
    match (props.form, snapshot, failure) {
        (Form::Full, Some(snapshot), failure) => html! {
            <>{ stale_notice(&texts, snapshot, failure.as_ref(), props.now) }{ cards(&texts, &snapshot.quota) }</>
        },
        (Form::Full, None, Some(failure)) => failed(&texts, failure),
        (Form::Full, None, None) => skeleton(&texts, "cards", "card"),
        (Form::Compact, Some(snapshot), _) => rows(&snapshot.quota),
        (Form::Compact, None, Some(_)) => html! {},
        (Form::Compact, None, None) => skeleton(&texts, "rows", "row"),
    }
}

fn stale_notice(texts: &Translator, snapshot: &Snapshot, failure: Option<&UiError>, now: Timestamp) -> Html {
    let Some(error) = failure else { return html! {} };
    let lead = texts.fill(Text::UsageKept, [("age", texts.age(snapshot.age(now)).as_str().into())]);
    html! { <ErrorNotice tone={Tone::Warning} error={error.clone()} {lead} testid="quota-failure" /> }
}

fn cards(texts: &Translator, quota: &Quota) -> Html {
    if quota.0.is_empty() {
        let (title, body) = (texts.text(Text::UsageEmptyTitle), texts.text(Text::UsageEmptyBody));
        return html! { <Notice tone={Tone::Info} {title} testid="quota-empty"><p>{ body }</p></Notice> };
    }
    html! {
        <ul class="cards" data-testid="quota-cards">
            for (&kind, &counter) in &quota.0 { <QuotaCard key={kind.name()} {kind} {counter} /> }
        </ul>
    }
}

fn rows(quota: &Quota) -> Html {
    html! {
        <ul class="rows">
            for (&kind, &counter) in &quota.0 { <QuotaRow key={kind.name()} {kind} {counter} /> }
        </ul>
    }
}

fn failed(texts: &Translator, error: &UiError) -> Html {
    let lead = texts.text(Text::UsageFailed);
    html! { <ErrorNotice tone={Tone::Warning} error={error.clone()} {lead} testid="quota-failure" /> }
}

/// As large as what will take its place, so that nothing jumps.
fn skeleton(texts: &Translator, list: &'static str, item: &'static str) -> Html {
    html! {
        <ul class={classes!(list, "is-loading")} aria-busy="true" aria-label={texts.text(Text::UsageLoading)}
            data-testid="quota-loading">
            for _ in 0..4 { <li class={item} aria-hidden="true"><i /><i /><i /></li> }
        </ul>
    }
}
