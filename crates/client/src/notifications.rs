//! Carries readings to the state machine of notifications and what it says to whoever shows it.
//!
//! One at a time and in the order of the readings, behind everybody's back: a system may take its time
//! to show something.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use flowmeter_domain::ipc::Account;
use flowmeter_domain::notification::{Seen, observe};
use flowmeter_domain::{Counter, Kind, Notification, Snapshot, UiError};
use uuid::Uuid;

use crate::preferences::Preferred;
use crate::store::Store;
use crate::{Events, Outside};

/// A handle on what was told. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Notifier(Arc<Inner>);

struct Inner {
    store: Store,
    project: String,
    preferred: Preferred,
    events: Arc<dyn Events>,
    /// Of whom and what there was a reading since the app was started.
    seen: Mutex<BTreeSet<(Uuid, Kind)>>,
    turn: tokio::sync::Mutex<()>,
}

impl Notifier {
    pub(crate) fn new(store: Store, project: String, preferred: Preferred, outside: &Outside) -> Self {
        let events = outside.events.clone();
        Self(Arc::new(Inner {
            store,
            project,
            preferred,
            events,
            seen: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        }))
    }

    /// Takes a reading in; returns at once.
    pub(crate) fn observe(&self, account: Account, snapshot: Snapshot) {
        let notifier = self.clone();
        tokio::spawn(async move {
            let _in_turn = notifier.0.turn.lock().await;
            let work = notifier.clone();
            // The system is asked on a thread of its own: it may wait for a bus.
            let done = tokio::task::spawn_blocking(move || work.tell_all(&account, &snapshot)).await;
            if let Ok(Err(error)) = done {
                tracing::warn!(%error, "what was told could not be remembered");
            }
        });
    }

    fn tell_all(&self, account: &Account, snapshot: &Snapshot) -> Result<(), UiError> {
        for (kind, counter) in &snapshot.quota.0 {
            let seen = Seen {
                counter: *counter,
                at: snapshot.taken_at,
                first: self.is_first(account.user_id, *kind),
            };
            self.tell(account, *kind, seen)?;
        }
        Ok(())
    }

    /// Told first and remembered then: a program that ends in between tells twice and not never.
    fn tell(&self, account: &Account, kind: Kind, seen: Seen) -> Result<(), UiError> {
        let Inner { store, project, preferred, events, .. } = self.0.as_ref();
        let before = store.memory(project, account, kind)?;
        let (memory, happened) = observe(before, seen, &preferred.get().notifications);
        let counter: Counter = seen.counter;
        let told = happened.is_some_and(|what| events.notify(&Notification { kind, what, counter }));
        let memory = if told { memory.delivered(counter) } else { memory };
        store.remember(project, account, kind, &memory)
    }

    fn is_first(&self, user_id: Uuid, kind: Kind) -> bool {
        self.0.seen.lock().unwrap_or_else(PoisonError::into_inner).insert((user_id, kind))
    }
}
