//! Counting by the project's functions: a unit is set aside before the work, then committed or released.

use std::time::Duration;

use flowmeter_domain::{Check, Kind};
use flowmeter_supabase::{Error, NewRequest, RequestState, Reservation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::lock::{exceeded, wait_before};
use super::together::Question;
use super::{Held, Quotas, Unit, Way};
use crate::error::ApiError;
use crate::request_id::IdempotencyKey;

/// How often a charge or a release is tried before it is left to the journal, or to the lease.
const ATTEMPTS: u32 = 8;
/// The wait before the second attempt; doubles. All of them together stay under the service's own end.
const FIRST_WAIT: Duration = Duration::from_millis(50);
/// How long one attempt may take: an answer waits for the first.
const PATIENCE: Duration = Duration::from_secs(3);

/// A unit that was used and has to be counted. Also a line of the journal: no secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Charge {
    pub(super) request: Uuid,
    pub(super) user: Uuid,
    pub(super) kind: Kind,
}

/// The answer to a reservation. A unit that nobody takes out of it goes back.
pub(super) struct Reserved {
    unit: Option<Unit>,
    reservation: Reservation,
}

impl Question for NewRequest {
    type Answer = Reserved;

    async fn ask(self, quotas: &Quotas) -> Result<Reserved, Error> {
        let reserved = quotas.reserve_one(self).await.inspect_err(|error| {
            // It may have been reserved all the same.
            if !error.is_missing_function() {
                quotas.release_behind(self.request);
            }
        })?;
        // Nobody else has its id: what is reserved was reserved by a call whose answer was lost.
        Ok(quotas.reserved(self, Reservation { duplicate: false, ..reserved }))
    }

    async fn ask_all(requests: &[Self], quotas: &Quotas) -> Result<Vec<Reserved>, Error> {
        let lease = quotas.0.counting.lease;
        let all = quotas.0.supabase.quota_reserve_all(quotas.caller(), requests, lease).await?;
        Ok(requests.iter().zip(all).map(|(request, answer)| quotas.reserved(*request, answer)).collect())
    }
}

/// The request of a unit that was used.
#[derive(Clone, Copy)]
pub(super) struct Used(Uuid);

impl Question for Used {
    type Answer = RequestState;

    async fn ask(self, quotas: &Quotas) -> Result<RequestState, Error> {
        quotas.0.supabase.quota_commit(quotas.caller(), self.0).await
    }

    async fn ask_all(used: &[Self], quotas: &Quotas) -> Result<Vec<RequestState>, Error> {
        let requests: Vec<Uuid> = used.iter().map(|Used(request)| *request).collect();
        quotas.0.supabase.quota_commit_all(quotas.caller(), &requests).await
    }
}

impl Quotas {
    pub(super) async fn reserve(
        &self,
        user: Uuid,
        kind: Kind,
        key: Option<&IdempotencyKey>,
    ) -> Result<Unit, ApiError> {
        let answer = match key {
            None => self.0.reserving.ask(NewRequest { user, kind, request: Uuid::new_v4() }, self).await,
            Some(key) => self.reserve_named(user, kind, key).await,
        };
        match answer {
            Ok(Reserved { unit: Some(unit), .. }) => Ok(unit),
            Ok(Reserved { reservation, .. }) if reservation.duplicate => Err(ApiError::DuplicateRequest),
            Ok(Reserved { reservation, .. }) => Err(exceeded(kind, reservation.check())),
            Err(error) if error.is_missing_function() => {
                self.0.way.set(Way::OptimisticLock);
                self.checked(user, kind).await
            }
            Err(error) => {
                tracing::error!(%error, "no unit could be reserved; refusing");
                Err(exceeded(kind, Check::CLOSED))
            }
        }
    }

    /// Alone, for somebody else may be reserving the same. After a failure the unit, if there is one, may
    /// be another request's, and is left to its lease.
    async fn reserve_named(&self, user: Uuid, kind: Kind, key: &IdempotencyKey) -> Result<Reserved, Error> {
        // The user is part of it: keys of different people never meet.
        let request = NewRequest { user, kind, request: Uuid::new_v5(&user, key.as_str().as_bytes()) };
        let answer = self.reserve_one(request).await?;
        Ok(self.reserved(request, answer))
    }

    async fn reserve_one(
        &self,
        NewRequest { user, kind, request }: NewRequest,
    ) -> Result<Reservation, Error> {
        let lease = self.0.counting.lease;
        self.0.supabase.quota_reserve(self.caller(), user, kind, request, lease).await
    }

    fn reserved(&self, asked: NewRequest, reservation: Reservation) -> Reserved {
        let is_new = reservation.allowed && !reservation.duplicate;
        let unit = is_new.then(|| self.unit(asked.user, asked.kind, Held::Reserved(asked.request)));
        Reserved { unit, reservation }
    }

    /// Counts a used unit. Where the database is away, it is noted and tried again behind the answer.
    pub(super) async fn charge(&self, charge: Charge) -> Result<(), ApiError> {
        match self.commit(charge).await {
            Ok(()) => return Ok(()),
            Err(error) if error.is_missing_function() => {
                self.0.way.set(Way::OptimisticLock);
                return self.increment(charge.user, charge.kind).await;
            }
            Err(error) => tracing::warn!(%error, "a charge waits for the database"),
        }
        self.note(charge).await;
        let quotas = self.clone();
        self.0.tasks.spawn(async move { quotas.charge_behind(charge).await });
        Ok(())
    }

    /// Gives a unit back without anybody waiting for it. If that fails its lease ends it.
    pub(super) fn release_behind(&self, request: Uuid) {
        let quotas = self.clone();
        // Dropped outside the runtime only when the process ends.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let release = async move {
            for attempt in 1..ATTEMPTS {
                match quotas.0.supabase.quota_release(quotas.caller(), request).await {
                    Ok(_) => return,
                    Err(error) => tracing::debug!(%error, attempt, "a unit was not given back"),
                }
                tokio::time::sleep(wait_before(FIRST_WAIT, attempt)).await;
            }
            tracing::warn!(%request, "a unit was not given back: its lease will end it");
        };
        self.0.tasks.spawn_on(release, &runtime);
    }

    /// Settles the charges that an earlier process left in the journal.
    pub(super) async fn settle_journal(&self) {
        let Some(journal) = &self.0.counting.journal else { return };
        for charge in journal.waiting() {
            tracing::info!(request = %charge.request, "settling a charge from the journal");
            let quotas = self.clone();
            self.0.tasks.spawn(async move { quotas.charge_behind(charge).await });
        }
    }

    async fn charge_behind(&self, charge: Charge) {
        for attempt in 1..ATTEMPTS {
            tokio::time::sleep(wait_before(FIRST_WAIT, attempt)).await;
            match self.commit(charge).await {
                Ok(()) => return self.strike(charge).await,
                Err(error) => tracing::debug!(%error, attempt, "a charge still waits"),
            }
        }
        let noted = self.0.counting.journal.is_some();
        tracing::error!(request = %charge.request, user = %charge.user, noted, "a charge could not be made");
    }

    async fn commit(&self, charge: Charge) -> Result<(), Error> {
        let committed = async {
            match self.0.committing.ask(Used(charge.request), self).await? {
                RequestState::Unknown => self.commit_forgotten(charge).await,
                _ => Ok(()),
            }
        };
        tokio::time::timeout(PATIENCE, committed).await.unwrap_or(Err(Error::TimedOut))
    }

    /// The database does not know the request any more: it is reserved anew, unless nothing is left.
    async fn commit_forgotten(&self, Charge { request, user, kind }: Charge) -> Result<(), Error> {
        let again = self.reserve_one(NewRequest { user, kind, request }).await?;
        if !again.allowed {
            tracing::error!(%request, %user, "a forgotten charge was not made: the quota is used up");
            return Ok(());
        }
        self.0.supabase.quota_commit(self.caller(), request).await.map(drop)
    }

    async fn note(&self, charge: Charge) {
        if let Some(journal) = &self.0.counting.journal {
            journal.note(charge).await;
        }
    }

    async fn strike(&self, charge: Charge) {
        tracing::info!(request = %charge.request, "a charge that waited was made");
        if let Some(journal) = &self.0.counting.journal {
            journal.strike(charge).await;
        }
    }
}
