//! What the person chose about the app.

use flowmeter_client::Client;
use flowmeter_domain::ipc::{GetPreferences, SetPreferences};
use tauri::{AppHandle, Manager};

use super::Reply;
use crate::{notify, preferences};

pub(super) async fn get_preferences(client: Client, _: GetPreferences) -> Reply<GetPreferences> {
    Ok(client.preferences())
}

/// What the system has to agree to is asked first, so that a choice that is kept is one that holds.
pub(super) async fn set_preferences(app: AppHandle, request: SetPreferences) -> Reply<SetPreferences> {
    let client = app.state::<Client>().inner().clone();
    let (before, wanted) = (client.preferences(), &request.preferences);
    if wanted.start_at_login != before.start_at_login {
        preferences::start_at_login(&app, wanted.start_at_login)?;
    }
    if wanted.notifications.enabled && !before.notifications.enabled {
        notify::ask(&app).await;
    }
    client.set_preferences(request)
}
