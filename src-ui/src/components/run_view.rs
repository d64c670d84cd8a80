//! A run as a piece of conversation: what was asked, the reasoning, the answer, how it ended.

use std::rc::Rc;

use flowmeter_domain::{Code, Counter, Outcome, UiError};
use yew::prelude::*;

use super::run_meta::outcome_name;
use super::{Answer, Button, ErrorNotice, Glyph, Look, RunMeta, Tone};
use crate::locales::{Text, Translator, use_translator};
use crate::stores::Run;

/// Which run.
#[derive(PartialEq, Properties)]
pub struct RunViewProps {
    /// The run.
    pub run: Rc<Run>,
    /// The LLM runs of the last reading, for a refusal.
    pub counter: Option<Counter>,
    /// The person wants to ask again.
    #[prop_or_default]
    pub on_edit: Callback<AttrValue>,
}

/// A run.
#[component]
pub fn RunView(props: &RunViewProps) -> Html {
    let texts = use_translator();
    let run = &props.run;
    let view = &run.view;
    let streaming = run.is_running();
    // Reasoning that is still coming says "wait" by itself.
    let has_answer = !view.text.content.is_empty() || (streaming && view.text.reasoning.is_empty());
    html! {
        <article class="run" data-testid="run-item" data-outcome={outcome_name(run)}>
            <p class="bubble"><span class="unseen">{ texts.text(Text::RunYou) }</span>{ run.prompt() }</p>
            { reasoning(&texts, run) }
            if has_answer { <Answer text={view.text.content.clone()} {streaming} /> }
            if let Some(end) = &view.end {
                { error(&texts, props, &end.outcome) }
                <RunMeta model={view.request.model.clone()} outcome={end.outcome.clone()} charged={end.charged} left={run.left} />
            }
        </article>
    }
}

fn reasoning(texts: &Translator, run: &Run) -> Html {
    let text = &run.view.text;
    if text.reasoning.is_empty() {
        return html! {};
    }
    let thinking = run.is_running() && text.content.is_empty();
    let title = texts.text(if thinking { Text::RunThinking } else { Text::RunReasoning });
    html! {
        <details class={classes!("fold", "think", thinking.then_some("is-thinking"))} data-testid="run-reasoning">
            <summary>{ title }</summary>
            <div class="think-text">{ text.reasoning.clone() }</div>
        </details>
    }
}

fn error(texts: &Translator, props: &RunViewProps, outcome: &Outcome) -> Html {
    let (cause, tone) = match outcome {
        Outcome::Incomplete { cause } => (cause, Tone::Warning),
        Outcome::Failed { cause } if cause.code == Code::QuotaExceeded => (cause, Tone::Warning),
        Outcome::Failed { cause } => (cause, Tone::Error),
        Outcome::Completed | Outcome::Cancelled => return html! {},
    };
    let prompt = AttrValue::from(props.run.prompt());
    let on_press = props.on_edit.reform(move |_| prompt.clone());
    html! {
        <ErrorNotice error={cause.clone()} {tone} lead={numbers(texts, props.counter, cause)} testid="run-error">
            <Button label={texts.text(Text::RunEdit)} look={Look::Quiet} glyph={Glyph::Pencil} testid="run-edit" {on_press} />
        </ErrorNotice>
    }
}

/// A refusal for a used-up quota is told with the numbers of the last reading.
fn numbers(texts: &Translator, counter: Option<Counter>, cause: &UiError) -> Option<AttrValue> {
    let counter = counter.filter(|counter| cause.code == Code::QuotaExceeded && counter.remaining() <= 0)?;
    Some(texts.fill(Text::RunRefused, [("used", counter.used.into()), ("limit", counter.limit.into())]))
}
