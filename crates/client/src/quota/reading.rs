//! One reading at a time, for all who ask meanwhile.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

use flowmeter_domain::ipc::{Account, QuotaState};
use flowmeter_domain::refresh::RECENT;
use flowmeter_domain::{Code, Forecast, Kind, Snapshot, UiError};
use flowmeter_supabase::Caller;
use jiff::SignedDuration;
use tokio::time::Instant;

use super::{Quotas, signed_out, watch};
use crate::session::FOR_A_REQUEST;

/// A person's clicks lead to at most one reading in this time.
const CLICK: Duration = Duration::from_secs(1);

/// The last reading, and when a person last asked for one.
#[derive(Default)]
pub(super) struct Last {
    reading: Option<Reading>,
    clicked: Option<Instant>,
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
        let account = self.0.session.account().ok_or_else(signed_out)?;
        // The generation: a reading that was begun under a session that is over is nobody's.
        let over = self.0.session.over();
        self.change(&account, |state| state.refreshing = true);
        let outcome = self.read(&account).await;
        if !over.is_cancelled() {
            let forecasts = outcome.as_ref().ok().map(|snapshot| self.keep(&account, snapshot));
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

    /// One reading; a session that the server refuses is renewed once.
    async fn read(&self, account: &Account) -> Result<Snapshot, UiError> {
        let mut refused_before = false;
        self.activity().retry_after = None;
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
                Err(error) => {
                    self.activity().retry_after =
                        error.wait().and_then(|wait| SignedDuration::try_from(wait).ok());
                    return Err(error.into());
                }
            }
        }
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
