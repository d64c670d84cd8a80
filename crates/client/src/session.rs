//! The one owner of the session.
//!
//! The refresh token is in the key store, the access token in memory; neither leaves this room but
//! towards Supabase and the edge. One refresh is in flight at a time and runs to its end even if
//! nobody waits for it any more, because the server has used the old token up by then. A sign-out or
//! another sign-in during a refresh wins over its result. A refresh that failed is not repeated with
//! the same token for [`COOL_DOWN`]. Only the server's final codes, or an empty key store, end a
//! session: offline is never a sign-out, and neither is a key store that does not answer.

mod key_store;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use flowmeter_domain::ipc::{Account, SessionState};
use flowmeter_domain::{Code, UiError};
use flowmeter_supabase::{Supabase, cookie};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use tokio_util::sync::CancellationToken;

use crate::secrets::SecretStore;
use crate::store::Store;
use crate::{Clock, Events, News, Outside};

/// Life that a token must have left for an ordinary request.
pub const FOR_A_REQUEST: SignedDuration = SignedDuration::from_secs(120);
/// Life that a token must have left for a relay: the edge uses it again after the stream, to
/// charge, and would rotate our refresh token behind our back if it ran out.
pub const FOR_A_RELAY: SignedDuration = SignedDuration::from_mins(10);
/// Life below which a token counts as expired.
const EXPIRED: SignedDuration = SignedDuration::from_secs(90);
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
    /// Held around each change of the key store, so that a removal is not overtaken by an older write.
    key_store: tokio::sync::Mutex<()>,
}

/// Who is signed in, and with what.
struct Current {
    /// Counts sign-ins and sign-outs, so that a late answer knows whether it still matters.
    generation: u64,
    state: SessionState,
    /// Cancelled when this session is over; what was begun under it then stops and is forgotten.
    over: CancellationToken,
    /// `None` until it was taken out of the key store.
    refresh_token: Option<SecretString>,
    access: Option<Access>,
    /// When and why the server refused the last refresh; cleared by success.
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
        let current = Current {
            generation: 0,
            state,
            over: CancellationToken::new(),
            refresh_token: None,
            access: None,
            failure: None,
        };
        Self(Arc::new(Inner {
            supabase,
            secrets: outside.secrets.clone(),
            store,
            events: outside.events.clone(),
            clock: outside.clock.clone(),
            current: Mutex::new(current),
            refreshing: tokio::sync::Mutex::default(),
            key_store: tokio::sync::Mutex::default(),
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

    /// Cancelled when the session of this moment is over.
    pub(crate) fn over(&self) -> CancellationToken {
        self.current().over.clone()
    }

    /// Signs in with email and password.
    ///
    /// The key store is written behind this: it may wait for a person to unlock it.
    pub(crate) async fn sign_in(&self, email: &str, password: SecretString) -> Result<Account, UiError> {
        let session = self.0.supabase.sign_in(email, &password).await?;
        let account =
            Account { user_id: session.user.id, email: session.user.email.clone().unwrap_or_default() };
        self.remember(Some(&account));

        let mut current = self.current();
        current.replace(SessionState::SignedIn { account: account.clone(), not_kept: None });
        current.accept(session, self.now());
        self.tell(&current);
        self.keep(&current, &account);
        Ok(account)
    }

    /// Forgets the session on this device; then tells the server, best effort, and empties the key
    /// store.
    pub(crate) async fn sign_out(&self) -> Result<(), UiError> {
        let (account, access, token) = {
            let mut current = self.current();
            let left =
                (current.state.account().cloned(), current.access.take(), current.refresh_token.take());
            self.end(&mut current, None);
            left
        };
        let Some(account) = account else { return Ok(()) };
        let alive = access.filter(|access| access.expires > self.now());
        tokio::spawn(revoke(self.0.supabase.clone(), alive.map(|access| access.session.access_token), token));

        let _in_turn = self.0.key_store.lock().await;
        if self.account().as_ref() == Some(&account) {
            // Signed in again meanwhile: the entry is the new session's.
            return Ok(());
        }
        self.with_secrets(&account, |secrets, name| secrets.remove(name)).await.map_err(UiError::from)
    }

    /// Credentials with at least `life` left, refreshed if need be. Where that fails, those that
    /// live a little longer still serve.
    ///
    /// # Errors
    /// `NOT_SIGNED_IN` or `SESSION_ENDED` when the person has to sign in; anything else means that
    /// the session is kept and a later call may succeed.
    pub async fn credentials(&self, life: SignedDuration) -> Result<Credentials, UiError> {
        if let Some(credentials) = self.usable(life)? {
            return Ok(credentials);
        }
        let session = self.clone();
        // A task of its own: a run that is stopped must not drop a refresh half-way.
        let refreshed = tokio::spawn(async move { session.refresh_unless_done(life).await }).await;
        match refreshed.unwrap_or_else(|_| Err(UiError::new(Code::Internal, "the refresh panicked"))) {
            Ok(()) => self.usable(SignedDuration::ZERO)?.ok_or_else(signed_out),
            Err(error) => self.usable(EXPIRED)?.ok_or(error),
        }
    }

    /// Marks the access token as refused by a server, so that the next call refreshes.
    pub fn distrust(&self, refused: &SecretString) {
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

    async fn refresh_unless_done(&self, life: SignedDuration) -> Result<(), UiError> {
        let _one_at_a_time = self.0.refreshing.lock().await;
        if self.usable(life)?.is_some() {
            return Ok(());
        }
        self.refresh().await
    }

    /// Trades the refresh token for a new session. Only ever one at a time.
    async fn refresh(&self) -> Result<(), UiError> {
        let (generation, token) = self.refreshable().await?;
        let session = match self.0.supabase.refresh(&token).await {
            Ok(session) => session,
            Err(error) => return Err(self.refresh_failed(generation, &error)),
        };
        let mut current = self.current();
        let Some(account) = current.state.account().cloned().filter(|_| current.generation == generation)
        else {
            // Signed out meanwhile: the new session must not live on at the server.
            tokio::spawn(revoke(self.0.supabase.clone(), Some(session.access_token), None));
            return Err(signed_out());
        };
        current.accept(session, self.now());
        self.keep(&current, &account);
        Ok(())
    }

    /// The token to refresh with, unless it failed a moment ago.
    async fn refreshable(&self) -> Result<(u64, SecretString), UiError> {
        let (generation, account, token) = {
            let current = self.current();
            current.cooled_down(self.now())?;
            let account = current.state.account().cloned().ok_or_else(signed_out)?;
            (current.generation, account, current.refresh_token.clone())
        };
        match token {
            Some(token) => Ok((generation, token)),
            None => self.stored_token(generation, &account).await.map(|token| (generation, token)),
        }
    }

    fn refresh_failed(&self, generation: u64, error: &flowmeter_supabase::Error) -> UiError {
        let shown = UiError::from(error);
        let mut current = self.current();
        if current.generation != generation {
            return signed_out();
        }
        tracing::info!(%error, "the session could not be refreshed");
        // A request that never left has tried nothing: the network may be back any moment.
        current.failure = (!error.was_not_sent()).then(|| (self.now(), shown.clone()));
        if error.ends_session() {
            self.end(&mut current, Some(UiError::new(Code::SessionEnded, error.to_string())));
        }
        shown
    }

    fn end(&self, current: &mut Current, cause: Option<UiError>) {
        self.remember(None);
        current.replace(SessionState::SignedOut { cause });
        self.tell(current);
    }

    fn remember(&self, account: Option<&Account>) {
        if let Err(error) = self.0.store.set_current(&self.0.supabase.project().host(), account) {
            tracing::warn!(%error, "who is signed in could not be remembered");
        }
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
    /// Ends what was and begins anew.
    fn replace(&mut self, state: SessionState) {
        self.over.cancel();
        *self = Self {
            generation: self.generation + 1,
            state,
            over: CancellationToken::new(),
            refresh_token: None,
            access: None,
            failure: None,
        };
    }

    fn accept(&mut self, session: flowmeter_supabase::Session, now: Timestamp) {
        self.refresh_token = Some(session.refresh_token.clone());
        self.access = Some(Access { expires: session.expires(now), session });
        self.failure = None;
    }

    /// The failure of a moment ago, if there was one.
    fn cooled_down(&self, now: Timestamp) -> Result<(), UiError> {
        match &self.failure {
            Some((when, error)) if (SignedDuration::ZERO..COOL_DOWN).contains(&now.duration_since(*when)) => {
                Err(error.clone())
            }
            _ => Ok(()),
        }
    }

    /// Whether `token` is still the one to keep.
    fn holds(&self, generation: u64, token: &SecretString) -> bool {
        let same = |own: &SecretString| own.expose_secret() == token.expose_secret();
        self.generation == generation && self.refresh_token.as_ref().is_some_and(same)
    }
}

/// Ends a session at the server. Without a living access token a last refresh gets one.
async fn revoke(supabase: Supabase, access: Option<SecretString>, refresh: Option<SecretString>) {
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

fn signed_out() -> UiError {
    UiError::new(Code::NotSignedIn, "nobody is signed in")
}
