//! What can be wrong with a flow that can be read.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::graph::Graph;
use super::{Edge, Flow, NodeKind, variables};

/// Something that keeps a flow from working.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Fault {
    /// Ids are unique.
    #[error("several nodes have the id {id:?}")]
    DoubleNodeId {
        /// The id.
        id: String,
    },
    /// Ids are unique.
    #[error("several edges have the id {id:?}")]
    DoubleEdgeId {
        /// The id.
        id: String,
    },
    /// An edge joins two nodes that exist.
    #[error("the edge from {source_node:?} to {target:?} ends at a node that does not exist")]
    DanglingEdge {
        /// Where it starts. (Not `source`: that would be the cause of an error.)
        #[serde(rename = "source")]
        source_node: String,
        /// Where it ends.
        target: String,
    },
    /// Work goes forward.
    #[error("these nodes are in a circle, or behind one: {}", nodes.join(", "))]
    Circle {
        /// Their ids.
        nodes: Vec<String>,
    },
    /// A flow shows something.
    #[error("no output can be reached from an input")]
    NoOutputReached,
    /// Only a branch has ways to choose from.
    #[error("the edge from {node:?} has the handle {handle:?}, but {node:?} is no branch")]
    HandleWithoutBranch {
        /// The node that the edge leaves.
        node: String,
        /// `true` or `false`.
        handle: String,
    },
    /// Behind a branch every edge says for which answer.
    #[error("the edge from the branch {branch:?} to {target:?} has neither the handle true nor false")]
    BranchWithoutHandle {
        /// The branch.
        branch: String,
        /// Where the edge ends.
        target: String,
    },
    /// A variable names a node.
    #[error("{{{{{variable}}}}} in {node:?} names no node")]
    UnknownVariable {
        /// The node with the text.
        node: String,
        /// What is between the braces.
        variable: String,
    },
    /// A variable names a field that the node has.
    #[error("{{{{{variable}}}}} in {node:?} names a field that its node does not have")]
    UnknownField {
        /// The node with the text.
        node: String,
        /// What is between the braces.
        variable: String,
    },
}

impl Fault {
    /// The ids of the nodes that it is about.
    pub fn nodes(&self) -> Vec<&str> {
        match self {
            Self::DoubleNodeId { id } => vec![id],
            Self::DoubleEdgeId { .. } | Self::NoOutputReached => Vec::new(),
            Self::DanglingEdge { source_node, target } => vec![source_node, target],
            Self::Circle { nodes } => nodes.iter().map(String::as_str).collect(),
            Self::HandleWithoutBranch { node, .. }
            | Self::UnknownVariable { node, .. }
            | Self::UnknownField { node, .. } => vec![node],
            Self::BranchWithoutHandle { branch, target } => vec![branch, target],
        }
    }
}

/// Everything that is wrong with `flow`.
pub fn validate(flow: &Flow) -> Vec<Fault> {
    let mut faults = Vec::new();
    let node_ids = flow.nodes.iter().map(|node| node.id.as_str());
    faults.extend(doubles(node_ids).map(|id| Fault::DoubleNodeId { id }));
    let edge_ids = flow.edges.iter().filter_map(|edge| edge.id.as_deref());
    faults.extend(doubles(edge_ids).map(|id| Fault::DoubleEdgeId { id }));
    faults.extend(
        dangling_edges(flow).map(|edge| Fault::DanglingEdge {
            source_node: edge.source.clone(),
            target: edge.target.clone(),
        }),
    );
    let graph = Graph::of(flow);
    faults.extend(circle(flow, &graph));
    faults.extend(no_output_reached(flow, &graph));
    let kinds = flow.nodes.iter().map(|node| (node.id.as_str(), node.kind)).collect();
    faults.extend(flow.edges.iter().filter_map(|edge| handle_fault(&kinds, edge)));
    faults.extend(variables::faults(flow));
    faults
}

/// The edges that do not join two nodes of the flow.
pub(super) fn dangling_edges(flow: &Flow) -> impl Iterator<Item = &Edge> {
    let ids: HashSet<&str> = flow.nodes.iter().map(|node| node.id.as_str()).collect();
    flow.edges
        .iter()
        .filter(move |edge| !ids.contains(edge.source.as_str()) || !ids.contains(edge.target.as_str()))
}

/// Each text that comes more than once, once.
fn doubles<'a>(texts: impl Iterator<Item = &'a str>) -> impl Iterator<Item = String> {
    let (mut seen, mut told) = (HashSet::new(), HashSet::new());
    texts.filter(move |text| !seen.insert(*text) && told.insert(*text)).map(str::to_owned)
}

fn circle(flow: &Flow, graph: &Graph) -> Option<Fault> {
    let layers = graph.layers();
    let nodes = flow.nodes.iter().zip(layers).filter(|(_, layer)| layer.is_none());
    let nodes: Vec<String> = nodes.map(|(node, _)| node.id.clone()).collect();
    (!nodes.is_empty()).then_some(Fault::Circle { nodes })
}

fn no_output_reached(flow: &Flow, graph: &Graph) -> Option<Fault> {
    let of_kind = |kind| (0..flow.nodes.len()).filter(move |place| flow.nodes[*place].kind == kind);
    let reached = graph.reached_from(of_kind(NodeKind::Input));
    let any = of_kind(NodeKind::Output).any(|output| reached[output]);
    (!any).then_some(Fault::NoOutputReached)
}

/// Nothing about an edge whose source does not exist: that is a fault of its own.
fn handle_fault(kinds: &HashMap<&str, NodeKind>, edge: &Edge) -> Option<Fault> {
    let kind = *kinds.get(edge.source.as_str())?;
    let handle = edge.source_handle.as_deref().filter(|handle| matches!(*handle, "true" | "false"));
    match (kind == NodeKind::Branch, handle) {
        (true, None) => {
            Some(Fault::BranchWithoutHandle { branch: edge.source.clone(), target: edge.target.clone() })
        }
        (false, Some(handle)) => {
            Some(Fault::HandleWithoutBranch { node: edge.source.clone(), handle: handle.to_owned() })
        }
        _ => None,
    }
}
