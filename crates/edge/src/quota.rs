//! One unit of a quota, from the check before the work to the charge after it.
//!
//! A route asks [`Quotas::open`] for a [`Unit`] and commits it once, after success; a unit that is
//! dropped was never charged. Behind this stands the table's optimistic lock; a reservation in
//! front of it changes nothing for the routes.

use std::time::Duration;

use flowmeter_domain::{Check, Kind};
use flowmeter_supabase::{Caller, QuotaRow, Supabase};
use secrecy::SecretString;
use uuid::Uuid;

use crate::error::ApiError;

/// How often a lost race for the row is run again.
const ATTEMPTS: u32 = 3;
/// The wait before the second attempt; doubles, with as much again by chance.
const FIRST_WAIT: Duration = Duration::from_millis(50);

/// The quota table, seen with the service role.
#[derive(Clone)]
pub(crate) struct Quotas {
    supabase: Supabase,
    key: SecretString,
}

/// A unit that may be used.
pub(crate) struct Unit {
    quotas: Quotas,
    user: Uuid,
    kind: Kind,
}

impl Quotas {
    pub(crate) fn new(supabase: Supabase, key: SecretString) -> Self {
        Self { supabase, key }
    }

    /// Checks that `user` has a unit of `kind` left. Fails closed: no row and a failed read refuse.
    pub(crate) async fn open(&self, user: Uuid, kind: Kind) -> Result<Unit, ApiError> {
        let check = match self.row(user).await {
            Ok(row) => row.map_or(Check::CLOSED, |row| row.quota.check(kind)),
            Err(error) => {
                tracing::error!(%error, "the quota could not be read; refusing");
                Check::CLOSED
            }
        };
        if !check.allowed {
            return Err(ApiError::QuotaExceeded { kind, check });
        }
        Ok(Unit { quotas: self.clone(), user, kind })
    }

    async fn row(&self, user: Uuid) -> Result<Option<QuotaRow>, flowmeter_supabase::Error> {
        self.supabase.quota_row(Caller::ServiceRole(&self.key), user).await
    }
}

impl Unit {
    /// Counts the unit: exactly once, and never past the limit.
    ///
    /// # Errors
    /// [`ApiError::QuotaExceeded`] when others used the last unit meanwhile, and
    /// [`ApiError::NotCounted`] when the row could not be read or won in three attempts.
    pub(crate) async fn commit(self) -> Result<(), ApiError> {
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                tokio::time::sleep(wait_before(attempt)).await;
            }
            match self.attempt().await {
                Ok(true) => return Ok(()),
                Ok(false) => tracing::debug!(attempt, "another request changed the row first"),
                Err(error) => return Err(error),
            }
        }
        tracing::warn!(attempts = ATTEMPTS, "the unit could not be counted: the row kept changing");
        Err(ApiError::NotCounted)
    }

    /// One read and one guarded write; `false` when another request was faster.
    async fn attempt(&self) -> Result<bool, ApiError> {
        let not_counted = |error| {
            tracing::error!(%error, "the unit could not be counted");
            ApiError::NotCounted
        };
        let Some(row) = self.quotas.row(self.user).await.map_err(not_counted)? else {
            return Err(ApiError::QuotaExceeded { kind: self.kind, check: Check::CLOSED });
        };
        let check = row.quota.check(self.kind);
        if !check.allowed {
            return Err(ApiError::QuotaExceeded { kind: self.kind, check });
        }
        let caller = Caller::ServiceRole(&self.quotas.key);
        let counted = self.quotas.supabase.count_one(caller, self.user, &row, self.kind).await;
        counted.map(|row| row.is_some()).map_err(not_counted)
    }
}

/// Exponential, with jitter from a random id, so that those who collided do not collide again.
fn wait_before(attempt: u32) -> Duration {
    let base = FIRST_WAIT * 2_u32.pow(attempt - 1);
    base + base.mul_f64(f64::from(Uuid::new_v4().as_bytes()[0]) / 255.0)
}
