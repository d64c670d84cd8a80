//! Runs of flows as apps: each has one task that drives it, one record that tells each change, one end.
//!
//! Here: who may start, what is kept, what is told. How a run goes is in [`drive`], what a node does in
//! `work`. Not here: the order of the nodes and what their texts say; that is
//! [`execution`](flowmeter_domain::flow::execution)'s.

mod condition;
mod drive;
mod keeping;
mod memory;
mod work;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use flowmeter_domain::flow::Flow;
use flowmeter_domain::flow::NodeKind;
use flowmeter_domain::flow::execution::{
    Execution, FlowEnd, Hindrance, InputSettings, NodeState, hindrances,
};
use flowmeter_domain::ipc::{FlowId, FlowProgress, FlowRunEvent, FlowRunView, StartFlowRun};
use flowmeter_domain::{Charged, Code, RunId, UiError};
use jiff::Timestamp;

use crate::flows::Lent;
use crate::launch::{Begun, Launch, Life};
use crate::quota::Quotas;
use crate::relay::Relay;
use crate::session::Session;
use crate::{Clock, Events, News, Outside};
use keeping::Keeping;
use memory::Memories;

/// The runs of flows of this launch: of each flow the last, and those that have not ended. The last run of
/// each flow is kept, too. Cheap to clone.
#[derive(Clone)]
pub(crate) struct FlowRuns(Arc<Inner>);

struct Inner {
    relay: Relay,
    session: Session,
    quotas: Quotas,
    keeping: Keeping,
    events: Arc<dyn Events>,
    clock: Clock,
    memories: Memories,
    runs: Launch<FlowRun>,
}

/// One run of a flow.
struct FlowRun {
    life: Life,
    flow_id: FlowId,
    default_model: String,
    view: Mutex<FlowRunView>,
}

/// Everything that keeps `flow` from being run here.
pub(crate) fn check(flow: &Flow) -> Vec<Hindrance> {
    let mut all = hindrances(flow);
    let is_faulty = all.iter().any(|hindrance| matches!(hindrance, Hindrance::Faulty { .. }));
    if !is_faulty {
        let execution = Execution::new(flow.clone(), Default::default());
        let branches = flow.nodes.iter().filter(|node| node.kind == NodeKind::Branch);
        all.extend(branches.filter_map(|branch| {
            let message = condition::read(&execution, branch).err()?;
            Some(Hindrance::ConditionUnread { node: branch.id.clone(), message })
        }));
    }
    all
}

impl FlowRuns {
    pub(crate) fn new(lent: Lent, outside: &Outside) -> Self {
        let Lent { relay, session, quotas, store, owner } = lent;
        let (events, clock) = (outside.events.clone(), outside.clock.clone());
        let (keeping, memories, runs) = (Keeping::new(store, owner), Memories::default(), Launch::default());
        Self(Arc::new(Inner { relay, session, quotas, keeping, events, clock, memories, runs }))
    }

    /// All of this launch that are known, oldest first.
    pub(crate) fn all(&self) -> Vec<FlowRunView> {
        self.0.runs.each(|run| run.view().clone())
    }

    /// Whether one of them has not ended.
    pub(crate) fn is_at_work(&self) -> bool {
        self.0.runs.is_at_work()
    }

    /// Tells all as they are now: for a page that showed another account until now. Each under its own
    /// lock, so that no event of it is told twice or missed.
    pub(crate) fn tell_whole(&self) {
        self.0.runs.each(|run| {
            let view = run.view();
            self.0.events.tell(News::FlowRunWhole(Box::new(view.clone())));
        });
    }

    /// Starts a run and returns; its task owns it from here on. Uses nothing when it refuses.
    pub(crate) fn start(&self, request: StartFlowRun) -> Result<(), UiError> {
        let invalid = |message: String| UiError::new(Code::InvalidInput, message);
        if let Some(hindrance) = check(&request.flow).first() {
            return Err(invalid(hindrance.to_string()));
        }
        if let Some(input) = lacking_input(&request) {
            return Err(invalid(format!("something is not given at {input:?}")));
        }
        let run = self.0.runs.enter(FlowRun::new(request, (self.0.clock)(), &self.0.session))?;
        self.0.runs.lock().retain(|other| other.flow_id != run.flow_id || other.is_under_way());
        tokio::spawn(self.clone().drive(run));
        Ok(())
    }

    /// Stops a run.
    pub(crate) fn stop(&self, run_id: RunId) -> Result<(), UiError> {
        self.0.runs.stop(run_id)
    }

    /// A run as a whole.
    pub(crate) fn view(&self, run_id: RunId) -> Result<FlowRunView, UiError> {
        self.0.runs.find(run_id).map(|run| run.view().clone())
    }

    /// The last run of a flow; that of this launch is further than what is kept of it.
    pub(crate) async fn last(&self, flow_id: FlowId) -> Result<Option<FlowRunView>, UiError> {
        let of_flow = |run: &Arc<FlowRun>| (run.flow_id == flow_id).then(|| run.view().clone());
        match self.0.runs.each(of_flow).into_iter().flatten().next_back() {
            Some(run) => Ok(Some(run)),
            None => self.0.keeping.last(flow_id).await,
        }
    }

    /// Forgets all runs that have ended; they can be brought back for a while.
    pub(crate) async fn clear(&self) -> Result<(), UiError> {
        self.0.keeping.clear().await?;
        self.0.runs.lock().retain(|run| run.is_under_way());
        Ok(())
    }

    /// Brings back what was cleared last; nothing is nothing.
    pub(crate) async fn restore_cleared(&self) -> Result<(), UiError> {
        self.0.keeping.restore_cleared().await
    }

    /// Forgets what was said with a flow.
    pub(crate) fn forget(&self, flow_id: FlowId) {
        self.0.memories.forget(flow_id);
    }

    /// Forgets all that was said: the session in which it was said is over.
    pub(crate) fn forget_all(&self) {
        self.0.memories.forget_all();
    }
}

impl Begun for FlowRun {
    fn life(&self) -> &Life {
        &self.life
    }

    fn is_under_way(&self) -> bool {
        self.view().end.is_none()
    }
}

impl FlowRun {
    fn new(request: StartFlowRun, started_at: Timestamp, session: &Session) -> Self {
        let StartFlowRun { run_id, flow_id, flow, given, default_model } = request;
        let execution = Execution::new(flow, given);
        let view = Mutex::new(FlowRunView::new(run_id, flow_id, started_at, execution));
        Self { life: Life::new(run_id, session.over()), flow_id, default_model, view }
    }

    /// The run as a whole and how many changes it has seen, if those are more than `changes`.
    fn further_than(&self, changes: u64) -> Option<(u64, FlowRunView)> {
        let view = self.view();
        (view.next_seq > changes).then(|| (view.next_seq, view.clone()))
    }

    /// The run as it will be once its end is told.
    fn ended_as(&self, end: &FlowEnd) -> FlowRunView {
        let mut view = self.view().clone();
        view.take(FlowProgress::Ended(end.clone()));
        view
    }

    fn tell_node(&self, events: &dyn Events, node: &str, state: NodeState, charged: Option<Charged>) {
        self.tell(events, FlowProgress::Node { node: node.to_owned(), state, charged });
    }

    /// Enters `progress` into the record and tells it, both under its lock: whoever asks for the run as
    /// a whole gets exactly what was told before.
    fn tell(&self, events: &dyn Events, progress: FlowProgress) {
        let mut view = self.view();
        let event = FlowRunEvent { run_id: self.life.id, seq: view.next_seq, progress: progress.clone() };
        view.take(progress);
        if !self.life.over.is_cancelled() {
            events.tell(News::FlowRun(event));
        }
    }

    fn view(&self) -> MutexGuard<'_, FlowRunView> {
        self.view.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The first input node that does not get what it needs.
fn lacking_input(request: &StartFlowRun) -> Option<&str> {
    let inputs = request.flow.nodes.iter().filter(|node| node.kind == NodeKind::Input);
    let lacks = |id: &String, settings: InputSettings| match request.given.get(id) {
        Some(given) => settings.lacks(given),
        None => settings.lacks(&settings.defaults()),
    };
    inputs
        .map(|node| (&node.id, InputSettings::of(node)))
        .find_map(|(id, settings)| lacks(id, settings).then_some(id.as_str()))
}
