//! A flow: nodes that do something, and the edges along which their results go.
//!
//! The types are the wire's own: what they do not know they keep (`rest`), so that a flow of a newer
//! program passes through this one whole. Reading is lenient and [`validate`] is strict: a flow that can
//! be read may still be wrong, and [`repair`] puts right what can be put right without guessing.
//!
//! Running one is in [`execution`]. Deliberately not here: arranging a flow, and how it is drawn.

mod apply;
mod change;
mod difference;
pub mod execution;
mod fault;
mod graph;
mod layout;
mod plan;
mod repair;
mod variables;

pub use apply::NotApplied;
pub use change::{Action, Change, Mode, ModifyRequest, Patch};
pub use difference::{Difference, FieldDifference, Mark, NodeDifference};
pub use fault::{Fault, validate};
pub use layout::{CARD, Curve, GAP, Layout, Point, Size};
pub use plan::{PlanEvent, PlanRequest, labels_so_far};
pub use repair::{Repair, repair};

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// Nodes and edges, perhaps with a title.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Flow {
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// In no particular order.
    #[serde(default)]
    pub nodes: Vec<Node>,
    /// In no particular order.
    #[serde(default)]
    pub edges: Vec<Edge>,
    /// Fields that this program does not know.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Unique in its flow.
    pub id: String,
    /// What the step does.
    #[serde(rename = "type")]
    pub kind: NodeKind,
    /// Its settings, by kind; `label` names it.
    #[serde(default)]
    pub data: Map<String, Value>,
    /// Where it is drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// Fields that this program does not know.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

impl Node {
    /// The name by which variables call it.
    pub fn label(&self) -> Option<&str> {
        self.data.get("label").and_then(Value::as_str)
    }

    /// What a person calls it: its label, or its id where it has none.
    pub fn name(&self) -> &str {
        self.label().filter(|label| !label.trim().is_empty()).unwrap_or(&self.id)
    }

    /// The settings that say what this node does, the most telling first, each as its field and a text.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let telling = self.kind.telling_fields().iter().copied();
        telling.filter_map(|field| Some((field, as_text(self.setting(field)?)?))).collect()
    }

    /// A setting by its field, or by the names on the way to it with dots between.
    fn setting(&self, field: &str) -> Option<&Value> {
        let (first, rest) = field.split_once('.').unwrap_or((field, ""));
        let value = self.data.get(first)?;
        if rest.is_empty() { Some(value) } else { value.get(rest) }
    }
}

/// A setting as a person reads it; `None` where there is nothing to read.
fn as_text(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().filter_map(name_of).collect::<Vec<_>>().join(", "),
        Value::Object(fields) if fields.is_empty() => String::new(),
        other => other.to_string(),
    };
    Some(text).filter(|text| !text.trim().is_empty())
}

/// What an entry of a list is called: a form field, a file, a source.
fn name_of(entry: &Value) -> Option<String> {
    let named = ["label", "name", "value"].iter().find_map(|name| entry.get(name)?.as_str());
    named.map(str::to_owned).or_else(|| as_text(entry))
}

/// What a node does: a closed set, by contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NodeKind {
    /// Takes what a person gives.
    Input,
    /// Asks a model.
    Llm,
    /// Looks up passages of documents.
    Rag,
    /// Shows the result.
    Output,
    /// Goes one of two ways.
    Branch,
    /// Calls a tool.
    Tool,
    /// Makes a picture.
    ImageGen,
}

impl NodeKind {
    /// Every kind, in the contract's order.
    pub const ALL: [Self; 7] =
        [Self::Input, Self::Llm, Self::Rag, Self::Output, Self::Branch, Self::Tool, Self::ImageGen];

    /// The `type` on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Llm => "llm",
            Self::Rag => "rag",
            Self::Output => "output",
            Self::Branch => "branch",
            Self::Tool => "tool",
            Self::ImageGen => "imagegen",
        }
    }

    /// The settings by which a person knows what a node of this kind does, the most telling first.
    pub fn telling_fields(self) -> &'static [&'static str] {
        match self {
            Self::Input => &["greeting", "text", "formFields"],
            Self::Llm => &["model", "systemPrompt", "prompt", "inputMappings.user_input", "temperature"],
            Self::Rag => &["query", "inputMappings.query", "files"],
            Self::Output => {
                &["inputMappings.mode", "mode", "inputMappings.template", "inputMappings.sources", "text"]
            }
            Self::Branch => &["condition"],
            Self::Tool => &["toolType", "tool", "inputs", "arguments"],
            Self::ImageGen => &["prompt", "model", "imageSize"],
        }
    }

    /// Whether a variable may ask a node of this kind for `field`.
    ///
    /// The contract names the fields of input and LLM nodes; the others' depend on their settings, which
    /// only the program that runs them knows, so any name passes.
    pub fn has_field(self, field: &str) -> bool {
        match self {
            Self::Input => {
                matches!(field, "user_input" | "files")
                    || field.strip_prefix("formData.").is_some_and(|name| !name.is_empty())
            }
            Self::Llm => field == "response",
            _ => !field.is_empty(),
        }
    }
}

/// Where a node is drawn, in the units of the canvas.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// To the right.
    pub x: f64,
    /// Downwards.
    pub y: f64,
    /// Fields that this program does not know.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// A line between two nodes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Edge {
    /// Unique in its flow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The node that it leaves.
    pub source: String,
    /// The node that it enters.
    pub target: String,
    /// Which way out of a branch: `true` or `false`.
    #[serde(default, deserialize_with = "handle", skip_serializing_if = "Option::is_none")]
    pub source_handle: Option<String>,
    /// Which way into a node with several.
    #[serde(default, deserialize_with = "handle", skip_serializing_if = "Option::is_none")]
    pub target_handle: Option<String>,
    /// Fields that this program does not know.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// Models write the handles of a branch as JSON's `true` and `false` as often as in quotes.
fn handle<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Handle {
        Text(String),
        Truth(bool),
    }
    Ok(Option::<Handle>::deserialize(deserializer)?.map(|handle| match handle {
        Handle::Text(text) => text,
        Handle::Truth(truth) => truth.to_string(),
    }))
}
