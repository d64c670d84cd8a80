//! Counting without the project's functions: read the row, write it if it is still the one that was read.
//!
//! Exact about the limit, but with two weaknesses that reservation does not have: many callers may pass the
//! check at once and all but a few are refused at the charge, and a repeated request is not recognised.

use std::time::Duration;

use flowmeter_domain::{Check, Kind};
use flowmeter_supabase::{Caller, QuotaRow};
use uuid::Uuid;

use super::Quotas;
use crate::error::ApiError;

/// How often a lost race for the row is run again.
const ATTEMPTS: u32 = 3;
/// The wait before the second attempt; doubles, with as much again by chance.
const FIRST_WAIT: Duration = Duration::from_millis(50);

impl Quotas {
    /// What is left for `user`. Fails closed: no row and a failed read refuse.
    pub(super) async fn check(&self, user: Uuid, kind: Kind) -> Check {
        match self.row(user).await {
            Ok(row) => row.map_or(Check::CLOSED, |row| row.quota.check(kind)),
            Err(error) => {
                tracing::error!(%error, "the quota could not be read; refusing");
                Check::CLOSED
            }
        }
    }

    /// Counts one unit: exactly once, and never past the limit.
    ///
    /// # Errors
    /// [`ApiError::QuotaExceeded`] when others used the last unit meanwhile, and
    /// [`ApiError::NotCounted`] when the row could not be read or won in three attempts.
    pub(super) async fn increment(&self, user: Uuid, kind: Kind) -> Result<(), ApiError> {
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                tokio::time::sleep(wait_before(FIRST_WAIT, attempt)).await;
            }
            if self.attempt(user, kind).await? {
                return Ok(());
            }
            tracing::debug!(attempt, "another request changed the row first");
        }
        tracing::warn!(attempts = ATTEMPTS, "the unit could not be counted: the row kept changing");
        Err(ApiError::NotCounted)
    }

    /// One read and one guarded write; `false` when another request was faster.
    async fn attempt(&self, user: Uuid, kind: Kind) -> Result<bool, ApiError> {
        let not_counted = |error| {
            tracing::error!(%error, "the unit could not be counted");
            ApiError::NotCounted
        };
        let Some(row) = self.row(user).await.map_err(not_counted)? else {
            return Err(exceeded(kind, Check::CLOSED));
        };
        let check = row.quota.check(kind);
        if !check.allowed {
            return Err(exceeded(kind, check));
        }
        let counted = self.0.supabase.count_one(self.caller(), user, &row, kind).await;
        counted.map(|row| row.is_some()).map_err(not_counted)
    }

    async fn row(&self, user: Uuid) -> Result<Option<QuotaRow>, flowmeter_supabase::Error> {
        self.0.supabase.quota_row(self.caller(), user).await
    }

    pub(super) fn caller(&self) -> Caller<'_> {
        Caller::ServiceRole(&self.0.key)
    }
}

/// The refusal, with the numbers that closed the quota.
pub(super) fn exceeded(kind: Kind, check: Check) -> ApiError {
    ApiError::QuotaExceeded { kind, check }
}

/// Exponential, with jitter from a random id, so that those who collided do not collide again.
pub(super) fn wait_before(first: Duration, attempt: u32) -> Duration {
    let base = first * 2_u32.pow(attempt - 1);
    base + base.mul_f64(f64::from(Uuid::new_v4().as_bytes()[0]) / 255.0)
}
