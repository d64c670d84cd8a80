//! The one owner of the session.
//!
//! The refresh token is in the key store, the access token in memory; neither leaves this room but
//! towards Supabase and the edge. One refresh is in flight at a time; a sign-out or another sign-in
//! during a refresh wins over its result; a failed refresh with the same token is not repeated for
//! [`COOL_DOWN`]. Only the server's final codes end a session: offline is never a sign-out.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use flowmeter_domain::ipc::{Account, SessionState};
use flowmeter_domain::{Code, UiError};
use flowmeter_supabase::{Supabase, cookie};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use crate::secrets::{SecretError, SecretStore};
use crate::store::Store;
use crate::{Clock, Events, News, Outside};

/// Life that a token must have left for an ordinary request.
pub const FOR_A_REQUEST: SignedDuration = SignedDuration::from_secs(120);
/// Life that a token must have left for a relay: the edge uses it again after the stream, to
/// charge, and would rotate our refresh token behind our back if it ran out.
pub const FOR_A_RELAY: SignedDuration = SignedDuration::from_mins(10);
/// How long the same refresh token is not tried again after a failure.
const COOL_DOWN: SignedDuration = SignedDuration::from_secs(60);

/// A handle on the session. Cheap to clone.
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    supabase: Supabase,
    secrets: Arc<dyn SecretStore>,
    store: Store,
    events: Arc<dyn Events>,
    clock: Clock,
    current: Mutex<Current>,
    /// Held while a refresh is in flight; whoever waits for it finds its result in `current`.
    refreshing: tokio::sync::Mutex<()>,
}

/// Who is signed in, and with what.
struct Current {
    /// Counts sign-ins and sign-outs, so that a late answer knows whether it still matters.
    generation: u64,
    state: SessionState,
    refresh_token: Option<SecretString>,
    access: Option<Access>,
    /// When and why the last refresh failed; cleared by success.
    failure: Option<(Timestamp, UiError)>,
}

/// An access token and its end.
#[derive(Clone)]
struct Access {
    session: flowmeter_supabase::Session,
    expires: Timestamp,
}

/// What proves to a server who is asking.
pub struct Credentials {
    /// Who.
    pub account: Account,
    /// For `Authorization: Bearer`.
    pub access_token: SecretString,
    /// For `Cookie`, as the edge routes read it.
    pub cookie: SecretString,
}

impl Session {
    pub(crate) fn new(supabase: Supabase, store: Store, outside: &Outside) -> Self {
        let remembered = store.current_account(&supabase.project().host()).unwrap_or_default();
        let state = match remembered {
            Some(account) => SessionState::SignedIn { account, not_kept: None },
            None => SessionState::SignedOut { cause: None },
        };
        let current = Current { generation: 0, state, refresh_token: None, access: None, failure: None };
        Self(Arc::new(Inner {
            supabase,
            secrets: outside.secrets.clone(),
            store,
            events: outside.events.clone(),
            clock: outside.clock.clone(),
            current: Mutex::new(current),
            refreshing: tokio::sync::Mutex::default(),
        }))
    }

    /// Who is signed in.
    pub fn state(&self) -> SessionState {
        self.current().state.clone()
    }

    /// The signed-in account.
    pub fn account(&self) -> Option<Account> {
        self.current().state.account().cloned()
    }

    /// Takes the refresh token of the account that was signed in last out of the key store.
    ///
    /// Where there is none, or it cannot be read, the person is signed out and told why.
    pub(crate) async fn resume(&self) {
        let (generation, Some(account)) = ({
            let current = self.current();
            (current.generation, current.state.account().cloned())
        }) else {
            return;
        };
        let found = self.with_secrets(&account, |secrets, name| secrets.get(name)).await;
        let mut current = self.current();
        if current.generation != generation {
            return;
        }
        match found {
            Ok(Some(token)) => current.refresh_token = Some(token),
            Ok(None) => self.end(&mut current, Some(UiError::new(Code::NotSignedIn, "no stored session"))),
            Err(error) => self.end(&mut current, Some(error.into())),
        }
    }

    /// Signs in with email and password.
    pub(crate) async fn sign_in(&self, email: &str, password: SecretString) -> Result<Account, UiError> {
        let session = self.0.supabase.sign_in(email, &password).await?;
        let account =
            Account { user_id: session.user.id, email: session.user.email.clone().unwrap_or_default() };
        let kept = self.keep(&account, &session.refresh_token).await;
        self.remember(Some(&account));

        let mut current = self.current();
        current.generation += 1;
        current.state = SessionState::SignedIn { account: account.clone(), not_kept: kept.err() };
        current.accept(session, self.now());
        self.tell(&current);
        Ok(account)
    }

    /// Forgets the session on this device, then tells the server, best effort.
    pub(crate) async fn sign_out(&self) -> Result<(), UiError> {
        let (account, access) = {
            let mut current = self.current();
            let left = (current.state.account().cloned(), current.access.take());
            self.end(&mut current, None);
            left
        };
        let Some(account) = account else { return Ok(()) };
        if let Some(access) = access {
            let supabase = self.0.supabase.clone();
            tokio::spawn(async move {
                if let Err(error) = supabase.sign_out(&access.session.access_token).await {
                    tracing::info!(%error, "the server was not told of the sign-out");
                }
            });
        }
        self.with_secrets(&account, |secrets, name| secrets.remove(name)).await.map_err(UiError::from)
    }

    /// Credentials with at least `life` left, refreshed if need be.
    ///
    /// # Errors
    /// `NOT_SIGNED_IN` or `SESSION_ENDED` when the person has to sign in; anything else means that
    /// the session is kept and a later call may succeed.
    pub async fn credentials(&self, life: SignedDuration) -> Result<Credentials, UiError> {
        if let Some(credentials) = self.usable(life)? {
            return Ok(credentials);
        }
        let _one_at_a_time = self.0.refreshing.lock().await;
        if let Some(credentials) = self.usable(life)? {
            return Ok(credentials);
        }
        self.refresh().await?;
        self.usable(SignedDuration::ZERO)?.ok_or_else(signed_out)
    }

    /// Marks the access token as refused by a server, so that the next call refreshes.
    pub fn distrust(&self, refused: &SecretString) {
        use secrecy::ExposeSecret;
        let mut current = self.current();
        let same = |access: &Access| access.session.access_token.expose_secret() == refused.expose_secret();
        if current.access.as_ref().is_some_and(same) {
            current.access = None;
        }
    }

    /// Credentials from memory, if they live long enough.
    fn usable(&self, life: SignedDuration) -> Result<Option<Credentials>, UiError> {
        let current = self.current();
        let account = current.state.account().ok_or_else(signed_out)?;
        let enough = |access: &&Access| access.expires.duration_since(self.now()) > life;
        Ok(current.access.as_ref().filter(enough).map(|access| Credentials {
            account: account.clone(),
            access_token: access.session.access_token.clone(),
            cookie: cookie::header(self.0.supabase.project(), &access.session, access.expires),
        }))
    }

    /// Trades the refresh token for a new session. Only ever one at a time.
    async fn refresh(&self) -> Result<(), UiError> {
        let (generation, token) = self.refreshable()?;
        let answer = self.0.supabase.refresh(&token).await;
        let session = match answer {
            Ok(session) => session,
            Err(error) => return Err(self.refresh_failed(generation, &error)),
        };
        let Some(account) = self.still(generation) else { return Err(signed_out()) };
        // The old token stays in the key store until the new one has taken its place.
        let kept = self.keep(&account, &session.refresh_token).await;

        let mut current = self.current();
        if current.generation != generation {
            return Err(signed_out());
        }
        let state = SessionState::SignedIn { account, not_kept: kept.err() };
        let changed = current.state != state;
        current.state = state;
        current.accept(session, self.now());
        if changed {
            self.tell(&current);
        }
        Ok(())
    }

    /// The token to refresh with, unless it failed a moment ago.
    fn refreshable(&self) -> Result<(u64, SecretString), UiError> {
        let current = self.current();
        if let Some((when, error)) = &current.failure {
            let since = self.now().duration_since(*when);
            if (SignedDuration::ZERO..COOL_DOWN).contains(&since) && error.code != Code::Unreachable {
                return Err(error.clone());
            }
        }
        let token = current.refresh_token.clone().ok_or_else(signed_out)?;
        Ok((current.generation, token))
    }

    fn refresh_failed(&self, generation: u64, error: &flowmeter_supabase::Error) -> UiError {
        let shown = UiError::from(error);
        let mut current = self.current();
        if current.generation != generation {
            return signed_out();
        }
        tracing::info!(%error, "the session could not be refreshed");
        current.failure = Some((self.now(), shown.clone()));
        if error.ends_session() {
            self.end(&mut current, Some(UiError::new(Code::SessionEnded, error.to_string())));
        }
        shown
    }

    /// The account, if nobody signed in or out since `generation`.
    fn still(&self, generation: u64) -> Option<Account> {
        let current = self.current();
        (current.generation == generation).then(|| current.state.account().cloned()).flatten()
    }

    fn end(&self, current: &mut Current, cause: Option<UiError>) {
        self.remember(None);
        current.generation += 1;
        current.state = SessionState::SignedOut { cause };
        current.refresh_token = None;
        current.access = None;
        current.failure = None;
        self.tell(current);
    }

    fn remember(&self, account: Option<&Account>) {
        if let Err(error) = self.0.store.set_current(&self.0.supabase.project().host(), account) {
            tracing::warn!(%error, "who is signed in could not be remembered");
        }
    }

    async fn keep(&self, account: &Account, token: &SecretString) -> Result<(), UiError> {
        let token = token.clone();
        let kept = self.with_secrets(account, move |secrets, name| secrets.set(name, &token)).await;
        kept.map_err(UiError::from)
    }

    /// Key stores block, sometimes until a person has unlocked them.
    async fn with_secrets<T: Send + 'static>(
        &self,
        account: &Account,
        work: impl FnOnce(&dyn SecretStore, &str) -> Result<T, SecretError> + Send + 'static,
    ) -> Result<T, SecretError> {
        let secrets = self.0.secrets.clone();
        let name = format!("{}/{}", self.0.supabase.project().host(), account.user_id);
        let done = tokio::task::spawn_blocking(move || work(secrets.as_ref(), &name)).await;
        done.unwrap_or(Err(SecretError::Refused))
    }

    fn tell(&self, current: &Current) {
        self.0.events.tell(News::Session(current.state.clone()));
    }

    fn now(&self) -> Timestamp {
        (self.0.clock)()
    }

    fn current(&self) -> MutexGuard<'_, Current> {
        self.0.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Current {
    fn accept(&mut self, session: flowmeter_supabase::Session, now: Timestamp) {
        self.refresh_token = Some(session.refresh_token.clone());
        self.access = Some(Access { expires: session.expires(now), session });
        self.failure = None;
    }
}

fn signed_out() -> UiError {
    UiError::new(Code::NotSignedIn, "nobody is signed in")
}
