//! Simulated people: how far off the forecast is for each, and when it says nothing.

use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;

use super::*;
use crate::quota::Counter;

const RUNS: Kind = Kind::LlmExecutions;

/// A Monday.
fn today() -> Date {
    date(2026, 6, 1)
}

fn daily(days: &[i64], so_far: i64) -> Daily {
    Daily { today: today(), days: days.iter().map(|used| *used as f64).collect(), so_far: so_far as f64 }
}

fn lasts(forecast: Forecast) -> (u32, u32, Option<u32>) {
    let Forecast::Lasts { days, soonest, latest, .. } = forecast else { panic!("{forecast:?}") };
    (soonest, days, latest)
}

/// Chance that gives the same each time.
struct Dice(u64);

impl Dice {
    /// Evenly from 0 up to below 1.
    fn roll(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// What a simulated person uses on a day; 0 is a Monday.
type Person = fn(&mut Dice, usize) -> i64;

fn steady(dice: &mut Dice, _: usize) -> i64 {
    4 + (dice.roll() * 3.0) as i64
}

fn bursty(dice: &mut Dice, _: usize) -> i64 {
    if dice.roll() < 0.25 { 10 + (dice.roll() * 20.0) as i64 } else { (dice.roll() * 2.0) as i64 }
}

fn weekdays(dice: &mut Dice, day: usize) -> i64 {
    if day % 7 < 5 { 4 + (dice.roll() * 4.0) as i64 } else { 0 }
}

/// How often the day of the end was in the range, and how far the middle was off on average, as a
/// share of the true number of days; over many lives of `person`, 28 days into them.
fn tried(person: Person, remaining: i64) -> (f64, f64) {
    let (mut within, mut off) = (0.0, 0.0);
    let lives = 400;
    for life in 1..=lives {
        let mut dice = Dice(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(life));
        let past: Vec<i64> = (0..28).map(|day| person(&mut dice, day)).collect();
        let (mut left, mut end) = (remaining, 0);
        while left > 0 {
            left -= person(&mut dice, end as usize);
            end += 1;
        }
        // The day on which it ends, counted from today as 0.
        let end: u32 = end - 1;
        // Saying nothing after a quiet month is as far off as can be.
        let Forecast::Lasts { soonest, days, latest, .. } = daily(&past, 0).forecast(remaining) else {
            off += 1.0;
            continue;
        };
        within += f64::from(u8::from(soonest <= end && latest.is_none_or(|latest| end <= latest)));
        off += f64::from(days.abs_diff(end)) / f64::from(end.max(1));
    }
    (within / lives as f64, off / lives as f64)
}

#[test]
fn simulated_people_run_out_within_the_range_and_near_the_middle() {
    let table: [(&str, Person, i64, f64); 6] = [
        ("steady", steady, 100, 0.10),
        ("steady, little left", steady, 20, 0.25),
        ("bursty", bursty, 200, 0.55),
        ("bursty, little left", bursty, 40, 1.2),
        ("weekdays", weekdays, 100, 0.12),
        ("weekdays, little left", weekdays, 12, 0.45),
    ];
    for (name, person, remaining, tolerance) in table {
        let (within, off) = tried(person, remaining);
        assert!(within >= 0.75, "{name}: in the range {within:.2} of the time");
        assert!(off <= tolerance, "{name}: off by {off:.2}");
    }
}

#[test]
fn a_bursty_person_gets_a_wider_range_than_a_steady_one() {
    let width = |person: Person| {
        let mut dice = Dice(42);
        let past: Vec<i64> = (0..28).map(|day| person(&mut dice, day)).collect();
        let (soonest, days, latest) = lasts(daily(&past, 0).forecast(100));
        f64::from(latest.unwrap() - soonest) / f64::from(days)
    };
    assert!(width(bursty) > 3.0 * width(steady));
}

#[test]
fn one_busy_day_changes_nothing() {
    let mut days = [5; 20];
    let calm = daily(&days, 0).forecast(50);
    days[18] = 300;
    assert_eq!(daily(&days, 0).forecast(50), calm);
}

#[test]
fn a_weekend_is_walked_over() {
    let week = [5, 5, 5, 5, 5, 0, 0];
    let days: Vec<i64> = week.iter().copied().cycle().take(28).collect();
    let friday = Daily {
        today: date(2026, 6, 5),
        days: days[4..].iter().map(|day| *day as f64).collect(),
        so_far: 5.0,
    };
    // Ten are left on Friday evening: Monday, or rather Tuesday, and not Sunday.
    let (_, days, _) = lasts(friday.forecast(10));
    assert!((3..=4).contains(&days), "{days}");
}

#[test]
fn what_is_expected_of_today_counts_once() {
    let days = [10; 14];
    assert_eq!(lasts(daily(&days, 0).forecast(10)).1, 0);
    assert_eq!(lasts(daily(&days, 10).forecast(10)).1, 1);
    assert_eq!(lasts(daily(&days, 10).forecast(100)).1, 10);
    assert_eq!(daily(&days, 0).forecast(0), Forecast::Spent);
    assert_eq!(daily(&days, 0).forecast(-3), Forecast::Spent);
    assert_eq!(daily(&days, 0).forecast(100_000), Forecast::Plenty);
}

#[test]
fn who_stopped_has_ever_more_days_and_then_no_pace() {
    let after = |idle: usize| {
        let days: Vec<i64> = std::iter::repeat_n(10, 14).chain(std::iter::repeat_n(0, idle)).collect();
        daily(&days, 0).forecast(100)
    };
    let (at_once, later) = (lasts(after(0)).1, lasts(after(7)).1);
    assert!(later > at_once * 3 / 2, "{at_once} {later}");
    assert_eq!(after(14), Forecast::Quiet);
}

#[test]
fn thin_data_says_when_there_will_be_more() {
    let table: [(&[i64], Forecast); 7] = [
        (&[], Forecast::Thin { in_days: 5 }),
        (&[9], Forecast::Thin { in_days: 4 }),
        (&[9, 9, 9], Forecast::Thin { in_days: 2 }),
        (&[0, 0, 0, 0, 9], Forecast::Thin { in_days: 2 }),
        (&[0, 0, 0, 0, 0, 0, 9, 0, 0, 9], Forecast::Thin { in_days: 1 }),
        (&[0; 14], Forecast::Quiet),
        (&[0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0], Forecast::Quiet),
    ];
    for (days, forecast) in table {
        assert_eq!(daily(days, 0).forecast(50), forecast, "{days:?}");
    }
}

fn span(day: i8, used: i64, limit: i64) -> Span {
    let time = date(2026, 5, day).at(12, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp();
    Span { kind: RUNS, counter: Counter { used, limit }, since: time, until: time }
}

fn read(spans: &[Span], today: Date) -> Daily {
    Daily::new(RUNS, spans, today, |time: Timestamp| time.to_zoned(TimeZone::UTC).date())
}

#[test]
fn a_raised_limit_lengthens_and_is_no_use() {
    let spans: Vec<Span> = (1..=15).map(|day| span(day, i64::from(day) * 5, 100)).collect();
    let mut raised = spans.clone();
    raised.push(span(15, 75, 200));
    let today = date(2026, 5, 16);
    let (before, after) = (read(&spans, today), read(&raised, today));
    assert_eq!(before, after);
    assert_eq!(lasts(before.forecast(25)).1, 4);
    assert_eq!(lasts(after.forecast(125)).1, 24);
}

#[test]
fn a_counter_that_was_reset_keeps_its_pace() {
    let before = (1..=8).map(|day| span(day, i64::from(day) * 5, 100));
    let after = (9..=15).map(|day| span(day, i64::from(day - 8) * 5, 100));
    let spans: Vec<Span> = before.chain(after).collect();
    let whole =
        read(&(1..=15).map(|day| span(day, i64::from(day) * 5, 100)).collect::<Vec<_>>(), date(2026, 5, 16));
    assert_eq!(read(&spans, date(2026, 5, 16)), whole);
}

#[test]
fn use_after_days_without_a_reading_is_spread_over_them() {
    let spans = [span(1, 10, 100), span(2, 12, 100), span(6, 32, 100)];
    let daily = read(&spans, date(2026, 5, 7));
    assert_eq!(daily.days, [2.0, 5.0, 5.0, 5.0, 5.0]);
    // The first reading of all: what was used on that day before it is not known.
    assert_eq!(read(&spans[..1], date(2026, 5, 1)).days, [0.0; 0]);
}
