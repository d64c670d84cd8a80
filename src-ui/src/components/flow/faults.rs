//! What is wrong with a flow, and what was put right, in words that name the nodes as people do.

use std::rc::Rc;

use flowmeter_domain::flow::{Fault, Flow, Repair};
use yew::prelude::*;

use crate::components::{Notice, Tone};
use crate::locales::{Text, Translator, use_translator};

/// What is told of a flow.
#[derive(PartialEq, Properties)]
pub struct FlowFaultsProps {
    /// The flow.
    pub flow: Rc<Flow>,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
    /// The person wants to see a node.
    pub on_select: Callback<Option<AttrValue>>,
}

/// What is wrong, each as a way to the node that it is about.
#[component]
pub fn FlowFaults(props: &FlowFaultsProps) -> Html {
    let texts = use_translator();
    if props.faults.is_empty() {
        return html! {};
    }
    let title = texts.fill(Text::FlowFaultsTitle, [("count", props.faults.len().into())]);
    html! {
        <Notice tone={Tone::Warning} {title} testid="flow-faults">
            <ul class="flow-lines">
                for fault in &props.faults { <li>{ line(&texts, props, fault) }</li> }
            </ul>
        </Notice>
    }
}

fn line(texts: &Translator, props: &FlowFaultsProps, fault: &Fault) -> Html {
    let words = fault_text(texts, fault, &props.flow);
    let there = fault.nodes().into_iter().find(|id| props.flow.nodes.iter().any(|node| node.id == *id));
    let Some(id) = there.map(|id| AttrValue::from(id.to_owned())) else { return html! { { words } } };
    let onclick = props.on_select.reform(move |_: MouseEvent| Some(id.clone()));
    html! { <button type="button" class="flow-line" {onclick}>{ words }</button> }
}

/// What was put right.
#[derive(PartialEq, Properties)]
pub struct FlowRepairsProps {
    /// The flow after it.
    pub flow: Rc<Flow>,
    /// What was put right.
    pub repairs: Vec<Repair>,
}

/// What was put right when a flow was taken in.
#[component]
pub fn FlowRepairs(props: &FlowRepairsProps) -> Html {
    let texts = use_translator();
    if props.repairs.is_empty() {
        return html! {};
    }
    html! {
        <Notice tone={Tone::Info} title={texts.fill(Text::FlowRepairsTitle, [("count", props.repairs.len().into())])} testid="flow-repairs">
            <details class="fold">
                <summary>{ texts.text(Text::FlowRepairsWhich) }</summary>
                <ul class="flow-lines">for repair in &props.repairs { <li>{ repair_text(&texts, repair, &props.flow) }</li> }</ul>
            </details>
        </Notice>
    }
}

/// A fault in words.
pub(crate) fn fault_text(texts: &Translator, fault: &Fault, flow: &Flow) -> AttrValue {
    let name = |id: &str| name_of(flow, id);
    match fault {
        Fault::DoubleNodeId { id } => texts.fill(Text::FaultDoubleNode, [("id", id.as_str().into())]),
        Fault::DoubleEdgeId { id } => texts.fill(Text::FaultDoubleEdge, [("id", id.as_str().into())]),
        Fault::DanglingEdge { source_node, target } => {
            texts.fill(Text::FaultDangling, [("from", name(source_node).into()), ("to", name(target).into())])
        }
        Fault::Circle { nodes } => texts.fill(Text::FaultCircle, [("nodes", names(flow, nodes).into())]),
        Fault::NoOutputReached => texts.text(Text::FaultNoOutput),
        Fault::HandleWithoutBranch { node, .. } => {
            texts.fill(Text::FaultHandle, [("node", name(node).into())])
        }
        Fault::BranchWithoutHandle { branch, target } => {
            texts.fill(Text::FaultNoHandle, [("from", name(branch).into()), ("to", name(target).into())])
        }
        Fault::UnknownVariable { node, variable } => texts
            .fill(Text::FaultVariable, [("node", name(node).into()), ("variable", braced(variable).into())]),
        Fault::UnknownField { node, variable } => {
            texts.fill(Text::FaultField, [("node", name(node).into()), ("variable", braced(variable).into())])
        }
    }
}

/// A repair in words.
pub(super) fn repair_text(texts: &Translator, repair: &Repair, flow: &Flow) -> AttrValue {
    let name = |id: &str| name_of(flow, id);
    match repair {
        Repair::DanglingEdgeDropped { source_node, target } => texts
            .fill(Text::RepairDangling, [("from", name(source_node).into()), ("to", name(target).into())]),
        Repair::EdgeIdGiven { id } => texts.fill(Text::RepairEdgeId, [("id", id.as_str().into())]),
        Repair::EdgeIdReplaced { was, id } => {
            texts.fill(Text::RepairEdgeIdDouble, [("was", was.as_str().into()), ("id", id.as_str().into())])
        }
        Repair::NodesPlaced { nodes } => {
            texts.fill(Text::RepairPlaced, [("nodes", names(flow, nodes).into())])
        }
    }
}

fn name_of(flow: &Flow, id: &str) -> String {
    flow.nodes.iter().find(|node| node.id == id).map_or_else(|| id.to_owned(), |node| node.name().to_owned())
}

fn names(flow: &Flow, ids: &[String]) -> String {
    ids.iter().map(|id| name_of(flow, id)).collect::<Vec<_>>().join(", ")
}

fn braced(variable: &str) -> String {
    format!("{{{{{variable}}}}}")
}
