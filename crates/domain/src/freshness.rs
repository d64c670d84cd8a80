//! Whether a reading can be taken at its word, and what to say about a refresh that failed.
//!
//! A first failure says nothing while the numbers are young: networks stumble. What will not go away
//! by itself, such as an ended session, is said at once.

use jiff::Timestamp;

use crate::error::Code;
use crate::ipc::QuotaState;
use crate::snapshot::Freshness;

/// A reading is outdated after this many refreshes that did not come.
pub const MISSED: u32 = 2;

/// What a person should know about the numbers they see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whether to trust the reading; `None` without one.
    pub freshness: Option<Freshness>,
    /// Why the newest attempt failed, where that should be said.
    pub cause: Option<Cause>,
}

/// Why the numbers could not be read, as far as it matters to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// No way to the server. What was read is there, and so is the history.
    Offline,
    /// The session is over.
    SignedOut,
    /// The server does not answer as it should; it is tried again.
    Server,
    /// The server asks to slow down; it is tried again.
    Busy,
    /// This account may not see its quota, or has none.
    NotAllowed,
    /// The key store does not give the session out.
    KeyStore,
    /// Something else; the code's own text says what.
    Other,
}

impl Cause {
    /// The cause that stands behind a code.
    pub fn of(code: Code) -> Self {
        match code {
            Code::Unreachable => Cause::Offline,
            Code::NotSignedIn | Code::SessionEnded | Code::AccountBanned => Cause::SignedOut,
            Code::TimedOut | Code::ServerFailed | Code::UnexpectedAnswer => Cause::Server,
            Code::RateLimited => Cause::Busy,
            Code::NotAllowed | Code::NotFound => Cause::NotAllowed,
            Code::KeychainAbsent | Code::KeychainLocked | Code::KeychainRefused | Code::KeychainTooLarge => {
                Cause::KeyStore
            }
            _ => Cause::Other,
        }
    }
}

impl QuotaState {
    /// What to say about these numbers at `now`.
    pub fn standing(&self, now: Timestamp) -> Standing {
        let freshness = self
            .snapshot
            .as_ref()
            .map(|snapshot| if self.missed < MISSED { snapshot.freshness(now) } else { Freshness::Outdated });
        let code = self.failure.as_ref().map(|failure| failure.code);
        let silent = |code: &Code| freshness == Some(Freshness::Fresh) && code.retryable();
        Standing { freshness, cause: code.filter(|code| !silent(code)).map(Cause::of) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Quota, Snapshot, UiError};

    const FRESH: Option<Freshness> = Some(Freshness::Fresh);
    const OUTDATED: Option<Freshness> = Some(Freshness::Outdated);

    #[test]
    fn a_first_failure_is_silent_while_the_numbers_are_young() {
        let table = [
            // age in seconds, missed refreshes, failure; freshness, cause
            (Some(30), 0, None, FRESH, None),
            (Some(600), 0, None, FRESH, None),
            (Some(601), 0, None, OUTDATED, None),
            (Some(30), 1, Some(Code::Unreachable), FRESH, None),
            (Some(30), 1, Some(Code::ServerFailed), FRESH, None),
            (Some(30), 2, Some(Code::Unreachable), OUTDATED, Some(Cause::Offline)),
            (Some(30), 2, Some(Code::RateLimited), OUTDATED, Some(Cause::Busy)),
            (Some(601), 1, Some(Code::TimedOut), OUTDATED, Some(Cause::Server)),
            (Some(30), 1, Some(Code::SessionEnded), FRESH, Some(Cause::SignedOut)),
            (Some(30), 1, Some(Code::NotAllowed), FRESH, Some(Cause::NotAllowed)),
            (Some(30), 1, Some(Code::NotFound), FRESH, Some(Cause::NotAllowed)),
            (Some(30), 1, Some(Code::KeychainRefused), FRESH, Some(Cause::KeyStore)),
            (None, 1, Some(Code::Unreachable), None, Some(Cause::Offline)),
            (None, 1, Some(Code::Internal), None, Some(Cause::Other)),
            (None, 0, None, None, None),
            // A clock that was set back a little, and by a day.
            (Some(-30), 0, None, FRESH, None),
            (Some(-86_400), 0, None, OUTDATED, None),
        ];
        let now = Timestamp::from_second(1_000_000).unwrap();
        for (age, missed, code, freshness, cause) in table {
            let taken_at = |age: i64| Timestamp::from_second(1_000_000 - age).unwrap();
            let state = QuotaState {
                snapshot: age.map(|age| Snapshot { quota: Quota::default(), taken_at: taken_at(age) }),
                failure: code.map(|code| UiError::new(code, "x")),
                missed,
                ..QuotaState::default()
            };
            let standing = state.standing(now);
            assert_eq!(standing, Standing { freshness, cause }, "{age:?} {missed} {code:?}");
        }
    }
}
