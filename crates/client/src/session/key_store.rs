//! The session's one secret on its way into the key store and out of it.
//!
//! Key stores block, sometimes until a person has unlocked them, so they are asked on threads of
//! their own, and nobody but a refresh without a token waits for them.

use flowmeter_domain::ipc::{Account, SessionState};
use flowmeter_domain::{Code, UiError};
use secrecy::SecretString;

use super::{Current, Session, signed_out};
use crate::secrets::{SecretError, SecretStore};

impl Session {
    /// Takes the refresh token of the account that was signed in last out of the key store.
    pub(super) async fn stored_token(
        &self,
        generation: u64,
        account: &Account,
    ) -> Result<SecretString, UiError> {
        let found = self.with_secrets(account, |secrets, name| secrets.get(name)).await?;
        let mut current = self.current();
        if current.generation != generation {
            return Err(signed_out());
        }
        let Some(token) = found else {
            let cause = UiError::new(Code::NotSignedIn, "the key store holds no session");
            self.end(&mut current, Some(cause.clone()));
            return Err(cause);
        };
        current.refresh_token = Some(token.clone());
        Ok(token)
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
            let kept = session.with_secrets(&account, move |secrets, name| secrets.set(name, &token)).await;
            session.note_kept(generation, kept.map_err(UiError::from));
        });
    }

    fn note_kept(&self, generation: u64, kept: Result<(), UiError>) {
        let mut current = self.current();
        let Some(account) = current.state.account().cloned().filter(|_| current.generation == generation)
        else {
            return;
        };
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
