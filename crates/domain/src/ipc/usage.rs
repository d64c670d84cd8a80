//! Requests about history and preferences, and the events of preferences and notifications.

use serde::{Deserialize, Serialize};

use super::Event;
use crate::history::Range;
use crate::preferences::Preferences;

impl Event for Preferences {
    const NAME: &'static str = "preferences";
}

/// Asks for the preferences that hold.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct GetPreferences {}

/// Changes preferences; they hold at once, and every part of the app hears of it by the event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetPreferences {
    /// All of them, changed or not.
    pub preferences: Preferences,
}

/// Asks what was used on each day of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetHistory {
    /// How far back.
    pub range: Range,
}

/// Deletes the history of the signed-in account. The latest reading stays.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct ClearHistory {}

/// Brings back what the last [`ClearHistory`] deleted, while the app still has it: for some minutes.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct RestoreHistory {}
