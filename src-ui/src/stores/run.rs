//! A run as the page holds it, and how an event changes it.
//!
//! Not here: fetching a run that missed an event; the provider does that when a [`Repair`] asks for it.

use flowmeter_domain::ipc::{End, Progress, RunEvent, RunView};
use flowmeter_domain::{Charged, NodeRequest, Outcome, RunId, UiError};

/// A run and what the page adds to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The run as the backend tells it.
    pub view: RunView,
    /// LLM runs left by the first reading after its end; unknown for a run that ended before the page opened.
    pub left: Option<i64>,
    /// Whether the person asked to stop it and the end has not come yet.
    pub stopping: bool,
}

impl From<RunView> for Run {
    fn from(view: RunView) -> Self {
        Run { view, left: None, stopping: false }
    }
}

/// What an event did to a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Applied {
    /// It was the next one, or one that is known already.
    Fits,
    /// Something before it was missed.
    Gap,
}

/// A run of which an event was missed: it has to be asked for as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repair {
    /// Counts the questions, so that a second gap asks again.
    pub attempt: u32,
    /// Events that came meanwhile; those that the whole does not hold yet are applied to it.
    pub waiting: Vec<RunEvent>,
}

impl Run {
    /// A run that the person started just now.
    pub fn started(run_id: RunId, request: NodeRequest) -> Self {
        RunView { run_id, request, text: Default::default(), next_seq: 0, end: None }.into()
    }

    /// Whether more may come.
    pub fn is_running(&self) -> bool {
        self.view.end.is_none()
    }

    /// Whether it ended and the server said if it was charged.
    pub(super) fn cost_is_known(&self) -> bool {
        self.view.end.as_ref().is_some_and(|end| end.charged != Charged::Unknown)
    }

    /// What was asked, as text.
    pub fn prompt(&self) -> String {
        match &self.view.request.input {
            Some(serde_json::Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        }
    }

    pub(super) fn apply(&mut self, event: &RunEvent) -> Applied {
        if event.seq > self.view.next_seq {
            return Applied::Gap;
        }
        if event.seq == self.view.next_seq {
            self.view.next_seq += 1;
            self.progress(&event.progress);
        }
        Applied::Fits
    }

    /// A run ends once: whatever is told after its end is not for it.
    pub(super) fn fail(&mut self, cause: UiError) {
        if self.is_running() {
            self.end(Outcome::Failed { cause }.into());
        }
    }

    pub(super) fn take_end(&mut self, event: &RunEvent) {
        if let Progress::Ended(end) = &event.progress {
            self.end(end.clone());
        }
    }

    fn progress(&mut self, progress: &Progress) {
        match progress {
            Progress::Started => {}
            Progress::Delta(delta) => self.view.text.append(delta),
            Progress::Ended(end) => self.end(end.clone()),
        }
    }

    fn end(&mut self, end: End) {
        self.view.end = Some(end);
        self.stopping = false;
    }
}
