//! The words of the subject, shared by every room of Flowmeter.
//!
//! - [`quota`]: what an account may use and has used; check, percentage, level.
//! - [`snapshot`]: a reading of the quotas with its time.
//! - [`freshness`]: whether a reading can be taken at its word, and what to say when it cannot.
//! - [`history`]: what was used on which day; [`forecast`]: how long the rest will last.
//! - [`notification`]: when to tell a person outside the window, and of what.
//! - [`preferences`]: what a person chose about the app itself.
//! - [`refresh`]: when the quotas are read next.
//! - [`run`]: the request, the deltas and the four ends of a run; [`measured`]: what it took.
//! - [`conversation`]: runs that belong together; [`choices`]: how a person runs a prompt.
//! - [`flow`]: nodes and edges; what is wrong with them, and what can be put right.
//! - [`link`]: which addresses of an answer may be opened.
//! - [`error`]: the closed set of codes and the one error shape at both boundaries.
//! - [`ipc`]: what the two halves of the desktop app say to each other.
//!
//! Deliberately not here: IO, clocks, environment, async. Time comes in as an argument, so that
//! everything in this crate can be tested on a table and compiled to WebAssembly.

mod age;
pub mod choices;
pub mod conversation;
pub mod error;
pub mod flow;
pub mod forecast;
pub mod freshness;
pub mod history;
pub mod ipc;
mod language;
pub mod link;
pub mod measured;
pub mod notification;
pub mod preferences;
pub mod quota;
pub mod refresh;
pub mod run;
pub mod snapshot;

pub use age::Age;
pub use choices::RunChoices;
pub use conversation::ConversationId;
pub use error::{Code, UiError};
pub use forecast::Forecast;
pub use freshness::{Cause, Standing};
pub use history::History;
pub use language::Language;
pub use measured::Measured;
pub use notification::Notification;
pub use preferences::Preferences;
pub use quota::{Check, Counter, Kind, Level, Quota};
pub use run::{Charged, Delta, NodeRequest, Outcome, RunId};
pub use snapshot::{Freshness, Snapshot};
