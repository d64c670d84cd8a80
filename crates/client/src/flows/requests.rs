//! The front door to flows.

use flowmeter_domain::history::Exported;
use flowmeter_domain::ipc::{
    ArrangeFlow, DecideChange, DeleteFlow, DuplicateFlow, FlowShelf, FlowView, ImportFlow, ModifyFlow,
    OpenFlow, RenameFlow, RestoreFlow, SaveFlow, StartPlan, StepFlow,
};
use flowmeter_domain::{Code, UiError};

use super::Flows;
use crate::Client;

impl Client {
    /// The shown account's flows, and the plan that is being made.
    ///
    /// # Errors
    /// `NOT_SIGNED_IN`, `STORE_FAILED`.
    pub async fn flows(&self) -> Result<FlowShelf, UiError> {
        self.with_flows(|flows| flows.shelf()).await
    }

    /// Makes a flow from a sentence; how it goes is told.
    ///
    /// # Errors
    /// `NOT_SIGNED_IN`, `INVALID_INPUT`, `CONFLICT` while another plan is being made.
    pub fn start_plan(&self, StartPlan { prompt }: &StartPlan) -> Result<(), UiError> {
        let desk = self.desk()?;
        desk.session.check_signed_in()?;
        desk.flows.start_plan(prompt)
    }

    /// Stops the plan that is being made, if any.
    ///
    /// # Errors
    /// `NOT_SIGNED_IN`.
    pub fn stop_plan(&self) -> Result<(), UiError> {
        self.desk().map(|desk| desk.flows.stop_plan())
    }

    /// Puts away a plan that ended.
    ///
    /// # Errors
    /// `NOT_SIGNED_IN`.
    pub fn close_plan(&self) -> Result<(), UiError> {
        self.desk().map(|desk| desk.flows.close_plan())
    }

    /// A flow whole.
    ///
    /// # Errors
    /// `NOT_SIGNED_IN`, `NOT_FOUND`, `STORE_FAILED`.
    pub async fn open_flow(&self, OpenFlow { flow_id }: OpenFlow) -> Result<FlowView, UiError> {
        self.with_flows(move |flows| flows.view(flow_id)).await
    }

    /// Asks for a change of a flow; what comes of it is told.
    ///
    /// # Errors
    /// As [`Client::open_flow`]; `INVALID_INPUT`, `CONFLICT` while another change of it waits.
    pub fn modify_flow(&self, request: &ModifyFlow) -> Result<(), UiError> {
        let desk = self.desk()?;
        desk.session.check_signed_in()?;
        desk.flows.modify(request)
    }

    /// Takes, drops or stops a change.
    ///
    /// # Errors
    /// As [`Client::open_flow`].
    pub async fn decide_change(&self, request: DecideChange) -> Result<FlowView, UiError> {
        let DecideChange { flow_id, decision } = request;
        self.with_flows(move |flows| flows.decide(flow_id, decision)).await
    }

    /// Goes to another version of a flow.
    ///
    /// # Errors
    /// As [`Client::open_flow`]; `CONFLICT` while a change of it waits.
    pub async fn step_flow(&self, StepFlow { flow_id, step }: StepFlow) -> Result<FlowView, UiError> {
        self.with_flows(move |flows| flows.step(flow_id, step)).await
    }

    /// Gives a flow another name.
    ///
    /// # Errors
    /// As [`Client::step_flow`]; `INVALID_INPUT` for an empty one.
    pub async fn rename_flow(&self, RenameFlow { flow_id, name }: RenameFlow) -> Result<FlowView, UiError> {
        self.with_flows(move |flows| flows.rename(flow_id, &name)).await
    }

    /// Lays a flow out anew.
    ///
    /// # Errors
    /// As [`Client::step_flow`].
    pub async fn arrange_flow(&self, ArrangeFlow { flow_id }: ArrangeFlow) -> Result<FlowView, UiError> {
        self.with_flows(move |flows| flows.arrange(flow_id)).await
    }

    /// Makes a copy of a flow.
    ///
    /// # Errors
    /// As [`Client::open_flow`]; `INVALID_INPUT` for an empty name.
    pub async fn duplicate_flow(&self, request: DuplicateFlow) -> Result<FlowView, UiError> {
        let DuplicateFlow { flow_id, name } = request;
        self.with_flows(move |flows| flows.duplicate(flow_id, &name)).await
    }

    /// Deletes a flow; it can be brought back for as long as the app runs.
    ///
    /// # Errors
    /// As [`Client::open_flow`].
    pub async fn delete_flow(&self, DeleteFlow { flow_id }: DeleteFlow) -> Result<(), UiError> {
        self.with_flows(move |flows| flows.mark_deleted(flow_id, true)).await
    }

    /// Brings a deleted flow back.
    ///
    /// # Errors
    /// As [`Client::open_flow`].
    pub async fn restore_flow(&self, RestoreFlow { flow_id }: RestoreFlow) -> Result<FlowView, UiError> {
        self.with_flows(move |flows| flows.mark_deleted(flow_id, false).and_then(|()| flows.view(flow_id)))
            .await
    }

    /// Takes in a flow from JSON.
    ///
    /// # Errors
    /// `NOT_SIGNED_IN`, `INVALID_INPUT` saying where, `STORE_FAILED`.
    pub async fn import_flow(&self, ImportFlow { name, text }: ImportFlow) -> Result<FlowView, UiError> {
        self.with_flows(move |flows| flows.import(&text, &name)).await
    }

    /// A flow as a file.
    ///
    /// # Errors
    /// As [`Client::open_flow`].
    pub async fn export_flow(&self, SaveFlow { flow_id }: SaveFlow) -> Result<Exported, UiError> {
        self.with_flows(move |flows| flows.export(flow_id)).await
    }

    /// Reading and laying out take a moment: not on a thread that others wait for.
    async fn with_flows<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Flows) -> Result<T, UiError> + Send + 'static,
    ) -> Result<T, UiError> {
        let (desk, _) = self.signed_in()?;
        let done = tokio::task::spawn_blocking(move || work(&desk.flows)).await;
        done.unwrap_or_else(|_| Err(UiError::new(Code::Internal, "working on a flow panicked")))
    }
}
