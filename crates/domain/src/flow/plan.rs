//! What is said about a plan: the request and the events of its stream.

use serde::{Deserialize, Serialize};

use super::{Fault, Flow, Repair};

/// The body of `/api/plan`. The contract's `ownerId` is ignored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanRequest {
    /// What the flow should do, in a person's words.
    pub prompt: String,
}

impl PlanRequest {
    /// The longest prompt, in characters.
    pub const LONGEST: usize = 1000;

    /// What a flow without a title is called: the first 20 characters of the prompt.
    pub fn fallback_title(&self) -> String {
        self.prompt.chars().take(20).collect()
    }
}

/// The labels of the nodes in a flow's JSON of which the end is still to come.
pub fn labels_so_far(text: &str) -> Vec<String> {
    let behind_name = text.split("\"label\"").skip(1);
    let values = behind_name.filter_map(|rest| rest.trim_start().strip_prefix(':'));
    let labels = values.filter_map(|value| {
        let mut texts = serde_json::Deserializer::from_str(value).into_iter::<String>();
        texts.next()?.ok().filter(|label| !label.trim().is_empty())
    });
    labels.collect()
}

/// One `data:` message of `/api/plan`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum PlanEvent {
    /// More of the answer, as the model writes it.
    Progress {
        /// The piece of text.
        content: String,
    },
    /// The same model is asked again; what came before is void.
    Retrying {
        /// Which attempt begins; 2 is the first that is told.
        attempt: u32,
        /// The model.
        model: String,
    },
    /// Another model is asked; what came before is void.
    Fallback {
        /// The model.
        model: String,
    },
    /// The answer is a flow with faults.
    Validation {
        /// All of them, in English, for logs.
        message: String,
        /// What is wrong.
        faults: Vec<Fault>,
    },
    /// Something was put right.
    ValidationFix {
        /// What, in English, for logs.
        message: String,
        /// What was put right.
        repair: Repair,
    },
    /// The flow. Empty after an error.
    Result(Flow),
    /// There is no flow.
    Error {
        /// Why, in English, for logs.
        message: String,
    },
    /// An event of a newer server, to be ignored.
    #[serde(other, skip_serializing)]
    Other,
}
