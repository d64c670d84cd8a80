//! Which node is next: the order of a run, and what a branch and a failure mean for the rest.
//!
//! A node waits for every edge that enters it. Each edge ends in one of three ways: it is taken, it is
//! passed over (its branch went the other way, or its node was itself passed over), or it is broken (its
//! node failed, or was stopped by a failure). One broken edge stops a node; else one taken edge lets it
//! run; else it is passed over. So a node behind two ways of a branch runs by whichever is alive.

use std::collections::VecDeque;

use super::super::Flow;
use super::super::graph::joined;

/// The order of one run. Nodes are named by their place in [`Flow::nodes`].
#[derive(Clone, Debug)]
pub struct Schedule {
    nodes: Vec<Place>,
}

#[derive(Clone, Debug, Default)]
struct Place {
    /// Where the edges lead that leave it, and which way out of a branch each is.
    followers: Vec<(usize, Option<bool>)>,
    /// How many entering edges have not ended.
    waiting_for: usize,
    /// Whether an entering edge was taken.
    is_reached: bool,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    Waiting,
    Running,
    Ended,
}

/// What comes next for a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It runs now.
    Run(usize),
    /// No way to it was taken.
    Skip(usize),
    /// It never runs.
    Stop {
        /// The node that never runs.
        node: usize,
        /// The node that failed.
        because: usize,
    },
}

/// How an edge ended.
#[derive(Clone, Copy)]
enum Fate {
    Taken,
    PassedOver,
    /// By the failure of this node.
    Broken(usize),
}

impl Schedule {
    /// The order of `flow`, of which nothing has run. For a flow without a circle.
    pub fn of(flow: &Flow) -> Self {
        let mut nodes = vec![Place::default(); flow.nodes.len()];
        for (source, target, edge) in joined(flow) {
            let way = edge.source_handle.as_deref().and_then(|handle| handle.parse().ok());
            nodes[source].followers.push((target, way));
            nodes[target].waiting_for += 1;
        }
        Self { nodes }
    }

    /// The nodes that wait for nothing.
    pub fn begin(&mut self) -> Vec<Step> {
        let first: Vec<usize> = (0..self.nodes.len()).filter(|node| self.can_begin(*node)).collect();
        first.into_iter().map(|node| self.run(node)).collect()
    }

    /// `node` did its work; `way` is the way out that a branch took.
    pub fn done(&mut self, node: usize, way: Option<bool>) -> Vec<Step> {
        self.nodes[node].phase = Phase::Ended;
        let leaving = |handle| match (way, handle) {
            (Some(way), Some(handle)) if way != handle => Fate::PassedOver,
            _ => Fate::Taken,
        };
        self.leave(node, leaving)
    }

    /// `node` failed.
    pub fn failed(&mut self, node: usize) -> Vec<Step> {
        self.nodes[node].phase = Phase::Ended;
        self.leave(node, |_| Fate::Broken(node))
    }

    /// Everything stops: the nodes that had not ended, and are now.
    pub fn stop(&mut self) -> Vec<usize> {
        let open = |place: &(usize, &mut Place)| place.1.phase != Phase::Ended;
        let stopped = self.nodes.iter_mut().enumerate().filter(open).map(|(node, place)| {
            place.phase = Phase::Ended;
            node
        });
        stopped.collect()
    }

    fn can_begin(&self, node: usize) -> bool {
        let place = &self.nodes[node];
        place.phase == Phase::Waiting && place.waiting_for == 0
    }

    fn run(&mut self, node: usize) -> Step {
        self.nodes[node].phase = Phase::Running;
        Step::Run(node)
    }

    /// A queue and not recursion: how long the chains of a flow are is its author's choice.
    fn leave(&mut self, node: usize, fate: impl Fn(Option<bool>) -> Fate) -> Vec<Step> {
        let ends = self.nodes[node].followers.iter().map(|(target, handle)| (*target, fate(*handle)));
        let mut ends: VecDeque<(usize, Fate)> = ends.collect();
        let mut steps = Vec::new();
        while let Some((target, fate)) = ends.pop_front() {
            let Some(step) = self.enter(target, fate) else { continue };
            let onward = match step {
                Step::Run(_) => None,
                Step::Skip(_) => Some(Fate::PassedOver),
                Step::Stop { because, .. } => Some(Fate::Broken(because)),
            };
            let followers = &self.nodes[target].followers;
            ends.extend(
                onward.into_iter().flat_map(|fate| followers.iter().map(move |(next, _)| (*next, fate))),
            );
            steps.push(step);
        }
        steps
    }

    /// An edge into `node` ended.
    fn enter(&mut self, node: usize, fate: Fate) -> Option<Step> {
        let place = &mut self.nodes[node];
        place.waiting_for -= 1;
        if place.phase != Phase::Waiting {
            return None;
        }
        place.is_reached |= matches!(fate, Fate::Taken);
        if let Fate::Broken(because) = fate {
            place.phase = Phase::Ended;
            return Some(Step::Stop { node, because });
        }
        if place.waiting_for > 0 {
            return None;
        }
        if place.is_reached {
            return Some(self.run(node));
        }
        place.phase = Phase::Ended;
        Some(Step::Skip(node))
    }
}
