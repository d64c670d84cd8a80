//! Running a flow as an app: what the page asks for, and how a run goes.
//!
//! The backend keeps the record ([`Execution`]) and tells each change of it; the page applies the same
//! changes to its copy by the same code ([`FlowRunView::take`]), so that the two never differ.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Event, FlowId, Left};
use crate::error::{Code, UiError};
use crate::flow::Flow;
use crate::flow::execution::{Execution, FlowEnd, Given, NodeState};
use crate::run::{Charged, Delta, Outcome, RunId};

impl Event for FlowRunEvent {
    const NAME: &'static str = "flow_run";
}

impl Event for FlowRunView {
    const NAME: &'static str = "flow_run_whole";
}

/// Asks for all that keeps a flow from being run here: nothing, when it can be. Uses and charges nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckFlow {
    /// The flow.
    pub flow: Flow,
}

/// Runs a flow; its progress arrives as [`FlowRunEvent`]s. Refused before anything is used when something
/// hinders it, or when something has to be given and is not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StartFlowRun {
    /// Chosen by the page.
    pub run_id: RunId,
    /// Which flow: its LLM nodes' memories belong to it.
    pub flow_id: FlowId,
    /// The flow as the person sees it.
    pub flow: Flow,
    /// What the person gave, by the id of the input node.
    pub given: BTreeMap<String, Given>,
    /// For LLM nodes that name no model.
    pub default_model: String,
}

/// Stops a run of a flow. One that has ended stays as it is.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct StopFlowRun {
    /// Which one.
    pub run_id: RunId,
}

/// Asks for a run of a flow as a whole: for a page that missed an event.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct GetFlowRun {
    /// Which one.
    pub run_id: RunId,
}

/// Asks for the last run of a flow, also of an earlier launch; nothing, when it was never run.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct GetLastFlowRun {
    /// Of which flow.
    pub flow_id: FlowId,
}

/// Begins a new conversation with a flow: its nodes forget what was said before.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct ForgetConversation {
    /// With which flow.
    pub flow_id: FlowId,
}

/// A run of a flow as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlowRunView {
    /// Which one.
    pub run_id: RunId,
    /// Of which flow.
    pub flow_id: FlowId,
    /// When it was started.
    pub started_at: Timestamp,
    /// What became of it.
    pub execution: Execution,
    /// The `seq` that the next event will have.
    pub next_seq: u64,
    /// How it ended; `None` while it runs.
    pub end: Option<FlowEnd>,
    /// What it left, by the reading after it; empty until then, and for a run of an earlier launch.
    #[serde(default)]
    pub left: Vec<Left>,
}

/// Progress of a run of a flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowRunEvent {
    /// Which run.
    pub run_id: RunId,
    /// Counts from 0 without a gap within a run; a gap means that something was missed.
    pub seq: u64,
    /// What happened.
    pub progress: FlowProgress,
}

/// What a [`FlowRunEvent`] tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FlowProgress {
    /// A node is elsewhere than before.
    Node {
        /// Its id.
        node: String,
        /// How far it is.
        state: NodeState,
        /// Whether it cost an LLM run; `None` while that is open, and for a node that asked no model.
        charged: Option<Charged>,
    },
    /// The model of a node wrote more.
    Delta {
        /// Its id.
        node: String,
        /// The text.
        delta: Delta,
    },
    /// The run is over; at most [`FlowProgress::Left`] follows.
    Ended(FlowEnd),
    /// The quotas were read after it.
    Left {
        /// What is left of each that a run is paid with.
        left: Vec<Left>,
    },
}

impl FlowRunView {
    /// A run that has not begun.
    pub fn new(run_id: RunId, flow_id: FlowId, started_at: Timestamp, execution: Execution) -> Self {
        Self { run_id, flow_id, started_at, execution, next_seq: 0, end: None, left: Vec::new() }
    }

    /// A run whose launch was over before it: what had not ended by then never will. One that has ended
    /// stays as it is.
    pub fn cut(mut self) -> Self {
        if self.end.is_none() {
            let app_use = self.execution.cut();
            let cause = UiError::new(Code::Interrupted, "the app ended before the run did");
            let end = self.execution.end(app_use);
            self.end = Some(FlowEnd { outcome: Outcome::Incomplete { cause }, ..end });
        }
        self
    }

    /// Takes in what happened next.
    pub fn take(&mut self, progress: FlowProgress) {
        self.next_seq += 1;
        let nodes = &mut self.execution.nodes;
        match progress {
            FlowProgress::Node { node, state, charged } => {
                if let Some(run) = nodes.get_mut(&node) {
                    (run.state, run.charged) = (state, charged);
                }
            }
            FlowProgress::Delta { node, delta } => {
                if let Some(run) = nodes.get_mut(&node) {
                    run.text.append(&delta);
                }
            }
            FlowProgress::Ended(end) => self.end = Some(end),
            FlowProgress::Left { left } => self.left = left,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quota::Kind;

    #[test]
    fn each_progress_travels_as_it_is() {
        let cause = UiError::new(Code::ExecutionFailed, "no");
        let end = FlowEnd { outcome: Outcome::Completed, app_use: Charged::Yes, llm_runs: 2, unsure: 0 };
        let state = NodeState::Failed { cause };
        let all = [
            FlowProgress::Node { node: "a".into(), state, charged: Some(Charged::No) },
            FlowProgress::Delta {
                node: "a".into(),
                delta: Delta { content: "b".into(), reasoning: String::new() },
            },
            FlowProgress::Ended(end),
            FlowProgress::Left { left: vec![Left { kind: Kind::AppUsages, remaining: 46 }] },
        ];
        for progress in all {
            let written = serde_json::to_string(&progress).unwrap();
            assert_eq!(serde_json::from_str::<FlowProgress>(&written).unwrap(), progress, "{written}");
        }
    }
}
