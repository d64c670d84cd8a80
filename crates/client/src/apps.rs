//! The front door to running flows as apps.

use flowmeter_domain::UiError;
use flowmeter_domain::flow::execution::Hindrance;
use flowmeter_domain::ipc::{
    CheckFlow, FlowRunView, ForgetConversation, GetFlowRun, GetLastFlowRun, StartFlowRun, StopFlowRun,
};

use crate::{Client, flow_runs};

impl Client {
    /// Everything that keeps a flow from being run here; asks nobody, uses nothing.
    pub fn check_flow(&self, CheckFlow { flow }: &CheckFlow) -> Vec<Hindrance> {
        flow_runs::check(flow)
    }

    /// Runs a flow.
    ///
    /// # Errors
    /// `NOT_SIGNED_IN`; `INVALID_INPUT` for a flow that something hinders, an input that lacks something,
    /// or an id that is taken; `TOO_MANY_RUNS`. Nothing was used then.
    pub fn start_flow_run(&self, request: StartFlowRun) -> Result<(), UiError> {
        let desk = self.desk()?;
        desk.session.check_signed_in()?;
        desk.flow_runs.start(request)
    }

    /// Stops a run of a flow; one that has ended stays as it is.
    ///
    /// # Errors
    /// `NOT_FOUND` for an id that is not of this launch and account.
    pub fn stop_flow_run(&self, StopFlowRun { run_id }: StopFlowRun) -> Result<(), UiError> {
        self.desk()?.flow_runs.stop(run_id)
    }

    /// A run of a flow as a whole.
    ///
    /// # Errors
    /// `NOT_FOUND` for an id that is not of this launch and account.
    pub fn flow_run(&self, GetFlowRun { run_id }: GetFlowRun) -> Result<FlowRunView, UiError> {
        self.desk()?.flow_runs.view(run_id)
    }

    /// The last run of a flow, also of an earlier launch.
    ///
    /// # Errors
    /// `NOT_SIGNED_IN`, `STORE_FAILED`.
    pub async fn last_flow_run(
        &self,
        GetLastFlowRun { flow_id }: GetLastFlowRun,
    ) -> Result<Option<FlowRunView>, UiError> {
        self.desk()?.flow_runs.last(flow_id).await
    }

    /// Begins a new conversation with a flow.
    ///
    /// # Errors
    /// `NOT_SIGNED_IN`.
    pub fn forget_conversation(
        &self,
        ForgetConversation { flow_id }: ForgetConversation,
    ) -> Result<(), UiError> {
        self.desk()?.flow_runs.forget(flow_id);
        Ok(())
    }
}
