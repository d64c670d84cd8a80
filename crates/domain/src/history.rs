//! What was used on which day, out of readings that only know totals.
//!
//! The server keeps no history and no period: a counter grows until somebody lowers it. So the app
//! keeps each value that a counter had ([`Span`]), and the use of a day is the sum of the steps
//! between them. Not here: where spans are kept, and in which time zone a day ends; the caller says
//! to which day a moment belongs.

mod export;

pub use export::{Exported, Format};

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::quota::{Counter, Kind};

/// A counter's value, for as long as it was seen unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Which counter.
    pub kind: Kind,
    /// Its value.
    pub counter: Counter,
    /// The first reading that had it.
    pub since: Timestamp,
    /// The last reading that had it.
    pub until: Timestamp,
}

/// How far back to look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Range {
    /// 7 days, today among them.
    Week,
    /// 30 days.
    #[default]
    Month,
    /// 90 days.
    Quarter,
}

impl Range {
    /// Every range, from the shortest.
    pub const ALL: [Range; 3] = [Range::Week, Range::Month, Range::Quarter];

    /// How many days it has, today among them.
    pub fn days(self) -> u16 {
        match self {
            Range::Week => 7,
            Range::Month => 30,
            Range::Quarter => 90,
        }
    }
}

/// The use of each day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// When the first reading of all was taken; `None` while there is none.
    pub since: Option<Timestamp>,
    /// Every day of the range without a gap, oldest first, today last.
    pub days: Vec<Day>,
    /// What was used in the whole range; a kind without a reading in it is absent.
    pub totals: BTreeMap<Kind, i64>,
}

/// One day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// Which.
    pub date: Date,
    /// By kind; a kind without a reading on that day is absent.
    pub kinds: BTreeMap<Kind, DayUse>,
}

/// The use of one kind on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayUse {
    /// Units used.
    pub used: i64,
    /// Over how many days: above 1 when no reading was taken on the days before, so that some of it
    /// may belong to them.
    pub over_days: u16,
    /// The counter's last value of the day.
    pub closing: Counter,
}

impl History {
    /// The history of the last `days` days up to `today`.
    ///
    /// `spans` are in the order in which they were read, which is not always that of their times: a
    /// clock may have been set back. They may begin earlier; the last one of each kind before the
    /// range is wanted, because it is what the first step of the range is measured from.
    pub fn new(spans: &[Span], days: u16, today: Date, day_of: impl Fn(Timestamp) -> Date) -> Self {
        let mut history =
            Self { since: spans.iter().map(|span| span.since).min(), ..Self::of_empty_days(days, today) };
        for span in spans {
            for date in dates(day_of(span.since), day_of(span.until)) {
                history.close(date, span);
            }
        }
        for step in steps(spans, day_of) {
            history.add(&step);
        }
        history
    }

    fn of_empty_days(days: u16, today: Date) -> Self {
        let dates = (0..days).rev().filter_map(|back| today.checked_sub(i64::from(back).days()).ok());
        Self { days: dates.map(|date| Day { date, kinds: BTreeMap::new() }).collect(), ..Self::default() }
    }

    fn close(&mut self, date: Date, span: &Span) {
        let Some(day) = self.day(date) else { return };
        let closing = span.counter;
        let entry = day.kinds.entry(span.kind).or_insert(DayUse { used: 0, over_days: 1, closing });
        entry.closing = closing;
        self.totals.entry(span.kind).or_insert(0);
    }

    fn add(&mut self, step: &Step) {
        let Some(entry) = self.day(step.to).and_then(|day| day.kinds.get_mut(&step.kind)) else { return };
        entry.used = entry.used.saturating_add(step.used);
        if step.used > 0 {
            entry.over_days = entry.over_days.max(step.days());
        }
        let total = self.totals.entry(step.kind).or_insert(0);
        *total = total.saturating_add(step.used);
    }

    /// Days are without a gap, so the distance from the first is the place.
    fn day(&mut self, date: Date) -> Option<&mut Day> {
        let first = self.days.first()?.date;
        let place = days_between(first, date);
        self.days.get_mut(usize::try_from(place).ok()?)
    }
}

/// Use that was seen between two readings of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Of what.
    pub kind: Kind,
    /// How much.
    pub used: i64,
    /// The day of the reading before.
    pub from: Date,
    /// The day of the reading that saw it.
    pub to: Date,
}

impl Step {
    /// On how many days it may have happened.
    pub fn days(&self) -> u16 {
        // The day of the reading before is one of them only if it is the same day.
        u16::try_from(days_between(self.from, self.to).max(1)).unwrap_or(u16::MAX)
    }
}

/// The steps between `spans`, in their order.
pub fn steps(spans: &[Span], day_of: impl Fn(Timestamp) -> Date) -> Vec<Step> {
    let mut before = BTreeMap::<Kind, &Span>::new();
    let mut steps = Vec::new();
    for span in spans {
        if let Some(last) = before.insert(span.kind, span) {
            let used = used_between(last.counter, span.counter);
            steps.push(Step { kind: span.kind, used, from: day_of(last.until), to: day_of(span.since) });
        }
    }
    steps
}

/// What was used between two readings.
///
/// A counter that fell to half or less was reset, and everything it shows was used since. One that
/// fell by less was corrected by somebody: how much was used beside the correction cannot be known,
/// and nothing is claimed. A limit that moves changes no use.
pub fn used_between(before: Counter, after: Counter) -> i64 {
    let grown = after.used.saturating_sub(before.used);
    if grown < 0 && was_reset(before, after) { after.used.max(0) } else { grown.max(0) }
}

/// Whether the counter began anew between two readings.
pub fn was_reset(before: Counter, after: Counter) -> bool {
    after.used < before.used && after.used <= before.used / 2
}

/// How many days `to` is after `from`; negative when it is before.
pub(crate) fn days_between(from: Date, to: Date) -> i64 {
    // Two dates of the calendar are always a number of days apart.
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

fn dates(from: Date, to: Date) -> impl Iterator<Item = Date> {
    from.series(1.day()).take_while(move |date| *date <= to)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUNS: Kind = Kind::LlmExecutions;

    fn at(day: i8, hour: i8) -> Timestamp {
        let time = jiff::civil::date(2026, 3, day).at(hour, 0, 0, 0);
        time.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp()
    }

    fn day_of(time: Timestamp) -> Date {
        time.to_zoned(jiff::tz::TimeZone::UTC).date()
    }

    fn span(used: i64, limit: i64, since: Timestamp, until: Timestamp) -> Span {
        Span { kind: RUNS, counter: Counter { used, limit }, since, until }
    }

    fn week(spans: &[Span]) -> Vec<Option<(i64, u16)>> {
        let history = History::new(spans, 7, jiff::civil::date(2026, 3, 7), day_of);
        let day = |day: &Day| day.kinds.get(&RUNS).map(|used| (used.used, used.over_days));
        history.days.iter().map(day).collect()
    }

    #[test]
    fn steps_of_a_day_are_added_and_days_without_a_reading_are_empty() {
        let spans = [
            span(10, 100, at(2, 8), at(2, 9)),
            span(12, 100, at(2, 10), at(2, 10)),
            span(15, 100, at(2, 23), at(3, 8)),
            span(16, 100, at(3, 9), at(3, 10)),
        ];
        assert_eq!(week(&spans), [None, Some((5, 1)), Some((1, 1)), None, None, None, None]);
    }

    #[test]
    fn use_after_days_without_a_reading_says_over_how_many_days() {
        let spans = [span(10, 100, at(2, 8), at(2, 9)), span(40, 100, at(6, 10), at(6, 11))];
        assert_eq!(week(&spans)[5], Some((30, 4)));
        // Seen unchanged until the day before: all of it is that day's.
        let spans = [span(10, 100, at(2, 8), at(5, 22)), span(40, 100, at(6, 10), at(6, 11))];
        assert_eq!(week(&spans)[5], Some((30, 1)));
    }

    #[test]
    fn resets_corrections_and_limits_make_no_use_out_of_nothing() {
        let counter = |used, limit| Counter { used, limit };
        let table = [
            // before, after, used between
            (counter(10, 100), counter(12, 100), 2),
            (counter(10, 100), counter(10, 200), 0),
            (counter(90, 100), counter(93, 500), 3),
            (counter(90, 100), counter(0, 100), 0),
            (counter(90, 100), counter(4, 100), 4),
            (counter(90, 100), counter(45, 100), 45),
            (counter(90, 100), counter(80, 100), 0),
            (counter(4, 100), counter(-6, 100), 0),
            (counter(-6, 100), counter(-1, 100), 5),
            (counter(0, 0), counter(0, 0), 0),
            (counter(53, 50), counter(54, 50), 1),
            (counter(i64::MIN, 0), counter(i64::MAX, 0), i64::MAX),
        ];
        for (before, after, used) in table {
            assert_eq!(used_between(before, after), used, "{before:?} {after:?}");
        }
    }

    #[test]
    fn totals_are_the_sum_of_the_days_and_the_step_into_the_range_counts() {
        let old = jiff::civil::date(2026, 1, 5).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
        let spans =
            [span(3, 100, old, old), span(5, 100, at(1, 8), at(1, 9)), span(9, 100, at(7, 8), at(7, 9))];
        let history = History::new(&spans, 7, jiff::civil::date(2026, 3, 7), day_of);
        assert_eq!(history.since, Some(old));
        assert_eq!(history.totals, BTreeMap::from([(RUNS, 6)]));
        assert_eq!(history.days.first().map(|day| day.date), Some(jiff::civil::date(2026, 3, 1)));
        assert_eq!(history.days[6].kinds[&RUNS].closing, Counter { used: 9, limit: 100 });
    }

    #[test]
    fn a_clock_that_was_set_back_moves_use_to_another_day_and_loses_none() {
        let spans = [
            span(5, 100, at(4, 8), at(6, 8)),
            span(8, 100, at(3, 8), at(3, 9)),
            span(9, 100, at(7, 8), at(7, 8)),
        ];
        let used: i64 = week(&spans).into_iter().flatten().map(|(used, _)| used).sum();
        assert_eq!(used, 4);
    }

    #[test]
    fn nothing_read_yet_is_a_row_of_empty_days() {
        let history = History::new(&[], 30, jiff::civil::date(2026, 3, 7), day_of);
        assert_eq!((history.days.len(), history.since, history.totals.len()), (30, None, 0));
    }
}
