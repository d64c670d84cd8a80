//! The one owner of the latest reading.
//!
//! A reading belongs to the session under which it was asked for; one that arrives after that session
//! is over is nobody's. A failure adds a cause and never removes a number. When to read is in `watch`,
//! how in `reading`, using a unit in `counting`, what a run asks of it in `advice`.

mod advice;
mod counting;
mod reading;
mod watch;

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use flowmeter_domain::ipc::{Account, QuotaState};
use flowmeter_domain::{Code, Forecast, Kind, Snapshot, UiError};
use flowmeter_supabase::Supabase;
use jiff::Timestamp;

use crate::history::Histories;
use crate::notifications::Notifier;
use crate::preferences::Preferred;
use crate::session::Session;
use crate::store::Store;
use crate::{Clock, Events, News, Outside};
use reading::Last;
use watch::Activity;

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

/// A state and whose it is.
#[derive(Default)]
struct Held {
    account: Option<Account>,
    state: QuotaState,
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

    /// Tells what is stored for the account that is signed in now.
    pub(crate) fn show_stored(&self) {
        let held = self.held();
        self.0.events.tell(News::Quota(held.state.clone()));
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

    /// Drops the reading of whoever has signed out: it may be deleted before they come back.
    pub(crate) fn forget(&self) {
        drop(self.held());
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
