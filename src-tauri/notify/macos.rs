//! The notification centre of macOS; it wants an app in a bundle, and a person's leave.

use flowmeter_domain::ipc::Permission;
use mac_usernotifications::{Error, Notification, request_auth};
use tauri::AppHandle;

pub(super) async fn ask() -> Permission {
    match request_auth().await {
        Ok(true) => Permission::Granted,
        Ok(false) => Permission::Denied,
        Err(_) => Permission::Absent,
    }
}

pub(super) fn show(_app: &AppHandle, title: &str, body: &str) -> Result<(), (Permission, String)> {
    let refused = |error: Error| (Permission::Denied, error.to_string());
    Notification::new().title(title).message(body).send_blocking().map(drop).map_err(refused)
}
