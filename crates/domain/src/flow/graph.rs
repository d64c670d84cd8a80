//! A flow as numbers: who follows whom. For questions about paths; edges to nowhere are not in it.

use std::collections::HashMap;

use super::{Edge, Flow};

/// Nodes by their place in [`Flow::nodes`]; of nodes with the same id only the first has edges.
pub(super) struct Graph {
    /// Whom each node leads to.
    followers: Vec<Vec<usize>>,
    /// How many edges enter each node.
    entering: Vec<usize>,
}

impl Graph {
    pub(super) fn of(flow: &Flow) -> Self {
        let nodes = flow.nodes.len();
        let mut graph = Self { followers: vec![Vec::new(); nodes], entering: vec![0; nodes] };
        for (source, target, _) in joined(flow) {
            graph.followers[source].push(target);
            graph.entering[target] += 1;
        }
        graph
    }

    /// The longest way to each node from a node that nothing enters; `None` in a circle and behind one.
    pub(super) fn layers(&self) -> Vec<Option<usize>> {
        let mut waiting_for = self.entering.clone();
        let mut farthest = vec![0; self.followers.len()];
        let mut layers = vec![None; self.followers.len()];
        let mut ready: Vec<usize> = (0..layers.len()).filter(|node| waiting_for[*node] == 0).collect();
        while let Some(node) = ready.pop() {
            layers[node] = Some(farthest[node]);
            for &next in &self.followers[node] {
                farthest[next] = farthest[next].max(farthest[node] + 1);
                waiting_for[next] -= 1;
                if waiting_for[next] == 0 {
                    ready.push(next);
                }
            }
        }
        layers
    }

    /// Which nodes can be reached from `starts`, which count as reached.
    pub(super) fn reached_from(&self, starts: impl Iterator<Item = usize>) -> Vec<bool> {
        let mut reached = vec![false; self.followers.len()];
        let mut next: Vec<usize> = starts.collect();
        while let Some(node) = next.pop() {
            if !std::mem::replace(&mut reached[node], true) {
                next.extend(&self.followers[node]);
            }
        }
        reached
    }
}

/// The places of the two nodes that each edge joins.
pub(super) fn joined(flow: &Flow) -> impl Iterator<Item = (usize, usize, &Edge)> {
    let mut places = HashMap::new();
    for (place, node) in flow.nodes.iter().enumerate() {
        places.entry(node.id.as_str()).or_insert(place);
    }
    flow.edges.iter().filter_map(move |edge| {
        let place = |id: &String| places.get(id.as_str()).copied();
        Some((place(&edge.source)?, place(&edge.target)?, edge))
    })
}
