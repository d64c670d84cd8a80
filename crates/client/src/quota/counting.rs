//! Counting one unit from here: uses of an app, the one kind that no edge route counts.
//!
//! The project's own function does it in one statement and never past the limit. A project without it
//! lets people write their row, under the optimistic lock. What may have been counted is never sent
//! again; what certainly was not, is.

use std::time::Duration;

use flowmeter_domain::ipc::Account;
use flowmeter_domain::{Check, Code, Kind, UiError};
use flowmeter_supabase::Caller;
use secrecy::SecretString;

use super::{Quotas, watch::chance};
use crate::sent::Sent;
use crate::session::FOR_A_REQUEST;

/// How often a lost race for the row is run again.
const ATTEMPTS: u32 = 3;
/// The wait before the second attempt; doubles, with as much again by chance.
const FIRST_WAIT: Duration = Duration::from_millis(50);

impl Quotas {
    /// Checks `kind` and uses one unit of it. The new numbers are read and told behind this. By `sent`
    /// it can be seen at any time, also after an error, whether a unit may have been counted.
    ///
    /// # Errors
    /// `QUOTA_EXCEEDED` with the numbers, and nothing was used; `INVALID_INPUT` for a kind that the
    /// server counts; `CONFLICT` when the row changed under each attempt.
    pub(crate) async fn check_and_use(&self, kind: Kind, sent: &Sent) -> Result<Check, UiError> {
        if kind != Kind::AppUsages {
            return Err(UiError::new(Code::InvalidInput, format!("{} is counted by the edge", kind.name())));
        }
        let account = self.0.session.account().ok_or_else(super::signed_out)?;
        let used = self.use_one(&account, kind, sent).await;
        let quotas = self.clone();
        tokio::spawn(async move { quotas.refresh().await });
        used.and_then(|check| if check.allowed { Ok(check) } else { Err(exceeded(kind, check)) })
    }

    /// A session that the server refuses is renewed once: a refused call has counted nothing.
    async fn use_one(&self, account: &Account, kind: Kind, sent: &Sent) -> Result<Check, UiError> {
        let mut refused_before = false;
        loop {
            let token = self.0.session.credentials(FOR_A_REQUEST).await?.access_token;
            match self.attempt_to_use(account, kind, &token, sent).await {
                Err(error) if error.is_unauthorized() && !refused_before => {
                    refused_before = true;
                    self.0.session.distrust(&token);
                }
                Err(error) => return Err(error.into()),
                Ok(Some(check)) => return Ok(check),
                Ok(None) => {
                    return Err(UiError::new(
                        Code::Conflict,
                        "the quota changed under each of three attempts",
                    ));
                }
            }
        }
    }

    /// `None` when others were faster at each attempt.
    async fn attempt_to_use(
        &self,
        account: &Account,
        kind: Kind,
        token: &SecretString,
        sent: &Sent,
    ) -> Result<Option<Check>, flowmeter_supabase::Error> {
        sent.set(true);
        let consumed = self.0.supabase.consume_app_usage(Caller::User(token)).await;
        sent.set(may_count(&consumed, |check| check.allowed));
        match consumed {
            Err(error) if error.is_missing_function() => {}
            answered => return answered.map(Some),
        }
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                tokio::time::sleep(wait_before(attempt)).await;
            }
            if let Some(check) = self.use_under_lock(account, kind, token, sent).await? {
                return Ok(Some(check));
            }
        }
        Ok(None)
    }

    /// One read and one guarded write. `None` when somebody else was faster.
    async fn use_under_lock(
        &self,
        account: &Account,
        kind: Kind,
        token: &SecretString,
        sent: &Sent,
    ) -> Result<Option<Check>, flowmeter_supabase::Error> {
        let (caller, user) = (Caller::User(token), account.user_id);
        let Some(row) = self.0.supabase.quota_row(caller, user).await? else {
            return Ok(Some(Check::CLOSED));
        };
        let check = row.quota.check(kind);
        if !check.allowed {
            return Ok(Some(check));
        }
        sent.set(true);
        let counted = self.0.supabase.count_one(caller, user, &row, kind).await;
        sent.set(may_count(&counted, Option::is_some));
        // The unit was there before it was used: this answer is about the one that was asked for.
        Ok(counted?.map(|row| Check { allowed: true, ..row.quota.check(kind) }))
    }
}

/// Whether a unit may have been counted, by what came of asking for it.
fn may_count<T>(answer: &Result<T, flowmeter_supabase::Error>, is_counted: impl FnOnce(&T) -> bool) -> bool {
    let is_open = |code| {
        matches!(code, Code::TimedOut | Code::Unreachable | Code::ServerFailed | Code::UnexpectedAnswer)
    };
    match answer {
        Ok(answer) => is_counted(answer),
        Err(error) => !error.was_not_sent() && is_open(error.code()),
    }
}

pub(super) fn exceeded(kind: Kind, check: Check) -> UiError {
    UiError::new(Code::QuotaExceeded, format!("{}: {}/{}", kind.name(), check.used, check.limit))
}

/// Exponential, with jitter, so that those who collided do not collide again.
fn wait_before(attempt: u32) -> Duration {
    let base = FIRST_WAIT * 2_u32.pow(attempt - 1);
    base + base.mul_f64(chance())
}
