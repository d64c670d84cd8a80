//! Runs of flows as apps: each has one task that drives it, one record that tells each change, one end.
//!
//! Here: who may start, what is kept, what is told. How a run goes is in [`drive`], what a node does in
//! `work`. Not here: the order of the nodes and what their texts say; that is
//! [`execution`](flowmeter_domain::flow::execution)'s.

mod condition;
mod drive;
mod memory;
mod work;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use flowmeter_domain::flow::Flow;
use flowmeter_domain::flow::NodeKind;
use flowmeter_domain::flow::execution::{Execution, Hindrance, InputSettings, NodeState, hindrances};
use flowmeter_domain::ipc::{FlowId, FlowProgress, FlowRunEvent, FlowRunView, StartFlowRun};
use flowmeter_domain::run::MOST_AT_ONCE;
use flowmeter_domain::{Charged, Code, RunId, UiError};
use tokio_util::sync::CancellationToken;

use crate::quota::Quotas;
use crate::relay::Relay;
use crate::session::Session;
use crate::{Events, News, Outside};
use memory::Memories;

/// The runs of flows of this launch: of each flow the last, and those that have not ended. Cheap to clone.
#[derive(Clone)]
pub(crate) struct FlowRuns(Arc<Inner>);

struct Inner {
    relay: Relay,
    session: Session,
    quotas: Quotas,
    events: Arc<dyn Events>,
    memories: Memories,
    /// Oldest first.
    runs: Mutex<Vec<Arc<FlowRun>>>,
}

/// One run of a flow.
struct FlowRun {
    id: RunId,
    flow_id: FlowId,
    default_model: String,
    stop: CancellationToken,
    /// The session under which it was started is over: it stops, and nothing more is told of it.
    over: CancellationToken,
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
    pub(crate) fn new(relay: Relay, session: Session, quotas: Quotas, outside: &Outside) -> Self {
        let (events, memories) = (outside.events.clone(), Memories::default());
        Self(Arc::new(Inner { relay, session, quotas, events, memories, runs: Mutex::default() }))
    }

    /// All that are kept, oldest first.
    pub(crate) fn all(&self) -> Vec<FlowRunView> {
        let runs = self.lock();
        runs.iter().filter(|run| !run.over.is_cancelled()).map(|run| run.view().clone()).collect()
    }

    /// Tells all as they are now: for a page that showed another account until now. Each under its own
    /// lock, so that no event of it is told twice or missed.
    pub(crate) fn tell_whole(&self) {
        for run in self.lock().iter().filter(|run| !run.over.is_cancelled()) {
            let view = run.view();
            self.0.events.tell(News::FlowRunWhole(view.clone()));
        }
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
        let mut runs = self.lock();
        runs.retain(|run| !run.over.is_cancelled());
        if runs.iter().any(|run| run.id == request.run_id) {
            return Err(invalid(format!("there is a run {} already", request.run_id)));
        }
        if runs.iter().filter(|run| run.is_under_way()).count() >= MOST_AT_ONCE {
            return Err(UiError::new(Code::TooManyRuns, format!("{MOST_AT_ONCE} flows are under way")));
        }
        runs.retain(|run| run.flow_id != request.flow_id || run.is_under_way());
        let run = Arc::new(FlowRun::new(request, &self.0.session));
        runs.push(run.clone());
        tokio::spawn(self.clone().drive(run));
        Ok(())
    }

    /// Stops a run.
    pub(crate) fn stop(&self, run_id: RunId) -> Result<(), UiError> {
        self.find(run_id).map(|run| run.stop.cancel())
    }

    /// A run as a whole.
    pub(crate) fn view(&self, run_id: RunId) -> Result<FlowRunView, UiError> {
        self.find(run_id).map(|run| run.view().clone())
    }

    /// Forgets what was said with a flow.
    pub(crate) fn forget(&self, flow_id: FlowId) {
        self.0.memories.forget(flow_id);
    }

    fn find(&self, run_id: RunId) -> Result<Arc<FlowRun>, UiError> {
        let found = self.lock().iter().find(|run| run.id == run_id).cloned();
        found.ok_or_else(|| UiError::new(Code::NotFound, format!("there is no run {run_id} of a flow")))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<FlowRun>>> {
        self.0.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FlowRun {
    fn new(request: StartFlowRun, session: &Session) -> Self {
        let StartFlowRun { run_id, flow_id, flow, given, default_model } = request;
        let view = Mutex::new(FlowRunView::new(run_id, flow_id, Execution::new(flow, given)));
        let over = session.over();
        Self { id: run_id, flow_id, default_model, stop: over.child_token(), over, view }
    }

    fn is_under_way(&self) -> bool {
        self.view().end.is_none()
    }

    fn tell_node(&self, events: &dyn Events, node: &str, state: NodeState, charged: Option<Charged>) {
        self.tell(events, FlowProgress::Node { node: node.to_owned(), state, charged });
    }

    /// Enters `progress` into the record and tells it, both under its lock: whoever asks for the run as
    /// a whole gets exactly what was told before.
    fn tell(&self, events: &dyn Events, progress: FlowProgress) {
        let mut view = self.view();
        let event = FlowRunEvent { run_id: self.id, seq: view.next_seq, progress: progress.clone() };
        view.take(progress);
        if !self.over.is_cancelled() {
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
