//! What the person chose about the app.

use flowmeter_client::Client;
use flowmeter_domain::ipc::{GetPreferences, SetPreferences};

use super::Reply;

pub(super) async fn get_preferences(client: Client, _: GetPreferences) -> Reply<GetPreferences> {
    Ok(client.preferences())
}

pub(super) async fn set_preferences(client: Client, request: SetPreferences) -> Reply<SetPreferences> {
    client.set_preferences(request)
}
