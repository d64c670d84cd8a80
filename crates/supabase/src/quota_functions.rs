//! PostgREST (`/rest/v1/rpc/quota_*`): reserving, committing and releasing one unit, each in one round trip.
//!
//! All three may be sent again with the same request id: the database counts it once.

use std::time::Duration;

use flowmeter_domain::{Check, Kind};
use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Caller, Error, Supabase};

mod together;

pub use together::NewRequest;

/// PostgREST's code for a function that does not exist.
const NO_FUNCTION: &str = "PGRST202";

/// What became of a request for a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RequestState {
    /// It holds a unit.
    Reserved,
    /// Its unit is counted.
    Committed,
    /// Its unit went back.
    Released,
    /// Its lease ended first.
    Expired,
    /// It got none.
    Refused,
    /// Nobody asked for it, or it is forgotten.
    Unknown,
}

/// The answer to a reservation.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Reservation {
    /// Whether the request holds a unit.
    pub allowed: bool,
    /// Units counted so far.
    pub used: i64,
    /// Units in all.
    pub limit: i64,
    /// What became of the request.
    pub state: RequestState,
    /// The same request was here before; then nothing was reserved now.
    pub duplicate: bool,
}

impl Reservation {
    /// The numbers as a check. Closed when refused, also where units are left that others hold.
    pub fn check(&self) -> Check {
        let (used, limit) = (self.used, self.limit);
        Check { allowed: self.allowed, used, limit, remaining: limit.saturating_sub(used) }
    }
}

impl Supabase {
    /// Reserves one unit of `kind` for `request`, for as long as `lease`.
    ///
    /// # Errors
    /// When the call failed; [`Error::is_missing_function`] when the project cannot do this.
    pub async fn quota_reserve(
        &self,
        caller: Caller<'_>,
        user_id: Uuid,
        kind: Kind,
        request: Uuid,
        lease: Duration,
    ) -> Result<Reservation, Error> {
        let lease = interval(lease);
        let arguments = json!({"p_user": user_id, "p_kind": kind, "p_request": request, "p_lease": lease});
        self.rpc(caller, "quota_reserve", &arguments).await
    }

    /// Counts the unit of `request`; once, however often it is asked.
    ///
    /// # Errors
    /// As [`Supabase::quota_reserve`].
    pub async fn quota_commit(&self, caller: Caller<'_>, request: Uuid) -> Result<RequestState, Error> {
        let answer: Settled = self.rpc(caller, "quota_commit", &json!({"p_request": request})).await?;
        Ok(answer.state)
    }

    /// Gives the unit of `request` back; after a commit this changes nothing.
    ///
    /// # Errors
    /// As [`Supabase::quota_reserve`].
    pub async fn quota_release(&self, caller: Caller<'_>, request: Uuid) -> Result<RequestState, Error> {
        let answer: Settled = self.rpc(caller, "quota_release", &json!({"p_request": request})).await?;
        Ok(answer.state)
    }

    /// Uses one of the caller's own app uses, never past the limit; refused when there is none left.
    ///
    /// # Errors
    /// As [`Supabase::quota_reserve`]. After one that says nothing about whether the call arrived, the
    /// unit may be used.
    pub async fn consume_app_usage(&self, caller: Caller<'_>) -> Result<Check, Error> {
        self.rpc(caller, "consume_app_usage", &json!({})).await
    }

    async fn rpc<T: DeserializeOwned>(
        &self,
        caller: Caller<'_>,
        name: &str,
        arguments: &Value,
    ) -> Result<T, Error> {
        let request = self.request(Method::POST, &format!("rest/v1/rpc/{name}"), caller)?;
        self.send(request.json(arguments)).await
    }
}

impl Error {
    /// Whether the project has no such function.
    pub fn is_missing_function(&self) -> bool {
        self.server_code() == Some(NO_FUNCTION)
    }
}

#[derive(Deserialize)]
struct Settled {
    state: RequestState,
}

/// As PostgreSQL reads it.
fn interval(lease: Duration) -> String {
    format!("{} seconds", lease.as_secs_f64())
}
