//! The table for people.

use flowmeter_client::domain::{Counter, Forecast, Freshness, Kind, Level};
use jiff::Timestamp;
use unicode_width::UnicodeWidthStr;

use crate::reading::{Reading, Source};
use crate::texts::Texts;

/// Columns of a terminal that names, numbers, what is left and levels have at least.
const WIDTHS: [usize; 4] = [18, 13, 13, 14];

/// A reading at `now`: whose, how old, and a line a kind.
pub(crate) fn of(reading: &Reading, texts: &Texts, now: Timestamp) -> String {
    let quotas = reading.snapshot.quota.0.iter();
    let lines =
        rows(texts, quotas.map(|(kind, counter)| (*kind, *counter, reading.forecasts.get(kind).copied())));
    format!("{}\n\n{lines}", head(reading, texts, now))
}

fn head(reading: &Reading, texts: &Texts, now: Timestamp) -> String {
    let Reading { account, project, snapshot, source, cause, .. } = reading;
    let is_outdated = snapshot.freshness(now) == Freshness::Outdated;
    let gaps = [
        ("email", account.email.as_str().into()),
        ("project", project.as_str().into()),
        ("age", texts.age(snapshot.age(now)).into()),
    ];
    let head = texts.fill(if is_outdated { "reading-outdated" } else { "reading" }, gaps);
    match (source, cause) {
        (Source::Stored, Some(cause)) => {
            let gaps = [("reading", head.into()), ("cause", texts.code(cause.code).into())];
            texts.fill("reading-why", gaps)
        }
        _ => head,
    }
}

/// One line a kind: name, used / limit, left, level, how long it will last.
pub(crate) fn rows(texts: &Texts, quotas: impl Iterator<Item = (Kind, Counter, Option<Forecast>)>) -> String {
    let line = |(kind, counter, forecast): (Kind, Counter, Option<Forecast>)| {
        let Counter { used, limit } = counter;
        let [name, numbers, left, level] = WIDTHS;
        let text = format!(
            "  {}{}{}  {}{}",
            to_left(&texts.kind(kind), name),
            to_right(&format!("{used} / {limit}"), numbers),
            to_right(&texts.fill("left", [("count", counter.remaining().into())]), left),
            to_left(&word(texts, counter.level()), level),
            forecast.map(|forecast| lasting(texts, forecast)).unwrap_or_default()
        );
        text.trim_end().to_owned() + "\n"
    };
    quotas.map(line).collect()
}

/// Padded by the columns that a terminal gives it: a Chinese letter takes two.
fn to_left(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

fn to_right(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(text.width())))
}

/// What is fine needs no word.
fn word(texts: &Texts, level: Level) -> String {
    if level == Level::Normal { String::new() } else { texts.level(level) }
}

fn lasting(texts: &Texts, forecast: Forecast) -> String {
    let Forecast::Lasts { days, soonest, latest, .. } = forecast else {
        return if forecast == Forecast::Plenty { texts.text("plenty") } else { String::new() };
    };
    let days = ("days", i64::from(days).into());
    match latest {
        Some(latest) if soonest < latest => {
            let range = [("soonest", i64::from(soonest).into()), ("latest", i64::from(latest).into())];
            let [soonest, latest] = range;
            texts.fill("lasts-range", [days, soonest, latest])
        }
        Some(_) => texts.fill("lasts", [days]),
        None => texts.fill("lasts-or-longer", [days]),
    }
}

#[cfg(test)]
mod tests {
    use flowmeter_client::domain::Language;

    use super::*;
    use crate::texts;

    fn lines(language: Language) -> Vec<String> {
        let lasts = Forecast::Lasts { days: 12, soonest: 9, latest: Some(16), per_week: 22 };
        let quotas = [
            (Kind::LlmExecutions, Counter { used: 62, limit: 100 }, Some(lasts)),
            (Kind::AppUsages, Counter { used: 53, limit: 50 }, Some(Forecast::Spent)),
            (Kind::ImageGenExecutions, Counter { used: 0, limit: 20 }, None),
        ];
        rows(&texts::in_language(language), quotas.into_iter()).lines().map(str::to_owned).collect()
    }

    #[test]
    fn the_table_has_a_line_for_each_kind_with_its_level_and_forecast() {
        assert_eq!(
            lines(Language::English),
            [
                "  LLM runs               62 / 100      38 left                about 12 d at your recent pace (9 to 16)",
                "  App uses                53 / 50      -3 left  Used up",
                "  Image generations        0 / 20      20 left",
            ]
        );
    }

    #[test]
    fn letters_that_are_twice_as_wide_stand_in_the_same_columns() {
        assert_eq!(
            lines(Language::Chinese),
            [
                "  LLM 执行               62 / 100      剩余 38                按近期用量约可用 12 天（9 至 16）",
                "  App 使用                53 / 50      剩余 -3  已用完",
                "  图片生成                 0 / 20      剩余 20",
            ]
        );
    }
}
