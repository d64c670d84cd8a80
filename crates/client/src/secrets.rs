//! Where the refresh token is kept between two launches.
//!
//! One short secret an account and nothing else: Windows holds 1280 characters an entry, so a whole
//! session would not fit. The real store is `Keychain`; [`MemorySecrets`] is for tests and for
//! programs that ask nobody.

#[cfg(feature = "keychain")]
mod keychain;

#[cfg(feature = "keychain")]
pub use keychain::Keychain;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use flowmeter_domain::{Code, UiError};
use secrecy::{ExposeSecret, SecretString};

/// The longest secret that every system's key store takes, with room to spare.
pub const LONGEST: usize = 1200;

/// Why a key store did not do as asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// This system has none.
    #[error("this system has no key store that answers")]
    Absent,
    /// It is locked and was not unlocked.
    #[error("the key store is locked")]
    Locked,
    /// It refused, or failed in a way that we cannot name.
    #[error("the key store refused")]
    Refused,
    /// The secret is longer than [`LONGEST`].
    #[error("the secret is too large for a key store")]
    TooLarge,
}

impl From<SecretError> for UiError {
    fn from(error: SecretError) -> Self {
        let code = match error {
            SecretError::Absent => Code::KeychainAbsent,
            SecretError::Locked => Code::KeychainLocked,
            SecretError::Refused => Code::KeychainRefused,
            SecretError::TooLarge => Code::KeychainTooLarge,
        };
        UiError::new(code, error.to_string())
    }
}

/// A key store. Calls may block for as long as a person takes to unlock it.
pub trait SecretStore: Send + Sync + 'static {
    /// The secret under `name`, if there is one.
    ///
    /// # Errors
    /// [`SecretError`] when the store could not be asked, which says nothing about the secret.
    fn get(&self, name: &str) -> Result<Option<SecretString>, SecretError>;

    /// Puts a secret under `name`, updating an entry in place: deleting and creating it again would
    /// lose its access list on macOS, and the prompts would come back.
    ///
    /// # Errors
    /// [`SecretError`]; what was there before is still there.
    fn set(&self, name: &str, secret: &SecretString) -> Result<(), SecretError>;

    /// Removes the secret under `name`; one that is not there is fine.
    ///
    /// # Errors
    /// [`SecretError`] when the secret may still be there.
    fn remove(&self, name: &str) -> Result<(), SecretError>;
}

/// Refuses what some system's key store would not hold.
///
/// # Errors
/// [`SecretError::TooLarge`] above [`LONGEST`] characters.
pub fn check_size(secret: &SecretString) -> Result<(), SecretError> {
    let fits = secret.expose_secret().chars().count() <= LONGEST;
    fits.then_some(()).ok_or(SecretError::TooLarge)
}

/// Secrets in memory: gone with the process.
#[derive(Default)]
pub struct MemorySecrets(Mutex<HashMap<String, SecretString>>);

impl MemorySecrets {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, SecretString>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SecretStore for MemorySecrets {
    fn get(&self, name: &str) -> Result<Option<SecretString>, SecretError> {
        Ok(self.lock().get(name).cloned())
    }

    fn set(&self, name: &str, secret: &SecretString) -> Result<(), SecretError> {
        check_size(secret)?;
        self.lock().insert(name.to_owned(), secret.clone());
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<(), SecretError> {
        self.lock().remove(name);
        Ok(())
    }
}
