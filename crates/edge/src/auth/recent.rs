//! Tokens whose signature was found good a moment ago.
//!
//! A person sends the same token for an hour, and to verify one that is signed with a published key costs
//! as much as the rest of a request. An entry holds for the token to the last byte, for the very key that
//! verified it (keys that are fetched anew are other keys) and until the token ends. Tokens are not kept,
//! only their digests.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::token::Key;

/// How many tokens are remembered: some megabytes.
const MOST: usize = 16_384;

/// See the module.
#[derive(Default)]
pub(super) struct Recent(Mutex<HashMap<Print, Found>>);

/// What stands for a token.
pub(super) type Print = [u8; 32];

struct Found {
    user: Uuid,
    /// In Unix seconds.
    ends: u64,
    key: Key,
}

/// The digest of `token`.
pub(super) fn print(token: &str) -> Print {
    Sha256::digest(token).into()
}

impl Recent {
    /// Whom the token stands for, if `key` verified it before and it has not ended at `now`.
    pub(super) fn find(&self, print: &Print, key: &Key, now: u64) -> Option<Uuid> {
        let found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = found.get(print).filter(|found| Arc::ptr_eq(&found.key, key) && now < found.ends)?;
        Some(found.user)
    }

    /// Remembers that `key` verified the token at `now`, until `ends`.
    pub(super) fn note(&self, print: Print, user: Uuid, key: &Key, ends: u64, now: u64) {
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if found.len() >= MOST {
            found.retain(|_, found| now < found.ends);
        }
        if found.len() >= MOST {
            found.clear();
        }
        found.insert(print, Found { user, ends, key: key.clone() });
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{Algorithm, DecodingKey};

    use super::*;

    fn key() -> Key {
        Arc::new((Algorithm::HS256, DecodingKey::from_secret(b"secret")))
    }

    #[test]
    fn an_entry_holds_for_its_token_its_key_and_its_time() {
        let (recent, key, user) = (Recent::default(), key(), Uuid::new_v4());
        recent.note(print("a.b.c"), user, &key, 100, 7);
        assert_eq!(recent.find(&print("a.b.c"), &key, 99), Some(user));
        assert_eq!(recent.find(&print("a.b.c"), &key, 100), None);
        assert_eq!(recent.find(&print("a.b.C"), &key, 99), None);
        assert_eq!(recent.find(&print("a.b.c"), &self::key(), 99), None, "the same secret, fetched anew");
    }

    #[test]
    fn it_does_not_grow_for_ever_and_forgets_what_ended_first() {
        let (recent, key, user) = (Recent::default(), key(), Uuid::new_v4());
        for count in 0..MOST {
            let ends = if count == 0 { 1000 } else { 10 };
            recent.note(print(&count.to_string()), user, &key, ends, 0);
        }
        recent.note(print("new"), user, &key, 1000, 50);
        assert_eq!(recent.0.lock().unwrap().len(), 2);
        assert_eq!(recent.find(&print("0"), &key, 50), Some(user));
    }
}
