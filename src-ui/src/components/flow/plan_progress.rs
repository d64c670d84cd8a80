//! How a plan goes: its steps as they happen, a way to stop it, and what came of it.

use flowmeter_domain::flow::Flow;
use flowmeter_domain::ipc::{PlanEnd, PlanOutcome, PlanStep, Planning};
use flowmeter_domain::{Charged, Code, Counter, Kind};
use yew::prelude::*;

use super::faults::{fault_text, repair_text};
use crate::components::remedy::tone;
use crate::components::{
    Button, ErrorNotice, Glyph, Icon, Look, Notice, RefusedBy, Remedy, RemedyButton, Tone,
};
use crate::locales::{Text, Translator, use_translator};

/// How many of the nodes that are being written are named.
const NAMED: usize = 6;

/// Which plan.
#[derive(PartialEq, Properties)]
pub struct PlanProgressProps {
    /// The plan.
    pub planning: Planning,
    /// The flow generations of the last reading, for a refusal.
    pub counter: Option<Counter>,
    /// Whether nobody has to sign in first.
    #[prop_or(true)]
    pub is_inside: bool,
    /// Stop it.
    pub on_stop: Callback<MouseEvent>,
    /// Put it away.
    pub on_close: Callback<MouseEvent>,
    /// Change the sentence and try again.
    pub on_edit: Callback<AttrValue>,
    /// What helps after a failure; again is a new plan from the same sentence.
    pub on_remedy: Callback<Remedy>,
}

/// The plan.
#[component]
pub fn PlanProgress(props: &PlanProgressProps) -> Html {
    let texts = use_translator();
    let planning = &props.planning;
    let busy = planning.end.is_none();
    html! {
        <section class="plan" aria-label={texts.text(Text::PlanTitle)} aria-busy={busy.to_string()} data-testid="plan"
            data-outcome={outcome_name(planning)}>
            <header class="plan-head">
                <p class="plan-prompt">{ &planning.prompt }</p>
                if busy {
                    <Button label={texts.text(Text::RunStop)} glyph={Glyph::Stop} testid="plan-stop" on_press={&props.on_stop} />
                }
            </header>
            <ol class="plan-steps" aria-live="polite">
                { line(texts.text(Text::PlanSent), true) }
                for (place, step) in planning.steps.iter().enumerate() {
                    { self::step(&texts, step, !busy || place + 1 < planning.steps.len()) }
                }
            </ol>
            if let Some(end) = &planning.end { { ending(&texts, props, end) } }
        </section>
    }
}

fn outcome_name(planning: &Planning) -> Option<&'static str> {
    planning.end.as_ref().map(|end| match end.outcome {
        PlanOutcome::Made { .. } => "made",
        PlanOutcome::Nothing => "nothing",
        PlanOutcome::Cancelled => "cancelled",
        PlanOutcome::Failed { .. } => "failed",
    })
}

fn step(texts: &Translator, step: &PlanStep, is_over: bool) -> Html {
    // A plan that is not there yet has no names: ids stand for its nodes.
    let nowhere = Flow::default();
    match step {
        PlanStep::Thinking { characters, labels } => line(thinking(texts, *characters, labels), is_over),
        PlanStep::Retrying { attempt, model } => {
            let gaps = [("attempt", i64::from(*attempt).into()), ("model", model.as_str().into())];
            line(texts.fill(Text::PlanRetrying, gaps), is_over)
        }
        PlanStep::Fallback { model } => {
            line(texts.fill(Text::PlanFallback, [("model", model.as_str().into())]), is_over)
        }
        PlanStep::Checked { faults } => html! {
            <>
                { line(texts.text(Text::PlanChecked), is_over) }
                for fault in faults { <li class="plan-detail">{ fault_text(texts, fault, &nowhere) }</li> }
            </>
        },
        PlanStep::Mended { repair } => line(
            texts.fill(Text::PlanMended, [("what", repair_text(texts, repair, &nowhere).as_str().into())]),
            is_over,
        ),
    }
}

fn thinking(texts: &Translator, characters: u64, labels: &[String]) -> AttrValue {
    if labels.is_empty() {
        return texts.fill(Text::PlanThinking, [("characters", characters.into())]);
    }
    let named = labels[labels.len().saturating_sub(NAMED)..].join(", ");
    let named = if labels.len() > NAMED { format!("… {named}") } else { named };
    texts.fill(Text::PlanWriting, [("labels", named.into())])
}

fn line(words: AttrValue, is_over: bool) -> Html {
    html! {
        <li class="plan-step" data-over={is_over.to_string()}>
            if is_over { <Icon glyph={Glyph::Check} /> } else { <span class="spinner" aria-hidden="true" /> }
            <span>{ words }</span>
        </li>
    }
}

fn ending(texts: &Translator, props: &PlanProgressProps, end: &PlanEnd) -> Html {
    let charged = charged_text(texts, end.charged);
    let prompt = AttrValue::from(props.planning.prompt.clone());
    let buttons = html! {
        <>
            <Button label={texts.text(Text::PlanEdit)} look={Look::Quiet} glyph={Glyph::Pencil} testid="plan-edit"
                on_press={props.on_edit.reform(move |_: MouseEvent| prompt.clone())} />
            <Button label={texts.text(Text::Dismiss)} look={Look::Quiet} testid="plan-close" on_press={&props.on_close} />
        </>
    };
    match &end.outcome {
        PlanOutcome::Made { .. } => html! {},
        PlanOutcome::Nothing => html! {
            <Notice tone={Tone::Warning} title={texts.text(Text::PlanNothing)} testid="plan-nothing">
                <p>{ texts.text(Text::PlanNothingNext) }{ " " }{ charged }</p>{ buttons }
            </Notice>
        },
        PlanOutcome::Cancelled => html! {
            <Notice tone={Tone::Info} title={texts.text(Text::PlanCancelled)} testid="plan-cancelled"><p>{ charged }</p>{ buttons }</Notice>
        },
        PlanOutcome::Failed { cause } => {
            let numbers = props.counter.filter(|_| cause.code == Code::QuotaExceeded);
            let numbers = numbers.map(|counter| refused(texts, counter));
            let lead = AttrValue::from([numbers.unwrap_or_default(), charged].join(" ").trim().to_owned());
            html! {
                <ErrorNotice error={cause.clone()} tone={tone(cause.code)} {lead} testid="plan-error">
                    <RefusedBy code={cause.code} kind={Kind::FlowGenerations} counter={props.counter} />
                    <div class="notice-actions">
                        <RemedyButton cause={cause.clone()} counter={props.counter} is_inside={props.is_inside} on_press={&props.on_remedy} />
                        { buttons }
                    </div>
                </ErrorNotice>
            }
        }
    }
}

/// A refusal for a used-up quota is told with the numbers of the last reading.
pub(super) fn refused(texts: &Translator, counter: Counter) -> AttrValue {
    texts.fill(Text::FlowRefused, [("used", counter.used.into()), ("limit", counter.limit.into())])
}

/// Whether something was charged, as a sentence.
pub fn charged_text(texts: &Translator, charged: Charged) -> AttrValue {
    texts.text(match charged {
        Charged::Yes => Text::FlowCharged,
        Charged::No => Text::FlowNotCharged,
        Charged::Unknown => Text::FlowChargeUnknown,
    })
}
