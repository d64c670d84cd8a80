//! The notification centre of macOS; it wants an app in a bundle, and a person's leave.

use flowmeter_domain::ipc::Permission;
use mac_usernotifications::{Action, Error, Notification, NotificationHandle, request_auth};
use tauri::AppHandle;

use super::Words;
use crate::window;

pub(super) async fn ask(_app: &AppHandle) -> Permission {
    match request_auth().await {
        Ok(true) => Permission::Granted,
        Ok(false) => Permission::Denied,
        Err(_) => Permission::Absent,
    }
}

pub(super) fn show(app: &AppHandle, words: &Words) -> Result<(), (Permission, String)> {
    let refused = |error: Error| (Permission::Denied, error.to_string());
    // With a button the answer is waited for; without one it would be looked for twice a second.
    let notification = Notification::new().title(&words.title).message(&words.body);
    let shown = notification.action(Action::button("open", &words.open)).send_blocking().map_err(refused)?;
    tauri::async_runtime::spawn(open_on_click(app.clone(), shown));
    Ok(())
}

async fn open_on_click(app: AppHandle, shown: NotificationHandle) {
    if shown
        .response()
        .await
        .is_ok_and(|response| response.close_reason.is_none() && !response.is_dismiss_action())
    {
        window::open(&app);
    }
}
