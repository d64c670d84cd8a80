//! Flows.

use flowmeter_client::Client;
use flowmeter_domain::ipc::{
    ArrangeFlow, ClosePlan, DecideChange, DeleteFlow, DuplicateFlow, GetFlows, ImportFlow, ModifyFlow,
    OpenFlow, RenameFlow, RestoreFlow, StartPlan, StepFlow, StopPlan,
};

use super::Reply;

pub(super) async fn get_flows(client: Client, _: GetFlows) -> Reply<GetFlows> {
    client.flows().await
}

pub(super) async fn start_plan(client: Client, request: StartPlan) -> Reply<StartPlan> {
    client.start_plan(&request)
}

pub(super) async fn stop_plan(client: Client, _: StopPlan) -> Reply<StopPlan> {
    client.stop_plan()
}

pub(super) async fn close_plan(client: Client, _: ClosePlan) -> Reply<ClosePlan> {
    client.close_plan()
}

pub(super) async fn open_flow(client: Client, request: OpenFlow) -> Reply<OpenFlow> {
    client.open_flow(request).await
}

pub(super) async fn modify_flow(client: Client, request: ModifyFlow) -> Reply<ModifyFlow> {
    client.modify_flow(&request)
}

pub(super) async fn decide_change(client: Client, request: DecideChange) -> Reply<DecideChange> {
    client.decide_change(request).await
}

pub(super) async fn step_flow(client: Client, request: StepFlow) -> Reply<StepFlow> {
    client.step_flow(request).await
}

pub(super) async fn rename_flow(client: Client, request: RenameFlow) -> Reply<RenameFlow> {
    client.rename_flow(request).await
}

pub(super) async fn arrange_flow(client: Client, request: ArrangeFlow) -> Reply<ArrangeFlow> {
    client.arrange_flow(request).await
}

pub(super) async fn duplicate_flow(client: Client, request: DuplicateFlow) -> Reply<DuplicateFlow> {
    client.duplicate_flow(request).await
}

pub(super) async fn delete_flow(client: Client, request: DeleteFlow) -> Reply<DeleteFlow> {
    client.delete_flow(request).await
}

pub(super) async fn restore_flow(client: Client, request: RestoreFlow) -> Reply<RestoreFlow> {
    client.restore_flow(request).await
}

pub(super) async fn import_flow(client: Client, request: ImportFlow) -> Reply<ImportFlow> {
    client.import_flow(request).await
}
