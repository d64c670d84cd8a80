//! What differs between two versions of a flow, node by node and field by field.
//!
//! Where nodes stand does not count: a node that only moved has not changed.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Edge, Flow, Node, NodeKind};

/// Everything that differs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// The title before and after, if it differs.
    pub title: Option<[String; 2]>,
    /// Nodes that differ, in the order of [`Difference::picture`].
    pub nodes: Vec<NodeDifference>,
    /// For each edge of [`Difference::picture`] that only one of the two has, its place there.
    pub edges: Vec<(usize, Mark)>,
    /// Both flows in one: the later one, then what only the earlier one has.
    pub picture: Flow,
}

/// A node that differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NodeDifference {
    /// Its id.
    pub id: String,
    /// Its name; its id where it has none.
    pub label: String,
    /// What it does.
    pub kind: NodeKind,
    /// What happened to it.
    pub mark: Mark,
    /// What changed of it; all settings of one that was added, but for its name.
    pub fields: Vec<FieldDifference>,
}

/// What happened to a node or an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Only the later flow has it.
    Added,
    /// Both have it, and it differs.
    Changed,
    /// Only the earlier flow has it.
    Removed,
}

/// A setting that differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldDifference {
    /// Its name in the node's `data`; `type` for the kind of the node.
    pub field: String,
    /// What it was; `None` where it was not there.
    pub before: Option<Value>,
    /// What it is; `None` where it is gone.
    pub after: Option<Value>,
}

impl Difference {
    /// What differs from `before` to `after`.
    pub fn between(before: &Flow, after: &Flow) -> Self {
        let mut picture = after.clone();
        let gone = before.nodes.iter().filter(|node| find(after, &node.id).is_none());
        picture.nodes.extend(gone.cloned());
        let here: BTreeSet<_> = after.edges.iter().map(ends).collect();
        picture.edges.extend(before.edges.iter().filter(|edge| !here.contains(&ends(edge))).cloned());
        let nodes = picture.nodes.iter().filter_map(|node| node_difference(before, after, node));
        let (nodes, edges) = (nodes.collect(), edge_marks(before, after, &picture));
        let title = |flow: &Flow| flow.title.clone().unwrap_or_default();
        let title = (title(before) != title(after)).then(|| [title(before), title(after)]);
        Self { title, nodes, edges, picture }
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.title.is_none() && self.nodes.is_empty() && self.edges.is_empty()
    }

    /// What happened to each node that differs, by id.
    pub fn marks(&self) -> HashMap<&str, Mark> {
        self.nodes.iter().map(|node| (node.id.as_str(), node.mark)).collect()
    }
}

fn find<'a>(flow: &'a Flow, id: &str) -> Option<&'a Node> {
    flow.nodes.iter().find(|node| node.id == id)
}

/// An edge is the same when it joins the same; its id says nothing.
fn ends(edge: &Edge) -> (&str, Option<&str>, &str, Option<&str>) {
    (&edge.source, edge.source_handle.as_deref(), &edge.target, edge.target_handle.as_deref())
}

fn node_difference(before: &Flow, after: &Flow, node: &Node) -> Option<NodeDifference> {
    let (mark, fields) = match (find(before, &node.id), find(after, &node.id)) {
        (None, _) => (Mark::Added, settings(node)),
        (Some(_), None) => (Mark::Removed, Vec::new()),
        (Some(was), Some(is)) => (Mark::Changed, fields(was, is)),
    };
    if mark == Mark::Changed && fields.is_empty() {
        return None;
    }
    let (id, kind, label) = (node.id.clone(), node.kind, node.name().to_owned());
    Some(NodeDifference { id, label, kind, mark, fields })
}

fn settings(node: &Node) -> Vec<FieldDifference> {
    let settings = node.data.iter().filter(|(field, _)| *field != "label");
    let added = |(field, value): (&String, &Value)| FieldDifference {
        field: field.clone(),
        before: None,
        after: Some(value.clone()),
    };
    settings.map(added).collect()
}

fn fields(was: &Node, is: &Node) -> Vec<FieldDifference> {
    let names: BTreeSet<&String> = was.data.keys().chain(is.data.keys()).collect();
    let of_data = names.into_iter().filter(|name| was.data.get(*name) != is.data.get(*name));
    let of_data = of_data.map(|name| FieldDifference {
        field: name.clone(),
        before: was.data.get(name).cloned(),
        after: is.data.get(name).cloned(),
    });
    let kind = (was.kind != is.kind).then(|| FieldDifference {
        field: "type".to_owned(),
        before: Some(was.kind.name().into()),
        after: Some(is.kind.name().into()),
    });
    kind.into_iter().chain(of_data).collect()
}

fn edge_marks(before: &Flow, after: &Flow, picture: &Flow) -> Vec<(usize, Mark)> {
    let were: BTreeSet<_> = before.edges.iter().map(ends).collect();
    let are: BTreeSet<_> = after.edges.iter().map(ends).collect();
    let marks = picture.edges.iter().enumerate().filter_map(|(place, edge)| {
        match (were.contains(&ends(edge)), are.contains(&ends(edge))) {
            (false, _) => Some((place, Mark::Added)),
            (true, false) => Some((place, Mark::Removed)),
            (true, true) => None,
        }
    });
    marks.collect()
}
