//! Runs.

use flowmeter_client::Client;
use flowmeter_domain::ipc::{GetRun, StartRun, StopRun};

use super::Reply;

pub(super) async fn start_run(client: Client, request: StartRun) -> Reply<StartRun> {
    client.start_run(request)
}

pub(super) async fn stop_run(client: Client, request: StopRun) -> Reply<StopRun> {
    client.stop_run(request)
}

pub(super) async fn get_run(client: Client, request: GetRun) -> Reply<GetRun> {
    client.run(request)
}
