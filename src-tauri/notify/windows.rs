//! The toasts of Windows.

use flowmeter_domain::ipc::Permission;
use tauri::AppHandle;
use tauri_winrt_notification::Toast;

/// Windows asks nobody; whether toasts are off shows when one is refused.
pub(super) async fn ask() -> Permission {
    Permission::Granted
}

pub(super) fn show(app: &AppHandle, title: &str, body: &str) -> Result<(), (Permission, String)> {
    // An app that was not installed has no name that Windows knows.
    let name = if cfg!(debug_assertions) { Toast::POWERSHELL_APP_ID } else { &app.config().identifier };
    let shown = Toast::new(name).title(title).text1(body).show();
    shown.map_err(|error| (Permission::Denied, error.to_string()))
}
