//! The client's news on their way to the page.

use flowmeter_client::{Events, News};
use flowmeter_domain::ipc::Event;
use tauri::{AppHandle, Emitter};

use crate::MAIN_WINDOW;

/// Sends each piece of news to the one page.
pub(crate) struct PageEvents(AppHandle);

impl PageEvents {
    pub(crate) fn new(app: AppHandle) -> Self {
        Self(app)
    }

    /// A page that is gone, or not there yet, asks for everything when it comes.
    fn send<E: Event>(&self, event: &E) {
        if let Err(error) = self.0.emit_to(MAIN_WINDOW, E::NAME, event) {
            tracing::warn!(%error, event = E::NAME, "an event did not reach the page");
        }
    }
}

impl Events for PageEvents {
    fn tell(&self, news: News) {
        match news {
            News::Session(state) => self.send(&state),
            News::Accounts(accounts) => self.send(&accounts),
            News::Quota(state) => self.send(&state),
            News::Run(event) => self.send(&event),
            News::Preferences(preferences) => self.send(&preferences),
            News::RunWhole(view) => self.send(&view),
        }
    }
}
