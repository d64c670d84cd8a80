//! Trading the refresh token for a new session.

use flowmeter_domain::UiError;
use flowmeter_supabase::Supabase;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use super::{COOL_DOWN, Current, Session, signed_out};

impl Session {
    pub(super) async fn refresh_unless_done(&self, life: SignedDuration) -> Result<(), UiError> {
        let _one_at_a_time = self.0.refreshing.lock().await;
        if self.usable(life)?.is_some() {
            return Ok(());
        }
        self.refresh().await
    }

    /// Only ever one at a time.
    async fn refresh(&self) -> Result<(), UiError> {
        let (generation, token) = self.refreshable().await?;
        let session = match self.0.supabase.refresh(&token).await {
            Ok(session) => session,
            Err(error) => return Err(self.refresh_failed(generation, &error)),
        };
        let mut current = self.current();
        if current.generation != generation {
            // Signed out meanwhile: the new session must not live on at the server.
            tokio::spawn(revoke(self.0.supabase.clone(), Some(session.access_token), None));
            return Err(signed_out());
        }
        let account = current.signed_in()?.clone();
        current.accept(session, self.now());
        self.keep(&current, &account);
        Ok(())
    }

    /// The token to refresh with, unless it failed a moment ago.
    async fn refreshable(&self) -> Result<(u64, SecretString), UiError> {
        let (generation, account, own) = {
            let current = self.current();
            let account = current.signed_in()?.clone();
            current.cooled_down(self.now())?;
            (current.generation, account, current.refresh_token.clone())
        };
        let token = match own {
            Some(own) => self.newest_token(generation, &account, own).await,
            None => self.stored_token(generation, &account).await?,
        };
        Ok((generation, token))
    }

    fn refresh_failed(&self, generation: u64, error: &flowmeter_supabase::Error) -> UiError {
        let mut current = self.current();
        if current.generation != generation {
            return signed_out();
        }
        tracing::info!(%error, "the session could not be refreshed");
        let cause = UiError::from(error);
        // A request that never left has tried nothing: the network may be back any moment.
        current.failure = (!error.was_not_sent()).then(|| (self.now(), cause.clone()));
        if error.ends_session() {
            self.discard_token(&current);
            self.end(&mut current, cause.clone());
        }
        cause
    }
}

impl Current {
    /// The failure of a moment ago, if there was one.
    fn cooled_down(&self, now: Timestamp) -> Result<(), UiError> {
        match &self.failure {
            Some((when, error)) if (SignedDuration::ZERO..COOL_DOWN).contains(&now.duration_since(*when)) => {
                Err(error.clone())
            }
            _ => Ok(()),
        }
    }
}

/// Ends a session at the server. Without a living access token a last refresh gets one.
pub(super) async fn revoke(supabase: Supabase, access: Option<SecretString>, refresh: Option<SecretString>) {
    let access = match (access, refresh) {
        (Some(access), _) => Some(access),
        (None, Some(refresh)) => supabase.refresh(&refresh).await.ok().map(|session| session.access_token),
        (None, None) => None,
    };
    let Some(access) = access else { return };
    if let Err(error) = supabase.sign_out(&access).await {
        tracing::info!(%error, "the server was not told of the sign-out");
    }
}
