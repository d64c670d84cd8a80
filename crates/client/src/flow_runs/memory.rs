//! What LLM nodes remember of earlier runs of their flow, for as long as the session lasts.
//!
//! In memory only: a conversation ends with the app, when the person signs out, or begins a new one.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use flowmeter_domain::ipc::FlowId;
use flowmeter_domain::run::Turn;

/// The conversations, by flow and node.
#[derive(Default)]
pub(super) struct Memories(Mutex<HashMap<(FlowId, String), Vec<Turn>>>);

impl Memories {
    /// The last `turns` questions and answers of a node, oldest first.
    pub(super) fn recall(&self, (flow_id, node): (FlowId, &str), turns: usize) -> Vec<Turn> {
        let said = self.lock().get(&(flow_id, node.to_owned())).cloned().unwrap_or_default();
        said[said.len().saturating_sub(2 * turns)..].to_vec()
    }

    /// Remembers a question and its answer beside the last `turns` others. An answer without text is none.
    pub(super) fn enter(
        &self,
        (flow_id, node): (FlowId, &str),
        turns: usize,
        question: String,
        answer: String,
    ) {
        if question.is_empty() || answer.is_empty() {
            return;
        }
        let mut memories = self.lock();
        let said = memories.entry((flow_id, node.to_owned())).or_default();
        said.extend([Turn::new("user", question), Turn::new("assistant", answer)]);
        let too_old = said.len().saturating_sub(2 * turns);
        said.drain(..too_old);
    }

    /// Forgets all that was said with a flow.
    pub(super) fn forget(&self, flow_id: FlowId) {
        self.lock().retain(|(of, _), _| *of != flow_id);
    }

    /// Forgets everything.
    pub(super) fn forget_all(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(FlowId, String), Vec<Turn>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_recalls_the_last_turns_of_its_own() {
        let (memories, flow) = (Memories::default(), FlowId::random());
        for number in 1..=4 {
            memories.enter((flow, "a"), 3, format!("question {number}"), format!("answer {number}"));
        }
        let said: Vec<String> =
            memories.recall((flow, "a"), 2).into_iter().map(|turn| turn.content).collect();
        assert_eq!(said, ["question 3", "answer 3", "question 4", "answer 4"]);
        assert_eq!(memories.recall((flow, "a"), 9).len(), 6);
        assert_eq!(memories.recall((flow, "b"), 9), []);
        memories.forget(flow);
        assert_eq!(memories.recall((flow, "a"), 9), []);
        memories.enter((flow, "a"), 3, "question".to_owned(), "answer".to_owned());
        memories.forget_all();
        assert_eq!(memories.recall((flow, "a"), 9), []);
    }
}
