//! How a run ended, what it cost, what it left: one line under the answer.

use flowmeter_domain::{Charged, Outcome};
use yew::prelude::*;

use super::{Glyph, Icon};
use crate::locales::{Text, use_translator};
use crate::stores::Run;

/// Of which run.
#[derive(PartialEq, Properties)]
pub struct RunMetaProps {
    /// The model that was asked.
    pub model: AttrValue,
    /// How it ended.
    pub outcome: Outcome,
    /// Whether it cost a unit.
    pub charged: Charged,
    /// LLM runs left after it, if known.
    pub left: Option<i64>,
}

/// The line.
#[component]
pub fn RunMeta(props: &RunMetaProps) -> Html {
    let texts = use_translator();
    let left = props.left.map(|left| texts.fill(Text::QuotaLeft, [("count", left.max(0).into())]));
    html! {
        <p class="meta">
            <span class="meta-outcome"><Icon glyph={glyph(&props.outcome)} />{ texts.text(outcome_text(&props.outcome)) }</span>
            <span data-testid="run-charged" data-charged={charged_name(props.charged)}>
                { texts.text(charged_text(props.charged)) }
                if let Some(left) = left { { " · " }{ left } }
            </span>
            <span class="meta-model">{ &props.model }</span>
        </p>
    }
}

/// The outcome of a run for tests and styles.
pub(super) fn outcome_name(run: &Run) -> &'static str {
    match run.view.end.as_ref().map(|end| &end.outcome) {
        None => "running",
        Some(Outcome::Completed) => "completed",
        Some(Outcome::Cancelled) => "cancelled",
        Some(Outcome::Incomplete { .. }) => "incomplete",
        Some(Outcome::Failed { .. }) => "failed",
    }
}

/// The outcome in a word.
pub(super) fn outcome_text(outcome: &Outcome) -> Text {
    match outcome {
        Outcome::Completed => Text::RunCompleted,
        Outcome::Cancelled => Text::RunCancelled,
        Outcome::Incomplete { .. } => Text::RunIncomplete,
        Outcome::Failed { .. } => Text::RunFailed,
    }
}

/// The cost in words.
pub(super) fn charged_text(charged: Charged) -> Text {
    match charged {
        Charged::Yes => Text::RunCharged,
        Charged::No => Text::RunNotCharged,
        Charged::Unknown => Text::RunChargeUnknown,
    }
}

fn charged_name(charged: Charged) -> &'static str {
    match charged {
        Charged::Yes => "yes",
        Charged::No => "no",
        Charged::Unknown => "unknown",
    }
}

fn glyph(outcome: &Outcome) -> Glyph {
    match outcome {
        Outcome::Completed => Glyph::Check,
        Outcome::Cancelled => Glyph::Stop,
        Outcome::Incomplete { .. } => Glyph::Alert,
        Outcome::Failed { .. } => Glyph::Cross,
    }
}
