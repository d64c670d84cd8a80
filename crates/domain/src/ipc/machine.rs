//! Requests about the machine that the app runs on: what it offers, its folders, its browser.

use serde::{Deserialize, Serialize};

use crate::history::{Format, Range};

/// Asks what this machine offers to the app.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct GetMachine {}

/// What this machine offers to the app.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// Where the app keeps its data.
    pub data_folder: String,
    /// Whether there is a tray that a person can see.
    pub tray: bool,
    /// Whether notifications are shown.
    pub notifications: Permission,
    /// The version of the app.
    pub version: String,
}

/// Whether the system shows our notifications.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// It was not asked since the app was started.
    #[default]
    Unasked,
    /// It does.
    Granted,
    /// The person, or whoever runs the machine, said no.
    Denied,
    /// There is nothing on this machine that shows them.
    Absent,
}

/// Shows a folder in the system's own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenFolder {
    /// Which.
    pub folder: Folder,
}

/// A folder that the app may show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Folder {
    /// Where the app keeps its data.
    Data,
    /// Where it saves what a person exports.
    Downloads,
}

/// Shows what a link of an answer leads to, in the system's browser or its mail program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenLink {
    /// As the answer has it; see [`crate::link`].
    pub address: String,
}

/// Saves the history as a new file among the person's downloads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaveHistory {
    /// How far back; `None` for all there is.
    pub range: Option<Range>,
    /// How it is written.
    pub format: Format,
}

/// A file that was saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// Where it is.
    pub path: String,
}
