//! What was used on which day.

use flowmeter_client::Client;
use flowmeter_domain::ipc::{ClearHistory, GetHistory, RestoreHistory};

use super::Reply;

pub(super) async fn get_history(client: Client, request: GetHistory) -> Reply<GetHistory> {
    client.history(request).await
}

pub(super) async fn clear_history(client: Client, _: ClearHistory) -> Reply<ClearHistory> {
    client.clear_history().await
}

pub(super) async fn restore_history(client: Client, _: RestoreHistory) -> Reply<RestoreHistory> {
    client.restore_history().await
}
