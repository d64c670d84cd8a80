//! PostgREST (`/rest/v1/users_quota`) for administrators: counters set back, limits set.
//!
//! With the service role's key only; people write nothing in their row.

use flowmeter_domain::Kind;
use reqwest::Method;
use secrecy::SecretString;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{QuotaRow, path};
use crate::{Caller, Error, Supabase};

impl Supabase {
    /// Sets the counter of `kinds` to 0, all in one statement.
    ///
    /// # Errors
    /// When the write failed. `None` when the person has no row.
    pub async fn reset_used(
        &self,
        key: &SecretString,
        user_id: Uuid,
        kinds: &[Kind],
    ) -> Result<Option<QuotaRow>, Error> {
        self.set(key, user_id, kinds.iter().map(|kind| (kind.used_column(), 0.into())).collect()).await
    }

    /// Sets the limits of the given kinds, all in one statement.
    ///
    /// # Errors
    /// As [`Supabase::reset_used`].
    pub async fn set_limits(
        &self,
        key: &SecretString,
        user_id: Uuid,
        limits: &[(Kind, u32)],
    ) -> Result<Option<QuotaRow>, Error> {
        let columns = limits.iter().map(|(kind, limit)| (kind.limit_column(), (*limit).into()));
        self.set(key, user_id, columns.collect()).await
    }

    /// The rows are asked for: a PATCH that matches nothing looks like success otherwise.
    async fn set(
        &self,
        key: &SecretString,
        user_id: Uuid,
        columns: Map<String, Value>,
    ) -> Result<Option<QuotaRow>, Error> {
        let path = path([("user_id", format!("eq.{user_id}"))]);
        let request = self.request(Method::PATCH, &path, Caller::ServiceRole(key))?;
        let request = request.header("Prefer", "return=representation").json(&columns);
        let rows: Vec<Map<String, Value>> = self.send(request).await?;
        rows.first().map(QuotaRow::from_json).transpose()
    }
}
