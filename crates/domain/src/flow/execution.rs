//! Running a flow as an app: the record of one run, and what follows from it.
//!
//! [`Execution`] is what is known of each node; every text of the run is read out of it, so that the page
//! shows an output while it is written by the same rules by which the client ends it. [`Schedule`] says
//! which node is next, [`hindrances`] what keeps a flow from being run here.
//!
//! Deliberately not here: asking a model, and deciding a branch's condition. Those are the client's.

mod hindrance;
mod results;
mod schedule;
mod settings;

pub use hindrance::{Hindrance, hindrances, most_llm_runs};
pub use results::{Found, Written};
pub use schedule::{Schedule, Step};
pub use settings::{
    FieldKind, FormField, Given, InputSettings, LlmSettings, OutputSettings, Source, condition,
};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Flow, Node, NodeKind};
use crate::error::UiError;
use crate::run::{Charged, Delta, Outcome};

/// A run of a flow as it stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Execution {
    /// What runs.
    pub flow: Flow,
    /// What the person gave, by the id of the input node.
    pub given: BTreeMap<String, Given>,
    /// What became of each node, by its id.
    pub nodes: BTreeMap<String, NodeRun>,
}

/// What became of a node.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NodeRun {
    /// How far it is.
    pub state: NodeState,
    /// What its model wrote; empty for a node without one.
    pub text: Delta,
    /// Whether it cost an LLM run; `None` for a node that asked no model.
    pub charged: Option<Charged>,
}

/// How far a node is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum NodeState {
    /// For the nodes before it.
    #[default]
    Waiting,
    /// At work.
    Running,
    /// It did its work.
    Done {
        /// The way out that a branch took.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        way: Option<bool>,
    },
    /// No way to it was taken.
    Skipped,
    /// Its work failed; what depends on it is stopped.
    Failed {
        /// Why.
        cause: UiError,
    },
    /// It never ran, or not to its end.
    Stopped {
        /// The id of the node whose failure stopped it; `None` when everything was stopped.
        because: Option<String>,
    },
}

impl NodeState {
    /// Whether nothing more comes of this node.
    pub fn is_over(&self) -> bool {
        !matches!(self, Self::Waiting | Self::Running)
    }
}

/// How a run of a flow ended, and what it cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowEnd {
    /// Completed when no node failed; failed with the first failure, also where others went on.
    pub outcome: Outcome,
    /// Whether it cost a use of an app.
    pub app_use: Charged,
    /// How many LLM runs it cost.
    pub llm_runs: u32,
    /// How many more it may have cost: their connection ended before the server said.
    pub unsure: u32,
}

impl Execution {
    /// A run of `flow` that has not begun.
    pub fn new(flow: Flow, given: BTreeMap<String, Given>) -> Self {
        let nodes = flow.nodes.iter().map(|node| (node.id.clone(), NodeRun::default())).collect();
        Self { flow, given, nodes }
    }

    /// The node with this id.
    pub fn node(&self, id: &str) -> Option<&Node> {
        self.flow.nodes.iter().find(|node| node.id == id)
    }

    /// How far a node is; one that is not of this flow waits for ever.
    pub fn state(&self, id: &str) -> &NodeState {
        self.nodes.get(id).map_or(&NodeState::Waiting, |run| &run.state)
    }

    /// Stops every node that is not over, for nobody drives them any more; says whether a use of an app was
    /// counted, which it was before the first node began. What a node at work may have cost is not known.
    pub(crate) fn cut(&mut self) -> Charged {
        let has_begun = self.nodes.values().any(|run| run.state != NodeState::Waiting);
        for node in &self.flow.nodes {
            let Some(run) = self.nodes.get_mut(&node.id).filter(|run| !run.state.is_over()) else { continue };
            let was_asked = node.kind == NodeKind::Llm && run.state == NodeState::Running;
            run.charged = was_asked.then_some(Charged::Unknown);
            run.state = NodeState::Stopped { because: None };
        }
        if has_begun { Charged::Yes } else { Charged::Unknown }
    }

    /// How it ended, once every node is over. `app_use` is what the server said about it.
    pub fn end(&self, app_use: Charged) -> FlowEnd {
        let cost = |charged| self.nodes.values().filter(|run| run.charged == Some(charged)).count() as u32;
        FlowEnd {
            outcome: self.outcome(),
            app_use,
            llm_runs: cost(Charged::Yes),
            unsure: cost(Charged::Unknown),
        }
    }

    /// In the order of the flow's nodes the first that says how it went; a person's stop counts first.
    fn outcome(&self) -> Outcome {
        let states = || self.flow.nodes.iter().map(|node| self.state(&node.id));
        if states().any(|state| matches!(state, NodeState::Stopped { because: None })) {
            return Outcome::Cancelled;
        }
        let cause = states().find_map(|state| match state {
            NodeState::Failed { cause } => Some(cause.clone()),
            _ => None,
        });
        cause.map_or(Outcome::Completed, |cause| Outcome::Failed { cause })
    }
}
