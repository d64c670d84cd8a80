//! The system's key store: Keychain, Credential Manager, or the Secret Service.
//!
//! Behind the feature `keychain`: for the programs that people run, which all read and write the same entries.

use keyring::{Entry, Error};
use secrecy::{ExposeSecret, SecretString};

use super::{SecretError, SecretStore, check_size};

/// Under which name the system shows our entries.
const SERVICE: &str = "dev.flowmeter.app";

/// The key store of the person who runs the program.
pub struct Keychain;

impl SecretStore for Keychain {
    fn get(&self, name: &str) -> Result<Option<SecretString>, SecretError> {
        match entry(name)?.get_password() {
            Ok(secret) => Ok(Some(secret.into())),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(named(&error)),
        }
    }

    fn set(&self, name: &str, secret: &SecretString) -> Result<(), SecretError> {
        check_size(secret)?;
        entry(name)?.set_password(secret.expose_secret()).map_err(|error| named(&error))
    }

    fn remove(&self, name: &str) -> Result<(), SecretError> {
        match entry(name)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(named(&error)),
        }
    }
}

fn entry(name: &str) -> Result<Entry, SecretError> {
    Entry::new(SERVICE, name).map_err(|error| named(&error))
}

fn named(error: &Error) -> SecretError {
    // Debug output of some variants holds the secret's bytes: only the kind is logged.
    let named = match error {
        Error::NoDefaultStore => SecretError::Absent,
        Error::NoStorageAccess(_) => SecretError::Locked,
        Error::TooLong(..) => SecretError::TooLarge,
        _ => SecretError::Refused,
    };
    tracing::warn!(kind = %named, "the key store did not do as asked");
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_of_the_key_store_has_its_own_kind() {
        assert_eq!(named(&Error::NoDefaultStore), SecretError::Absent);
        assert_eq!(named(&Error::NoStorageAccess("locked".into())), SecretError::Locked);
        assert_eq!(named(&Error::TooLong("secret".into(), 2560)), SecretError::TooLarge);
        assert_eq!(named(&Error::PlatformFailure("no".into())), SecretError::Refused);
    }
}
