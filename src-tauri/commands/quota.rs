//! The latest reading.

use flowmeter_client::Client;
use flowmeter_domain::ipc::RefreshQuota;

use super::Reply;

pub(super) async fn refresh_quota(client: Client, _: RefreshQuota) -> Reply<RefreshQuota> {
    client.refresh_quota().await
}
