//! Whether something that costs may have been counted: what a person is told when no answer says so.

use std::sync::atomic::{AtomicBool, Ordering};

use flowmeter_domain::ipc::End;
use flowmeter_domain::{Charged, Outcome};

/// Whether a request may have reached its server, and so may be charged.
#[derive(Default)]
pub(crate) struct Sent(AtomicBool);

impl Sent {
    /// The end of a request: one that was stopped before it left has cost nothing.
    pub(crate) fn end(&self, outcome: Outcome) -> End {
        match outcome {
            Outcome::Cancelled => End { outcome, charged: self.charged() },
            told => told.into(),
        }
    }

    /// What is known without an answer.
    pub(crate) fn charged(&self) -> Charged {
        if self.0.load(Ordering::SeqCst) { Charged::Unknown } else { Charged::No }
    }

    pub(crate) fn set(&self, sent: bool) {
        self.0.store(sent, Ordering::SeqCst);
    }
}
