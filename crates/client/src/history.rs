//! The history of each account: readings go in, days and forecasts come out.
//!
//! A day ends where this machine's time zone says so.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use flowmeter_domain::forecast::{Daily, WINDOW};
use flowmeter_domain::history::{Exported, Format, Range, Span};
use flowmeter_domain::ipc::Account;
use flowmeter_domain::{Code, Forecast, History, Kind, Snapshot, UiError};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::store::Store;
use crate::{Clock, Outside};

/// How long a cleared history can be brought back.
const REGRET: Duration = Duration::from_secs(10 * 60);

/// A handle on the histories of one project. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Histories(Arc<Inner>);

struct Inner {
    store: Store,
    project: String,
    clock: Clock,
    zone: TimeZone,
    /// What was cleared last; in memory only, so that it is gone from the file.
    cleared: Mutex<Option<Cleared>>,
}

struct Cleared {
    account: Account,
    spans: Vec<Span>,
}

impl Histories {
    pub(crate) fn new(store: Store, project: String, outside: &Outside) -> Self {
        let (clock, zone) = (outside.clock.clone(), TimeZone::system());
        Self(Arc::new(Inner { store, project, clock, zone, cleared: Mutex::default() }))
    }

    /// Enters a reading.
    pub(crate) fn enter(&self, account: &Account, snapshot: &Snapshot) -> Result<(), UiError> {
        self.0.store.enter(&self.0.project, account, snapshot)
    }

    /// How long each kind of `snapshot` will last, by what was known when it was taken.
    pub(crate) fn forecasts(
        &self,
        account: &Account,
        snapshot: &Snapshot,
    ) -> Result<BTreeMap<Kind, Forecast>, UiError> {
        let today = self.day_of(snapshot.taken_at);
        let spans = self.spans_of(account, today, WINDOW + 1)?;
        let forecast = |(kind, counter): (&Kind, &flowmeter_domain::Counter)| {
            let daily = Daily::new(*kind, &spans, today, |time| self.day_of(time));
            (*kind, daily.forecast(counter.remaining()))
        };
        Ok(snapshot.quota.0.iter().map(forecast).collect())
    }

    /// The use of each day of `range`.
    pub(crate) async fn get(&self, account: Account, range: Range) -> Result<History, UiError> {
        self.on_a_thread(move |histories| histories.of_days(&account, range.days())).await
    }

    /// The history as a file.
    pub(crate) async fn export(
        &self,
        account: Account,
        range: Option<Range>,
        format: Format,
    ) -> Result<Exported, UiError> {
        self.on_a_thread(move |histories| {
            let days = match range {
                Some(range) => range.days(),
                None => histories.days_in_all(&account)?,
            };
            histories.of_days(&account, days).map(|history| history.export(format))
        })
        .await
    }

    /// Deletes the history of `account`; keeps it for a while, in case of regret.
    pub(crate) async fn clear(&self, account: Account) -> Result<(), UiError> {
        self.on_a_thread(move |histories| {
            let spans = histories.0.store.spans(&histories.0.project, &account, None)?;
            histories.0.store.clear_history(&histories.0.project, &account)?;
            histories.set_cleared(Some(Cleared { account, spans }));
            Ok(())
        })
        .await?;
        let histories = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(REGRET).await;
            histories.set_cleared(None);
        });
        Ok(())
    }

    /// Brings back what was cleared last.
    ///
    /// # Errors
    /// `NOT_FOUND` when there is nothing to bring back any more.
    pub(crate) async fn restore(&self, account: Account) -> Result<(), UiError> {
        let cleared = self.0.cleared.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(cleared) = cleared.filter(|cleared| cleared.account == account) else {
            return Err(UiError::new(Code::NotFound, "no history was cleared a moment ago"));
        };
        self.on_a_thread(move |histories| {
            histories.0.store.restore_history(&histories.0.project, &cleared.account, &cleared.spans)
        })
        .await
    }

    fn of_days(&self, account: &Account, days: u16) -> Result<History, UiError> {
        let today = self.day_of((self.0.clock)());
        let spans = self.spans_of(account, today, days)?;
        let since = self.0.store.first_reading(&self.0.project, account)?;
        Ok(History { since, ..History::new(&spans, days, today, |time| self.day_of(time)) })
    }

    fn days_in_all(&self, account: &Account) -> Result<u16, UiError> {
        let now = (self.0.clock)();
        let first = self.0.store.first_reading(&self.0.project, account)?.unwrap_or(now);
        let days = self.day_of(now).duration_since(self.day_of(first)).as_hours() / 24 + 1;
        Ok(u16::try_from(days.max(1)).unwrap_or(u16::MAX))
    }

    fn spans_of(&self, account: &Account, today: Date, days: u16) -> Result<Vec<Span>, UiError> {
        let first = today.saturating_sub(i64::from(days.saturating_sub(1)).days());
        let from = first.to_zoned(self.0.zone.clone()).map_or(Timestamp::MIN, |zoned| zoned.timestamp());
        self.0.store.spans(&self.0.project, account, Some(from))
    }

    fn day_of(&self, time: Timestamp) -> Date {
        time.to_zoned(self.0.zone.clone()).date()
    }

    fn set_cleared(&self, cleared: Option<Cleared>) {
        *self.0.cleared.lock().unwrap_or_else(PoisonError::into_inner) = cleared;
    }

    /// Years of readings take a moment: not on a thread that others wait for.
    async fn on_a_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, UiError> + Send + 'static,
    ) -> Result<T, UiError> {
        let histories = self.clone();
        let done = tokio::task::spawn_blocking(move || work(&histories)).await;
        done.unwrap_or_else(|_| Err(UiError::new(Code::Internal, "reading the history panicked")))
    }
}
