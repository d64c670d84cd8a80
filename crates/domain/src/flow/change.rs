//! What is said about a change of a flow: the request and its answers.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::{Edge, Flow, Node, NodeKind};

/// The body of `/api/modify-flow`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ModifyRequest {
    /// What should change, in a person's words.
    pub prompt: String,
    /// The flow's nodes as they are.
    pub current_nodes: Vec<Node>,
    /// The flow's edges as they are.
    pub current_edges: Vec<Edge>,
    /// What the answer should be.
    #[serde(default)]
    pub mode: Mode,
}

/// What the answer to a [`ModifyRequest`] should be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// The whole flow, changed.
    #[default]
    Full,
    /// Only what changes.
    Patch,
}

/// An answer to a [`ModifyRequest`].
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Change {
    /// Settings of some nodes.
    Patches {
        /// One for each node that changes.
        patches: Vec<Patch>,
    },
    /// A node more, a node less, or nothing that was understood.
    Action(Action),
    /// The whole flow.
    Flow(Flow),
}

/// New settings for one node; those that are not named stay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Patch {
    /// Which node.
    pub node_id: String,
    /// The settings.
    pub data: Map<String, Value>,
}

/// A change that is one step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "lowercase", rename_all_fields = "camelCase")]
pub enum Action {
    /// A node more.
    Add {
        /// What it does.
        node_type: NodeKind,
        /// Its settings.
        node_data: Map<String, Value>,
        /// The node that it follows.
        connect_after: String,
    },
    /// A node less.
    Delete {
        /// Its id.
        target: String,
    },
    /// The model did not understand.
    Unknown,
}

impl Change {
    /// The first node that this change is about and that `nodes` do not have.
    pub fn missing_node(&self, nodes: &[Node]) -> Option<&str> {
        let is_missing = |id: &&str| !nodes.iter().any(|node| node.id == *id);
        match self {
            Self::Patches { patches } => patches.iter().map(|patch| patch.node_id.as_str()).find(is_missing),
            Self::Action(Action::Add { connect_after, .. }) => {
                Some(connect_after.as_str()).filter(is_missing)
            }
            Self::Action(Action::Delete { target }) => Some(target.as_str()).filter(is_missing),
            Self::Action(Action::Unknown) | Self::Flow(_) => None,
        }
    }
}

/// By the field that only one of them has: serde's trial of each would say nothing about the fault.
impl<'de> Deserialize<'de> for Change {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Patches {
            patches: Vec<Patch>,
        }
        let json = Value::deserialize(deserializer)?;
        let has = |field| json.get(field).is_some();
        let change = if has("patches") {
            Patches::deserialize(json).map(|Patches { patches }| Self::Patches { patches })
        } else if has("action") {
            Action::deserialize(json).map(Self::Action)
        } else if has("nodes") {
            Flow::deserialize(json).map(Self::Flow)
        } else {
            return Err(D::Error::custom("neither patches nor action nor nodes"));
        };
        change.map_err(D::Error::custom)
    }
}
