//! The runs of flows as the page holds them, and how an event changes one.
//!
//! The record and its changes are the domain's; here is what a page adds: events that were missed, and
//! what the person asked for and has not been answered. Not here: fetching a run that missed an event;
//! the provider does that when a [`FlowRepair`] asks for it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use flowmeter_domain::ipc::{FlowId, FlowProgress, FlowRunEvent, FlowRunView};
use flowmeter_domain::{Charged, Outcome, RunId, UiError};

/// How often a run is asked for again at once; a whole that stays behind its own events would ask for ever.
const MAX_REPAIRS: u32 = 2;

/// All runs of flows that the page knows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FlowRuns {
    /// Of each flow the last, and those that have not ended; oldest first.
    pub runs: Vec<Rc<FlowRunView>>,
    /// Those that the person asked to stop and that have not ended yet.
    pub stopping: BTreeSet<RunId>,
    /// Those that missed an event.
    pub repairs: BTreeMap<RunId, FlowRepair>,
}

/// A run of which an event was missed: it has to be asked for as a whole.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FlowRepair {
    /// Counts the questions, so that a second gap asks again.
    pub attempt: u32,
    /// Events that came meanwhile; those that the whole does not hold yet are applied to it.
    waiting: Vec<FlowRunEvent>,
}

/// Something that happened to a run of a flow.
#[derive(Clone, Debug, PartialEq)]
pub enum FlowRunAction {
    /// The backend told of progress.
    Told(FlowRunEvent),
    /// The whole of a run came.
    Whole(FlowRunView),
    /// The last run of a flow came, which may be of an earlier launch.
    Last(FlowRunView),
    /// The whole of a run did not come.
    RepairFailed(RunId),
    /// The person started a run.
    Started(FlowRunView),
    /// The backend did not take it.
    Refused(RunId, UiError),
    /// The person asked to stop one.
    Stopping(RunId),
    /// The backend did not stop it.
    StopRefused(RunId),
}

impl FlowRuns {
    /// The last run of a flow.
    pub fn of(&self, flow_id: FlowId) -> Option<&Rc<FlowRunView>> {
        self.runs.iter().rev().find(|run| run.flow_id == flow_id)
    }

    /// Whether the person asked to stop it and its end has not come yet.
    pub fn is_stopping(&self, run_id: RunId) -> bool {
        self.stopping.contains(&run_id)
    }

    /// With the history go the runs that have ended.
    pub(super) fn clear(&mut self) {
        self.runs.retain(|run| run.end.is_none());
    }

    pub(super) fn reduce(&mut self, action: FlowRunAction) {
        match action {
            FlowRunAction::Told(event) => self.apply(event),
            FlowRunAction::Whole(view) => self.repair(view),
            FlowRunAction::Last(view) => self.know(view),
            FlowRunAction::RepairFailed(run_id) => self.give_up_repair(run_id),
            FlowRunAction::Started(view) => self.start(view),
            FlowRunAction::Refused(run_id, cause) => self.refuse(run_id, cause),
            FlowRunAction::Stopping(run_id) => {
                self.stopping.insert(run_id);
            }
            FlowRunAction::StopRefused(run_id) => {
                self.stopping.remove(&run_id);
            }
        }
    }

    fn start(&mut self, view: FlowRunView) {
        self.runs.retain(|run| run.flow_id != view.flow_id || run.end.is_none());
        self.runs.push(Rc::new(view));
    }

    /// Whatever is known of the flow already is newer.
    fn know(&mut self, view: FlowRunView) {
        if self.of(view.flow_id).is_none() {
            self.runs.push(Rc::new(view));
        }
    }

    /// A run that never began has cost nothing.
    fn refuse(&mut self, run_id: RunId, cause: UiError) {
        self.change(run_id, |view| {
            let mut end = view.execution.end(Charged::No);
            end.outcome = Outcome::Failed { cause };
            view.end = Some(end);
        });
    }

    fn apply(&mut self, event: FlowRunEvent) {
        let run_id = event.run_id;
        let known = self.find(run_id).filter(|_| !self.repairs.contains_key(&run_id));
        let next = known.map(|at| self.runs[at].next_seq);
        match next {
            Some(next) if event.seq < next => {}
            Some(next) if event.seq == next => {
                if matches!(event.progress, FlowProgress::Ended(_)) {
                    self.stopping.remove(&run_id);
                }
                self.change(run_id, |view| view.take(event.progress));
            }
            _ => self.repairs.entry(run_id).or_default().waiting.push(event),
        }
    }

    /// Puts the whole in place of what is there, then whatever came since it was written.
    fn repair(&mut self, view: FlowRunView) {
        let run_id = view.run_id;
        let FlowRepair { attempt, waiting } = self.repairs.remove(&run_id).unwrap_or_default();
        if view.end.is_some() {
            self.stopping.remove(&run_id);
        }
        match self.find(run_id) {
            Some(at) if self.runs[at].next_seq > view.next_seq => {}
            Some(at) => self.runs[at] = Rc::new(view),
            None => self.start(view),
        }
        waiting.into_iter().for_each(|event| self.apply(event));
        match self.repairs.get_mut(&run_id) {
            Some(again) if attempt < MAX_REPAIRS => again.attempt = attempt + 1,
            Some(_) => self.give_up_repair(run_id),
            None => {}
        }
    }

    /// Text may be missing then, but an end that was told is not lost.
    fn give_up_repair(&mut self, run_id: RunId) {
        let waiting = self.repairs.remove(&run_id).unwrap_or_default().waiting;
        let end = waiting.into_iter().map(|event| event.progress);
        for end in end.filter(|progress| matches!(progress, FlowProgress::Ended(_))) {
            self.stopping.remove(&run_id);
            self.change(run_id, |view| view.take(end));
        }
    }

    fn change(&mut self, run_id: RunId, change: impl FnOnce(&mut FlowRunView)) {
        if let Some(at) = self.find(run_id) {
            change(Rc::make_mut(&mut self.runs[at]));
        }
    }

    fn find(&self, run_id: RunId) -> Option<usize> {
        self.runs.iter().rposition(|run| run.run_id == run_id)
    }
}
