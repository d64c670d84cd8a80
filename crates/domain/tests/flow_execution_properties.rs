//! What holds for a run of every flow, in whatever order its nodes end.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use flowmeter_domain::flow::Flow;
use flowmeter_domain::flow::execution::{Schedule, Step};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

const MOST_NODES: usize = 12;

/// A flow without a circle, and how each of its nodes will go.
#[derive(Clone, Debug)]
struct Case {
    flow: Flow,
    /// By node: fails, or is done and, as a branch, goes this way.
    fails: Vec<bool>,
    ways: Vec<bool>,
    /// Which of the running nodes ends next.
    order: Vec<Index>,
}

/// How a node ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    Done,
    Failed,
    Skipped,
    Stopped,
}

fn case() -> impl Strategy<Value = Case> {
    let pairs = vec((any::<Index>(), any::<Index>(), any::<bool>()), 0..30);
    let nodes = (1..MOST_NODES, vec(any::<bool>(), MOST_NODES));
    let fates = (vec(prop::bool::weighted(0.15), MOST_NODES), vec(any::<bool>(), MOST_NODES));
    (nodes, pairs, fates, vec(any::<Index>(), MOST_NODES)).prop_map(|((count, is_branch), pairs, fates, order)| {
        let kind = |node: usize| if is_branch[node] { "branch" } else { "llm" };
        let nodes: Vec<Value> = (0..count).map(|node| json!({"id": node.to_string(), "type": kind(node)})).collect();
        let forward = pairs.into_iter().filter_map(|(a, b, way)| {
            let (a, b) = (a.index(count), b.index(count));
            let handle = is_branch[a.min(b)].then_some(way);
            (a != b).then(|| json!({"source": a.min(b).to_string(), "target": a.max(b).to_string(), "sourceHandle": handle}))
        });
        let edges: Vec<Value> = forward.collect();
        let flow = serde_json::from_value(json!({"nodes": nodes, "edges": edges})).unwrap();
        Case { flow, fails: fates.0, ways: fates.1, order }
    })
}

impl Case {
    /// What must become of each node, from the words of the rule, without any order.
    fn expected(&self) -> Vec<Ended> {
        let mut ended: Vec<Ended> = Vec::new();
        for node in 0..self.flow.nodes.len() {
            let entering: Vec<Ended> = self.entering(node, &ended);
            ended.push(if entering.iter().any(|edge| matches!(edge, Ended::Failed | Ended::Stopped)) {
                Ended::Stopped
            } else if !entering.is_empty() && !entering.contains(&Ended::Done) {
                Ended::Skipped
            } else if self.fails[node] {
                Ended::Failed
            } else {
                Ended::Done
            });
        }
        ended
    }

    /// How each edge into `node` ended: as its node did, but a branch passes over one of its ways.
    fn entering(&self, node: usize, ended: &[Ended]) -> Vec<Ended> {
        let entering = self.flow.edges.iter().filter(|edge| edge.target == node.to_string());
        let fate = entering.map(|edge| {
            let source: usize = edge.source.parse().unwrap();
            let way = edge.source_handle.as_deref().map(|handle| handle == "true");
            let passed_over = ended[source] == Ended::Done && way.is_some_and(|way| way != self.ways[source]);
            if passed_over { Ended::Skipped } else { ended[source] }
        });
        fate.collect()
    }

    fn way(&self, node: usize) -> Option<bool> {
        let is_branch = self
            .flow
            .edges
            .iter()
            .any(|edge| edge.source == node.to_string() && edge.source_handle.is_some());
        is_branch.then_some(self.ways[node])
    }
}

/// A run as the client drives it. Checks at each step what must hold at each step.
struct Drive<'a> {
    case: &'a Case,
    schedule: Schedule,
    running: Vec<usize>,
    began: Vec<bool>,
    ended: Vec<Option<Ended>>,
}

impl<'a> Drive<'a> {
    fn begin(case: &'a Case) -> Self {
        let nodes = case.flow.nodes.len();
        let mut schedule = Schedule::of(&case.flow);
        let first = schedule.begin();
        let mut drive =
            Self { case, schedule, running: vec![], began: vec![false; nodes], ended: vec![None; nodes] };
        drive.take(first);
        drive
    }

    fn end_one(&mut self, which: Index) {
        let node = self.running.swap_remove(which.index(self.running.len()));
        let steps = if self.case.fails[node] {
            self.end(node, Ended::Failed);
            self.schedule.failed(node)
        } else {
            self.end(node, Ended::Done);
            self.schedule.done(node, self.case.way(node))
        };
        self.take(steps);
    }

    fn take(&mut self, steps: Vec<Step>) {
        for step in steps {
            match step {
                Step::Run(node) => {
                    assert!(!std::mem::replace(&mut self.began[node], true), "{node} began twice");
                    let mut before =
                        self.case.flow.edges.iter().filter(|edge| edge.target == node.to_string());
                    assert!(before.all(|edge| self.ended[edge.source.parse::<usize>().unwrap()].is_some()));
                    self.running.push(node);
                }
                Step::Skip(node) => self.end(node, Ended::Skipped),
                Step::Stop { node, because } => {
                    assert_eq!(self.ended[because], Some(Ended::Failed), "{because} did not fail");
                    self.end(node, Ended::Stopped);
                }
            }
        }
    }

    fn end(&mut self, node: usize, how: Ended) {
        assert_eq!(self.ended[node].replace(how), None, "{node} ended twice");
    }
}

proptest! {
    #[test]
    fn every_node_ends_once_and_as_the_rule_says_in_any_order(case in case()) {
        let mut drive = Drive::begin(&case);
        let mut order = case.order.iter().cycle();
        while !drive.running.is_empty() {
            drive.end_one(*order.next().unwrap());
        }
        let ended: Vec<Ended> = drive.ended.iter().map(|ended| ended.unwrap()).collect();
        prop_assert_eq!(ended, case.expected());
        prop_assert_eq!(drive.schedule.stop(), Vec::<usize>::new());
    }

    #[test]
    fn a_stop_at_any_moment_ends_every_node_once(case in case(), moment in any::<Index>()) {
        let mut drive = Drive::begin(&case);
        let mut order = case.order.iter().take(moment.index(MOST_NODES));
        while let Some(which) = order.next().filter(|_| !drive.running.is_empty()) {
            drive.end_one(*which);
        }
        for node in drive.schedule.stop() {
            drive.end(node, Ended::Stopped);
        }
        prop_assert!(drive.ended.iter().all(Option::is_some));
    }
}
