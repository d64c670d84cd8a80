//! What a run has to do with the quotas: before it, whether to go at all; after it, what it left.

use std::time::Duration;

use flowmeter_domain::{Charged, Kind, Snapshot, UiError};

use super::Quotas;
use super::counting::exceeded;

/// When the quotas are read after a run, each counted from the look before.
const LOOKS: [Duration; 3] = [Duration::ZERO, Duration::from_secs(1), Duration::from_secs(5)];

impl Quotas {
    /// The client's own check is advice: it spares a refused call, and only when a reading of this
    /// moment says so. An old reading, or none, never blocks: the server decides.
    ///
    /// # Errors
    /// `QUOTA_EXCEEDED` with the numbers.
    pub(crate) async fn advise(&self, kind: Kind) -> Result<(), UiError> {
        let known = self.state().snapshot.and_then(|snapshot| snapshot.quota.get(kind));
        if known.is_none_or(|counter| counter.check().allowed) {
            return Ok(());
        }
        let Ok(snapshot) = self.refresh().await else { return Ok(()) };
        let check = snapshot.quota.check(kind);
        if check.allowed { Ok(()) } else { Err(exceeded(kind, check)) }
    }

    /// Reads what is left after a run. Where the connection was cut, the edge may be charging just now:
    /// a second and a third look a little later see it. `None` when no look succeeded; that is told by
    /// the quota's own state.
    pub(crate) async fn read_after(&self, charged: Charged) -> Option<Snapshot> {
        let looks = if charged == Charged::Unknown { &LOOKS[..] } else { &LOOKS[..1] };
        let mut seen = None;
        for wait in looks {
            tokio::time::sleep(*wait).await;
            seen = self.refresh().await.ok().or(seen);
        }
        seen
    }
}
