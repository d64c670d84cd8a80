//! Several units in one call (`/rest/v1/rpc/quota_reserve_all` and `quota_commit_all`).
//!
//! What fails says nothing about any of them: each can then be asked for alone, by the same request id.

use std::collections::HashMap;
use std::time::Duration;

use flowmeter_domain::Kind;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{RequestState, Reservation, interval};
use crate::{Caller, Error, Supabase};

/// A unit that nobody asked for before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct NewRequest {
    /// The `auth.users` id.
    pub user: Uuid,
    /// Of which quota.
    pub kind: Kind,
    /// Chosen by chance: one that was asked for before is asked for alone.
    pub request: Uuid,
}

/// A row of either answer.
#[derive(Deserialize)]
struct Row<T> {
    request: Uuid,
    #[serde(flatten)]
    answer: T,
}

/// A row of the answer to commits.
#[derive(Deserialize)]
struct Settled {
    state: RequestState,
}

impl Supabase {
    /// Reserves a unit for each of `requests`, for as long as `lease`. The answers are in their order.
    ///
    /// # Errors
    /// As [`Supabase::quota_reserve`]; also when one of them had to wait for a row for too long.
    pub async fn quota_reserve_all(
        &self,
        caller: Caller<'_>,
        requests: &[NewRequest],
        lease: Duration,
    ) -> Result<Vec<Reservation>, Error> {
        let arguments = json!({"p_asked": requests, "p_lease": interval(lease)});
        let rows = self.rpc(caller, "quota_reserve_all", &arguments).await?;
        in_order(rows, requests.iter().map(|asked| asked.request))
    }

    /// Counts the unit of each of `requests`, once. The answers are in their order.
    ///
    /// # Errors
    /// As [`Supabase::quota_reserve_all`].
    pub async fn quota_commit_all(
        &self,
        caller: Caller<'_>,
        requests: &[Uuid],
    ) -> Result<Vec<RequestState>, Error> {
        let rows = self.rpc(caller, "quota_commit_all", &json!({"p_requests": requests})).await?;
        let settled: Vec<Settled> = in_order(rows, requests.iter().copied())?;
        Ok(settled.into_iter().map(|Settled { state }| state).collect())
    }
}

/// One answer for each that was asked; SQL gives no order by itself.
fn in_order<T>(rows: Vec<Row<T>>, asked: impl Iterator<Item = Uuid>) -> Result<Vec<T>, Error> {
    let mut answers: HashMap<_, _> = rows.into_iter().map(|row| (row.request, row.answer)).collect();
    let answers = asked.map(|request| answers.remove(&request));
    answers.collect::<Option<_>>().ok_or(Error::UnexpectedAnswer { status: 200 })
}
