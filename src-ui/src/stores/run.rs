//! A run as the page holds it, and how an event changes it.
//!
//! Not here: fetching a run that missed an event; the provider does that when a [`Repair`] asks for it.

use flowmeter_domain::ipc::{End, Progress, RunEvent, RunView};
use flowmeter_domain::{NodeRequest, Outcome, RunId, UiError};

/// A run and what the page adds to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The run as the backend tells it.
    pub view: RunView,
    /// Characters of its text, kept beside it: counting them anew would cost each delta the length of
    /// the whole answer.
    chars: u64,
    /// Whether the person asked to stop it and the end has not come yet.
    pub stopping: bool,
}

impl From<RunView> for Run {
    fn from(view: RunView) -> Self {
        let chars = view.text.chars();
        Run { view, chars, stopping: false }
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
        RunView { run_id, request, text: Default::default(), next_seq: 0, end: None, left: None }.into()
    }

    /// Whether more may come.
    pub fn is_running(&self) -> bool {
        self.view.end.is_none()
    }

    /// What was asked, as text.
    pub fn prompt(&self) -> String {
        match &self.view.request.input {
            Some(serde_json::Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        }
    }

    /// Puts the whole in place of what is there.
    pub(super) fn replace(&mut self, view: RunView) {
        *self = Run { stopping: self.stopping && view.end.is_none(), ..view.into() };
    }

    pub(super) fn apply(&mut self, event: &RunEvent) -> Applied {
        if event.seq < self.view.next_seq {
            return Applied::Fits;
        }
        if event.seq > self.view.next_seq || event.offset != self.chars {
            return Applied::Gap;
        }
        self.view.next_seq += 1;
        self.progress(&event.progress);
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
            Progress::Delta(delta) => {
                self.chars += delta.chars();
                self.view.text.append(delta);
            }
            Progress::Ended(end) => self.end(end.clone()),
            Progress::Left(left) => self.view.left = Some(*left),
        }
    }

    fn end(&mut self, end: End) {
        self.view.end = Some(end);
        self.stopping = false;
    }
}
