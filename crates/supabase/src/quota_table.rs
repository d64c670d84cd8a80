//! PostgREST (`/rest/v1/users_quota`): reading one row, counting one unit under an optimistic lock.

mod admin;

use flowmeter_domain::{Kind, Quota};
use reqwest::Method;
use serde_json::{Map, Value, json};
use url::form_urlencoded::Serializer;
use uuid::Uuid;

use crate::{Caller, Error, Supabase};

/// PostgREST's code for "one row was asked for, and there are none or several".
const NOT_ONE_ROW: &str = "PGRST116";

/// A row of `users_quota` with its lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotaRow {
    /// The counters.
    pub quota: Quota,
    /// The lock, exactly as the server wrote it: re-formatted it would not match.
    updated_at: String,
}

impl QuotaRow {
    fn from_json(row: &Map<String, Value>) -> Result<Self, Error> {
        let updated_at = row.get("updated_at").and_then(Value::as_str).unwrap_or_default();
        Ok(Self { quota: Quota::from_row(row)?, updated_at: updated_at.to_owned() })
    }
}

impl Supabase {
    /// The quota row of `user_id`; `None` when there is none, or none that the caller may see.
    ///
    /// # Errors
    /// When the read failed: unlike `None` this says nothing about the row.
    pub async fn quota_row(&self, caller: Caller<'_>, user_id: Uuid) -> Result<Option<QuotaRow>, Error> {
        let path = path([("select", "*".to_owned()), ("user_id", format!("eq.{user_id}"))]);
        let request = self.request(Method::GET, &path, caller)?;
        let request = request.header("Accept", "application/vnd.pgrst.object+json");
        match self.send::<Map<String, Value>>(request).await {
            Ok(row) => QuotaRow::from_json(&row).map(Some),
            Err(error) if error.server_code() == Some(NOT_ONE_ROW) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Counts one unit of `kind` if the row is still the one that was read.
    ///
    /// `None` when it is not: somebody was faster, read again. The rows are asked for, because a
    /// PATCH that matches nothing looks like success otherwise.
    ///
    /// # Errors
    /// When the write failed, or `kind` is not in the row.
    pub async fn count_one(
        &self,
        caller: Caller<'_>,
        user_id: Uuid,
        row: &QuotaRow,
        kind: Kind,
    ) -> Result<Option<QuotaRow>, Error> {
        let used = row.quota.check(kind).used + 1;
        let path =
            path([("user_id", format!("eq.{user_id}")), ("updated_at", format!("eq.{}", row.updated_at))]);
        let request = self.request(Method::PATCH, &path, caller)?.header("Prefer", "return=representation");
        let rows: Vec<Map<String, Value>> =
            self.send(request.json(&json!({ kind.used_column(): used }))).await?;
        rows.first().map(QuotaRow::from_json).transpose()
    }
}

/// Form encoding writes `+` as `%2B`; a bare `+` in a filter value would mean space.
fn path<const N: usize>(query: [(&str, String); N]) -> String {
    let query = Serializer::new(String::new()).extend_pairs(query).finish();
    format!("rest/v1/users_quota?{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plus_in_the_lock_is_encoded() {
        let path = path([("updated_at", "eq.2026-01-02T03:04:05.678901+00:00".to_owned())]);
        assert_eq!(path, "rest/v1/users_quota?updated_at=eq.2026-01-02T03%3A04%3A05.678901%2B00%3A00");
    }
}
