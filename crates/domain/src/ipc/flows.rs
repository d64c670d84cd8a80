//! Flows: planned from a sentence, kept, changed by a sentence, imported and saved.
//!
//! The backend owns every flow and its versions. The page asks for things and shows what it is told:
//! [`FlowShelf`] is all flows in short and the plan that is being made, [`FlowView`] is one flow whole.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Event;
use crate::error::UiError;
use crate::flow::{Difference, Fault, Flow, Layout, Mode, NotApplied, Repair};
use crate::run::Charged;

/// Which flow. Chosen by the backend, and never by a file: two imports of one file are two flows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FlowId(pub Uuid);

impl FlowId {
    /// A new id that no other flow has.
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }
}

impl std::fmt::Display for FlowId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Event for FlowShelf {
    const NAME: &'static str = "flows";
}

impl Event for PlanNews {
    const NAME: &'static str = "plan";
}

impl Event for FlowView {
    const NAME: &'static str = "flow";
}

/// Asks for the shown account's flows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetFlows {}

/// The flows of an account, and the plan that is being made. An event, too.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FlowShelf {
    /// Changed last, first.
    pub flows: Vec<FlowEntry>,
    /// The newest plan of this launch, until it is put away.
    pub planning: Option<Planning>,
}

/// How the plan of the shown account goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanNews {
    /// `None` once it was put away.
    pub planning: Option<Planning>,
}

/// A flow in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowEntry {
    /// Which one.
    pub flow_id: FlowId,
    /// What a person calls it.
    pub name: String,
    /// How many nodes it has.
    pub nodes: u32,
    /// When it was made or changed last.
    pub changed_at: Timestamp,
}

/// A plan: from a sentence to a flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Planning {
    /// The sentence.
    pub prompt: String,
    /// What happened so far, in order.
    pub steps: Vec<PlanStep>,
    /// What came of it; `None` while it is made.
    pub end: Option<PlanEnd>,
}

/// Something that happened on the way to a flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum PlanStep {
    /// A model writes.
    Thinking {
        /// How many characters came so far.
        characters: u64,
        /// The nodes of which it has written so far.
        labels: Vec<String>,
    },
    /// The same model was asked again.
    Retrying {
        /// Which attempt began.
        attempt: u32,
        /// The model.
        model: String,
    },
    /// Another model was asked.
    Fallback {
        /// The model.
        model: String,
    },
    /// The answer was checked, and this is wrong with it.
    Checked {
        /// What is wrong.
        faults: Vec<Fault>,
    },
    /// Something was put right.
    Mended {
        /// What.
        repair: Repair,
    },
}

/// What came of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanEnd {
    /// One of the four.
    pub outcome: PlanOutcome,
    /// Whether it cost a unit.
    pub charged: Charged,
}

/// How a plan ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PlanOutcome {
    /// With a flow, which is kept.
    Made {
        /// Which one.
        flow_id: FlowId,
    },
    /// With an answer that has no nodes.
    Nothing,
    /// The person stopped it.
    Cancelled,
    /// There is no flow.
    Failed {
        /// Why.
        cause: UiError,
    },
}

/// Makes a flow from a sentence. How it goes arrives as [`PlanNews`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartPlan {
    /// The sentence.
    pub prompt: String,
}

/// Stops the plan that is being made.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct StopPlan {}

/// Puts away a plan that ended.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct ClosePlan {}

/// Asks for a flow.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct OpenFlow {
    /// Which one.
    pub flow_id: FlowId,
}

/// A flow whole. An event, too: when something about it changed by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlowView {
    /// Which one.
    pub flow_id: FlowId,
    /// What a person calls it.
    pub name: String,
    /// The flow.
    pub flow: Flow,
    /// Where it is drawn.
    pub layout: Layout,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
    /// How this version of it came about.
    pub origin: Origin,
    /// Whether there is a version before this one.
    pub can_undo: bool,
    /// Whether there is a version after this one.
    pub can_redo: bool,
    /// A change that is asked for, or was.
    pub modifying: Option<Modifying>,
}

/// How a version of a flow came about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Origin {
    /// From a sentence.
    Planned {
        /// The sentence.
        prompt: String,
    },
    /// From a file or from pasted text.
    Imported {
        /// What was put right on the way.
        repairs: Vec<Repair>,
    },
    /// As a copy of another flow.
    Duplicated,
    /// By a change that was taken.
    Modified {
        /// What was asked for.
        prompt: String,
    },
    /// By arranging its nodes.
    Arranged,
    /// By another name.
    Renamed,
}

/// A change that is asked for, or was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Modifying {
    /// What was asked for.
    pub prompt: String,
    /// How the answer was to be: patches, or the flow made anew.
    pub mode: Mode,
    /// How far it is.
    pub state: ModifyState,
    /// Whether it cost a unit; `None` while that is open.
    pub charged: Option<Charged>,
}

/// How far a change is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ModifyState {
    /// The model thinks.
    Asking,
    /// There is one, to be taken or dropped.
    Proposed {
        /// What it would change.
        difference: Difference,
        /// Where [`Difference::picture`] is drawn.
        layout: Layout,
    },
    /// There is none: it cannot be made.
    NotApplied {
        /// Why.
        cause: NotApplied,
    },
    /// There is none: nothing would be different.
    NoDifference,
    /// There is none: it would break the flow.
    Broken {
        /// What would be wrong.
        faults: Vec<Fault>,
        /// The flow as it would be, for the names of its nodes.
        flow: Flow,
    },
    /// The person stopped it.
    Cancelled,
    /// There is none.
    Failed {
        /// Why.
        cause: UiError,
    },
}

/// Asks for a change of a flow. What comes of it arrives as [`FlowView`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModifyFlow {
    /// Which one.
    pub flow_id: FlowId,
    /// What should change, in a person's words.
    pub prompt: String,
    /// Only what changes, or the whole flow anew.
    pub mode: Mode,
}

/// What a person does with a change that is asked for or proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Gives up waiting for it.
    Stop,
    /// Makes it the next version of the flow.
    Take,
    /// Leaves the flow as it is.
    Drop,
}

/// Decides about a change.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct DecideChange {
    /// Of which flow.
    pub flow_id: FlowId,
    /// What to do with it.
    pub decision: Decision,
}

/// A way through the versions of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// To the one before.
    Undo,
    /// To the one after.
    Redo,
}

/// Goes to another version of a flow.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct StepFlow {
    /// Which one.
    pub flow_id: FlowId,
    /// Which way.
    pub step: Step,
}

/// Gives a flow another name.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RenameFlow {
    /// Which one.
    pub flow_id: FlowId,
    /// The name.
    pub name: String,
}

/// Lays a flow out anew.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct ArrangeFlow {
    /// Which one.
    pub flow_id: FlowId,
}

/// Makes a copy of a flow.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DuplicateFlow {
    /// Which one.
    pub flow_id: FlowId,
    /// What the copy is called.
    pub name: String,
}

/// Deletes a flow. It can be brought back for a while.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct DeleteFlow {
    /// Which one.
    pub flow_id: FlowId,
}

/// Brings a deleted flow back.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct RestoreFlow {
    /// Which one.
    pub flow_id: FlowId,
}

/// Takes in a flow from a file or from pasted text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportFlow {
    /// What it is called if it does not say so itself.
    pub name: String,
    /// Its JSON.
    pub text: String,
}

/// Saves a flow as a new file among the person's downloads, as the web product's JSON.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct SaveFlow {
    /// Which one.
    pub flow_id: FlowId,
}
