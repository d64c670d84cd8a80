//! What keeps a flow from being run here, said before anything is used or charged.
//!
//! A branch's condition is read by the client, which adds [`Hindrance::ConditionUnread`].

use serde::{Deserialize, Serialize};

use super::settings::{InputSettings, OutputSettings};
use super::{Execution, Schedule, Step};
use crate::flow::variables::{texts, variables};
use crate::flow::{Fault, Flow, Node, NodeKind, validate};

/// With more branches than this every LLM node is counted: there would be thousands of ways.
const MOST_BRANCHES: usize = 10;

/// Something that keeps a flow from being run here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Hindrance {
    /// The flow itself is wrong.
    #[error("{fault}")]
    Faulty {
        /// What is wrong.
        fault: Fault,
    },
    /// Nodes of this kind run in the web product only.
    #[error("{node:?} is a node of the kind {}, which is not run here", node_kind.name())]
    NotRunHere {
        /// The node.
        node: String,
        /// What it does.
        node_kind: NodeKind,
    },
    /// Files cannot be given here.
    #[error("{node:?} needs a file")]
    FileNeeded {
        /// The input.
        node: String,
    },
    /// A variable names a node that has not run when it is needed.
    #[error("{{{{{variable}}}}} in {node:?} names a node from which no edge leads there")]
    NotBefore {
        /// The node with the text.
        node: String,
        /// What is between the braces.
        variable: String,
    },
    /// The output wants to be put together in a way that is not known here.
    #[error("{node:?} has the unknown mode {mode:?}")]
    ModeUnknown {
        /// The output.
        node: String,
        /// Its mode.
        mode: String,
    },
    /// The condition of a branch is none that is understood here.
    #[error("the condition of {node:?} cannot be read: {message}")]
    ConditionUnread {
        /// The branch.
        node: String,
        /// What is wrong with it, in English.
        message: String,
    },
}

/// Everything that keeps `flow` from being run here, but for the conditions.
pub fn hindrances(flow: &Flow) -> Vec<Hindrance> {
    let faults: Vec<Hindrance> =
        validate(flow).into_iter().map(|fault| Hindrance::Faulty { fault }).collect();
    let foreign = flow.nodes.iter().filter_map(not_run_here);
    if !faults.is_empty() {
        return faults.into_iter().chain(foreign).collect();
    }
    let execution = Execution::new(flow.clone(), Default::default());
    let others = flow.nodes.iter().flat_map(|node| {
        let mode = OutputSettings::of(node).err().filter(|_| node.kind == NodeKind::Output);
        let mode = mode.map(|mode| Hindrance::ModeUnknown { node: node.id.clone(), mode });
        file_needed(node).into_iter().chain(not_before(&execution, node)).chain(mode)
    });
    foreign.chain(others).collect()
}

/// How many LLM runs one run of `flow` costs at most, whichever ways its branches go.
pub fn most_llm_runs(flow: &Flow) -> usize {
    let places = |kind| (0..flow.nodes.len()).filter(move |place| flow.nodes[*place].kind == kind);
    let branches: Vec<usize> = places(NodeKind::Branch).collect();
    if branches.len() > MOST_BRANCHES {
        return places(NodeKind::Llm).count();
    }
    let ways = 0..1_usize << branches.len();
    ways.map(|ways| {
        llm_runs(flow, |node| {
            branches.iter().position(|branch| *branch == node).map(|at| ways >> at & 1 == 1)
        })
    })
    .max()
    .unwrap_or_default()
}

fn llm_runs(flow: &Flow, way: impl Fn(usize) -> Option<bool>) -> usize {
    let mut schedule = Schedule::of(flow);
    let mut open = schedule.begin();
    let mut runs = 0;
    while let Some(step) = open.pop() {
        if let Step::Run(node) = step {
            runs += usize::from(flow.nodes[node].kind == NodeKind::Llm);
            open.extend(schedule.done(node, way(node)));
        }
    }
    runs
}

fn not_run_here(node: &Node) -> Option<Hindrance> {
    let is_foreign = matches!(node.kind, NodeKind::Rag | NodeKind::Tool | NodeKind::ImageGen);
    is_foreign.then(|| Hindrance::NotRunHere { node: node.id.clone(), node_kind: node.kind })
}

fn file_needed(node: &Node) -> Option<Hindrance> {
    let needs = node.kind == NodeKind::Input && InputSettings::of(node).file_required;
    needs.then(|| Hindrance::FileNeeded { node: node.id.clone() })
}

fn not_before(execution: &Execution, node: &Node) -> Vec<Hindrance> {
    let before = execution.before(&node.id);
    let names_one = |variable: &str| {
        let mut labels = variable.match_indices('.').map(|(dot, _)| variable[..dot].trim());
        labels.any(|label| before.iter().any(|node| node.label() == Some(label)))
    };
    let all = texts(&node.data).into_iter().flat_map(variables);
    let missing = all.filter(|variable| !names_one(variable));
    missing
        .map(|variable| Hindrance::NotBefore { node: node.id.clone(), variable: variable.to_owned() })
        .collect()
}
