//! The table for people.

use flowmeter_client::domain::{Counter, Forecast, Freshness, Kind, Level};
use jiff::{SignedDuration, Timestamp};

use crate::reading::{Reading, Source};

/// A reading at `now`: whose, how old, and a line a kind.
pub(crate) fn of(reading: &Reading, now: Timestamp) -> String {
    let Reading { account, project, snapshot, source, cause, .. } = reading;
    let outdated = if snapshot.freshness(now) == Freshness::Outdated { ", outdated" } else { "" };
    let why = match (source, cause) {
        (Source::Stored, Some(cause)) => format!(" ({})", cause.message),
        _ => String::new(),
    };
    let age = age(snapshot.age(now));
    let lines = rows(
        reading
            .snapshot
            .quota
            .0
            .iter()
            .map(|(kind, counter)| (*kind, *counter, reading.forecasts.get(kind).copied())),
    );
    format!("{} at {project}, read {age}{outdated}{why}\n\n{lines}", account.email)
}

/// One line a kind: name, used / limit, left, level, how long it will last.
pub(crate) fn rows(quotas: impl Iterator<Item = (Kind, Counter, Option<Forecast>)>) -> String {
    let line = |(kind, counter, forecast): (Kind, Counter, Option<Forecast>)| {
        let Counter { used, limit } = counter;
        let numbers = format!("{used} / {limit}");
        let text = format!(
            "  {:<18}{numbers:>13}{:>8} left  {:<14}{}",
            name(kind),
            counter.remaining(),
            word(counter.level()),
            forecast.map(lasting).unwrap_or_default()
        );
        text.trim_end().to_owned() + "\n"
    };
    quotas.map(line).collect()
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::LlmExecutions => "LLM runs",
        Kind::FlowGenerations => "Flow generations",
        Kind::AppUsages => "App uses",
        Kind::ImageGenExecutions => "Image generations",
    }
}

fn word(level: Level) -> &'static str {
    match level {
        Level::Normal => "",
        Level::Warning => "getting close",
        Level::Low => "low",
        Level::Exhausted => "used up",
    }
}

fn lasting(forecast: Forecast) -> String {
    match forecast {
        Forecast::Lasts { days, soonest, latest: Some(latest), .. } if soonest < latest => {
            format!("about {days} d at your recent pace ({soonest} to {latest})")
        }
        Forecast::Lasts { days, latest: None, .. } => {
            format!("about {days} d at your recent pace, or longer")
        }
        Forecast::Lasts { days, .. } => format!("about {days} d at your recent pace"),
        Forecast::Plenty => "more than a year at your recent pace".to_owned(),
        Forecast::Thin { .. } | Forecast::Quiet | Forecast::Spent => String::new(),
    }
}

fn age(age: SignedDuration) -> String {
    match (age.as_mins(), age.as_hours()) {
        (0, _) => "just now".to_owned(),
        (minutes, 0) => format!("{minutes} min ago"),
        (_, hours @ 1..48) => format!("{hours} h ago"),
        (_, hours) => format!("{} d ago", hours / 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_a_line_for_each_kind_with_its_level_and_forecast() {
        let lasts = Forecast::Lasts { days: 12, soonest: 9, latest: Some(16), per_week: 22 };
        let quotas = [
            (Kind::LlmExecutions, Counter { used: 62, limit: 100 }, Some(lasts)),
            (Kind::AppUsages, Counter { used: 53, limit: 50 }, Some(Forecast::Spent)),
            (Kind::ImageGenExecutions, Counter { used: 0, limit: 20 }, None),
        ];
        assert_eq!(
            rows(quotas.into_iter()).lines().collect::<Vec<_>>(),
            [
                "  LLM runs               62 / 100      38 left                about 12 d at your recent pace (9 to 16)",
                "  App uses                53 / 50      -3 left  used up",
                "  Image generations        0 / 20      20 left",
            ]
        );
    }

    #[test]
    fn ages_are_told_in_words() {
        let table = [
            (0, "just now"),
            (59, "just now"),
            (60, "1 min ago"),
            (3_599, "59 min ago"),
            (3_600, "1 h ago"),
            (47 * 3_600, "47 h ago"),
            (48 * 3_600, "2 d ago"),
        ];
        for (seconds, words) in table {
            assert_eq!(age(SignedDuration::from_secs(seconds)), words);
        }
    }
}
