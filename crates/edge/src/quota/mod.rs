//! One unit of a quota, from the check before the work to the charge after it.
//!
//! A route asks [`Quotas::open`] for a [`Unit`] and commits it once, after success; a unit that is
//! dropped goes back uncharged. A project with our functions reserves (`reservation`, `together`,
//! `journal`); one without them is served by the table's optimistic lock (`lock`). `way` knows which it is.

mod journal;
mod lock;
mod reservation;
mod together;
mod way;

use journal::Journal;
pub(crate) use way::Way;

use std::sync::Arc;
use std::time::Duration;

use flowmeter_domain::Kind;
use flowmeter_supabase::{NewRequest, Supabase};
use secrecy::SecretString;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::error::ApiError;
use crate::metrics::{Metrics, UnitEvent};
use crate::request_id::IdempotencyKey;
use crate::settings::{SettingsError, seconds};
use reservation::Used;
use together::Together;

/// How units are counted, as configured.
#[derive(Clone)]
pub(crate) struct Counting {
    /// `EDGE_LEASE_SECONDS`: when a unit goes back by itself, should this process die. Longer than any
    /// answer may take.
    lease: Duration,
    /// `EDGE_JOURNAL`: where charges wait that the database could not take.
    journal: Option<Journal>,
}

impl Counting {
    /// Reads the settings through `var`.
    pub(crate) fn from_env(var: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let lease = seconds(&var, "EDGE_LEASE_SECONDS", 900.0, 0.001)?;
        let journal = var("EDGE_JOURNAL").map(|path| Journal::open(path.trim().as_ref())).transpose()?;
        Ok(Self { lease, journal })
    }
}

/// Everybody's quotas, seen with the service role. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Quotas(Arc<Parts>);

#[derive(Clone)]
struct Parts {
    supabase: Supabase,
    key: SecretString,
    counting: Counting,
    way: Arc<way::Known>,
    /// Of one lane, as its connections are.
    reserving: Together<NewRequest>,
    committing: Together<Used>,
    metrics: Metrics,
    /// Charges and releases outlive their requests; the end of the service waits for them.
    tasks: TaskTracker,
}

/// A unit that may be used. Dropped without a commit it was never charged.
pub(crate) struct Unit {
    quotas: Quotas,
    user: Uuid,
    kind: Kind,
    held: Held,
}

/// What stands behind a unit.
enum Held {
    /// A reservation of this request.
    Reserved(Uuid),
    /// Nothing but a check.
    Checked,
    /// It was settled.
    Nothing,
}

impl Quotas {
    pub(crate) fn new(
        supabase: Supabase,
        key: SecretString,
        counting: Counting,
        metrics: Metrics,
        tasks: TaskTracker,
    ) -> Self {
        let (reserving, committing) = (Together::default(), Together::default());
        let way = Arc::default();
        Self(Arc::new(Parts { supabase, key, counting, way, reserving, committing, metrics, tasks }))
    }

    /// The same by other connections.
    pub(crate) fn over(&self, supabase: Supabase) -> Self {
        let (reserving, committing) = (Together::default(), Together::default());
        Self(Arc::new(Parts { supabase, reserving, committing, ..Parts::clone(&self.0) }))
    }

    /// Finds out how this project counts, says so in the log, and settles what an earlier process left.
    pub(crate) async fn start(self) {
        self.way().await;
        self.settle_journal().await;
    }

    /// A unit of `kind` for `user`, if one is left. The same `key` of the same user gets one only once.
    ///
    /// # Errors
    /// [`ApiError::QuotaExceeded`] (also when nobody can say: it fails closed) and
    /// [`ApiError::DuplicateRequest`].
    pub(crate) async fn open(
        &self,
        user: Uuid,
        kind: Kind,
        key: Option<&IdempotencyKey>,
    ) -> Result<Unit, ApiError> {
        let opened = match self.way().await {
            Some(Way::Reservation) => self.reserve(user, kind, key).await,
            Some(Way::OptimisticLock) => self.checked(user, kind).await,
            None => Err(lock::exceeded(kind, flowmeter_domain::Check::CLOSED)),
        };
        opened.inspect_err(|_| self.0.metrics.unit(UnitEvent::Refused))
    }

    async fn checked(&self, user: Uuid, kind: Kind) -> Result<Unit, ApiError> {
        let check = self.check(user, kind).await;
        if check.allowed {
            Ok(self.unit(user, kind, Held::Checked))
        } else {
            Err(lock::exceeded(kind, check))
        }
    }

    fn unit(&self, user: Uuid, kind: Kind, held: Held) -> Unit {
        self.0.metrics.unit(UnitEvent::Reserved);
        Unit { quotas: self.clone(), user, kind, held }
    }
}

impl Unit {
    /// Counts the unit, once. With a reservation this holds also when the database is away at the
    /// moment: the charge then goes on behind the answer.
    ///
    /// # Errors
    /// Without reservations: [`ApiError::QuotaExceeded`] when others used the last unit meanwhile, and
    /// [`ApiError::NotCounted`] when the row could not be read or won.
    pub(crate) async fn commit(mut self) -> Result<(), ApiError> {
        let counted = match std::mem::replace(&mut self.held, Held::Nothing) {
            Held::Reserved(request) => {
                self.quotas.charge(reservation::Charge { request, user: self.user, kind: self.kind }).await
            }
            Held::Checked => self.quotas.increment(self.user, self.kind).await,
            Held::Nothing => Ok(()),
        };
        if counted.is_ok() {
            self.quotas.0.metrics.unit(UnitEvent::Committed);
        }
        counted
    }
}

impl Drop for Unit {
    fn drop(&mut self) {
        match self.held {
            Held::Nothing => return,
            Held::Checked => {}
            Held::Reserved(request) => self.quotas.release_behind(request),
        }
        self.quotas.0.metrics.unit(UnitEvent::Released);
    }
}
