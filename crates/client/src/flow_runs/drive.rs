//! The life of a run of a flow: one use of an app, then node after node, then its end.

use std::collections::VecDeque;
use std::sync::Arc;

use flowmeter_domain::flow::execution::{FlowEnd, NodeState, Schedule, Step};
use flowmeter_domain::ipc::{FlowProgress, Left};
use flowmeter_domain::run::MOST_AT_ONCE;
use flowmeter_domain::{Charged, Kind, Outcome};
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;

use super::work::{Ended, Worked};
use super::{FlowRun, FlowRuns};
use crate::kept::keep_growing;
use crate::sent::Sent;

/// A run while it goes.
struct Drive<'a> {
    flows: &'a FlowRuns,
    run: &'a FlowRun,
    /// The ids of the nodes, by their place in the flow.
    ids: Vec<String>,
    schedule: Schedule,
    /// Nodes that could run and wait for room.
    ready: VecDeque<usize>,
    /// What each node cost that was stopped.
    costs: Vec<Option<Charged>>,
}

impl FlowRuns {
    /// Its end is told before the quota is read again: nobody waits for that.
    pub(super) async fn drive(self, run: Arc<FlowRun>) {
        let keeping = &self.0.keeping;
        let begun = run.view().clone();
        keeping.begin(begun).await;
        let end = tokio::select! {
            biased;
            end = self.work_through(&run) => end,
            never = keep_growing(|kept| run.further_than(kept), |view| keeping.keep(view)) => match never {},
        };
        // Kept first: who hears of the end and asks for the last run gets this one.
        keeping.keep(run.ended_as(&end)).await;
        let events = self.0.events.as_ref();
        run.tell(events, FlowProgress::Ended(end.clone()));
        tokio::select! {
            () = run.life.over.cancelled() => {}
            left = self.read_what_is_left(&end) => {
                left.into_iter().for_each(|left| run.tell(events, FlowProgress::Left { left }));
            }
        }
    }

    /// Of both kinds that runs of flows are paid with.
    async fn read_what_is_left(&self, end: &FlowEnd) -> Option<Vec<Left>> {
        let quota = self.0.quotas.read_after(doubt(end)).await?.quota;
        let left = |kind| Some(Left { kind, remaining: quota.get(kind)?.remaining() });
        Some([Kind::AppUsages, Kind::LlmExecutions].into_iter().filter_map(left).collect())
    }

    async fn work_through(&self, run: &FlowRun) -> FlowEnd {
        let (app_use, refusal) = self.use_app(run).await;
        let mut drive = Drive::new(self, run);
        if refusal.is_none() {
            drive.work().await;
        }
        drive.stop_the_rest();
        let end = run.view().execution.end(app_use);
        FlowEnd { outcome: refusal.unwrap_or(end.outcome), ..end }
    }

    /// Uses the app once, and says whether that was counted; no node runs when there is a refusal.
    async fn use_app(&self, run: &FlowRun) -> (Charged, Option<Outcome>) {
        let sent = Sent::default();
        let used = tokio::select! {
            biased;
            () = run.life.stop.cancelled() => return (sent.charged(), Some(Outcome::Cancelled)),
            used = self.0.quotas.check_and_use(Kind::AppUsages, &sent) => used,
        };
        match used {
            Ok(_) => (Charged::Yes, None),
            Err(cause) => (sent.charged(), Some(Outcome::Failed { cause })),
        }
    }
}

impl<'a> Drive<'a> {
    fn new(flows: &'a FlowRuns, run: &'a FlowRun) -> Self {
        let view = run.view();
        let flow = &view.execution.flow;
        let ids: Vec<String> = flow.nodes.iter().map(|node| node.id.clone()).collect();
        let (schedule, costs) = (Schedule::of(flow), vec![None; ids.len()]);
        Self { flows, run, ids, schedule, ready: VecDeque::new(), costs }
    }

    /// Until every node has ended, or the person stops: then those at work end, and no other begins.
    async fn work(&mut self) {
        let mut working: FuturesUnordered<BoxFuture<'a, (usize, Worked)>> = FuturesUnordered::new();
        let first = self.schedule.begin();
        self.take(first);
        loop {
            while working.len() < MOST_AT_ONCE && !self.run.life.stop.is_cancelled() {
                let Some(node) = self.ready.pop_front() else { break };
                working.push(self.begin(node));
            }
            let Some((node, worked)) = working.next().await else { return };
            let steps = self.end(node, worked);
            self.take(steps);
        }
    }

    fn begin(&self, node: usize) -> BoxFuture<'a, (usize, Worked)> {
        self.tell(node, NodeState::Running, None);
        let (flows, run, id) = (self.flows, self.run, self.ids[node].clone());
        Box::pin(async move { (node, flows.work(run, &id).await) })
    }

    fn end(&mut self, node: usize, Worked { ended, charged }: Worked) -> Vec<Step> {
        match ended {
            Ended::Done { way } => {
                self.tell(node, NodeState::Done { way }, charged);
                self.schedule.done(node, way)
            }
            Ended::Failed { cause } => {
                self.tell(node, NodeState::Failed { cause }, charged);
                self.schedule.failed(node)
            }
            Ended::Cancelled => {
                self.costs[node] = charged;
                Vec::new()
            }
        }
    }

    fn take(&mut self, steps: Vec<Step>) {
        for step in steps {
            match step {
                Step::Run(node) => self.ready.push_back(node),
                Step::Skip(node) => self.tell(node, NodeState::Skipped, None),
                Step::Stop { node, because } => {
                    let because = Some(self.ids[because].clone());
                    self.tell(node, NodeState::Stopped { because }, None);
                }
            }
        }
    }

    fn stop_the_rest(&mut self) {
        for node in self.schedule.stop() {
            self.tell(node, NodeState::Stopped { because: None }, self.costs[node]);
        }
    }

    fn tell(&self, node: usize, state: NodeState, charged: Option<Charged>) {
        self.run.tell_node(self.flows.0.events.as_ref(), &self.ids[node], state, charged);
    }
}

/// Whether a later reading may tell more than the first.
fn doubt(end: &FlowEnd) -> Charged {
    if end.unsure > 0 { Charged::Unknown } else { end.app_use }
}
