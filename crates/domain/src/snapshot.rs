//! A reading of the quotas with its time.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::quota::Quota;

/// A reading older than this is called outdated: two refresh cycles.
pub const OUTDATED_AFTER: SignedDuration = SignedDuration::from_mins(10);

/// How far ahead a reading may be: clocks are put right by seconds all the time.
const AHEAD: SignedDuration = SignedDuration::from_mins(1);

/// What the server said, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The counters.
    pub quota: Quota,
    /// When the answer arrived, by this machine's clock.
    pub taken_at: Timestamp,
}

impl Snapshot {
    /// How old the reading is at `now`; zero when the clock was set back.
    pub fn age(&self, now: Timestamp) -> SignedDuration {
        now.duration_since(self.taken_at).max(SignedDuration::ZERO)
    }

    /// Whether the reading is recent enough to be trusted without a mark. One from ahead was taken by
    /// a clock that was wrong, then or now: nobody knows how old it is.
    pub fn freshness(&self, now: Timestamp) -> Freshness {
        let is_from_ahead = self.taken_at.duration_since(now) > AHEAD;
        if is_from_ahead || self.age(now) > OUTDATED_AFTER { Freshness::Outdated } else { Freshness::Fresh }
    }
}

/// Whether a reading can be taken at its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Young enough to act on.
    Fresh,
    /// Shown with a mark, because the true numbers may differ.
    Outdated,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_is_never_negative_and_ten_minutes_are_still_fresh() {
        let taken_at = Timestamp::from_second(1_000_000).unwrap();
        let snapshot = Snapshot { quota: Quota::default(), taken_at };
        let at = |seconds: i64| Timestamp::from_second(1_000_000 + seconds).unwrap();

        assert_eq!(snapshot.age(at(-60)), SignedDuration::ZERO);
        assert_eq!(snapshot.age(at(90)), SignedDuration::from_secs(90));
        assert_eq!(snapshot.freshness(at(-60)), Freshness::Fresh);
        assert_eq!(snapshot.freshness(at(-61)), Freshness::Outdated);
        assert_eq!(snapshot.freshness(at(600)), Freshness::Fresh);
        assert_eq!(snapshot.freshness(at(601)), Freshness::Outdated);
    }
}
