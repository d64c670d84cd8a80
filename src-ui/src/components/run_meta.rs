//! How a run ended, what it cost, what it left: one line under the answer.

use flowmeter_domain::ipc::{End, Left};
use flowmeter_domain::{Charged, Outcome};
use yew::prelude::*;

use super::{Glyph, Icon};
use crate::locales::{Text, Translator, use_translator};
use crate::stores::Run;

/// Of which run.
#[derive(PartialEq, Properties)]
pub struct RunMetaProps {
    /// The model that was asked.
    pub model: AttrValue,
    /// How it ended, and whether it cost a unit.
    pub end: End,
    /// What it left, once that was read.
    pub left: Option<Left>,
    /// What can be done with its text.
    #[prop_or_default]
    pub children: Html,
}

/// The line.
#[component]
pub fn RunMeta(props: &RunMetaProps) -> Html {
    let texts = use_translator();
    let End { outcome, charged } = &props.end;
    html! {
        <div class="meta">
            <span class="meta-outcome"><Icon glyph={glyph(outcome)} />{ texts.text(outcome_text(outcome)) }</span>
            <span data-testid="run-charged" data-charged={charged_name(*charged)}>{ texts.text(charged_text(*charged)) }</span>
            { left(&texts, props.left) }
            <span class="meta-model">{ &props.model }</span>
            <span class="meta-actions">{ props.children.clone() }</span>
        </div>
    }
}

fn left(texts: &Translator, left: Option<Left>) -> Html {
    let Some(Left { kind, remaining }) = left else { return html! {} };
    let (kind_text, count) = (texts.kind(kind), remaining.max(0));
    let numbers = texts.fill(Text::QuotaLeft, [("count", count.into())]);
    let gaps = [("kind", kind_text.as_str().into()), ("numbers", numbers.as_str().into())];
    html! {
        <span data-testid="run-left" data-kind={kind.name()} data-left={remaining.to_string()}>
            { texts.fill(Text::QuotaChanged, gaps) }
        </span>
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
