//! The toasts of Windows.

use flowmeter_domain::ipc::Permission;
use tauri::AppHandle;
use tauri_winrt_notification::Toast;

use super::Words;
use crate::window;

/// Windows asks nobody; whether toasts are off shows when one is refused.
pub(super) async fn ask(_app: &AppHandle) -> Permission {
    Permission::Granted
}

pub(super) fn show(app: &AppHandle, words: &Words) -> Result<(), (Permission, String)> {
    // An app that was not installed has no name that Windows knows.
    let name = if cfg!(debug_assertions) { Toast::POWERSHELL_APP_ID } else { &app.config().identifier };
    let clicked = app.clone();
    let toast = Toast::new(name).title(&words.title).text1(&words.body).on_activated(move |_| {
        window::open(&clicked);
        Ok(())
    });
    toast.show().map_err(|error| (Permission::Denied, error.to_string()))
}
