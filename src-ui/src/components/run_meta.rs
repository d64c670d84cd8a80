//! How a run ended, what it took, what it cost, what it left: a few words under the answer.

use std::rc::Rc;

use flowmeter_domain::ipc::{End, Left};
use flowmeter_domain::{Charged, Outcome};
use yew::prelude::*;

use super::{Glyph, Icon};
use crate::locales::{Text, Translator, use_translator};
use crate::stores::Run;

/// Of which run.
#[derive(PartialEq, Properties)]
pub struct RunMetaProps {
    /// The run.
    pub run: Rc<Run>,
    /// Its end.
    pub end: End,
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
            { measured(&texts, &props.run) }
            <span data-testid="run-charged" data-charged={charged_name(*charged)}>{ texts.text(charged_text(*charged)) }</span>
            if let Some(left) = props.run.view.left { { left_told(&texts, left) } }
            <span class="meta-model">{ &props.run.view.request.model }</span>
            <span class="meta-actions">{ props.children.clone() }</span>
        </div>
    }
}

/// How much of a quota a run left.
pub(super) fn left_told(texts: &Translator, Left { kind, remaining }: Left) -> Html {
    let (kind_text, count) = (texts.kind(kind), remaining.max(0));
    let numbers = texts.fill(Text::QuotaLeft, [("count", count.into())]);
    let gaps = [("kind", kind_text.as_str().into()), ("numbers", numbers.as_str().into())];
    html! {
        <span data-testid="run-left" data-kind={kind.name()} data-left={remaining.to_string()}>
            { texts.fill(Text::QuotaChanged, gaps) }
        </span>
    }
}

/// How long it took, how fast it came, how much it is; nothing of an answer that never came.
fn measured(texts: &Translator, run: &Run) -> Html {
    let (text, measured) = (&run.view.text, &run.view.measured);
    let first =
        measured.first_ms.map(|first| texts.fill(Text::RunFirst, [("seconds", seconds(first).into())]));
    let (content, reasoning) = (text.content.read(), text.reasoning.read());
    let speed = measured.speed([&content, &reasoning]).map(|speed| {
        let words = if speed.is_estimate { Text::RunSpeedEstimate } else { Text::RunSpeed };
        texts.fill(words, [("count", (speed.per_second as i64).into())])
    });
    let length = content.chars().count() as i64;
    let length = (length > 0).then(|| texts.fill(Text::RunLength, [("count", length.into())]));
    html! {
        for told in [("run-first", first), ("run-speed", speed), ("run-length", length)] {
            if let (testid, Some(words)) = told { <span data-testid={testid}>{ words }</span> }
        }
    }
}

/// With one digit behind the point, as long as that says something.
pub(super) fn seconds(millis: u64) -> String {
    let seconds = millis as f64 / 1000.0;
    if seconds < 10.0 { format!("{seconds:.1}") } else { format!("{seconds:.0}") }
}

/// The outcome of a run for tests and styles.
pub(super) fn outcome_name(run: &Run) -> &'static str {
    run.view.end.as_ref().map_or("running", |end| end.outcome.name())
}

/// The outcome in a word.
pub fn outcome_text(outcome: &Outcome) -> Text {
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

/// The shape of an outcome.
pub(super) fn glyph(outcome: &Outcome) -> Glyph {
    match outcome {
        Outcome::Completed => Glyph::Check,
        Outcome::Cancelled => Glyph::Stop,
        Outcome::Incomplete { .. } => Glyph::Alert,
        Outcome::Failed { .. } => Glyph::Cross,
    }
}
