//! Quotas: what an account may use and has used.
//!
//! The numbers of one row of `users_quota`, without the row's identity and lock, which belong to
//! the transport. A kind whose columns a deployment lacks is absent, never 0/0.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One of the things that are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Runs of a model.
    LlmExecutions,
    /// Flows planned or modified by a model.
    FlowGenerations,
    /// Runs of a flow as an app: the one kind that the client itself counts.
    AppUsages,
    /// Generated images.
    ImageGenExecutions,
}

impl Kind {
    /// Every kind, in the order in which they are shown.
    pub const ALL: [Kind; 4] =
        [Kind::LlmExecutions, Kind::FlowGenerations, Kind::AppUsages, Kind::ImageGenExecutions];

    /// The name on the wire and the stem of both columns.
    pub fn name(self) -> &'static str {
        match self {
            Kind::LlmExecutions => "llm_executions",
            Kind::FlowGenerations => "flow_generations",
            Kind::AppUsages => "app_usages",
            Kind::ImageGenExecutions => "image_gen_executions",
        }
    }

    /// The column that counts up.
    pub fn used_column(self) -> String {
        format!("{}_used", self.name())
    }

    /// The column that holds the ceiling.
    pub fn limit_column(self) -> String {
        format!("{}_limit", self.name())
    }
}

/// How much of one kind is used. Any numbers are accepted as they are: a row may hold negative
/// counts or more than its limit, and a person should see what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counter {
    /// Units used so far.
    pub used: i64,
    /// Units that may be used in all.
    pub limit: i64,
}

impl Counter {
    /// Units left; negative when more was used than allowed.
    pub fn remaining(self) -> i64 {
        self.limit.saturating_sub(self.used)
    }

    /// May one more unit be used?
    pub fn check(self) -> Check {
        Check {
            allowed: self.remaining() > 0,
            used: self.used,
            limit: self.limit,
            remaining: self.remaining(),
        }
    }

    /// Per cent used, 0 to 100; 0 where the limit is 0 or less.
    pub fn percentage(self) -> f64 {
        if self.limit <= 0 {
            return 0.0;
        }
        (self.used as f64 / self.limit as f64 * 100.0).clamp(0.0, 100.0)
    }

    /// How close the end is. The strictest level that applies wins.
    pub fn level(self) -> Level {
        if self.remaining() <= 0 {
            Level::Exhausted
        } else if self.remaining() as f64 / (self.limit as f64) < 0.10 {
            Level::Low
        } else if self.percentage() > 80.0 {
            Level::Warning
        } else {
            Level::Normal
        }
    }
}

/// The answer to "may one more unit be used?".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Whether at least one unit is left.
    pub allowed: bool,
    /// Units used.
    pub used: i64,
    /// Units in all.
    pub limit: i64,
    /// Units left.
    pub remaining: i64,
}

impl Check {
    /// What a server answers when it could not read: nothing is allowed, all numbers are 0.
    pub const CLOSED: Check = Check { allowed: false, used: 0, limit: 0, remaining: 0 };
}

/// How close the end of a quota is, from calm to empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Nothing to worry about.
    Normal,
    /// More than 80 % is used.
    Warning,
    /// Less than 10 % is left.
    Low,
    /// Nothing is left.
    Exhausted,
}

/// The quotas of one account: a counter for each kind that its deployment knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Quota(pub BTreeMap<Kind, Counter>);

impl Quota {
    /// The counter of `kind`, if the deployment has it.
    pub fn get(&self, kind: Kind) -> Option<Counter> {
        self.0.get(&kind).copied()
    }

    /// May one more unit of `kind` be used? A kind that is not there is closed.
    pub fn check(&self, kind: Kind) -> Check {
        self.get(kind).map_or(Check::CLOSED, Counter::check)
    }

    /// The kind that ends first: the worst level, and among equals the largest used share.
    ///
    /// A kind with a limit of 0 is not offered to the account at all; it counts only where nothing else is there.
    pub fn tightest(&self) -> Option<(Kind, Counter)> {
        let offered = self.0.values().any(|counter| counter.limit > 0);
        let counted = self.0.iter().filter(|(_, counter)| !offered || counter.limit > 0);
        let tighter = |one: &Counter, other: &Counter| {
            one.level().cmp(&other.level()).then(one.percentage().total_cmp(&other.percentage()))
        };
        // The first of equals, so that the answer does not jump.
        counted
            .rev()
            .max_by(|(_, one), (_, other)| tighter(one, other))
            .map(|(&kind, &counter)| (kind, counter))
    }

    /// The counters of a `users_quota` row.
    ///
    /// NULL counts as 0; a kind with a missing column is left out; unknown columns are ignored.
    ///
    /// # Errors
    /// [`NotANumber`] when a counter holds something that is neither a whole number nor NULL.
    pub fn from_row(row: &Map<String, Value>) -> Result<Quota, NotANumber> {
        let mut counters = BTreeMap::new();
        for kind in Kind::ALL {
            let used = column(row, kind.used_column())?;
            let limit = column(row, kind.limit_column())?;
            if let (Some(used), Some(limit)) = (used, limit) {
                counters.insert(kind, Counter { used, limit });
            }
        }
        Ok(Quota(counters))
    }
}

/// A counter column that does not hold a whole number.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("column {0} of users_quota should be a whole number or null")]
pub struct NotANumber(pub String);

fn column(row: &Map<String, Value>, name: String) -> Result<Option<i64>, NotANumber> {
    match row.get(&name) {
        None => Ok(None),
        Some(Value::Null) => Ok(Some(0)),
        Some(value) => value.as_i64().map(Some).ok_or(NotANumber(name)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn row(value: Value) -> Map<String, Value> {
        value.as_object().expect("a row is an object").clone()
    }

    #[test]
    fn level_and_percentage_follow_the_contract() {
        let table = [
            // used, limit, per cent, level
            (0, 100, 0.0, Level::Normal),
            (80, 100, 80.0, Level::Normal),
            (81, 100, 81.0, Level::Warning),
            (90, 100, 90.0, Level::Warning),
            (91, 100, 91.0, Level::Low),
            (17, 20, 85.0, Level::Warning),
            (99, 100, 99.0, Level::Low),
            (100, 100, 100.0, Level::Exhausted),
            (53, 50, 100.0, Level::Exhausted),
            (0, 0, 0.0, Level::Exhausted),
            (5, 0, 0.0, Level::Exhausted),
            (-3, 20, 0.0, Level::Normal),
            (3, -1, 0.0, Level::Exhausted),
        ];
        for (used, limit, percentage, level) in table {
            let counter = Counter { used, limit };
            assert_eq!(counter.percentage(), percentage, "{counter:?}");
            assert_eq!(counter.level(), level, "{counter:?}");
        }
    }

    #[test]
    fn the_tightest_kind_is_the_worst_level_then_the_fullest_of_those_that_are_offered() {
        let tightest = |counters: &[(Kind, i64, i64)]| {
            let counters = counters.iter().map(|&(kind, used, limit)| (kind, Counter { used, limit }));
            Quota(counters.collect()).tightest().map(|(kind, _)| kind)
        };
        use Kind::{AppUsages, FlowGenerations, ImageGenExecutions, LlmExecutions};
        assert_eq!(tightest(&[]), None);
        assert_eq!(tightest(&[(LlmExecutions, 62, 100), (FlowGenerations, 3, 20)]), Some(LlmExecutions));
        // 6 of 10 used is fuller than 59 %, but 10 of 11 is nearer the end by level.
        assert_eq!(tightest(&[(LlmExecutions, 59, 100), (AppUsages, 10, 11)]), Some(AppUsages));
        assert_eq!(tightest(&[(LlmExecutions, 62, 100), (ImageGenExecutions, 0, 0)]), Some(LlmExecutions));
        assert_eq!(tightest(&[(ImageGenExecutions, 0, 0)]), Some(ImageGenExecutions));
        assert_eq!(tightest(&[(LlmExecutions, 1, 2), (AppUsages, 1, 2)]), Some(LlmExecutions));
    }

    #[test]
    fn null_is_zero_and_a_missing_column_hides_its_kind() {
        let quota = Quota::from_row(&row(json!({
            "llm_executions_used": null, "llm_executions_limit": 100,
            "flow_generations_used": 3, "flow_generations_limit": 20,
            "image_gen_executions_used": 1,
            "points_balance": 12.5,
        })))
        .unwrap();
        assert_eq!(quota.get(Kind::LlmExecutions), Some(Counter { used: 0, limit: 100 }));
        assert_eq!(quota.get(Kind::FlowGenerations), Some(Counter { used: 3, limit: 20 }));
        assert_eq!(quota.get(Kind::ImageGenExecutions), None);
        assert_eq!(quota.check(Kind::ImageGenExecutions), Check::CLOSED);
    }

    #[test]
    fn a_counter_of_another_type_is_named() {
        let fault =
            Quota::from_row(&row(json!({"app_usages_used": "3", "app_usages_limit": 50}))).unwrap_err();
        assert_eq!(
            fault.to_string(),
            "column app_usages_used of users_quota should be a whole number or null"
        );
    }

    proptest! {
        #[test]
        fn check_agrees_with_level_for_any_numbers(used: i64, limit: i64) {
            let counter = Counter { used, limit };
            prop_assert_eq!(counter.check().allowed, counter.level() != Level::Exhausted);
            prop_assert!((0.0..=100.0).contains(&counter.percentage()));
        }

        #[test]
        fn using_one_more_never_makes_the_level_calmer(used in 0..10_000_i64, limit in 0..10_000_i64) {
            let (before, after) = (Counter { used, limit }, Counter { used: used + 1, limit });
            prop_assert!(before.level() <= after.level());
        }

        #[test]
        fn a_row_of_all_kinds_reads_back(numbers in proptest::array::uniform8(any::<i32>())) {
            let mut columns = Map::new();
            for (kind, pair) in Kind::ALL.into_iter().zip(numbers.chunks(2)) {
                columns.insert(kind.used_column(), pair[0].into());
                columns.insert(kind.limit_column(), pair[1].into());
            }
            let quota = Quota::from_row(&columns).unwrap();
            for (kind, pair) in Kind::ALL.into_iter().zip(numbers.chunks(2)) {
                prop_assert_eq!(quota.get(kind), Some(Counter { used: pair[0].into(), limit: pair[1].into() }));
            }
        }
    }
}
