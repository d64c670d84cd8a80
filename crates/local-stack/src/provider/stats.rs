//! Counts what the provider was asked, so that a test can see that a stopped run really stopped.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use serde_json::{Value, json};

/// The counters since the start.
#[derive(Default)]
pub(super) struct Stats {
    requests: AtomicU64,
    open: AtomicI64,
    completed: AtomicU64,
    aborted: AtomicU64,
}

/// A run that is being answered: counted as open until it is dropped, and then as completed or aborted.
pub(super) struct Open {
    stats: Arc<Stats>,
    is_complete: bool,
}

impl Stats {
    pub(super) fn count_request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn open(self: Arc<Self>) -> Open {
        self.open.fetch_add(1, Ordering::Relaxed);
        Open { stats: self, is_complete: false }
    }

    pub(super) fn now(&self) -> Value {
        json!({
            "requests": self.requests.load(Ordering::Relaxed),
            "open": self.open.load(Ordering::Relaxed),
            "completed": self.completed.load(Ordering::Relaxed),
            "aborted": self.aborted.load(Ordering::Relaxed),
        })
    }
}

impl Open {
    /// Everything was said.
    pub(super) fn complete(&mut self) {
        self.is_complete = true;
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let ended = if self.is_complete { &self.stats.completed } else { &self.stats.aborted };
        // The end is counted first: whoever sees no open run sees how it ended.
        ended.fetch_add(1, Ordering::SeqCst);
        self.stats.open.fetch_sub(1, Ordering::SeqCst);
    }
}
