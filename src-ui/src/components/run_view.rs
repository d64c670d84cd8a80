//! A run as a piece of conversation: what was asked, the reasoning, the answer, how it ended.

use std::rc::Rc;

use flowmeter_domain::ipc::End;
use flowmeter_domain::preferences::Figures;
use flowmeter_domain::{Counter, NodeRequest, Outcome, RunId};
use yew::prelude::*;

use super::run_meta::{outcome_name, seconds};
use super::{
    AgainButton, Answer, Button, CopyButton, Glyph, LongText, Look, RunMeta, RunUnderWay, run_error,
};
use crate::locales::{Text, Translator, use_translator};
use crate::stores::Run;

/// Which run.
#[derive(PartialEq, Properties)]
pub struct RunViewProps {
    /// The run.
    pub run: Rc<Run>,
    /// The LLM runs of the last reading, for a refusal.
    #[prop_or_default]
    pub counter: Option<Counter>,
    /// Which of its numbers comes first.
    #[prop_or_default]
    pub figures: Figures,
    /// Whether nobody has to sign in first.
    #[prop_or(true)]
    pub is_inside: bool,
    /// Whether it is read among the kept ones, where it can always be run once more.
    #[prop_or_default]
    pub is_kept: bool,
    /// The person wants something of it.
    #[prop_or_default]
    pub on_wish: Callback<RunWish>,
}

/// What a person wants of a run.
#[derive(Clone, Debug, PartialEq)]
pub enum RunWish {
    /// That it stops.
    Stop(RunId),
    /// The same once more, as a new run.
    Again(RunId, NodeRequest),
    /// Its prompt, to change it, and how it was run.
    Edit(NodeRequest, AttrValue),
    /// To sign in again.
    SignIn,
    /// To know what is left by now.
    Read,
    /// To see what a link of its answer leads to.
    Open(String),
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
    let on_link = props.on_wish.reform(RunWish::Open);
    html! {
        <article class="run" data-testid="run-item" data-outcome={outcome_name(run)}>
            { system(&texts, run) }
            <p class={classes!("bubble", run.is_json().then_some("is-json"))}><span class="unseen">{ texts.text(Text::RunYou) }</span>{ run.prompt() }</p>
            { reasoning(&texts, run) }
            if has_answer { <Answer text={view.text.content.clone()} {streaming} {on_link} /> }
            if let Some(end) = &view.end { { ended(&texts, props, end) } } else { { under_way(props) } }
        </article>
    }
}

/// Instructions that went before the prompt: long, and mostly the same.
fn system(texts: &Translator, run: &Run) -> Html {
    let Some(prompt) = &run.view.request.system_prompt else { return html! {} };
    html! {
        <details class="fold run-system" data-testid="run-system">
            <summary>{ texts.text(Text::RunSystem) }</summary>
            <div class="think-text">{ prompt.clone() }</div>
        </details>
    }
}

fn reasoning(texts: &Translator, run: &Run) -> Html {
    let text = &run.view.text;
    if text.reasoning.is_empty() {
        return html! {};
    }
    let thinking = run.is_running() && text.content.is_empty();
    let title = match run.view.measured.thought_ms().filter(|_| !thinking) {
        Some(thought) => texts.fill(Text::RunThought, [("seconds", seconds(thought).into())]),
        None => texts.text(if thinking { Text::RunThinking } else { Text::RunReasoning }),
    };
    html! {
        <details class={classes!("fold", "think", thinking.then_some("is-thinking"))} data-testid="run-reasoning">
            <summary>{ title }</summary>
            <div class="think-text"><LongText text={text.reasoning.clone()} /></div>
            if !run.is_running() { <CopyButton text={text.reasoning.clone()} testid="copy-reasoning" /> }
        </details>
    }
}

fn under_way(props: &RunViewProps) -> Html {
    let run_id = props.run.view.run_id;
    let on_stop = props.on_wish.reform(move |_| RunWish::Stop(run_id));
    html! { <RunUnderWay model={props.run.view.request.model.clone()} stopping={props.run.stopping} {on_stop} /> }
}

fn ended(texts: &Translator, props: &RunViewProps, end: &End) -> Html {
    let view = &props.run.view;
    html! {
        <>
            { run_error::notice(texts, props, end) }
            <RunMeta run={props.run.clone()} end={end.clone()}>
                if !view.text.content.is_empty() {
                    <CopyButton text={view.text.content.clone()} testid="run-copy" />
                }
                if end.outcome == Outcome::Cancelled { { again(texts, props) } }
                if props.is_kept && end.outcome == Outcome::Completed { { once_more(texts, props) } }
            </RunMeta>
        </>
    }
}

/// For somebody who stopped a run and thought better of it.
fn again(texts: &Translator, props: &RunViewProps) -> Html {
    let on_press = same(props);
    html! { <><AgainButton from={None} {on_press} />{ run_error::edit(texts, props) }</> }
}

/// For somebody who comes back to a run that went well.
fn once_more(texts: &Translator, props: &RunViewProps) -> Html {
    let on_press = same(props);
    let label = texts.text(Text::FlowRunAgain);
    html! {
        <>
            <Button {label} look={Look::Quiet} glyph={Glyph::Refresh} testid="run-again" {on_press} />
            { run_error::edit(texts, props) }
        </>
    }
}

fn same(props: &RunViewProps) -> Callback<MouseEvent> {
    let (run_id, request) = (props.run.view.run_id, props.run.view.request.clone());
    props.on_wish.reform(move |_| RunWish::Again(run_id, (*request).clone()))
}
