//! Who is signed in, and who else is known on this machine.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::UiError;

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SessionState {
    /// Nobody.
    SignedOut {
        /// Why, when the person did not ask for it.
        cause: Option<UiError>,
    },
    /// Somebody; true as well while there is no network.
    SignedIn {
        /// Who.
        account: Account,
        /// Why the session will not survive a restart, where it will not.
        not_kept: Option<UiError>,
    },
    /// Somebody whose session is over, though they did not ask for it. Their numbers, runs and words
    /// stay; to go on they sign in again.
    Ended {
        /// Who.
        account: Account,
        /// Why.
        cause: UiError,
    },
}

impl SessionState {
    /// The account whose things are shown.
    pub fn account(&self) -> Option<&Account> {
        match self {
            SessionState::SignedIn { account, .. } | SessionState::Ended { account, .. } => Some(account),
            SessionState::SignedOut { .. } => None,
        }
    }
}

/// A person as the app shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The `auth.users` id.
    pub user_id: Uuid,
    /// The address; empty for an account without one.
    pub email: String,
}

/// Names one account on this machine: the same person at two projects is two accounts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AccountKey {
    /// Host of the project.
    pub project: String,
    /// The `auth.users` id there.
    pub user_id: Uuid,
}

/// Everybody who is signed in on this machine. An event, too.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accounts {
    /// Host of the project of the next sign-in; empty until one was connected.
    pub project: String,
    /// In a steady order.
    pub known: Vec<KnownAccount>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownAccount {
    /// Which.
    pub key: AccountKey,
    /// The address; empty for an account without one.
    pub email: String,
    /// Whether this is the one on the screen.
    pub is_shown: bool,
    /// Whether it has to be signed in again.
    pub ended: bool,
}

/// Shows another account; its news follow as events, first [`SessionState`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SwitchAccount {
    /// Which.
    pub key: AccountKey,
}

/// Signs an account out on this device and deletes what is stored of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RemoveAccount {
    /// Which.
    pub key: AccountKey,
}
