//! Puts right what can be put right without guessing what was meant.
//!
//! No node is ever dropped or changed but for its position. Circles, double node ids, wrong handles and
//! wrong variables stay as they are: whoever wrote them has to say what they mean.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::graph::Graph;
use super::{Edge, Flow, Position, fault};

/// The distance of two layers, and of two nodes of one layer.
const ACROSS: f64 = 280.0;
const DOWN: f64 = 140.0;

/// Something that [`repair`] put right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Repair {
    /// An edge to or from nowhere is gone.
    #[error("the edge from {source_node:?} to {target:?} was dropped: one of them does not exist")]
    DanglingEdgeDropped {
        /// Where it started. (Not `source`: that would be the cause of an error.)
        #[serde(rename = "source")]
        source_node: String,
        /// Where it ended.
        target: String,
    },
    /// An edge has an id now.
    #[error("an edge got the id {id:?}: it had none")]
    EdgeIdGiven {
        /// The new id.
        id: String,
    },
    /// An edge has an id of its own now.
    #[error("an edge got the id {id:?}: {was:?} was another's")]
    EdgeIdReplaced {
        /// The id that it shared.
        was: String,
        /// The new id.
        id: String,
    },
    /// Nodes have a position now.
    #[error("these nodes had no position: {}", nodes.join(", "))]
    NodesPlaced {
        /// Their ids.
        nodes: Vec<String>,
    },
}

/// `flow` with its safe repairs, and what they were. Repairing twice is repairing once.
pub fn repair(mut flow: Flow) -> (Flow, Vec<Repair>) {
    let mut repairs = drop_dangling_edges(&mut flow);
    repairs.extend(name_edges(&mut flow.edges));
    repairs.extend(place_nodes(&mut flow));
    (flow, repairs)
}

fn drop_dangling_edges(flow: &mut Flow) -> Vec<Repair> {
    let dropped = fault::dangling_edges(flow).map(|edge| Repair::DanglingEdgeDropped {
        source_node: edge.source.clone(),
        target: edge.target.clone(),
    });
    let dropped = dropped.collect();
    let ids: HashSet<String> = flow.nodes.iter().map(|node| node.id.clone()).collect();
    flow.edges.retain(|edge| ids.contains(&edge.source) && ids.contains(&edge.target));
    dropped
}

/// The first edge with an id keeps it.
fn name_edges(edges: &mut [Edge]) -> Vec<Repair> {
    let all: HashSet<String> = edges.iter().filter_map(|edge| edge.id.clone()).collect();
    let (mut taken, mut counts) = (HashSet::new(), HashMap::new());
    let mut repairs = Vec::new();
    for edge in edges {
        let was = edge.id.take().filter(|id| !id.is_empty());
        if let Some(id) = was.as_ref().filter(|id| taken.insert((*id).clone())) {
            edge.id = Some(id.clone());
            continue;
        }
        let id = fresh_id(edge, &mut counts, |id| !all.contains(id) && taken.insert(id.to_owned()));
        edge.id = Some(id.clone());
        repairs.push(match was {
            Some(was) => Repair::EdgeIdReplaced { was, id },
            None => Repair::EdgeIdGiven { id },
        });
    }
    repairs
}

/// Says what the edge joins, with a number when that is not enough. `counts` remembers the last number of
/// each name, so that many edges between the same two nodes do not make this slow.
fn fresh_id(
    edge: &Edge,
    counts: &mut HashMap<String, usize>,
    mut is_free: impl FnMut(&str) -> bool,
) -> String {
    let name = match &edge.source_handle {
        Some(handle) => format!("{}-{handle}-{}", edge.source, edge.target),
        None => format!("{}-{}", edge.source, edge.target),
    };
    let count = counts.entry(name.clone()).or_default();
    loop {
        *count += 1;
        let id = if *count == 1 { name.clone() } else { format!("{name}-{count}") };
        if is_free(&id) {
            return id;
        }
    }
}

/// Left to right by layer, below everything that already has its place.
fn place_nodes(flow: &mut Flow) -> Option<Repair> {
    let lowest = flow.nodes.iter().filter_map(|node| node.position.as_ref().map(|position| position.y));
    let top = lowest.reduce(f64::max).map_or(0.0, |lowest| lowest + DOWN);
    let layers = Graph::of(flow).layers();
    let mut rows: HashMap<usize, usize> = HashMap::new();
    let mut placed = Vec::new();
    for (node, layer) in flow.nodes.iter_mut().zip(layers) {
        if node.position.is_some() {
            continue;
        }
        let layer = layer.unwrap_or_default();
        let row = rows.entry(layer).or_default();
        let (x, y) = (layer as f64 * ACROSS, *row as f64 * DOWN + top);
        node.position = Some(Position { x, y, rest: serde_json::Map::new() });
        *row += 1;
        placed.push(node.id.clone());
    }
    (!placed.is_empty()).then_some(Repair::NodesPlaced { nodes: placed })
}
