//! Requests about runs that are kept, about the models there are, and about how a person runs them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{End, Event};
use crate::choices::RunChoices;
use crate::conversation::ConversationId;
use crate::run::RunId;

impl Event for RunChoices {
    const NAME: &'static str = "run_choices";
}

/// Keeps how the signed-in person runs prompts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SetRunChoices {
    /// All of them, changed or not.
    pub choices: RunChoices,
}

/// Asks for the models that the project lists. A project that lists none has none; any other name can be
/// run all the same.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct GetModels {}

/// A model that the project lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    /// What a run names.
    pub name: String,
    /// What people call it, where that is something else.
    pub label: Option<String>,
    /// Points that a run costs, where the project counts points.
    pub points: Option<i64>,
}

/// Asks for kept runs, newest first, a page at a time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListRuns {
    /// Words that all have to be somewhere in name, prompt or answer; empty for every run.
    pub search: String,
    /// The place in the list behind which the page begins: [`KeptRuns::next`] of the page before.
    pub after: Option<i64>,
}

/// A page of kept runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptRuns {
    /// Newest first.
    pub runs: Vec<KeptRun>,
    /// Where the next page begins, if there is one.
    pub next: Option<i64>,
}

/// A line of the list of kept runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptRun {
    /// Which run.
    pub run_id: RunId,
    /// To which conversation it belongs.
    pub conversation: ConversationId,
    /// What the person calls it, if they gave it a name.
    pub name: Option<String>,
    /// The beginning of the prompt.
    pub prompt: String,
    /// The model that was asked.
    pub model: String,
    /// When it was started.
    pub started_at: Timestamp,
    /// How it ended; `None` while it runs.
    pub end: Option<End>,
    /// Where a searched word is, if it is not in what the line shows anyway.
    pub found: Option<Found>,
}

/// A searched word with what is around it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Before it.
    pub before: String,
    /// The word as it stands there.
    pub hit: String,
    /// Behind it.
    pub after: String,
}

/// Asks for a kept run with the others of its conversation, oldest first.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct ReadRun {
    /// Which one.
    pub run_id: RunId,
}

/// Goes on from a kept run: its conversation is loaded as if it were of this launch.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct ContinueRun {
    /// Which one.
    pub run_id: RunId,
}

/// Gives a kept run a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenameRun {
    /// Which one.
    pub run_id: RunId,
    /// Empty for none: it is then called by its prompt.
    pub name: String,
}

/// Deletes a kept run; one that runs is stopped. It can be brought back for some minutes.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct DeleteRun {
    /// Which one.
    pub run_id: RunId,
}

/// Brings back a run that was deleted some minutes ago.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct RestoreRun {
    /// Which one.
    pub run_id: RunId,
}

/// Saves a run as a new Markdown file among the person's downloads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaveRun {
    /// Which one.
    pub run_id: RunId,
    /// What its parts are called.
    pub words: RunWords,
}

/// What the parts of a run are called in the person's language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunWords {
    /// Above the system prompt.
    pub system_prompt: String,
    /// Above the prompt.
    pub prompt: String,
    /// Above the reasoning.
    pub reasoning: String,
    /// Above the answer.
    pub answer: String,
    /// How it ended, in a word.
    pub outcome: String,
}
