//! What the tray shows, worked out from what is known. Pure; not here: the tray itself.

use flowmeter_domain::ipc::{QuotaState, SessionState};
use flowmeter_domain::preferences::Figures;
use flowmeter_domain::{Counter, Kind, Level, Snapshot};
use jiff::Timestamp;

use crate::texts::Texts;

/// What the icon and the menu say.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Face {
    /// Level of the tightest quota; `None` without a reading.
    pub(crate) level: Option<Level>,
    /// The used part of its limit, 0 to 1.
    pub(crate) share: f64,
    /// One line for each quota.
    pub(crate) rows: Vec<String>,
    /// How old that is, or why there is nothing.
    pub(crate) status: String,
}

/// What is known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    pub(crate) session: Option<SessionState>,
    pub(crate) quota: QuotaState,
    pub(crate) figures: Figures,
}

impl Face {
    pub(crate) fn new(known: &Known, texts: &Texts, now: Timestamp) -> Self {
        let signed_in = known.session.as_ref().is_none_or(|session| session.account().is_some());
        let snapshot = known.quota.snapshot.as_ref().filter(|_| signed_in);
        let tightest = snapshot.and_then(|snapshot| snapshot.quota.tightest());
        Self {
            level: tightest.map(|(_, counter)| counter.level()),
            share: tightest.map_or(0.0, |(_, counter)| share(counter)),
            rows: snapshot.map(|snapshot| rows(snapshot, known.figures, texts)).unwrap_or_default(),
            status: if signed_in { status(&known.quota, texts, now) } else { texts.text("tray-signed-out") },
        }
    }
}

/// A limit of 0 has nothing left: its ring is full, as its bar is in the window.
fn share(counter: Counter) -> f64 {
    if counter.limit <= 0 { 1.0 } else { counter.percentage() / 100.0 }
}

fn rows(snapshot: &Snapshot, figures: Figures, texts: &Texts) -> Vec<String> {
    let counters = snapshot.quota.0.iter();
    counters.map(|(&kind, &counter)| row(kind, counter, figures, texts)).collect()
}

fn row(kind: Kind, counter: Counter, figures: Figures, texts: &Texts) -> String {
    let (id, name, number) = match figures {
        Figures::Used => ("tray-used", "used", counter.used),
        Figures::Left => ("tray-left", "left", counter.remaining()),
    };
    let gaps = [("kind", texts.kind(kind).into()), (name, number.into()), ("limit", counter.limit.into())];
    let numbers = texts.fill(id, gaps);
    if counter.level() == Level::Normal {
        return numbers;
    }
    texts.fill("tray-level", [("numbers", numbers.into()), ("level", texts.level(counter.level()).into())])
}

fn status(quota: &QuotaState, texts: &Texts, now: Timestamp) -> String {
    let cause = quota.failure.as_ref().map(|failure| texts.code(failure.code));
    let age = quota.snapshot.as_ref().map(|snapshot| texts.age(snapshot.age(now)));
    match (cause, age) {
        (Some(cause), Some(age)) => texts.fill("tray-kept", [("cause", cause.into()), ("age", age.into())]),
        (Some(cause), None) => cause,
        (None, Some(_)) if quota.snapshot.as_ref().is_some_and(|snapshot| snapshot.quota.0.is_empty()) => {
            texts.text("tray-none")
        }
        (None, Some(age)) => texts.fill("tray-age", [("age", age.into())]),
        (None, None) => texts.text("tray-reading"),
    }
}

#[cfg(test)]
mod tests {
    use flowmeter_domain::ipc::Account;
    use flowmeter_domain::{Code, Language, Quota, UiError};

    use super::*;
    use crate::texts;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn known(counters: &[(Kind, i64, i64)], failure: Option<Code>) -> Known {
        let counters = counters.iter().map(|&(kind, used, limit)| (kind, Counter { used, limit }));
        let taken_at = Timestamp::from_second(-120).unwrap();
        let snapshot = Some(Snapshot { quota: Quota(counters.collect()), taken_at });
        let failure = failure.map(|code| UiError::new(code, "details"));
        let account = Account { user_id: uuid::Uuid::nil(), email: "mei@example.com".into() };
        Known {
            session: Some(SessionState::SignedIn { account, not_kept: None }),
            quota: QuotaState { snapshot, failure, ..QuotaState::default() },
            figures: Figures::Used,
        }
    }

    fn english(known: &Known) -> Face {
        Face::new(known, &texts::of(Language::English), NOW)
    }

    #[test]
    fn the_tightest_quota_is_the_ring_and_each_has_a_line() {
        let face = english(&known(&[(Kind::LlmExecutions, 62, 100), (Kind::FlowGenerations, 17, 20)], None));
        assert_eq!((face.level, face.share), (Some(Level::Warning), 0.85));
        assert_eq!(
            face.rows,
            ["LLM runs: 62 of 100 used", "Flow generations: 17 of 20 used · Getting close"]
        );
        assert_eq!(face.status, "Updated 2 min ago");
    }

    #[test]
    fn what_is_left_is_told_to_whoever_prefers_that() {
        let known = Known { figures: Figures::Left, ..known(&[(Kind::AppUsages, 53, 50)], None) };
        let face = Face::new(&known, &texts::of(Language::Chinese), NOW);
        assert_eq!(face.rows, ["App 使用：剩余 -3 / 50 · 已用完"]);
    }

    #[test]
    fn a_failure_keeps_the_numbers_and_says_why_they_are_old() {
        let face = english(&known(&[(Kind::LlmExecutions, 62, 100)], Some(Code::Unreachable)));
        assert_eq!(face.rows.len(), 1);
        assert_eq!(face.status, "The server cannot be reached · numbers from 2 min ago");
    }

    #[test]
    fn nobody_signed_in_shows_nobodys_numbers() {
        let left = Known {
            session: Some(SessionState::SignedOut { cause: None }),
            ..known(&[(Kind::LlmExecutions, 62, 100)], None)
        };
        let face = english(&left);
        assert_eq!((face.level, face.rows.len(), face.status.as_str()), (None, 0, "Not signed in"));
    }

    #[test]
    fn without_a_reading_it_says_what_is_going_on() {
        assert_eq!(english(&Known::default()).status, "Reading your quotas…");
        assert_eq!(english(&known(&[], None)).status, "No quotas on this account");
    }
}
