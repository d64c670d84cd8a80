//! A run as the page holds it, and how an event changes it.
//!
//! Not here: fetching a run that missed an event; the provider does that when a [`Repair`] asks for it.

use std::rc::Rc;

use flowmeter_domain::conversation::Past;
use flowmeter_domain::ipc::{End, Left, Progress, RunEvent, RunView, StartRun};
use flowmeter_domain::{ConversationId, Delta, Measured, NodeRequest, Outcome, RunId, UiError};
use jiff::Timestamp;
use serde_json::Value;

use crate::growing::Growing;

/// A run and what the page adds to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The run as the backend tells it.
    pub view: Told,
    /// Characters of its text, kept beside it: counting them anew would cost each delta the length of
    /// the whole answer.
    chars: u64,
    /// Whether the person asked to stop it and the end has not come yet.
    pub stopping: bool,
}

/// A [`RunView`] as the page holds it: cheap to clone, however long its texts are.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// Which one.
    pub run_id: RunId,
    /// What was asked.
    pub request: Rc<NodeRequest>,
    /// The conversation that it belongs to.
    pub conversation: ConversationId,
    /// When it was started.
    pub started_at: Timestamp,
    /// All text so far.
    pub text: Written,
    /// The `seq` that the next event will have.
    pub next_seq: u64,
    /// How it ended; `None` while it runs.
    pub end: Option<End>,
    /// What the first reading after its end says is left.
    pub left: Option<Left>,
    /// What it took so far.
    pub measured: Measured,
}

impl Past for Told {
    fn request(&self) -> &NodeRequest {
        &self.request
    }

    fn answer_bytes(&self) -> usize {
        self.end.as_ref().map_or(0, |_| self.text.content.len())
    }

    fn answer(&self) -> String {
        self.text.content.read().to_owned()
    }
}

/// Both texts of a run so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Written {
    /// Text of the answer.
    pub content: Growing,
    /// Text of the model's reasoning.
    pub reasoning: Growing,
}

impl Written {
    fn append(&mut self, delta: &Delta) {
        self.content.push_str(&delta.content);
        self.reasoning.push_str(&delta.reasoning);
    }
}

impl From<RunView> for Told {
    fn from(view: RunView) -> Self {
        let RunView { run_id, request, conversation, started_at, text, next_seq, end, left, measured } = view;
        let text = Written { content: text.content.into(), reasoning: text.reasoning.into() };
        let request = request.into();
        Told { run_id, request, conversation, started_at, text, next_seq, end, left, measured }
    }
}

impl From<RunView> for Run {
    fn from(view: RunView) -> Self {
        let chars = view.text.chars();
        Run { view: view.into(), chars, stopping: false }
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
    pub fn started(start: StartRun, now: Timestamp) -> Self {
        RunView::started(start, now).into()
    }

    /// Whether more may come.
    pub fn is_running(&self) -> bool {
        self.view.end.is_none()
    }

    /// What was asked, as text.
    pub fn prompt(&self) -> String {
        match &self.view.request.input {
            Some(Value::String(text)) => text.clone(),
            Some(json) => format!("{json:#}"),
            None => String::new(),
        }
    }

    /// Whether what was asked is JSON other than text.
    pub fn is_json(&self) -> bool {
        self.view.request.input.as_ref().is_some_and(|input| !input.is_string())
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
        self.view.measured.note(event.after_ms, &event.progress);
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
            Progress::Started | Progress::Counted { .. } => {}
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
