//! The client's news on their way to the page, the tray and the system's notifications.

use flowmeter_client::{Events, News};
use flowmeter_domain::ipc::Event;
use flowmeter_domain::notification::Notification;
use tauri::{AppHandle, Emitter, Manager};

use crate::tray::Tray;
use crate::{notify, preferences, window};

/// Sends each piece of news to all who show it: one reading serves them all.
pub(crate) struct ShellEvents(AppHandle);

impl ShellEvents {
    pub(crate) fn new(app: AppHandle) -> Self {
        Self(app)
    }

    /// A page that is gone, or not there yet, asks for everything when it comes.
    fn send<E: Event>(&self, event: &E) {
        if let Err(error) = self.0.emit_to(window::MAIN, E::NAME, event) {
            tracing::warn!(%error, event = E::NAME, "an event did not reach the page");
        }
    }
}

impl Events for ShellEvents {
    fn tell(&self, news: News) {
        self.0.state::<Tray>().hear(&news);
        match news {
            News::Session(state) => self.send(&state),
            News::Accounts(accounts) => self.send(&accounts),
            News::Quota(state) => self.send(&state),
            News::Run(event) => self.send(&event),
            News::Preferences(chosen) => {
                preferences::hold(&self.0, &chosen);
                self.send(&chosen);
            }
            News::RunChoices(choices) => self.send(&choices),
            News::RunWhole(view) => self.send(view.as_ref()),
            News::Flows(shelf) => self.send(&shelf),
            News::Plan(news) => self.send(&news),
            News::Flow(view) => self.send(view.as_ref()),
            News::FlowRun(event) => self.send(&event),
            News::FlowRunWhole(view) => self.send(view.as_ref()),
        }
    }

    fn notify(&self, notification: &Notification) -> bool {
        notify::show(&self.0, notification, &preferences::texts(&self.0))
    }
}
