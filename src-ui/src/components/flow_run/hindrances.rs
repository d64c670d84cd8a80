//! Why a flow cannot be run here, node by node.

use std::rc::Rc;

use flowmeter_domain::flow::Flow;
use flowmeter_domain::flow::execution::Hindrance;
use yew::prelude::*;

use crate::components::flow::fault_text;
use crate::components::{Notice, Tone};
use crate::locales::{Text, Translator, use_translator};

/// What hinders which flow.
#[derive(PartialEq, Properties)]
pub struct HindrancesProps {
    /// The flow, for the names of its nodes.
    pub flow: Rc<Flow>,
    /// What keeps it from being run here.
    pub hindrances: Rc<Vec<Hindrance>>,
}

/// The reasons.
#[component]
pub fn Hindrances(props: &HindrancesProps) -> Html {
    let texts = use_translator();
    html! {
        <Notice tone={Tone::Warning} title={texts.text(Text::FlowRunHindered)} testid="flow-hindrances">
            <ul class="flow-hindrances">
                for hindrance in props.hindrances.iter() { <li>{ words(&texts, &props.flow, hindrance) }</li> }
            </ul>
            <p>{ texts.text(Text::FlowRunHinderedNext) }</p>
        </Notice>
    }
}

fn words(texts: &Translator, flow: &Flow, hindrance: &Hindrance) -> AttrValue {
    let name = |id: &str| super::steps::name(flow, id).to_string();
    match hindrance {
        Hindrance::Faulty { fault } => fault_text(texts, fault, flow),
        Hindrance::NotRunHere { node, node_kind } => texts.fill(
            Text::HindranceNotRunHere,
            [("node", name(node).into()), ("kind", texts.node_kind(*node_kind).to_string().into())],
        ),
        Hindrance::FileNeeded { node } => {
            texts.fill(Text::HindranceFileNeeded, [("node", name(node).into())])
        }
        Hindrance::NotBefore { node, variable } => texts.fill(
            Text::HindranceNotBefore,
            [("node", name(node).into()), ("variable", format!("{{{{{variable}}}}}").into())],
        ),
        Hindrance::ModeUnknown { node, mode } => texts
            .fill(Text::HindranceModeUnknown, [("node", name(node).into()), ("mode", mode.as_str().into())]),
        Hindrance::ConditionUnread { node, .. } => {
            texts.fill(Text::HindranceConditionUnread, [("node", name(node).into())])
        }
    }
}
