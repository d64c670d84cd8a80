//! The one owner of the preferences: kept in the store, in force at once.

use std::sync::Arc;

use flowmeter_domain::{Preferences, UiError};
use tokio::sync::watch;

use crate::store::Store;
use crate::{Events, News, Outside};

/// A handle on the preferences. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Preferred {
    store: Store,
    events: Arc<dyn Events>,
    current: watch::Sender<Preferences>,
}

impl Preferred {
    pub(crate) fn new(store: Store, outside: &Outside) -> Self {
        let kept = store.preferences().unwrap_or_else(|error| {
            tracing::warn!(%error, "the preferences could not be read; the defaults hold");
            Preferences::default()
        });
        Self { store, events: outside.events.clone(), current: watch::Sender::new(kept) }
    }

    /// What holds now.
    pub(crate) fn get(&self) -> Preferences {
        self.current.borrow().clone()
    }

    /// Hears of every change.
    pub(crate) fn changes(&self) -> watch::Receiver<Preferences> {
        self.current.subscribe()
    }

    /// Keeps `preferences` and puts them in force.
    pub(crate) fn set(&self, preferences: Preferences) -> Result<Preferences, UiError> {
        preferences.validate()?;
        self.store.keep_preferences(&preferences)?;
        self.current.send_replace(preferences.clone());
        self.events.tell(News::Preferences(preferences.clone()));
        Ok(preferences)
    }
}
