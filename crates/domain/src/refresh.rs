//! When the quotas are read next: a pure function of what is going on.
//!
//! | what goes on | next reading after |
//! | --- | --- |
//! | the window came forward in the last 5 min | 2 min |
//! | … in the last hour, or a number moved in the last 5 min | 5 min |
//! | … in the last 4 h | 15 min |
//! | nothing | 30 min |
//! | the server cannot be reached | 3 to 4.5 s, so that numbers return with the network |
//! | the server failed, or is busy | 15 s, doubling up to 30 min, a quarter to either side by chance |
//! | … and said how long to wait | not sooner than that |
//! | what a person has to put right | 30 min |
//!
//! A fixed pace replaces the first four rows. How little is left never changes the pace: it would
//! hurry those most who use it most. Not here: readings for a reason of their own (a window that comes
//! forward, the end of a run, a click, a machine that wakes up), which do not wait.

use jiff::{SignedDuration, Timestamp};

use crate::error::Code;
use crate::preferences::Pace;

/// A reading younger than this is not repeated when the window comes forward.
pub const RECENT: SignedDuration = SignedDuration::from_secs(30);
/// A person's clicks lead to at most one reading in this time.
pub const CLICK: SignedDuration = SignedDuration::from_secs(1);

const LONGEST: SignedDuration = SignedDuration::from_mins(30);
/// No server may silence the app for longer; a person's click works all the same.
const MOST_ASKED: SignedDuration = SignedDuration::from_hours(24);
/// An attempt to connect is one packet, and the only portable way to see a network return.
const OFFLINE: SignedDuration = SignedDuration::from_secs(3);
const FIRST_RETRY: SignedDuration = SignedDuration::from_secs(15);
/// A machine that slept: its clock went on for this much longer than the time that the app waited.
const SLEPT: SignedDuration = SignedDuration::from_secs(20);

/// What is going on.
#[derive(Clone, Copy, Debug)]
pub struct Situation {
    /// The time.
    pub now: Timestamp,
    /// The person's choice.
    pub pace: Pace,
    /// When the window last came forward.
    pub opened: Option<Timestamp>,
    /// When a number last moved.
    pub moved: Option<Timestamp>,
    /// When the last attempt ended.
    pub attempted: Option<Timestamp>,
    /// Why it failed, if it did.
    pub failure: Option<Code>,
    /// How many attempts in a row failed.
    pub missed: u32,
    /// For how long the server asked to be left alone, counted from the attempt.
    pub retry_after: Option<SignedDuration>,
    /// From 0 to 1, so that many apps do not come back in step.
    pub chance: f64,
}

impl Situation {
    /// In how long the next reading is due; zero when it is.
    pub fn wait(&self) -> SignedDuration {
        let Some(attempted) = self.attempted else { return SignedDuration::ZERO };
        let passed = self.now.duration_since(attempted);
        if passed.is_negative() {
            // The clock was set back: waiting for the old time may take for ever.
            return SignedDuration::ZERO;
        }
        (self.interval() - passed).max(SignedDuration::ZERO)
    }

    fn interval(&self) -> SignedDuration {
        let interval = match self.failure {
            None => return self.by_pace(),
            Some(Code::Unreachable) => stretched(OFFLINE, 1.0 + self.chance / 2.0),
            Some(code) if code.retryable() => self.back_off(),
            Some(_) => LONGEST,
        };
        interval.max(self.retry_after.unwrap_or(SignedDuration::ZERO).min(MOST_ASKED))
    }

    fn by_pace(&self) -> SignedDuration {
        let minutes = match self.pace {
            Pace::Every { minutes } => i64::from(minutes),
            Pace::Adaptive if self.within(self.opened, 5) => 2,
            Pace::Adaptive if self.within(self.opened, 60) || self.within(self.moved, 5) => 5,
            Pace::Adaptive if self.within(self.opened, 4 * 60) => 15,
            Pace::Adaptive => 30,
        };
        SignedDuration::from_mins(minutes)
    }

    fn back_off(&self) -> SignedDuration {
        let doublings = self.missed.saturating_sub(1).min(7);
        stretched(FIRST_RETRY * (1 << doublings), 0.75 + self.chance / 2.0).min(LONGEST)
    }

    fn within(&self, time: Option<Timestamp>, minutes: i64) -> bool {
        time.is_some_and(|time| self.now.duration_since(time) <= SignedDuration::from_mins(minutes))
    }
}

/// Whether the machine slept: the clock on the wall went on for longer than the app waited.
pub fn has_slept(by_the_wall: SignedDuration, waited: SignedDuration) -> bool {
    by_the_wall - waited >= SLEPT
}

fn stretched(duration: SignedDuration, by: f64) -> SignedDuration {
    SignedDuration::try_from_secs_f64(duration.as_secs_f64() * by).unwrap_or(duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_000_000_000;

    fn ago(seconds: i64) -> Option<Timestamp> {
        Timestamp::from_second(NOW - seconds).ok()
    }

    /// A minute after a reading that succeeded, with nothing going on.
    fn calm() -> Situation {
        Situation {
            now: Timestamp::from_second(NOW).unwrap(),
            pace: Pace::Adaptive,
            opened: None,
            moved: None,
            attempted: ago(60),
            failure: None,
            missed: 0,
            retry_after: None,
            chance: 0.5,
        }
    }

    fn minutes(situation: Situation) -> i64 {
        // Counted from the attempt.
        (situation.wait().as_secs() + 60) / 60
    }

    #[test]
    fn the_pace_follows_what_goes_on() {
        let table = [
            // opened and moved seconds ago, minutes between readings
            (None, None, 30),
            (Some(10), None, 2),
            (Some(5 * 60), None, 2),
            (Some(5 * 60 + 1), None, 5),
            (Some(60 * 60), None, 5),
            (Some(60 * 60 + 1), None, 15),
            (Some(4 * 60 * 60), None, 15),
            (Some(4 * 60 * 60 + 1), None, 30),
            (None, Some(10), 5),
            (None, Some(5 * 60 + 1), 30),
            (Some(2 * 60 * 60), Some(10), 5),
        ];
        for (opened, moved, wanted) in table {
            let situation = Situation { opened: opened.and_then(ago), moved: moved.and_then(ago), ..calm() };
            assert_eq!(minutes(situation), wanted, "{opened:?} {moved:?}");
            let fixed = Situation { pace: Pace::Every { minutes: 7 }, ..situation };
            assert_eq!(minutes(fixed), 7);
        }
    }

    #[test]
    fn the_first_reading_and_one_that_is_overdue_do_not_wait() {
        assert_eq!(Situation { attempted: None, ..calm() }.wait(), SignedDuration::ZERO);
        assert_eq!(Situation { attempted: ago(31 * 60), ..calm() }.wait(), SignedDuration::ZERO);
        // The last attempt lies ahead: the clock was set back by a day.
        assert_eq!(Situation { attempted: ago(-86_400), ..calm() }.wait(), SignedDuration::ZERO);
    }

    #[test]
    fn a_failure_backs_off_with_jitter_and_honours_what_the_server_asks() {
        let table = [
            // failure, missed, Retry-After in seconds, least and most seconds until the next attempt
            (Code::Unreachable, 1, None, 3.0, 4.5),
            (Code::Unreachable, 500, None, 3.0, 4.5),
            (Code::ServerFailed, 1, None, 11.25, 18.75),
            (Code::ServerFailed, 2, None, 22.5, 37.5),
            (Code::TimedOut, 4, None, 90.0, 150.0),
            (Code::UnexpectedAnswer, 7, None, 720.0, 1200.0),
            (Code::ServerFailed, u32::MAX, None, 1440.0, 1800.0),
            (Code::RateLimited, 1, Some(120), 120.0, 120.0),
            (Code::RateLimited, 1, Some(2), 11.25, 18.75),
            (Code::RateLimited, 1, Some(7200), 7200.0, 7200.0),
            (Code::RateLimited, 1, Some(i64::MAX), 86_400.0, 86_400.0),
            (Code::SessionEnded, 1, None, 1800.0, 1800.0),
            (Code::NotAllowed, 3, None, 1800.0, 1800.0),
        ];
        for (failure, missed, retry_after, least, most) in table {
            let wait = |chance: f64| {
                let retry_after = retry_after.map(SignedDuration::from_secs);
                let failed = Situation { failure: Some(failure), missed, retry_after, chance, ..calm() };
                Situation { attempted: ago(0), ..failed }.wait().as_secs_f64()
            };
            assert_eq!((wait(0.0), wait(1.0)), (least, most), "{failure:?} {missed}");
            assert!((least..=most).contains(&wait(0.3)));
        }
    }

    #[test]
    fn a_machine_that_slept_is_told_from_one_that_was_busy() {
        let seconds = SignedDuration::from_secs;
        assert!(!has_slept(seconds(2), seconds(2)));
        assert!(!has_slept(seconds(15), seconds(2)));
        assert!(has_slept(seconds(3600), seconds(2)));
        assert!(!has_slept(seconds(-3600), seconds(2)));
    }
}
