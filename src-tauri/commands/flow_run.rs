//! Runs of flows as apps.

use flowmeter_client::Client;
use flowmeter_domain::ipc::{
    CheckFlow, ForgetConversation, GetFlowRun, GetLastFlowRun, StartFlowRun, StopFlowRun,
};

use super::Reply;

pub(super) async fn check_flow(client: Client, request: CheckFlow) -> Reply<CheckFlow> {
    Ok(client.check_flow(&request))
}

pub(super) async fn start_flow_run(client: Client, request: StartFlowRun) -> Reply<StartFlowRun> {
    client.start_flow_run(request)
}

pub(super) async fn stop_flow_run(client: Client, request: StopFlowRun) -> Reply<StopFlowRun> {
    client.stop_flow_run(request)
}

pub(super) async fn get_flow_run(client: Client, request: GetFlowRun) -> Reply<GetFlowRun> {
    client.flow_run(request)
}

pub(super) async fn get_last_flow_run(client: Client, request: GetLastFlowRun) -> Reply<GetLastFlowRun> {
    client.last_flow_run(request).await
}

pub(super) async fn forget_conversation(
    client: Client,
    request: ForgetConversation,
) -> Reply<ForgetConversation> {
    client.forget_conversation(request)
}
