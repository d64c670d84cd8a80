//! The one owner of the latest reading.
//!
//! A reading belongs to the account that was signed in when it was asked for; if another is signed
//! in when it arrives, it is stored for its own account and not shown. A failure adds a cause and
//! never removes a number.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use flowmeter_domain::ipc::{Account, QuotaState};
use flowmeter_domain::{Code, Forecast, Kind, Snapshot, UiError};
use flowmeter_supabase::{Caller, Supabase};
use jiff::{SignedDuration, Timestamp};

use crate::history::Histories;
use crate::notifications::Notifier;
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

/// Where a reading goes.
pub(crate) struct Kept {
    /// The latest one of each account.
    pub(crate) store: Store,
    /// All that differ.
    pub(crate) histories: Histories,
    /// Whoever has to be told.
    pub(crate) notifier: Notifier,
}

struct Inner {
    supabase: Supabase,
    session: Session,
    kept: Kept,
    events: Arc<dyn Events>,
    clock: Clock,
    held: Mutex<Held>,
    /// Counts who asked for a reading.
    asked: AtomicU64,
    /// Held while a reading is under way.
    last: tokio::sync::Mutex<Option<Reading>>,
}

/// A state and whose it is.
#[derive(Default)]
struct Held {
    account: Option<Account>,
    state: QuotaState,
}

/// What came of a reading.
struct Reading {
    /// All who had asked when it began. Those who asked later want to see what may have happened
    /// since: they get a new one.
    serves: u64,
    outcome: Result<Snapshot, UiError>,
}

impl Quotas {
    pub(crate) fn new(supabase: Supabase, session: Session, kept: Kept, outside: &Outside) -> Self {
        Self(Arc::new(Inner {
            supabase,
            session,
            kept,
            events: outside.events.clone(),
            clock: outside.clock.clone(),
            held: Mutex::default(),
            asked: AtomicU64::default(),
            last: tokio::sync::Mutex::default(),
        }))
    }

    /// The latest reading and what is wrong with it, if anything.
    pub fn state(&self) -> QuotaState {
        self.held().state.clone()
    }

    /// Reads the quotas now. Several who ask while a reading is under way share the next one.
    ///
    /// # Errors
    /// Why the reading failed; the last good one stays.
    pub async fn refresh(&self) -> Result<Snapshot, UiError> {
        let ticket = self.0.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let quotas = self.clone();
        // A task of its own: whoever gives up waiting leaves no reading half done.
        let done = tokio::spawn(async move { quotas.read_in_turn(ticket).await }).await;
        done.unwrap_or_else(|_| Err(UiError::new(Code::Internal, "the reading panicked")))
    }

    async fn read_in_turn(&self, ticket: u64) -> Result<Snapshot, UiError> {
        let mut last = self.0.last.lock().await;
        if let Some(reading) = last.as_ref().filter(|reading| reading.serves >= ticket) {
            return reading.outcome.clone();
        }
        let serves = self.0.asked.load(Ordering::SeqCst);
        let outcome = self.read_and_store().await;
        *last = Some(Reading { serves, outcome: outcome.clone() });
        outcome
    }

    async fn read_and_store(&self) -> Result<Snapshot, UiError> {
        let Some(account) = self.0.session.account() else {
            return Err(UiError::new(Code::NotSignedIn, "nobody is signed in"));
        };
        self.change(&account, |state| state.refreshing = true);
        let outcome = self.read(&account).await;
        let forecasts = outcome.as_ref().ok().map(|snapshot| self.keep(&account, snapshot));
        self.change(&account, |state| settle(state, &outcome, forecasts));
        outcome
    }

    /// Keeps a reading; where that fails it is shown all the same.
    fn keep(&self, account: &Account, snapshot: &Snapshot) -> BTreeMap<Kind, Forecast> {
        let Kept { store, histories, notifier } = &self.0.kept;
        let kept = store.save(&self.project(), account, snapshot);
        if let Err(error) = kept.and_then(|()| histories.enter(account, snapshot)) {
            tracing::warn!(%error, "the reading could not be stored");
        }
        notifier.observe(account.clone(), snapshot.clone());
        self.forecasts(account, snapshot)
    }

    fn forecasts(&self, account: &Account, snapshot: &Snapshot) -> BTreeMap<Kind, Forecast> {
        self.0.kept.histories.forecasts(account, snapshot).unwrap_or_else(|error| {
            tracing::warn!(%error, "without a history there is no forecast");
            BTreeMap::new()
        })
    }

    /// Forecasts from a history that was changed otherwise than by a reading.
    pub(crate) fn forecast_anew(&self) {
        let Some(account) = self.0.session.account() else { return };
        let Some(snapshot) = self.state().snapshot else { return };
        let forecasts = self.forecasts(&account, &snapshot);
        self.change(&account, |state| state.forecasts = forecasts);
    }

    /// Reads the quotas unless the last reading is from just now.
    pub(crate) async fn refresh_unless_recent(&self) {
        let now = (self.0.clock)();
        let recent = self.state().snapshot.as_ref().is_some_and(|snapshot| snapshot.age(now) < RECENT);
        if !recent && self.0.session.account().is_some() {
            // The failure is in the state, where everybody sees it.
            let _ = self.refresh().await;
        }
    }

    /// Tells what is stored for the account that is signed in now.
    pub(crate) fn show_stored(&self) {
        let held = self.held();
        self.0.events.tell(News::Quota(held.state.clone()));
    }

    /// Keeps the reading up to date for as long as this is polled.
    pub(crate) async fn watch(&self) {
        loop {
            if self.0.session.account().is_some() {
                let _ = self.refresh().await;
            }
            let offline = self.state().failure.is_some_and(|failure| failure.code == Code::Unreachable);
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
                Err(error) if error.is_unauthorized() => {
                    self.0.session.refused_again(&credentials.access_token);
                    return Err(error.into());
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Changes the state of `account`, unless another is signed in by now.
    fn change(&self, account: &Account, change: impl FnOnce(&mut QuotaState)) {
        let mut held = self.held();
        if held.account.as_ref() == Some(account) {
            change(&mut held.state);
            // Told under the lock, so that news leave in the order of the changes.
            self.0.events.tell(News::Quota(held.state.clone()));
        }
    }

    /// The state of whoever is signed in now: the numbers of one account are never another's, also
    /// not for a moment. A newly signed-in account begins with what is stored for it.
    fn held(&self) -> MutexGuard<'_, Held> {
        let mut held = self.0.held.lock().unwrap_or_else(PoisonError::into_inner);
        let account = self.0.session.account();
        if held.account != account {
            let state = account.as_ref().map(|account| self.stored(account)).unwrap_or_default();
            *held = Held { account, state };
        }
        held
    }

    fn stored(&self, account: &Account) -> QuotaState {
        let snapshot = self.0.kept.store.snapshot(&self.project(), account).unwrap_or_default();
        let forecasts = snapshot.as_ref().map(|snapshot| self.forecasts(account, snapshot));
        QuotaState { snapshot, forecasts: forecasts.unwrap_or_default(), ..QuotaState::default() }
    }

    fn project(&self) -> String {
        self.0.supabase.project().host()
    }

    fn now(&self) -> Timestamp {
        (self.0.clock)()
    }
}

fn settle(
    state: &mut QuotaState,
    outcome: &Result<Snapshot, UiError>,
    forecasts: Option<BTreeMap<Kind, Forecast>>,
) {
    state.refreshing = false;
    match outcome {
        Ok(snapshot) => {
            state.snapshot = Some(snapshot.clone());
            state.failure = None;
            state.missed = 0;
            state.forecasts = forecasts.unwrap_or_default();
        }
        Err(error) => {
            state.failure = Some(error.clone());
            state.missed = state.missed.saturating_add(1);
        }
    }
}
