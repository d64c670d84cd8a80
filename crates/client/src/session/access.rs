//! An access token and how long it can be used, by this machine's clock.

use flowmeter_supabase::Session;
use jiff::{SignedDuration, Timestamp};

use super::EXPIRED;

/// An access token and its end.
#[derive(Clone)]
pub(super) struct Access {
    pub(super) session: Session,
    pub(super) expires: Timestamp,
    received: Timestamp,
}

impl Access {
    pub(super) fn new(session: Session, now: Timestamp) -> Self {
        Self { expires: session.expires(now), received: now, session }
    }

    /// Whether it has more than `life` left. A clock that was set back to before the token came says
    /// nothing about its age: such a token counts as expired. (A correction by seconds does not.)
    pub(super) fn lives(&self, now: Timestamp, life: SignedDuration) -> bool {
        self.expires.duration_since(now) > life && self.received.duration_since(now) < EXPIRED
    }
}
