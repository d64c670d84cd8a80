//! Two programs on one data folder: the app, and the command line beside it.
//!
//! A refresh token is good for one use, so two programs that trade it at once get in each other's way.
//! Whoever holds the [`Claim`] refreshes; the other asks it for a reading and finds that in the store.
//! The claim is a lock of the operating system on a file and ends with its process, however that ends.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use flowmeter_domain::ipc::QuotaState;
use flowmeter_domain::{Code, UiError};

use crate::Client;

const FILE: &str = "session.lock";
/// How long the app waits for a command line that is reading just now.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often a condition of another program is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// The right to refresh the sessions of a data folder; dropped, it is free again. Cheap to clone.
#[derive(Clone)]
pub struct Claim {
    /// Held for its lock.
    _file: Arc<File>,
}

impl Claim {
    /// `None` when another program has it.
    fn take(folder: &Path) -> Result<Option<Self>, UiError> {
        let failed = |error: std::io::Error| UiError::new(Code::StoreFailed, format!("{FILE}: {error}"));
        let file = File::options().create(true).truncate(false).write(true).open(folder.join(FILE));
        let file = file.map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: Arc::new(file) })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}

impl Client {
    /// The right to refresh sessions, if no other program has it.
    ///
    /// # Errors
    /// `STORE_FAILED` when the data folder cannot be used.
    pub fn claim(&self) -> Result<Option<Claim>, UiError> {
        Claim::take(self.store.folder())
    }

    /// Waits for the right to refresh sessions. After some seconds, or where files cannot be locked,
    /// goes on without: the server forgives a token that is used twice within ten seconds.
    pub(crate) async fn wait_for_claim(&self) -> Option<Claim> {
        let claim = async {
            loop {
                match self.claim() {
                    Ok(Some(claim)) => return Some(claim),
                    Ok(None) => tokio::time::sleep(LOOK).await,
                    Err(_) => return None,
                }
            }
        };
        let claim = tokio::time::timeout(PATIENCE, claim).await.ok().flatten();
        if claim.is_none() {
            tracing::warn!("another program may refresh the session at the same time");
        }
        claim
    }

    /// Asks the app for a reading and waits for it; `false` when none comes in time.
    ///
    /// # Errors
    /// `STORE_FAILED`, `NOT_SIGNED_IN`.
    pub async fn ask_the_app(&self, patience: Duration) -> Result<bool, UiError> {
        let (desk, account) = self.signed_in()?;
        let stored = || self.store.snapshot(&desk.key.project, &account);
        let taken_at = || stored().map(|snapshot| snapshot.map(|snapshot| snapshot.taken_at));
        let before = taken_at()?;
        self.store.wish().map_err(|error| UiError::new(Code::StoreFailed, error.to_string()))?;
        let reading = async {
            while taken_at()? == before {
                tokio::time::sleep(LOOK).await;
            }
            Ok(true)
        };
        tokio::time::timeout(patience, reading).await.unwrap_or(Ok(false))
    }

    /// The last reading that any program stored for the shown account.
    ///
    /// # Errors
    /// `NOT_SIGNED_IN`.
    pub fn stored(&self) -> Result<QuotaState, UiError> {
        let (desk, account) = self.signed_in()?;
        Ok(desk.quotas.stored(&account))
    }

    /// Waits until the newest refresh token is in the key store, or cannot be put there: for a program
    /// that is about to end.
    pub async fn settled(&self) {
        let Some(desk) = self.desks.shown() else { return };
        while desk.session.is_settling() {
            tokio::time::sleep(LOOK).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_program_at_a_time_has_the_claim() {
        let dir = tempfile::tempdir().unwrap();
        let first = Claim::take(dir.path()).unwrap();
        assert!(first.is_some());
        assert!(Claim::take(dir.path()).unwrap().is_none());
        drop(first);
        assert!(Claim::take(dir.path()).unwrap().is_some());
    }
}
