//! The nodes of a run as a list: how far each is, and what came of it. What the picture shows in colours
//! is here in words.

use std::rc::Rc;

use flowmeter_domain::Charged;
use flowmeter_domain::flow::execution::{Execution, NodeRun, NodeState};
use flowmeter_domain::flow::{Flow, Node, NodeKind};
use flowmeter_domain::ipc::FlowRunView;
use yew::prelude::*;

use super::written::Written;
use crate::components::{ErrorNotice, Glyph, Icon};
use crate::locales::{Text, Translator, use_translator};

/// Of which run.
#[derive(PartialEq, Properties)]
pub struct FlowStepsProps {
    /// The run.
    pub run: Rc<FlowRunView>,
    /// The node that is chosen on the picture: its step is open.
    #[prop_or_default]
    pub selected: Option<AttrValue>,
}

/// The list.
#[component]
pub fn FlowSteps(props: &FlowStepsProps) -> Html {
    let texts = use_translator();
    let execution = &props.run.execution;
    html! {
        <section class="flow-steps" aria-label={texts.text(Text::FlowRunSteps)}>
            <h3>{ texts.text(Text::FlowRunSteps) }</h3>
            <ol>
                for node in execution.flow.nodes.iter() { { step(&texts, execution, node, props.selected.as_deref() == Some(node.id.as_str())) } }
            </ol>
        </section>
    }
}

/// What people call the node with this id.
pub(super) fn name<'a>(flow: &'a Flow, id: &'a str) -> &'a str {
    flow.nodes.iter().find(|node| node.id == id).map_or(id, Node::name)
}

fn step(texts: &Translator, execution: &Execution, node: &Node, is_selected: bool) -> Html {
    let waiting = NodeRun::default();
    let run = execution.nodes.get(&node.id).unwrap_or(&waiting);
    let (state, glyph) = state_name(&run.state);
    let head = html! {
        <>
            <Icon {glyph} />
            <span class="flow-step-name">{ name(&execution.flow, &node.id).to_owned() }</span>{ " " }
            <span class="flow-step-state">{ state_words(texts, &execution.flow, &run.state) }{ cost(texts, run) }</span>
        </>
    };
    let result = result(texts, execution, node, run);
    html! {
        <li class={classes!("flow-step", is_selected.then_some("is-selected"))} key={node.id.clone()} data-testid="flow-step"
            data-node={node.id.clone()} data-state={state}>
            if let Some(result) = result {
                <details open={is_selected}><summary>{ head }</summary>{ result }</details>
            } else {
                <div class="flow-step-head">{ head }</div>
            }
        </li>
    }
}

fn state_name(state: &NodeState) -> (&'static str, Glyph) {
    match state {
        NodeState::Waiting => ("waiting", Glyph::Dot),
        NodeState::Running => ("running", Glyph::Refresh),
        NodeState::Done { .. } => ("done", Glyph::Check),
        NodeState::Skipped => ("skipped", Glyph::Chevron),
        NodeState::Failed { .. } => ("failed", Glyph::Cross),
        NodeState::Stopped { .. } => ("stopped", Glyph::Stop),
    }
}

fn state_words(texts: &Translator, flow: &Flow, state: &NodeState) -> AttrValue {
    match state {
        NodeState::Waiting => texts.text(Text::FlowNodeWaiting),
        NodeState::Running => texts.text(Text::FlowNodeRunning),
        NodeState::Done { way: None } => texts.text(Text::FlowNodeDone),
        NodeState::Done { way: Some(true) } => texts.text(Text::NodeWentTrue),
        NodeState::Done { way: Some(false) } => texts.text(Text::NodeWentFalse),
        NodeState::Skipped => texts.text(Text::FlowNodeSkipped),
        NodeState::Failed { .. } => texts.text(Text::FlowNodeFailed),
        NodeState::Stopped { because: Some(id) } => {
            texts.fill(Text::NodeStoppedBecause, [("node", name(flow, id).to_owned().into())])
        }
        NodeState::Stopped { because: None } => texts.text(Text::NodeStopped),
    }
}

fn cost(texts: &Translator, run: &NodeRun) -> Option<Html> {
    let text = match run.charged? {
        Charged::Yes => Text::RunCharged,
        Charged::No => Text::RunNotCharged,
        Charged::Unknown => Text::RunChargeUnknown,
    };
    Some(html! { <>{ " · " }{ texts.text(text) }</> })
}

/// What there is to read of a node; `None` while there is nothing.
fn result(texts: &Translator, execution: &Execution, node: &Node, run: &NodeRun) -> Option<Html> {
    let text = match node.kind {
        NodeKind::Llm => run.text.content.clone(),
        NodeKind::Input if run.state.is_over() => execution.given_text(node),
        NodeKind::Output => execution.output(node).text,
        _ => String::new(),
    };
    let cause = match &run.state {
        NodeState::Failed { cause } => Some(cause.clone()),
        _ => None,
    };
    if text.is_empty() && cause.is_none() {
        return None;
    }
    let writing = run.state == NodeState::Running;
    Some(html! {
        <div class="flow-step-result" data-testid="flow-step-result">
            { reasoning(texts, &run.text.reasoning) }
            if !text.is_empty() { <div class="answer"><Written {text} {writing} /></div> }
            if let Some(error) = cause { <ErrorNotice {error} testid="flow-step-error" /> }
        </div>
    })
}

/// Folded away: mostly only the answer is read.
fn reasoning(texts: &Translator, text: &str) -> Html {
    if text.is_empty() {
        return html! {};
    }
    html! {
        <details class="fold think">
            <summary>{ texts.text(Text::RunReasoning) }</summary>
            <div class="think-text">{ text.to_owned() }</div>
        </details>
    }
}
