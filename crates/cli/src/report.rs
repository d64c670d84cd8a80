//! The JSON form, version 1: `docs/command-line.md`.

use flowmeter_client::domain::{Freshness, Level, UiError};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::reading::Reading;

/// Raised when a field changes its meaning or goes; a new field does not raise it.
const SCHEMA: u32 = 1;

/// A reading at `now`.
pub(crate) fn of(reading: &Reading, now: Timestamp) -> Value {
    let Reading { account, project, source, snapshot, cause, .. } = reading;
    json!({
        "schema": SCHEMA,
        "project": project,
        "account": account.email,
        "source": source,
        "taken_at": snapshot.taken_at,
        "age_seconds": snapshot.age(now).as_secs(),
        "outdated": snapshot.freshness(now) == Freshness::Outdated,
        "cause": cause.as_ref().map(|cause| cause.code),
        "level": reading.level(),
        "quotas": quotas(reading),
    })
}

/// No reading, and why.
pub(crate) fn of_error(error: &UiError) -> Value {
    json!({"schema": SCHEMA, "error": {"code": error.code, "message": error.message}})
}

fn quotas(reading: &Reading) -> Vec<Value> {
    let quotas = reading.snapshot.quota.0.iter().map(|(kind, counter)| {
        let level: Level = counter.level();
        json!({
            "kind": kind,
            "used": counter.used,
            "limit": counter.limit,
            "remaining": counter.remaining(),
            "percentage": counter.percentage(),
            "level": level,
            "forecast": reading.forecasts.get(kind),
        })
    });
    quotas.collect()
}

#[cfg(test)]
mod tests {
    use flowmeter_client::domain::ipc::Account;
    use flowmeter_client::domain::{Code, Counter, Forecast, Kind, Quota, Snapshot};

    use super::*;
    use crate::reading::Source;

    #[test]
    fn the_json_form_is_the_documented_one() {
        let account: Account = serde_json::from_value(
            json!({"user_id": "00000000-0000-0000-0000-000000000007", "email": "mei@example.com"}),
        )
        .unwrap();
        let taken_at = Timestamp::from_second(1_800_000_000).unwrap();
        let quota = Quota([(Kind::LlmExecutions, Counter { used: 95, limit: 100 })].into());
        let lasts = Forecast::Lasts { days: 2, soonest: 1, latest: Some(3), per_week: 18 };
        let reading = Reading {
            account,
            project: "abcd.supabase.co".to_owned(),
            source: Source::Stored,
            snapshot: Snapshot { quota, taken_at },
            forecasts: [(Kind::LlmExecutions, lasts)].into(),
            cause: Some(UiError::new(Code::Unreachable, "offline")),
        };
        let now = Timestamp::from_second(1_800_000_720).unwrap();
        assert_eq!(
            of(&reading, now),
            json!({
                "schema": 1, "project": "abcd.supabase.co", "account": "mei@example.com",
                "source": "stored", "taken_at": "2027-01-15T08:00:00Z", "age_seconds": 720, "outdated": true,
                "cause": "UNREACHABLE", "level": "low",
                "quotas": [{
                    "kind": "llm_executions", "used": 95, "limit": 100, "remaining": 5, "percentage": 95.0,
                    "level": "low",
                    "forecast": {"state": "lasts", "days": 2, "soonest": 1, "latest": 3, "per_week": 18},
                }],
            })
        );
    }
}
