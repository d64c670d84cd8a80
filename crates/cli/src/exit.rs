//! How the program ends, for scripts.

use std::process::ExitCode;

use flowmeter_client::domain::{Level, UiError};

use crate::texts;

/// The end of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Enough is left.
    Fine,
    /// Something else went wrong; it was told on standard error.
    Failed,
    /// Less than a tenth of a kind is left.
    Low,
    /// Nothing of a kind is left.
    UsedUp,
    /// Nobody is signed in, or the session is over.
    SignedOut,
    /// The server did not answer, and there is no stored reading.
    Unreachable,
}

impl Exit {
    /// By the tightest kind.
    pub(crate) fn of(level: Level) -> Self {
        match level {
            Level::Normal | Level::Warning => Exit::Fine,
            Level::Low => Exit::Low,
            Level::Exhausted => Exit::UsedUp,
        }
    }

    /// Tells what went wrong.
    pub(crate) fn failed(error: &anyhow::Error) -> Self {
        match error.downcast_ref::<UiError>() {
            Some(error) => tell(&texts::fault(&texts::of_the_system(), error)),
            None => tell(&format!("{error:#}")),
        }
        Exit::Failed
    }
}

/// Says something on standard error, where scripts do not read.
pub(crate) fn tell(text: &str) {
    eprintln!("flowmeter-cli: {text}");
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Fine => 0,
            Exit::Failed => 1,
            Exit::Low => 10,
            Exit::UsedUp => 11,
            Exit::SignedOut => 12,
            Exit::Unreachable => 13,
        })
    }
}
