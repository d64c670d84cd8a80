//! Runs that belong together: each may be asked with the ones before it as its history.
//!
//! Not here: which conversation is current; that is the page's.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::ipc::RunView;
use crate::run::{NodeRequest, Turn};

/// The most bytes of text that are sent along. The edge reads bodies up to 1 MiB, and JSON may take two
/// bytes for one.
const LONGEST: usize = 400 * 1024;

/// Which conversation; chosen by whoever starts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConversationId(pub Uuid);

impl ConversationId {
    /// A new id that no other conversation has.
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }
}

impl std::fmt::Display for ConversationId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A run as a part of what was said before.
pub trait Past {
    /// What was asked.
    fn request(&self) -> &NodeRequest;
    /// Bytes of its answer; none while it runs.
    fn answer_bytes(&self) -> usize;
    /// Its answer.
    fn answer(&self) -> String;
}

impl Past for RunView {
    fn request(&self) -> &NodeRequest {
        &self.request
    }

    fn answer_bytes(&self) -> usize {
        self.end.as_ref().map_or(0, |_| self.text.content.len())
    }

    fn answer(&self) -> String {
        self.text.content.clone()
    }
}

/// What a next run can be told of the runs before it.
pub struct Earlier<'a, P> {
    /// Runs that ended with an answer, oldest first; the newest of them where not all fit.
    pub runs: Vec<&'a P>,
    /// Runs that are too long ago to fit.
    pub left_out: usize,
}

impl<'a, P: Past> Earlier<'a, P> {
    /// Of `runs`, oldest first.
    pub fn of(runs: impl DoubleEndedIterator<Item = &'a P>) -> Self {
        let (mut earlier, mut bytes) = (Self { runs: Vec::new(), left_out: 0 }, 0);
        for run in runs.rev().filter(|run| run.answer_bytes() > 0) {
            bytes += question_bytes(run.request()) + run.answer_bytes();
            if bytes > LONGEST {
                earlier.left_out += 1;
            } else {
                earlier.runs.push(run);
            }
        }
        earlier.runs.reverse();
        earlier
    }

    /// Question and answer in turn. A model's reasoning is not part of a conversation.
    pub fn turns(&self) -> Vec<Turn> {
        let turns = |run: &&P| {
            let question = Turn::new("user", run.request().user_message());
            [question, Turn::new("assistant", run.answer())]
        };
        self.runs.iter().flat_map(turns).collect()
    }
}

fn question_bytes(request: &NodeRequest) -> usize {
    match &request.input {
        Some(Value::String(text)) => text.len(),
        _ => request.user_message().len(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::ipc::StartRun;
    use crate::{Code, Delta, Outcome, RunId, UiError};

    fn run(question: &str, answer: &str, outcome: Option<Outcome>) -> RunView {
        let request = NodeRequest { input: Some(question.into()), ..NodeRequest::default() };
        let text = Delta { content: answer.into(), reasoning: "Hm".into() };
        let start = StartRun::new(RunId::random(), request);
        RunView { text, end: outcome.map(Into::into), ..RunView::started(start, Timestamp::UNIX_EPOCH) }
    }

    fn sent(runs: &[RunView]) -> Vec<String> {
        let turns = Earlier::of(runs.iter()).turns().into_iter();
        turns.map(|turn| format!("{}: {}", turn.role, turn.content)).collect()
    }

    #[test]
    fn what_has_an_answer_is_sent_along_in_order_and_without_its_reasoning() {
        let failed = Outcome::Failed { cause: UiError::new(Code::QuotaExceeded, "5/5") };
        let runs = [
            run("One?", "1", Some(Outcome::Completed)),
            run("Two?", "", Some(failed)),
            run("Three?", "3, but", Some(Outcome::Cancelled)),
            run("Four?", "still", None),
        ];
        assert_eq!(sent(&runs), ["user: One?", "assistant: 1", "user: Three?", "assistant: 3, but"]);
    }

    #[test]
    fn what_does_not_fit_is_left_out_from_the_oldest_on() {
        let long = "x".repeat(LONGEST / 2);
        let runs = [("a", &long), ("b", &long), ("c", &"short".to_owned())]
            .map(|(question, answer)| run(question, answer, Some(Outcome::Completed)));
        let earlier = Earlier::of(runs.iter());
        assert_eq!((earlier.runs.len(), earlier.left_out), (2, 1));
        assert_eq!(earlier.turns()[0].content, "b");
    }
}
