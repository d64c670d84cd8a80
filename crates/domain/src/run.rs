//! A run: one question to a model, its answer in deltas, and its one end.
//!
//! [`NodeRequest`] is the body of `/api/run-node` and `/api/run-node-stream` as the web product
//! defined it; the app writes it and the edge reads it, so it is written down once, here.

mod export;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use uuid::Uuid;

pub use export::markdown;

use crate::error::{Code, UiError};

/// The temperature of a request that names none.
pub const DEFAULT_TEMPERATURE: f64 = 0.7;

/// How many runs of an account may be under way at once.
pub const MOST_AT_ONCE: usize = 8;

/// The user message of a request without input.
const EMPTY_INPUT: &str = "Start";

/// Which run; chosen by whoever starts it, so that no event can arrive before its id is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(pub Uuid);

impl RunId {
    /// A new id that no other run has.
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }
}

impl std::fmt::Display for RunId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// What is asked of a model (the JSON body of the two `run-node` routes).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeRequest {
    /// The model's name; its prefix decides the provider.
    pub model: String,
    /// Instructions before everything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system_prompt: Option<String>,
    /// The question: text as it is, any other JSON as JSON text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Value>,
    /// 0 is strict, 1 and more is loose; [`DEFAULT_TEMPERATURE`] when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// The conversation so far, oldest first.
    #[serde(default, deserialize_with = "complete_turns", skip_serializing_if = "Vec::is_empty")]
    pub conversation_history: Vec<Turn>,
}

impl NodeRequest {
    /// The messages for the provider, in the contract's order: system, history, user.
    pub fn messages(&self) -> Vec<Turn> {
        let system = self.system_prompt.iter().filter(|text| !text.is_empty());
        let mut messages: Vec<Turn> = system.map(|text| Turn::new("system", text.clone())).collect();
        messages.extend(self.conversation_history.iter().cloned());
        messages.push(Turn::new("user", self.user_message()));
        messages
    }

    /// What the person says: text as it is, other JSON as JSON text, and a word where nothing is given.
    pub fn user_message(&self) -> String {
        match &self.input {
            None | Some(Value::Null) => EMPTY_INPUT.to_owned(),
            Some(Value::String(text)) if text.is_empty() => EMPTY_INPUT.to_owned(),
            Some(Value::String(text)) => text.clone(),
            Some(json) => json.to_string(),
        }
    }
}

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// `system`, `user` or `assistant`.
    pub role: String,
    /// The text.
    pub content: String,
}

impl Turn {
    /// A message of `role`.
    pub fn new(role: &str, content: String) -> Self {
        Self { role: role.to_owned(), content }
    }
}

/// Entries of a history without role or content are skipped, not refused.
fn complete_turns<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Turn>, D::Error> {
    let entries = Option::<Vec<Value>>::deserialize(deserializer)?.unwrap_or_default();
    let turns = entries.into_iter().filter_map(|entry| serde_json::from_value::<Turn>(entry).ok());
    Ok(turns.filter(|turn| !turn.role.is_empty() && !turn.content.is_empty()).collect())
}

/// A piece of an answer. Either text may be empty; both are kept apart to the end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delta {
    /// Text of the answer.
    #[serde(default)]
    pub content: String,
    /// Text of the model's reasoning.
    #[serde(default)]
    pub reasoning: String,
}

impl Delta {
    /// Puts `next` behind this delta.
    pub fn append(&mut self, next: &Delta) {
        self.content.push_str(&next.content);
        self.reasoning.push_str(&next.reasoning);
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.content.is_empty() && self.reasoning.is_empty()
    }

    /// Characters (Unicode scalar values) of both texts together.
    pub fn chars(&self) -> u64 {
        (self.content.chars().count() + self.reasoning.chars().count()) as u64
    }

    /// Bytes of both texts together.
    pub fn bytes(&self) -> usize {
        self.content.len() + self.reasoning.len()
    }
}

/// One `data:` message of `/api/run-node-stream`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, from = "RawMessage")]
pub enum StreamMessage {
    /// The work failed; nothing is charged and the stream closes without its end mark.
    Error {
        /// The provider's or the server's words.
        error: String,
        /// Our own edge says which error; the web product does not.
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<Code>,
    },
    /// More text, or none, and what the provider counted. Newer servers send it; ours does not.
    #[serde(skip_serializing)]
    Counted {
        /// The text.
        delta: Delta,
        /// Tokens of reasoning and answer so far.
        tokens: u64,
    },
    /// More text.
    Delta(Delta),
}

/// All fields that a message may have. Reading this and then deciding is several times cheaper
/// than serde's trial of each variant, and there is one message for each token.
#[derive(Deserialize)]
struct RawMessage {
    error: Option<String>,
    code: Option<String>,
    content: Option<String>,
    reasoning: Option<String>,
    /// What a provider says about its work; its shape is the provider's.
    usage: Option<Value>,
}

impl From<RawMessage> for StreamMessage {
    fn from(RawMessage { error, code, content, reasoning, usage }: RawMessage) -> Self {
        if let Some(error) = error {
            return Self::Error { error, code: code.as_deref().and_then(Code::from_name) };
        }
        let delta = Delta { content: content.unwrap_or_default(), reasoning: reasoning.unwrap_or_default() };
        match usage.as_ref().and_then(completion_tokens) {
            Some(tokens) => Self::Counted { delta, tokens },
            None => Self::Delta(delta),
        }
    }
}

/// By OpenAI's name, and by those that libraries in between give it.
fn completion_tokens(usage: &Value) -> Option<u64> {
    let names = ["completion_tokens", "completionTokens", "output_tokens"];
    names.iter().find_map(|name| usage.get(name)?.as_u64())
}

/// The last `data:` of a stream that ended as it should, after the charge.
pub const DONE: &str = "[DONE]";

/// How a run ended: every run ends exactly once, in one of these, and keeps its text in all four.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Outcome {
    /// The end mark came.
    Completed,
    /// The person stopped it.
    Cancelled,
    /// The stream stopped without its end mark.
    Incomplete {
        /// What cut it.
        cause: UiError,
    },
    /// The server refused or the work failed.
    Failed {
        /// Why.
        cause: UiError,
    },
}

impl Outcome {
    /// Its name as it travels.
    pub fn name(&self) -> &'static str {
        match self {
            Outcome::Completed => "completed",
            Outcome::Cancelled => "cancelled",
            Outcome::Incomplete { .. } => "incomplete",
            Outcome::Failed { .. } => "failed",
        }
    }

    /// What the contract says about the charge: it happens once, after success, before the end mark.
    ///
    /// A run that was cut may have been charged or not; only a later reading can tell.
    pub fn charged(&self) -> Charged {
        match self {
            Outcome::Completed => Charged::Yes,
            Outcome::Failed { .. } => Charged::No,
            Outcome::Cancelled | Outcome::Incomplete { .. } => Charged::Unknown,
        }
    }
}

/// Whether a run cost a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Charged {
    /// One unit was used.
    Yes,
    /// Nothing was used.
    No,
    /// The connection ended before the server said.
    Unknown,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(body: Value) -> NodeRequest {
        serde_json::from_value(body).expect("a valid request")
    }

    #[test]
    fn messages_are_system_history_user() {
        let request = parse(json!({
            "model": "demo", "systemPrompt": "Be brief.", "input": "And now?",
            "conversationHistory": [
                {"role": "user", "content": "Hello"},
                {"role": "assistant"}, {"content": "lost"}, 7,
                {"role": "assistant", "content": "Hi."},
            ],
        }));
        let messages: Vec<_> = request.messages().into_iter().map(|turn| (turn.role, turn.content)).collect();
        let expected =
            [("system", "Be brief."), ("user", "Hello"), ("assistant", "Hi."), ("user", "And now?")];
        assert_eq!(messages, expected.map(|(role, content)| (role.to_owned(), content.to_owned())));
    }

    #[test]
    fn input_is_text_json_or_start() {
        let user = |body| parse(body).messages().pop().map(|turn| turn.content);
        assert_eq!(user(json!({"model": "m", "input": "as it is"})), Some("as it is".into()));
        assert_eq!(user(json!({"model": "m", "input": {"a": [1]}})), Some(r#"{"a":[1]}"#.into()));
        assert_eq!(user(json!({"model": "m", "input": null})), Some("Start".into()));
        assert_eq!(user(json!({"model": "m"})), Some("Start".into()));
    }

    #[test]
    fn a_stream_message_is_an_error_only_when_it_says_so() {
        let parse = |text| serde_json::from_str::<StreamMessage>(text).unwrap();
        assert_eq!(
            parse(r#"{"error":"broken"}"#),
            StreamMessage::Error { error: "broken".into(), code: None }
        );
        let ours = parse(r#"{"error":"5/5","code":"QUOTA_EXCEEDED"}"#);
        assert_eq!(ours, StreamMessage::Error { error: "5/5".into(), code: Some(Code::QuotaExceeded) });
        let newer = parse(r#"{"error":"no","code":"SOMETHING_NEW"}"#);
        assert_eq!(newer, StreamMessage::Error { error: "no".into(), code: None });
        let delta = Delta { content: "a".into(), reasoning: String::new() };
        assert_eq!(
            parse(r#"{"content":"a","reasoning":"","usage":{"total":3}}"#),
            StreamMessage::Delta(delta.clone())
        );
        assert_eq!(
            parse(r#"{"content":"a","usage":{"prompt_tokens":9,"completion_tokens":3}}"#),
            StreamMessage::Counted { delta, tokens: 3 }
        );
    }

    #[test]
    fn only_a_completed_run_is_surely_charged() {
        let cause = UiError::new(Code::Interrupted, "cut");
        assert_eq!(Outcome::Completed.charged(), Charged::Yes);
        assert_eq!(Outcome::Failed { cause: cause.clone() }.charged(), Charged::No);
        assert_eq!(Outcome::Incomplete { cause }.charged(), Charged::Unknown);
        assert_eq!(Outcome::Cancelled.charged(), Charged::Unknown);
    }
}
