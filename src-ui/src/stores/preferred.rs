//! The verbs of the settings and of the history: what a person chooses, saves, clears and opens.

use flowmeter_domain::history::{Format, Range};
use flowmeter_domain::ipc::{
    ClearHistory, Command, Folder, OpenFolder, OpenLink, RestoreHistory, SaveHistory, SetPreferences,
};
use flowmeter_domain::preferences::Preferences;
use wasm_bindgen_futures::spawn_local;

use super::clearing::Clearing;
use super::hook::App;
use super::state::Action;
use crate::ipc;

impl App {
    /// Changes preferences; they hold at once, and no more if the backend does not take them.
    pub fn set_preferences(&self, preferences: Preferences) {
        let before = self.preferences.clone();
        self.0.dispatch(Action::Preferred(preferences.clone()));
        self.ask(SetPreferences { preferences }, move |error| Action::NotPreferred(before, error));
    }

    /// Saves the history as a file.
    pub fn save_history(&self, range: Option<Range>, format: Format) {
        let store = self.0.dispatcher();
        spawn_local(async move {
            let saved = ipc::call(SaveHistory { range, format }).await;
            store.dispatch(saved.map_or_else(Action::Refused, |saved| Action::Saved(saved.path)));
        });
    }

    /// Deletes the history; it can be brought back for a while.
    pub fn clear_history(&self) {
        self.change_history(ClearHistory {}, Clearing::Cleared);
    }

    /// Brings the history back.
    pub fn restore_history(&self) {
        self.change_history(RestoreHistory {}, Clearing::No);
    }

    /// Shows the folder with the app's data.
    pub fn open_data_folder(&self) {
        self.ask(OpenFolder { folder: Folder::Data }, Action::Refused);
    }

    /// Shows the folder with what was saved.
    pub fn open_downloads(&self) {
        self.ask(OpenFolder { folder: Folder::Downloads }, Action::Refused);
    }

    /// Shows what a link of an answer leads to, in the system's own way.
    pub fn open_link(&self, address: String) {
        self.ask(OpenLink { address }, Action::Refused);
    }

    /// The person read where a damaged store is.
    pub fn close_put_aside(&self) {
        self.0.dispatch(Action::PutAsideSeen);
    }

    fn change_history<C: Command<Response = ()>>(&self, request: C, then: Clearing) {
        let store = self.0.dispatcher();
        store.dispatch(Action::Clearing(Clearing::Busy));
        spawn_local(async move {
            let done = ipc::call(request).await;
            store.dispatch(Action::Clearing(if done.is_ok() { then } else { Clearing::No }));
            if let Err(error) = done {
                store.dispatch(Action::Refused(error));
            }
        });
    }
}
