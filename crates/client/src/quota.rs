//! The one owner of the latest reading.
//!
//! A reading belongs to the account that was signed in when it was asked for; if another is signed
//! in when it arrives, it is stored for its own account and not shown. A failure adds a cause and
//! never removes a number. When to read is in `watch`, using a unit in `counting`.

mod counting;
mod watch;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use flowmeter_domain::ipc::{Account, QuotaState};
use flowmeter_domain::refresh::RECENT;
use flowmeter_domain::{Code, Forecast, Kind, Snapshot, UiError};
use flowmeter_supabase::{Caller, Supabase};
use jiff::Timestamp;
use tokio::time::Instant;

use crate::history::Histories;
use crate::notifications::Notifier;
use crate::preferences::Preferred;
use crate::quota::watch::Activity;
use crate::session::{FOR_A_REQUEST, Session};
use crate::store::Store;
use crate::{Clock, Events, News, Outside};

/// A person's clicks lead to at most one reading in this time.
const CLICK: Duration = Duration::from_secs(1);

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
    /// How often the person wants it.
    pub(crate) preferred: Preferred,
}

struct Inner {
    supabase: Supabase,
    session: Session,
    kept: Kept,
    events: Arc<dyn Events>,
    clock: Clock,
    held: Mutex<Held>,
    activity: Mutex<Activity>,
    /// Counts who asked for a reading.
    asked: AtomicU64,
    /// Held while a reading is under way.
    last: tokio::sync::Mutex<Last>,
}

/// The last reading, and when a person last asked for one.
#[derive(Default)]
struct Last {
    reading: Option<Reading>,
    clicked: Option<Instant>,
}

/// A state and whose it is.
#[derive(Default)]
struct Held {
    account: Option<Account>,
    state: QuotaState,
}

/// Who asks for a reading.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Program,
    Person,
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
            activity: Mutex::default(),
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
        self.ask(Who::Program).await
    }

    /// Reads the quotas for a person who asks, at most once a second: an impatient click waits for
    /// the next turn and shares it.
    ///
    /// # Errors
    /// Why the reading failed; the last good one stays.
    pub async fn click(&self) -> Result<Snapshot, UiError> {
        self.note_opened();
        self.ask(Who::Person).await
    }

    async fn ask(&self, who: Who) -> Result<Snapshot, UiError> {
        let ticket = self.0.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let quotas = self.clone();
        // A task of its own: whoever gives up waiting leaves no reading half done.
        let done = tokio::spawn(async move { quotas.read_in_turn(ticket, who).await }).await;
        done.unwrap_or_else(|_| Err(UiError::new(Code::Internal, "the reading panicked")))
    }

    async fn read_in_turn(&self, ticket: u64, who: Who) -> Result<Snapshot, UiError> {
        let mut last = self.0.last.lock().await;
        if let Some(reading) = last.reading.as_ref().filter(|reading| reading.serves >= ticket) {
            return reading.outcome.clone();
        }
        if who == Who::Person {
            if let Some(clicked) = last.clicked {
                tokio::time::sleep_until(clicked + CLICK).await;
            }
            last.clicked = Some(Instant::now());
        }
        let serves = self.0.asked.load(Ordering::SeqCst);
        let outcome = self.read_and_store().await;
        last.reading = Some(Reading { serves, outcome: outcome.clone() });
        outcome
    }

    async fn read_and_store(&self) -> Result<Snapshot, UiError> {
        let Some(account) = self.0.session.account() else {
            return Err(signed_out());
        };
        // The generation: a reading that was begun under a session that is over is nobody's.
        let over = self.0.session.over();
        self.change(&account, |state| state.refreshing = true);
        let outcome = self.read(&account).await;
        let forecasts = outcome.as_ref().ok().map(|snapshot| self.keep(&account, snapshot));
        if !over.is_cancelled() {
            self.note_attempt(&outcome);
            self.change(&account, |state| settle(state, &outcome, forecasts));
        }
        outcome
    }

    /// The pace of the next readings depends on this one.
    fn note_attempt(&self, outcome: &Result<Snapshot, UiError>) {
        let before = self.state().snapshot;
        let moved = matches!((outcome, before), (Ok(now), Some(before)) if now.quota != before.quota);
        let mut activity = self.activity();
        activity.attempted = Some(self.now());
        activity.chance = watch::chance();
        if moved {
            activity.moved = activity.attempted;
        }
        if outcome.is_ok() {
            activity.retry_after = None;
        }
    }

    fn note_opened(&self) {
        self.activity().opened = Some(self.now());
    }

    fn activity(&self) -> MutexGuard<'_, Activity> {
        self.0.activity.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a reading; where that fails it is shown all the same.
    fn keep(&self, account: &Account, snapshot: &Snapshot) -> BTreeMap<Kind, Forecast> {
        let Kept { store, histories, notifier, .. } = &self.0.kept;
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
        self.note_opened();
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

    /// What is stored for `account`, by this program or by another.
    pub(crate) fn stored(&self, account: &Account) -> QuotaState {
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

fn signed_out() -> UiError {
    UiError::new(Code::NotSignedIn, "nobody is signed in")
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
