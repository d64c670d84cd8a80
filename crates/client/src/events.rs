//! News of the client, for whoever shows them.

use flowmeter_domain::ipc::{QuotaState, RunEvent, SessionState};

/// Something changed.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// Who is signed in.
    Session(SessionState),
    /// The latest reading.
    Quota(QuotaState),
    /// Progress of a run.
    Run(RunEvent),
}

/// Hears the news, in the order in which they happen. Must not block.
pub trait Events: Send + Sync + 'static {
    /// Something changed.
    fn tell(&self, news: News);
}
