//! The words of the subject, shared by every room of Flowmeter.
//!
//! - [`quota`]: what an account may use and has used; check, percentage, level.
//! - [`snapshot`]: a reading of the quotas with its time.
//! - [`run`]: the request, the deltas and the four ends of a run.
//! - [`flow`]: nodes and edges; what is wrong with them, and what can be put right.
//! - [`error`]: the closed set of codes and the one error shape at both boundaries.
//! - [`ipc`]: what the two halves of the desktop app say to each other.
//!
//! Deliberately not here: IO, clocks, environment, async. Time comes in as an argument, so that
//! everything in this crate can be tested on a table and compiled to WebAssembly.

pub mod error;
pub mod flow;
pub mod ipc;
pub mod quota;
pub mod run;
pub mod snapshot;

pub use error::{Code, UiError};
pub use quota::{Check, Counter, Kind, Level, Quota};
pub use run::{Charged, Delta, NodeRequest, Outcome, RunId};
pub use snapshot::{Freshness, Snapshot};
