//! The one owner of the latest reading.
//!
//! A reading belongs to the account that was signed in when it was asked for; if another is signed
//! in when it arrives, it is stored for its own account and not shown. A failure adds a cause and
//! never removes a number.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use flowmeter_domain::ipc::{Account, QuotaState};
use flowmeter_domain::{Code, Snapshot, UiError};
use flowmeter_supabase::{Caller, Supabase};
use jiff::{SignedDuration, Timestamp};

use crate::session::{FOR_A_REQUEST, Session};
use crate::store::Store;
use crate::{Clock, Events, News, Outside};

/// How often the numbers are read while nothing happens.
const PACE: Duration = Duration::from_secs(5 * 60);
/// How soon an unreachable server is tried again, so that numbers return with the network.
const PACE_OFFLINE: Duration = Duration::from_secs(5);
/// A window that comes forward does not read again what is younger than this.
const RECENT: SignedDuration = SignedDuration::from_secs(30);

/// A handle on the latest reading. Cheap to clone.
#[derive(Clone)]
pub struct Quotas(Arc<Inner>);

struct Inner {
    supabase: Supabase,
    session: Session,
    store: Store,
    events: Arc<dyn Events>,
    clock: Clock,
    state: Mutex<QuotaState>,
    /// Held while a reading is under way. Whoever waits reads again: what they want to see may have
    /// happened after the reading under way was asked for.
    reading: tokio::sync::Mutex<()>,
}

impl Quotas {
    pub(crate) fn new(supabase: Supabase, session: Session, store: Store, outside: &Outside) -> Self {
        let quotas = Self(Arc::new(Inner {
            supabase,
            session,
            store,
            events: outside.events.clone(),
            clock: outside.clock.clone(),
            state: Mutex::default(),
            reading: tokio::sync::Mutex::default(),
        }));
        *quotas.lock() = QuotaState { snapshot: quotas.stored(), ..QuotaState::default() };
        quotas
    }

    /// The latest reading and what is wrong with it, if anything.
    pub fn state(&self) -> QuotaState {
        self.lock().clone()
    }

    /// Reads the quotas now.
    ///
    /// # Errors
    /// Why the reading failed; the last good one stays.
    pub async fn refresh(&self) -> Result<Snapshot, UiError> {
        let _one_at_a_time = self.0.reading.lock().await;
        let Some(account) = self.0.session.account() else {
            return Err(UiError::new(Code::NotSignedIn, "nobody is signed in"));
        };
        self.change(|state| state.refreshing = true);
        let outcome = self.read(&account).await;
        if let Ok(snapshot) = &outcome
            && let Err(error) = self.0.store.save(&self.project(), &account, snapshot)
        {
            tracing::warn!(%error, "the reading could not be stored");
        }
        if self.0.session.account().as_ref() == Some(&account) {
            self.change(|state| settle(state, &outcome));
        }
        outcome
    }

    /// Reads the quotas unless the last reading is from just now.
    pub(crate) async fn refresh_unless_recent(&self) {
        let now = (self.0.clock)();
        let recent = self.lock().snapshot.as_ref().is_some_and(|snapshot| snapshot.age(now) < RECENT);
        if !recent && self.0.session.account().is_some() {
            // The failure is in the state, where everybody sees it.
            let _ = self.refresh().await;
        }
    }

    /// Shows what is stored for the account that is signed in now, or nothing.
    pub(crate) fn show_stored(&self) {
        let snapshot = self.stored();
        self.change(|state| *state = QuotaState { snapshot, ..QuotaState::default() });
    }

    /// Keeps the reading up to date for as long as this is polled.
    pub(crate) async fn watch(&self) {
        loop {
            if self.0.session.account().is_some() {
                let _ = self.refresh().await;
            }
            let offline =
                self.lock().failure.as_ref().is_some_and(|failure| failure.code == Code::Unreachable);
            tokio::time::sleep(if offline { PACE_OFFLINE } else { PACE }).await;
        }
    }

    /// One reading; a session that the server refuses is renewed once.
    async fn read(&self, account: &Account) -> Result<Snapshot, UiError> {
        let mut refused_before = false;
        loop {
            let credentials = self.0.session.credentials(FOR_A_REQUEST).await?;
            let caller = Caller::User(&credentials.access_token);
            match self.0.supabase.quota_row(caller, account.user_id).await {
                Ok(Some(row)) => return Ok(Snapshot { quota: row.quota, taken_at: self.now() }),
                Ok(None) => return Err(UiError::new(Code::NotFound, "this account has no quota row")),
                Err(error) if error.is_unauthorized() && !refused_before => {
                    refused_before = true;
                    self.0.session.distrust(&credentials.access_token);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn stored(&self) -> Option<Snapshot> {
        let account = self.0.session.account()?;
        self.0.store.snapshot(&self.project(), &account).unwrap_or_default()
    }

    fn change(&self, change: impl FnOnce(&mut QuotaState)) {
        let mut state = self.lock();
        change(&mut state);
        // Told under the lock, so that news leave in the order of the changes.
        self.0.events.tell(News::Quota(state.clone()));
    }

    fn project(&self) -> String {
        self.0.supabase.project().host()
    }

    fn now(&self) -> Timestamp {
        (self.0.clock)()
    }

    fn lock(&self) -> MutexGuard<'_, QuotaState> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn settle(state: &mut QuotaState, outcome: &Result<Snapshot, UiError>) {
    state.refreshing = false;
    match outcome {
        Ok(snapshot) => {
            state.snapshot = Some(snapshot.clone());
            state.failure = None;
        }
        Err(error) => state.failure = Some(error.clone()),
    }
}
