//! The session's one secret on its way into the key store and out of it.
//!
//! Key stores block, sometimes until a person has unlocked them, so they are asked on threads of
//! their own, and nobody but a refresh without a token waits for them for long.

use std::time::Duration;

use flowmeter_domain::ipc::{Account, SessionState};
use flowmeter_domain::{Code, UiError};
use secrecy::SecretString;

use super::refresh::revoke;
use super::{Current, Left, Session, same, signed_out};
use crate::secrets::{SecretError, SecretStore};

/// How long a refresh that has a token waits to hear whether another program has a newer one.
const PEEK_LIMIT: Duration = Duration::from_secs(2);

impl Session {
    /// Takes the refresh token of an earlier launch out of the key store. Where there is none, or no
    /// key store that could hold one, the person has to sign in again.
    pub(super) async fn stored_token(
        &self,
        generation: u64,
        account: &Account,
    ) -> Result<SecretString, UiError> {
        let found = self.with_secrets(account, |secrets, name| secrets.get(name)).await;
        let mut current = self.current();
        if current.generation != generation {
            return Err(signed_out());
        }
        let gone = match found {
            Ok(Some(token)) => {
                current.refresh_token = Some(token.clone());
                current.stored = Some(token.clone());
                return Ok(token);
            }
            Ok(None) => UiError::new(Code::SessionEnded, "the key store holds no session"),
            Err(SecretError::Absent) => SecretError::Absent.into(),
            Err(other) => return Err(other.into()),
        };
        self.end(&mut current, gone.clone());
        Err(gone)
    }

    /// `own`, or what another program of ours (the command line) has put in its place since: the
    /// server takes reuse of an older token for theft.
    pub(super) async fn newest_token(
        &self,
        generation: u64,
        account: &Account,
        own: SecretString,
    ) -> SecretString {
        let is_stored = self.current().stored.as_ref().is_some_and(|stored| same(stored, &own));
        if !is_stored {
            return own;
        }
        let peek = self.with_secrets(account, |secrets, name| secrets.get(name));
        let Ok(Ok(Some(stored))) = tokio::time::timeout(PEEK_LIMIT, peek).await else { return own };
        let mut current = self.current();
        if current.generation == generation {
            current.refresh_token = Some(stored.clone());
            current.stored = Some(stored.clone());
        }
        stored
    }

    /// Puts the refresh token of `current` into the key store, behind everybody's back. The old
    /// token stays there until the new one has taken its place.
    pub(super) fn keep(&self, current: &Current, account: &Account) {
        let Some(token) = current.refresh_token.clone() else { return };
        let (session, generation, account) = (self.clone(), current.generation, account.clone());
        tokio::spawn(async move {
            let _in_turn = session.0.key_store.lock().await;
            if !session.current().holds(generation, &token) {
                return;
            }
            let written = token.clone();
            let kept = session.with_secrets(&account, move |secrets, name| secrets.set(name, &written)).await;
            session.note_kept(generation, token, kept.map_err(UiError::from));
        });
    }

    /// Whether a newer token than the stored one is on its way into the key store.
    pub(crate) fn is_settling(&self) -> bool {
        let current = self.current();
        let kept = |token| current.stored.as_ref().is_some_and(|stored| same(stored, token));
        let may_be_kept = matches!(current.state, SessionState::SignedIn { not_kept: None, .. });
        may_be_kept && current.refresh_token.as_ref().is_some_and(|token| !kept(token))
    }

    /// Takes a token that the server has ended out of the key store.
    pub(super) fn discard_token(&self, current: &Current) {
        let Some(account) = current.state.account().cloned() else { return };
        let session = self.clone();
        tokio::spawn(async move {
            let _in_turn = session.0.key_store.lock().await;
            if matches!(session.state(), SessionState::Ended { .. }) {
                // Left behind it is refused once more at the next launch, and nothing worse.
                let _ = session.with_secrets(&account, |secrets, name| secrets.remove(name)).await;
            }
        });
    }

    /// After a sign-out: empties the key store, then tells the server.
    pub(super) async fn erase(&self, left: Left) -> Result<(), UiError> {
        let Left { account, access, mut refresh } = left;
        let removed = {
            let _in_turn = self.0.key_store.lock().await;
            if access.is_none() && refresh.is_none() {
                // Without one of the two the server could not be told.
                refresh = self.with_secrets(&account, |secrets, name| secrets.get(name)).await.ok().flatten();
            }
            // Signed in again meanwhile: the entry is the new session's.
            match self.account() {
                Some(_) => Ok(()),
                None => self.with_secrets(&account, |secrets, name| secrets.remove(name)).await,
            }
        };
        tokio::spawn(revoke(self.0.supabase.clone(), access, refresh));
        removed.map_err(UiError::from)
    }

    fn note_kept(&self, generation: u64, token: SecretString, kept: Result<(), UiError>) {
        let mut current = self.current();
        if current.generation != generation {
            return;
        }
        let SessionState::SignedIn { account, .. } = current.state.clone() else { return };
        if kept.is_ok() {
            current.stored = Some(token);
        }
        let state = SessionState::SignedIn { account, not_kept: kept.err() };
        if current.state != state {
            current.state = state;
            self.tell(&current);
        }
    }

    /// Key stores block, sometimes until a person has unlocked them.
    pub(super) async fn with_secrets<T: Send + 'static>(
        &self,
        account: &Account,
        work: impl FnOnce(&dyn SecretStore, &str) -> Result<T, SecretError> + Send + 'static,
    ) -> Result<T, SecretError> {
        let secrets = self.0.secrets.clone();
        let name = format!("{}/{}", self.0.supabase.project().host(), account.user_id);
        let done = tokio::task::spawn_blocking(move || work(secrets.as_ref(), &name)).await;
        done.unwrap_or(Err(SecretError::Refused))
    }
}
