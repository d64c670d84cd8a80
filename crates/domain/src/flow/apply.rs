//! Makes a change in a flow. Whether the result works is for [`validate`](super::validate) to say.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::layout::make_room_and_place;
use super::{Action, Change, Edge, Flow, Node, NodeKind, repair};

/// Why a change cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum NotApplied {
    /// The model did not understand what was asked for.
    #[error("the model did not understand the request")]
    NotUnderstood,
    /// It is about a node that the flow does not have.
    #[error("the change is about the node {id:?}, which does not exist")]
    MissingNode {
        /// Its id.
        id: String,
    },
}

impl Change {
    /// `flow` after this change. What the change does not name stays as it is, unknown fields included.
    ///
    /// # Errors
    /// [`NotApplied`], and then nothing is to be changed.
    pub fn apply(&self, flow: &Flow) -> Result<Flow, NotApplied> {
        if let Some(id) = self.missing_node(&flow.nodes) {
            return Err(NotApplied::MissingNode { id: id.to_owned() });
        }
        let mut after = flow.clone();
        match self {
            Self::Patches { patches } => {
                for patch in patches {
                    set_data(&mut after, &patch.node_id, &patch.data);
                }
            }
            Self::Action(Action::Add { node_type, node_data, connect_after }) => {
                add(&mut after, *node_type, node_data.clone(), connect_after);
            }
            Self::Action(Action::Delete { target }) => delete(&mut after, target),
            Self::Action(Action::Unknown) => return Err(NotApplied::NotUnderstood),
            Self::Flow(new) => after = replaced(flow, new.clone()),
        }
        make_room_and_place(&mut after);
        Ok(repair(after).0)
    }
}

fn set_data(flow: &mut Flow, id: &str, data: &Map<String, Value>) {
    for node in flow.nodes.iter_mut().filter(|node| node.id == id) {
        node.data.extend(data.clone());
    }
}

/// The new node comes between `before` and what followed it, so that the flow still reaches its output.
fn add(flow: &mut Flow, kind: NodeKind, data: Map<String, Value>, before: &str) {
    let id = free_id(flow, kind);
    let is_branch = flow.nodes.iter().any(|node| node.id == before && node.kind == NodeKind::Branch);
    // Behind a branch, the way of "true": a new node cannot stand in both.
    let handle = is_branch.then(|| "true".to_owned());
    let follows = |edge: &Edge| edge.source == before && edge.source_handle.as_ref() == handle.as_ref();
    for edge in flow.edges.iter_mut().filter(|edge| follows(edge)) {
        (edge.id, edge.source, edge.source_handle) = (None, id.clone(), None);
        if kind == NodeKind::Branch {
            edge.source_handle = Some("true".to_owned());
        }
    }
    let edge =
        Edge { source: before.to_owned(), target: id.clone(), source_handle: handle, ..Edge::default() };
    flow.edges.push(edge);
    flow.nodes.push(Node { id, kind, data, position: None, rest: Map::new() });
}

/// What led to the node leads on to what followed it.
fn delete(flow: &mut Flow, id: &str) {
    let (gone, mut edges): (Vec<Edge>, Vec<Edge>) =
        flow.edges.drain(..).partition(|edge| edge.source == id || edge.target == id);
    let known = |edge: &Edge, edges: &[Edge]| edges.iter().any(|other| joins_the_same(other, edge));
    for into in gone.iter().filter(|edge| edge.target == id && edge.source != id) {
        for out in gone.iter().filter(|edge| edge.source == id && edge.target != id) {
            let bridge = Edge {
                source: into.source.clone(),
                source_handle: into.source_handle.clone(),
                target: out.target.clone(),
                target_handle: out.target_handle.clone(),
                ..Edge::default()
            };
            if !known(&bridge, &edges) {
                edges.push(bridge);
            }
        }
    }
    flow.edges = edges;
    flow.nodes.retain(|node| node.id != id);
}

fn joins_the_same(one: &Edge, other: &Edge) -> bool {
    (&one.source, &one.source_handle, &one.target) == (&other.source, &other.source_handle, &other.target)
}

/// A model answers with what it knows of a flow: what it left out of the rest stays, as does a title.
fn replaced(before: &Flow, mut after: Flow) -> Flow {
    after.title = after.title.filter(|title| !title.trim().is_empty()).or_else(|| before.title.clone());
    after.rest = merged(&before.rest, after.rest);
    let known: HashMap<&str, &Node> = before.nodes.iter().map(|node| (node.id.as_str(), node)).collect();
    for node in &mut after.nodes {
        let Some(before) = known.get(node.id.as_str()) else { continue };
        node.rest = merged(&before.rest, std::mem::take(&mut node.rest));
        node.position = node.position.take().or_else(|| before.position.clone());
    }
    for edge in &mut after.edges {
        let Some(before) = before.edges.iter().find(|before| joins_the_same(before, edge)) else { continue };
        edge.rest = merged(&before.rest, std::mem::take(&mut edge.rest));
        edge.id = edge.id.take().or_else(|| before.id.clone());
    }
    after
}

fn merged(before: &Map<String, Value>, after: Map<String, Value>) -> Map<String, Value> {
    let mut all = before.clone();
    all.extend(after);
    all
}

/// By kind and number, as people count.
fn free_id(flow: &Flow, kind: NodeKind) -> String {
    let taken: BTreeSet<&str> = flow.nodes.iter().map(|node| node.id.as_str()).collect();
    let ids = (1..).map(|number| format!("{}-{number}", kind.name()));
    ids.into_iter().find(|id| !taken.contains(id.as_str())).unwrap_or_default()
}
