//! Puts in force what a person chose, as far as it concerns the shell: theme, language, start at login.

use flowmeter_client::Client;
use flowmeter_domain::preferences::{Preferences, Theme};
use flowmeter_domain::{Code, Language, UiError};
use flowmeter_texts::system_locale;
use tauri::{AppHandle, Manager};
use tauri_plugin_autostart::ManagerExt;

use crate::texts::{self, Texts};
use crate::tray::Tray;

/// The language that holds.
pub(crate) fn language(preferences: &Preferences) -> Language {
    Language::for_tag(preferences.language.tag(&system_locale()))
}

/// The texts of the language that holds.
pub(crate) fn texts(app: &AppHandle) -> Texts {
    texts::of(language(&app.state::<Client>().preferences()))
}

/// The theme of every window; the page's own follows it.
pub(crate) fn theme(preferences: &Preferences) -> Option<tauri::Theme> {
    match preferences.theme {
        Theme::System => None,
        Theme::Light => Some(tauri::Theme::Light),
        Theme::Dark => Some(tauri::Theme::Dark),
    }
}

/// Puts `preferences` in force.
pub(crate) fn hold(app: &AppHandle, preferences: &Preferences) {
    app.set_theme(theme(preferences));
    app.state::<Tray>().prefer(preferences, language(preferences));
}

/// Has the system start the app at login, or not.
pub(crate) fn start_at_login(app: &AppHandle, wanted: bool) -> Result<(), UiError> {
    let autostart = app.autolaunch();
    let done = if wanted { autostart.enable() } else { autostart.disable() };
    done.map_err(|error| UiError::new(Code::NotAllowed, format!("start at login: {error}")))
}
