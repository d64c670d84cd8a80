//! Lets through what the shown desk tells, and nothing else.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use flowmeter_domain::Notification;
use flowmeter_domain::ipc::AccountKey;

use crate::{Events, News};

/// Between all desks and whoever listens.
pub(super) struct Gate {
    events: Arc<dyn Events>,
    open_for: Mutex<Option<Guest>>,
}

struct Guest {
    key: AccountKey,
    /// Whether it was told whose news these are: numbers before that would stand under the last name.
    is_announced: bool,
}

impl Gate {
    pub(super) fn new(events: Arc<dyn Events>) -> Self {
        Self { events, open_for: Mutex::default() }
    }

    /// Opens for one desk and closes for all others.
    pub(super) fn show(&self, key: &AccountKey) {
        let mut open_for = self.lock();
        if open_for.as_ref().is_none_or(|guest| guest.key != *key) {
            *open_for = Some(Guest { key: key.clone(), is_announced: false });
        }
    }

    /// Opens for the desk that everybody asks for first: whose it is, they hear with the answer.
    pub(super) fn start_with(&self, key: &AccountKey) {
        *self.lock() = Some(Guest { key: key.clone(), is_announced: true });
    }

    /// Closes for every desk.
    pub(super) fn hide(&self) {
        *self.lock() = None;
    }

    /// News that belong to no desk.
    pub(super) fn tell(&self, news: News) {
        let _in_order = self.lock();
        self.events.tell(news);
    }

    fn lock(&self) -> MutexGuard<'_, Option<Guest>> {
        self.open_for.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The gate as one desk sees it.
pub(super) struct DeskEvents {
    key: AccountKey,
    gate: Arc<Gate>,
}

impl DeskEvents {
    pub(super) fn new(key: AccountKey, gate: Arc<Gate>) -> Self {
        Self { key, gate }
    }
}

impl Events for DeskEvents {
    fn tell(&self, news: News) {
        let mut open_for = self.gate.lock();
        let Some(guest) = open_for.as_mut().filter(|guest| guest.key == self.key) else { return };
        guest.is_announced |= matches!(news, News::Session(_));
        if guest.is_announced {
            // Told under the lock: a switch cannot come between the question and the answer.
            self.gate.events.tell(news);
        }
    }

    /// A notification does not say whose it is: that of another account stays owed until it is shown.
    fn notify(&self, notification: &Notification) -> bool {
        let is_shown = self.gate.lock().as_ref().is_some_and(|guest| guest.key == self.key);
        is_shown && self.gate.events.notify(notification)
    }
}
