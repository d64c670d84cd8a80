//! How long a quota will last, from the person's own history.
//!
//! **Why like this.** There is no period and no reset, so a quota is a tank and not an allowance: the
//! only question is when it is empty. What is known is the use of each past day.
//!
//! - *Recent.* A day counts half as much as one fourteen days later; what is older than 28 days is
//!   forgotten. So a person who stopped sees the days grow, and after 14 days without use there is no
//!   pace to speak of ([`Forecast::Quiet`]).
//! - *One busy day changes nothing.* The busiest day of the window counts as much as the second
//!   busiest. A habit of busy days stays a habit: two of them count in full.
//! - *Weeks.* The expectation of each weekday is its own mean, drawn towards that of all days by one
//!   day's weight, so that two quiet weekends show and one does not. The days are then walked through
//!   one by one, beginning with what is still expected of today.
//! - *An honest range.* For a walk with mean m and variance s² a day, the day on which R units are
//!   used up has a variance of about R·s²/m³; and m itself is known only to s²/n. The range is 1.28
//!   standard deviations of both to either side: four of five times the quota ends within it. A steady
//!   person sees a narrow range, a bursty one a wide one.
//! - *Silent when thin.* Under five whole days, or use on under three of them, nothing is said but
//!   when there will be something to say.
//!
//! Use that was seen after days without a reading is spread over those days. Limits do not enter but
//! through what remains, so a raised limit shows at once; a reset counter is a step like any other.

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::history::{Span, days_between, steps};
use crate::quota::Kind;

/// How many whole days are looked at.
pub const WINDOW: u16 = 28;
/// How many whole days must have been seen.
const MIN_DAYS: usize = 5;
/// On how many of them something must have been used.
const MIN_ACTIVE: usize = 3;
/// After this many whole days a pace should have shown; without one the person hardly uses the kind.
const SETTLED: usize = 14;
/// In how many days a day's weight halves.
const HALF_LIFE: f64 = 14.0;
/// Standard deviations to either side: 80 % of a normal distribution.
const WIDTH: f64 = 1.28;
/// A forecast beyond this is none.
const HORIZON: u32 = 365;

/// What can be said about the end of a quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Forecast {
    /// Too little is known yet.
    Thin {
        /// In how many days there can be a forecast, if the kind is used on each of them.
        in_days: u8,
    },
    /// Hardly used of late: there is no pace.
    Quiet,
    /// At the recent pace it ends within a year.
    Lasts {
        /// In about how many days; 0 is today.
        days: u32,
        /// The early end of the range.
        soonest: u32,
        /// The late end of the range; `None` beyond a year.
        latest: Option<u32>,
        /// Units used in a week at this pace.
        per_week: u32,
    },
    /// At the recent pace it lasts longer than a year.
    Plenty,
    /// Nothing is left.
    Spent,
}

/// The use of past days, as a forecast wants it.
#[derive(Clone, Debug, PartialEq)]
pub struct Daily {
    /// The day that is not over.
    today: Date,
    /// Units used on each whole day, oldest first; the last one is yesterday.
    days: Vec<f64>,
    /// Units used today so far.
    so_far: f64,
}

impl Daily {
    /// The use of `kind`. `spans` as in [`crate::history::History::new`].
    ///
    /// The day of the first reading is no whole day: what was used before it is not known.
    pub fn new(kind: Kind, spans: &[Span], today: Date, day_of: impl Fn(jiff::Timestamp) -> Date) -> Self {
        let own: Vec<Span> = spans.iter().filter(|span| span.kind == kind).copied().collect();
        let seen = own.iter().map(|span| days_between(day_of(span.since), today)).max().unwrap_or(0);
        let whole = usize::try_from(seen - 1).unwrap_or(0).min(usize::from(WINDOW));
        let mut daily = Self { today, days: vec![0.0; whole], so_far: 0.0 };
        for step in steps(&own, day_of) {
            daily.add(step.used, step.to, step.days());
        }
        daily
    }

    /// Spreads `used` over the `days` days up to `to`.
    fn add(&mut self, used: i64, to: Date, days: u16) {
        let share = used as f64 / f64::from(days);
        for back in 0..i64::from(days.min(WINDOW + 1)) {
            let Ok(date) = to.checked_sub(back.days()) else { return };
            match days_between(date, self.today) {
                0 => self.so_far += share,
                ago @ 1.. => self.add_to_whole_day(usize::try_from(ago).unwrap_or(usize::MAX), share),
                _ => {}
            }
        }
    }

    fn add_to_whole_day(&mut self, ago: usize, share: f64) {
        if let Some(place) = self.days.len().checked_sub(ago) {
            self.days[place] += share;
        }
    }

    /// How long `remaining` units will last.
    pub fn forecast(&self, remaining: i64) -> Forecast {
        if remaining <= 0 {
            return Forecast::Spent;
        }
        if let Some(silent) = self.too_little() {
            return silent;
        }
        self.lasts(remaining as f64, &Habit::of(self))
    }

    fn too_little(&self) -> Option<Forecast> {
        let active = self.days.iter().filter(|used| **used > 0.0).count();
        let settled = self.days.len() >= SETTLED;
        let recent = &self.days[self.days.len().saturating_sub(SETTLED)..];
        if settled && (active < MIN_ACTIVE || recent.iter().all(|used| *used <= 0.0)) {
            return (self.so_far <= 0.0 || active < MIN_ACTIVE).then_some(Forecast::Quiet);
        }
        let missing = MIN_DAYS.saturating_sub(self.days.len()).max(MIN_ACTIVE.saturating_sub(active));
        let in_days = u8::try_from(missing).unwrap_or(u8::MAX);
        (missing > 0).then_some(Forecast::Thin { in_days })
    }

    fn lasts(&self, remaining: f64, habit: &Habit) -> Forecast {
        let Some(days) = self.walk(remaining, habit) else { return Forecast::Plenty };
        let spread = WIDTH * habit.deviation(remaining);
        let (middle, latest) = (f64::from(days), f64::from(days) + spread);
        Forecast::Lasts {
            days,
            soonest: (middle - spread).max(0.0).floor() as u32,
            latest: (latest <= f64::from(HORIZON)).then_some(latest.ceil() as u32),
            per_week: (habit.mean * 7.0).round() as u32,
        }
    }

    /// On which day the expectations of the days to come have used `remaining` up; 0 is today.
    fn walk(&self, remaining: f64, habit: &Habit) -> Option<u32> {
        let weekday = |ahead: u32| (weekday(self.today) + ahead as usize) % 7;
        let mut left = remaining - (habit.expected[weekday(0)] - self.so_far).max(0.0);
        let mut day = 0;
        // A hair's breadth: sums of shares do not come out even.
        while left > 1e-6 {
            day += 1;
            if day > HORIZON {
                return None;
            }
            left -= habit.expected[weekday(day)];
        }
        Some(day)
    }
}

/// What a person uses on a day.
struct Habit {
    /// By weekday, Monday first.
    expected: [f64; 7],
    /// Over all weekdays.
    mean: f64,
    /// Around the expectation of the weekday.
    variance: f64,
    /// How many equally weighted days would tell as much.
    weight: f64,
}

impl Habit {
    fn of(daily: &Daily) -> Self {
        let days = daily.capped();
        let mean = weighted_mean(days.iter().map(|day| (day.weight, day.used)));
        let expected = std::array::from_fn(|weekday| {
            let same = days.iter().filter(|day| day.weekday == weekday);
            weighted_mean(same.map(|day| (day.weight, day.used)).chain([(1.0, mean)]))
        });
        let residuals = days.iter().map(|day| (day.weight, (day.used - expected[day.weekday]).powi(2)));
        let (sum, squares) = days
            .iter()
            .fold((0.0, 0.0), |(sum, squares), day| (sum + day.weight, squares + day.weight.powi(2)));
        let weight = sum * sum / squares;
        // Few days look steadier than the habit behind them is.
        let variance = weighted_mean(residuals) * weight / (weight - 1.0).max(1.0);
        Self { expected, mean: expected.iter().sum::<f64>() / 7.0, variance, weight }
    }

    /// Of the day on which `remaining` units are used up.
    fn deviation(&self, remaining: f64) -> f64 {
        let of_the_walk = remaining * self.variance / self.mean.powi(3);
        let of_the_mean = (remaining / self.mean).powi(2) * self.variance / (self.weight * self.mean.powi(2));
        (of_the_walk + of_the_mean).sqrt()
    }
}

struct PastDay {
    weekday: usize,
    weight: f64,
    used: f64,
}

impl Daily {
    /// The whole days with their weights, the busiest no busier than the second.
    fn capped(&self) -> Vec<PastDay> {
        let mut sorted = self.days.clone();
        sorted.sort_by(|a, b| b.total_cmp(a));
        let cap = sorted.get(1).copied().unwrap_or(0.0);
        let ago = (1..=self.days.len()).rev();
        ago.zip(&self.days)
            .map(|(ago, used)| PastDay {
                weekday: (weekday(self.today) + 7 * usize::from(WINDOW) - ago) % 7,
                weight: 0.5_f64.powf((ago as f64 - 1.0) / HALF_LIFE),
                used: used.min(cap),
            })
            .collect()
    }
}

fn weekday(date: Date) -> usize {
    usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0)
}

fn weighted_mean(values: impl Iterator<Item = (f64, f64)>) -> f64 {
    let (weights, sum) =
        values.fold((0.0, 0.0), |(weights, sum), (weight, value)| (weights + weight, sum + weight * value));
    sum / weights
}

#[cfg(test)]
mod tests;
