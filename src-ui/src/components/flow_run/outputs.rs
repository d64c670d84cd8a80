//! What a run shows: the text of each output, as it is written.

use std::rc::Rc;

use flowmeter_domain::flow::execution::NodeState;
use flowmeter_domain::flow::{Node, NodeKind};
use flowmeter_domain::ipc::FlowRunView;
use yew::prelude::*;

use super::written::Written;
use crate::components::CopyButton;
use crate::growing::Growing;
use crate::locales::{Text, Translator, use_translator};

/// Of which run.
#[derive(PartialEq, Properties)]
pub struct FlowOutputsProps {
    /// The run.
    pub run: Rc<FlowRunView>,
}

/// The outputs.
#[component]
pub fn FlowOutputs(props: &FlowOutputsProps) -> Html {
    let texts = use_translator();
    let execution = &props.run.execution;
    let outputs = execution.flow.nodes.iter().filter(|node| node.kind == NodeKind::Output);
    let shown: Vec<&Node> = outputs.filter(|node| *execution.state(&node.id) != NodeState::Skipped).collect();
    let is_one_of_many = shown.len() > 1;
    html! {
        <div class="flow-outputs">
            for node in shown { { output(&texts, &props.run, node, is_one_of_many) } }
        </div>
    }
}

/// An output that never got a text has nothing to show: its node says why.
fn output(texts: &Translator, run: &FlowRunView, node: &Node, is_one_of_many: bool) -> Html {
    let text = AttrValue::from(run.execution.output(node).text);
    let writing = !run.execution.state(&node.id).is_over();
    if text.is_empty() && (!writing || run.end.is_some()) {
        return html! {};
    }
    let name = node.name().to_owned();
    html! {
        <article class="flow-output" key={node.id.clone()} aria-label={name.clone()} data-testid="flow-output" data-node={node.id.clone()}>
            if is_one_of_many { <h3>{ name }</h3> }
            <div class="answer" data-testid="flow-output-text" aria-busy={writing.then_some("true")}>
                if text.is_empty() {
                    <span class="waiting">{ texts.text(Text::FlowRunAwaited) }</span>
                } else {
                    <Written text={text.clone()} {writing} />
                }
            </div>
            if !writing { <div class="flow-output-foot"><CopyButton text={Growing::from(text.as_str())} testid="flow-output-copy" /></div> }
        </article>
    }
}
