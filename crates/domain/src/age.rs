//! An age as a person would tell it: in its largest whole unit.

use jiff::SignedDuration;

/// How long ago something was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// Less than a minute, or not yet.
    Now,
    /// Whole minutes, below 60.
    Minutes(i64),
    /// Whole hours, below 24.
    Hours(i64),
    /// Whole days.
    Days(i64),
}

impl From<SignedDuration> for Age {
    fn from(age: SignedDuration) -> Self {
        match age.as_mins() {
            ..=0 => Age::Now,
            minutes @ 1..60 => Age::Minutes(minutes),
            minutes @ 60..1440 => Age::Hours(minutes / 60),
            minutes => Age::Days(minutes / 1440),
        }
    }
}
