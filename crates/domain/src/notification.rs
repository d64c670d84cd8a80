//! When to tell a person outside the window, and of what: a state machine without a clock of its own.
//!
//! - *Edges, not levels.* Told when a kind gets worse, once; time alone repeats nothing.
//! - *The first reading of a launch is a baseline*: what is bad already stays silent. What an earlier
//!   launch owed is still owed.
//! - *Recovery re-arms.* A kind that got better is told again when it gets worse again.
//! - *Told is what the system took.* [`Memory`] moves on with [`Memory::delivered`] only, so a refused
//!   delivery is tried again at the next reading, and an edge that came while nobody wanted to hear is
//!   told once somebody does. Good news is not owed like that: it passes.
//! - *Only readings count.* A failed one, or one without the kind, never gets here: it neither fires
//!   nor re-arms.
//!
//! A memory belongs to one account and one kind; whoever keeps it, keeps it by both.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::history::was_reset;
use crate::preferences::Notifications;
use crate::quota::{Counter, Kind};

/// Good news are told when at least this share of the limit came back.
const GAIN: f64 = 0.10;
/// A memory older than this says nothing about what changed since.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(35 * 24);

/// What a person is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// Of which kind.
    pub kind: Kind,
    /// What happened.
    pub what: Happened,
    /// The numbers now.
    pub counter: Counter,
}

/// What happened to a quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happened {
    /// More is used than the lower threshold.
    Warning,
    /// More is used than the upper threshold.
    Urgent,
    /// Nothing is left.
    UsedUp,
    /// The limit was raised.
    Raised,
    /// The counter was set back.
    Reset,
}

/// How bad it is, by the person's own thresholds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rung {
    /// Below both thresholds.
    #[default]
    Calm,
    /// At or above the lower one.
    Warning,
    /// At or above the upper one.
    Urgent,
    /// Nothing left.
    UsedUp,
}

/// What is remembered of one kind of one account, also over restarts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// The worst that was told, or was there from the start, since the last recovery.
    pub told: Rung,
    /// What the last reading amounted to; worse than `told` while something is owed.
    pub reached: Rung,
    /// The numbers that good news are measured against.
    pub base: Counter,
    /// When the last reading was taken.
    pub at: Timestamp,
}

/// A reading, as the state machine takes it.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// The numbers.
    pub counter: Counter,
    /// When they were read.
    pub at: Timestamp,
    /// Whether it is the first reading since the app was started.
    pub first: bool,
}

/// Takes a reading in: what to remember, and what to tell.
///
/// Where something is to be told, the memory is the one to keep if it is *not* delivered; afterwards
/// keep [`Memory::delivered`].
pub fn observe(memory: Option<Memory>, seen: Seen, wanted: &Notifications) -> (Memory, Option<Happened>) {
    let reached = rung(seen.counter, wanted);
    let silent = Memory { told: reached, reached, base: seen.counter, at: seen.at };
    let Some(before) = memory else { return (silent, None) };
    let good = good_news(&before, &seen).filter(|_| wanted.enabled && wanted.replenished);
    let baseline = seen.first && before.reached <= before.told;
    let told = if baseline { reached } else { before.told.min(reached) };
    let bad = (reached > told && wanted.enabled).then_some(reached).and_then(happened);
    let base = if good.is_some() { before.base } else { seen.counter };
    (Memory { told, reached, base, at: seen.at }, bad.or(good))
}

impl Memory {
    /// The memory after the system took what was told at this reading.
    #[must_use]
    pub fn delivered(self, counter: Counter) -> Memory {
        Memory { told: self.reached, base: counter, ..self }
    }
}

fn happened(rung: Rung) -> Option<Happened> {
    match rung {
        Rung::Calm => None,
        Rung::Warning => Some(Happened::Warning),
        Rung::Urgent => Some(Happened::Urgent),
        Rung::UsedUp => Some(Happened::UsedUp),
    }
}

/// The share that is used in per cent, without the cap: a limit of 0 is always used up.
fn rung(counter: Counter, wanted: &Notifications) -> Rung {
    let used = counter.percentage();
    if counter.remaining() <= 0 && wanted.used_up {
        Rung::UsedUp
    } else if counter.remaining() <= 0 || used >= f64::from(wanted.urgent_at) {
        Rung::Urgent
    } else if used >= f64::from(wanted.warn_at) {
        Rung::Warning
    } else {
        Rung::Calm
    }
}

fn good_news(before: &Memory, seen: &Seen) -> Option<Happened> {
    let age = seen.at.duration_since(before.at);
    let gained = share_left(seen.counter) - share_left(before.base) >= GAIN - f64::EPSILON;
    if !gained || age > REMEMBERED {
        None
    } else if was_reset(before.base, seen.counter) {
        Some(Happened::Reset)
    } else if seen.counter.limit > before.base.limit {
        Some(Happened::Raised)
    } else {
        None
    }
}

fn share_left(counter: Counter) -> f64 {
    if counter.limit <= 0 {
        return 0.0;
    }
    (counter.remaining() as f64 / counter.limit as f64).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests;
