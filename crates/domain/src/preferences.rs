//! What a person chose about the app itself: for this machine, whoever is signed in.
//!
//! Every choice has a default, so that nobody has to choose. They are kept one by one
//! ([`Preferences::to_entries`]): of two versions of the app on one store, each reads what it knows
//! and leaves the rest alone.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::{Code, UiError};

/// How seldom and how often the numbers may be read at a fixed pace, in minutes.
pub const PACE_MINUTES: RangeInclusive<u16> = 1..=120;
/// Between which shares of use, in per cent, a person may want to be told.
pub const THRESHOLDS: RangeInclusive<u8> = 1..=99;

/// How long a person may let an answer be silent, in seconds.
pub const SILENCE_SECONDS: RangeInclusive<u16> = 1..=1800;
/// The edge gives up on a silent provider after 120 s and can then say that nothing was charged: a
/// little longer lets it say so.
pub const DEFAULT_SILENCE_SECONDS: u16 = 120;

/// All choices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// In which language the app speaks.
    pub language: LanguageChoice,
    /// Light or dark.
    pub theme: Theme,
    /// Whether the app starts with the person's session on this machine.
    pub start_at_login: bool,
    /// Whether closing the window leaves the app in the tray.
    pub close_to_tray: bool,
    /// Which of the two numbers comes first.
    pub figures: Figures,
    /// How often the numbers are read.
    pub pace: Pace,
    /// After how many seconds without a sign of life a run is given up; one of [`SILENCE_SECONDS`].
    pub silence: u16,
    /// Of what the person wants to be told.
    pub notifications: Notifications,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            language: LanguageChoice::default(),
            theme: Theme::default(),
            start_at_login: false,
            close_to_tray: false,
            figures: Figures::default(),
            pace: Pace::default(),
            silence: DEFAULT_SILENCE_SECONDS,
            notifications: Notifications::default(),
        }
    }
}

/// In which language the app speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LanguageChoice {
    /// The system's.
    #[default]
    #[serde(rename = "system")]
    System,
    /// English.
    #[serde(rename = "en")]
    English,
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    Chinese,
}

impl LanguageChoice {
    /// Every choice, in the order in which they are offered.
    pub const ALL: [LanguageChoice; 3] =
        [LanguageChoice::System, LanguageChoice::English, LanguageChoice::Chinese];

    /// The BCP 47 tag that holds, where `system` is the system's own.
    pub fn tag(self, system: &str) -> &str {
        match self {
            LanguageChoice::System => system,
            LanguageChoice::English => "en",
            LanguageChoice::Chinese => "zh-CN",
        }
    }
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// Every choice, in the order in which they are offered.
    pub const ALL: [Theme; 3] = [Theme::System, Theme::Light, Theme::Dark];
}

/// Which of the two numbers of a quota comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Figures {
    /// What is used.
    #[default]
    Used,
    /// What is left.
    Left,
}

/// How often the numbers are read while nothing happens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case")]
pub enum Pace {
    /// Every 2 to 30 minutes, by how much is going on.
    #[default]
    Adaptive,
    /// At a fixed pace.
    Every {
        /// Minutes; one of [`PACE_MINUTES`].
        minutes: u16,
    },
}

/// Of what a person wants to be told outside the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Notifications {
    /// Whether anything is told at all; off until a person asks for it.
    pub enabled: bool,
    /// Told when this share is used, in per cent.
    pub warn_at: u8,
    /// Told again when this share is used, in per cent; above `warn_at`.
    pub urgent_at: u8,
    /// Told when nothing is left.
    pub used_up: bool,
    /// Told when a limit was raised or a counter reset.
    pub replenished: bool,
}

impl Default for Notifications {
    fn default() -> Self {
        Self { enabled: false, warn_at: 80, urgent_at: 90, used_up: true, replenished: true }
    }
}

impl Preferences {
    /// Refuses what cannot be meant.
    ///
    /// # Errors
    /// `INVALID_INPUT`, naming the choice and what it may be.
    pub fn validate(&self) -> Result<(), UiError> {
        if let Pace::Every { minutes } = self.pace
            && !PACE_MINUTES.contains(&minutes)
        {
            return Err(refused("pace.minutes", &format!("{PACE_MINUTES:?}")));
        }
        if !SILENCE_SECONDS.contains(&self.silence) {
            return Err(refused("silence", &format!("{SILENCE_SECONDS:?}")));
        }
        let Notifications { warn_at, urgent_at, .. } = self.notifications;
        for (name, share) in [("notifications.warn_at", warn_at), ("notifications.urgent_at", urgent_at)] {
            if !THRESHOLDS.contains(&share) {
                return Err(refused(name, &format!("{THRESHOLDS:?}")));
            }
        }
        if warn_at >= urgent_at {
            return Err(refused("notifications.warn_at", "less than notifications.urgent_at"));
        }
        Ok(())
    }

    /// The choices by name, to be kept one by one.
    pub fn to_entries(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(entries)) => entries,
            // A struct of plain fields is always an object.
            _ => Map::new(),
        }
    }

    /// The choices that were kept. What is missing, unknown to this version or out of range has its
    /// default, alone.
    pub fn from_entries(entries: impl IntoIterator<Item = (String, Value)>) -> Self {
        let mut kept = Preferences::default();
        for (name, value) in entries {
            let mut changed = kept.to_entries();
            if !changed.contains_key(&name) {
                continue;
            }
            changed.insert(name, value);
            if let Ok(read) = serde_json::from_value::<Preferences>(Value::Object(changed))
                && read.validate().is_ok()
            {
                kept = read;
            }
        }
        kept
    }
}

fn refused(name: &str, wanted: &str) -> UiError {
    UiError::new(Code::InvalidInput, format!("{name} should be {wanted}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entries(value: Value) -> Map<String, Value> {
        value.as_object().expect("an object").clone()
    }

    #[test]
    fn the_defaults_disturb_nobody_and_hold() {
        let chosen = Preferences::default();
        assert!(!chosen.notifications.enabled && !chosen.start_at_login && !chosen.close_to_tray);
        assert_eq!((chosen.notifications.warn_at, chosen.notifications.urgent_at), (80, 90));
        assert_eq!(chosen.validate(), Ok(()));
    }

    #[test]
    fn choices_read_back_from_their_entries() {
        let chosen = Preferences {
            language: LanguageChoice::Chinese,
            theme: Theme::Dark,
            start_at_login: true,
            close_to_tray: true,
            figures: Figures::Left,
            pace: Pace::Every { minutes: 15 },
            silence: 60,
            notifications: Notifications { enabled: true, warn_at: 50, urgent_at: 75, ..Default::default() },
        };
        assert_eq!(chosen.to_entries()["language"], "zh-CN");
        assert_eq!(Preferences::from_entries(chosen.to_entries()), chosen);
    }

    #[test]
    fn what_this_version_does_not_understand_has_its_default_alone() {
        let kept = Preferences::from_entries(entries(json!({
            "theme": "sepia", "figures": "left", "from_the_future": {"a": 1},
            "pace": {"mode": "every", "minutes": 0}, "close_to_tray": "yes", "silence": 0,
            "notifications": {"enabled": true, "warn_at": 70},
        })));
        let wanted = Preferences {
            figures: Figures::Left,
            notifications: Notifications { enabled: true, warn_at: 70, ..Notifications::default() },
            ..Preferences::default()
        };
        assert_eq!(kept, wanted);
    }

    #[test]
    fn a_choice_that_cannot_be_meant_is_named() {
        let shares = |warn_at, urgent_at| Preferences {
            notifications: Notifications { warn_at, urgent_at, ..Notifications::default() },
            ..Preferences::default()
        };
        let minutes = |minutes| Preferences { pace: Pace::Every { minutes }, ..Preferences::default() };
        let table = [
            (shares(0, 90), "notifications.warn_at should be 1..=99"),
            (shares(80, 100), "notifications.urgent_at should be 1..=99"),
            (shares(90, 90), "notifications.warn_at should be less than notifications.urgent_at"),
            (minutes(0), "pace.minutes should be 1..=120"),
            (minutes(121), "pace.minutes should be 1..=120"),
            (Preferences { silence: 0, ..Preferences::default() }, "silence should be 1..=1800"),
        ];
        for (chosen, told) in table {
            let refused = chosen.validate().unwrap_err();
            assert_eq!((refused.code, refused.message.as_str()), (Code::InvalidInput, told));
        }
    }
}
