//! Runs: of this launch, and kept ones.

use flowmeter_client::Client;
use flowmeter_domain::ipc::{
    ContinueRun, DeleteRun, GetModels, GetRun, ListRuns, ReadRun, RenameRun, RestoreRun, SetRunChoices,
    StartRun, StopRun,
};

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

pub(super) async fn list_runs(client: Client, request: ListRuns) -> Reply<ListRuns> {
    client.list_runs(request).await
}

pub(super) async fn read_run(client: Client, request: ReadRun) -> Reply<ReadRun> {
    client.read_run(request).await
}

pub(super) async fn continue_run(client: Client, request: ContinueRun) -> Reply<ContinueRun> {
    client.continue_run(request).await
}

pub(super) async fn rename_run(client: Client, request: RenameRun) -> Reply<RenameRun> {
    client.rename_run(request).await
}

pub(super) async fn delete_run(client: Client, request: DeleteRun) -> Reply<DeleteRun> {
    client.delete_run(request).await
}

pub(super) async fn restore_run(client: Client, request: RestoreRun) -> Reply<RestoreRun> {
    client.restore_run(request).await
}

pub(super) async fn get_models(client: Client, _: GetModels) -> Reply<GetModels> {
    client.models().await
}

pub(super) async fn set_run_choices(client: Client, request: SetRunChoices) -> Reply<SetRunChoices> {
    client.set_run_choices(request).await
}
