//! The one owner of an account's session.
//!
//! The refresh token is in the key store, the access token in memory; neither leaves this room but
//! towards Supabase and the edge. One refresh is in flight at a time and runs to its end even if
//! nobody waits for it any more, because the server has used the old token up by then. A sign-out or
//! another sign-in during a refresh wins over its result. A refresh that failed is not repeated with
//! the same token for [`COOL_DOWN`]. Only the server's final codes, a second refusal right after a
//! refresh, or an empty key store end a session: offline is never a sign-out, and neither is a key
//! store that does not answer. A session that ended keeps its account, so that what belongs to it
//! stays in sight until the person has signed in again.
//!
//! Not here: how a person gets in (`door`), and which account is shown (`desks`).

mod access;
mod key_store;
mod refresh;

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
use access::Access;

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
    /// Counts sign-ins and ends, so that a late answer knows whether it still matters.
    generation: u64,
    state: SessionState,
    /// Cancelled when the person signs out; what was begun before then stops and is forgotten.
    over: CancellationToken,
    /// `None` until it was taken out of the key store.
    refresh_token: Option<SecretString>,
    /// What the key store held when we last looked; `None` when we do not know.
    stored: Option<SecretString>,
    access: Option<Access>,
    /// When and why the server refused the last refresh; cleared by success.
    failure: Option<(Timestamp, UiError)>,
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

/// What is left to clean up after a sign-out.
struct Left {
    account: Account,
    access: Option<SecretString>,
    refresh: Option<SecretString>,
}

impl Session {
    /// The session of an account whose refresh token is in the key store, or that is about to
    /// [`begin`](Self::begin).
    pub(crate) fn new(supabase: Supabase, account: Account, store: Store, outside: &Outside) -> Self {
        Self(Arc::new(Inner {
            supabase,
            secrets: outside.secrets.clone(),
            store,
            events: outside.events.clone(),
            clock: outside.clock.clone(),
            current: Mutex::new(Current::of(account)),
            refreshing: tokio::sync::Mutex::default(),
            key_store: tokio::sync::Mutex::default(),
        }))
    }

    /// Who is signed in.
    pub fn state(&self) -> SessionState {
        self.current().state.clone()
    }

    /// Whose session this is; `None` after a sign-out.
    pub fn account(&self) -> Option<Account> {
        self.current().state.account().cloned()
    }

    /// Whether requests can be made at all.
    pub(crate) fn check_signed_in(&self) -> Result<(), UiError> {
        self.current().signed_in().map(drop)
    }

    /// Cancelled when the session of this moment is signed out of.
    pub(crate) fn over(&self) -> CancellationToken {
        self.current().over.clone()
    }

    /// The person signed in. What was going on under an earlier session of this account goes on.
    ///
    /// The key store is written behind this: it may wait for a person to unlock it.
    pub(crate) fn begin(&self, account: Account, session: flowmeter_supabase::Session) {
        let mut current = self.current();
        if current.over.is_cancelled() {
            current.over = CancellationToken::new();
        }
        current.renew(SessionState::SignedIn { account: account.clone(), not_kept: None });
        current.accept(session, self.now());
        self.remember(&account, true);
        self.tell(&current);
        self.keep(&current, &account);
    }

    /// Forgets the session on this device at once; the future then empties the key store and tells
    /// the server, best effort.
    pub(crate) fn sign_out(&self) -> impl Future<Output = Result<(), UiError>> + Send + 'static {
        let (left, session) = (self.leave(), self.clone());
        async move {
            match left {
                Some(left) => session.erase(left).await,
                None => Ok(()),
            }
        }
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
        if current.uses(refused) {
            current.access = None;
        }
    }

    /// A token that came out of a refresh a moment ago was refused as well: only the person can help.
    /// What is in the key store stays; it may be the server's fault.
    pub fn refused_again(&self, refused: &SecretString) {
        let mut current = self.current();
        if current.uses(refused) {
            self.end(&mut current, UiError::new(Code::SessionEnded, "refused right after a refresh"));
        }
    }

    /// Says again who is signed in, for whoever did not listen until now.
    pub(crate) fn tell_again(&self) {
        self.tell(&self.current());
    }

    /// Credentials from memory, if they live long enough.
    fn usable(&self, life: SignedDuration) -> Result<Option<Credentials>, UiError> {
        let current = self.current();
        let account = current.signed_in()?;
        let enough = |access: &&Access| access.lives(self.now(), life);
        Ok(current.access.as_ref().filter(enough).map(|access| Credentials {
            account: account.clone(),
            access_token: access.session.access_token.clone(),
            cookie: cookie::header(self.0.supabase.project(), &access.session, access.expires),
        }))
    }

    fn leave(&self) -> Option<Left> {
        let mut current = self.current();
        let account = current.state.account().cloned()?;
        let alive = current.access.take().filter(|access| access.lives(self.now(), SignedDuration::ZERO));
        let access = alive.map(|access| access.session.access_token);
        let refresh = current.refresh_token.take();
        self.remember(&account, false);
        current.over.cancel();
        current.renew(SessionState::SignedOut { cause: None });
        self.tell(&current);
        Some(Left { account, access, refresh })
    }

    /// The session is over; its account is still the one that is shown.
    fn end(&self, current: &mut Current, cause: UiError) {
        if let Some(account) = current.state.account().cloned() {
            current.renew(SessionState::Ended { account, cause });
            self.tell(current);
        }
    }

    fn remember(&self, account: &Account, signed_in: bool) {
        let project = self.0.supabase.project().host();
        if let Err(error) = self.0.store.set_signed_in(&project, account, signed_in) {
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
    fn of(account: Account) -> Self {
        Self {
            generation: 0,
            state: SessionState::SignedIn { account, not_kept: None },
            over: CancellationToken::new(),
            refresh_token: None,
            stored: None,
            access: None,
            failure: None,
        }
    }

    /// Drops every token; answers that are on their way no longer matter.
    fn renew(&mut self, state: SessionState) {
        let (generation, over) = (self.generation + 1, self.over.clone());
        *self =
            Self { generation, state, over, refresh_token: None, stored: None, access: None, failure: None };
    }

    fn accept(&mut self, session: flowmeter_supabase::Session, now: Timestamp) {
        self.refresh_token = Some(session.refresh_token.clone());
        self.access = Some(Access::new(session, now));
        self.failure = None;
    }

    fn signed_in(&self) -> Result<&Account, UiError> {
        match &self.state {
            SessionState::SignedIn { account, .. } => Ok(account),
            SessionState::Ended { cause, .. } => Err(cause.clone()),
            SessionState::SignedOut { .. } => Err(signed_out()),
        }
    }

    fn uses(&self, token: &SecretString) -> bool {
        self.access.as_ref().is_some_and(|access| same(&access.session.access_token, token))
    }

    /// Whether `token` is still the one to keep.
    fn holds(&self, generation: u64, token: &SecretString) -> bool {
        self.generation == generation && self.refresh_token.as_ref().is_some_and(|own| same(own, token))
    }
}

fn same(one: &SecretString, other: &SecretString) -> bool {
    one.expose_secret() == other.expose_secret()
}

fn signed_out() -> UiError {
    UiError::new(Code::NotSignedIn, "nobody is signed in")
}
