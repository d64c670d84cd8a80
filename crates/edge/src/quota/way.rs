//! Which way of counting the project has: found out once, and again where the answer may have changed.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::Quotas;

/// How long a project without the functions is taken to be without them: somebody may add them.
const ASK_AGAIN: Duration = Duration::from_secs(60);

/// How units are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// By the project's functions: reserved before the work, then committed or released.
    Reservation,
    /// By the table alone: checked before the work, counted after it.
    OptimisticLock,
}

impl Way {
    /// For the log and `/readyz`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Reservation => "reservation",
            Self::OptimisticLock => "optimistic lock",
        }
    }
}

/// What was found out, and when.
#[derive(Default)]
pub(super) struct Known(Mutex<Option<(Way, Instant)>>);

impl Known {
    fn now(&self) -> Option<Way> {
        let known = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .filter(|(way, since)| *way == Way::Reservation || since.elapsed() < ASK_AGAIN)
            .map(|(way, _)| way)
    }

    /// Logs only what is new.
    pub(super) fn set(&self, way: Way) {
        let before = self.0.lock().unwrap_or_else(PoisonError::into_inner).replace((way, Instant::now()));
        if before.map(|(way, _)| way) != Some(way) {
            tracing::info!(way = way.name(), "units are counted by {}", way.name());
        }
    }
}

impl Quotas {
    /// How units are counted; `None` while nobody can say.
    pub(crate) async fn way(&self) -> Option<Way> {
        if let Some(way) = self.0.way.now() {
            return Some(way);
        }
        // Releasing what nobody reserved changes nothing and needs the same right as the rest.
        let way = match self.0.supabase.quota_release(self.caller(), Uuid::new_v4()).await {
            Ok(_) => Way::Reservation,
            Err(error) if error.is_missing_function() => Way::OptimisticLock,
            Err(error) => {
                tracing::error!(%error, "nobody can say how units are counted");
                return None;
            }
        };
        self.0.way.set(way);
        Some(way)
    }
}
