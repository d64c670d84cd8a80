//! What a person does with a flow as an app.

use std::collections::BTreeMap;
use std::rc::Rc;

use flowmeter_domain::RunId;
use flowmeter_domain::flow::Flow;
use flowmeter_domain::flow::execution::{Execution, Given};
use flowmeter_domain::ipc::{FlowId, FlowRunView, ForgetConversation, StartFlowRun, StopFlowRun};

use super::flow_run::FlowRunAction;
use super::hook::App;
use super::state::Action;
use crate::browser;

impl App {
    /// Runs a flow with what is given to its inputs; `default_model` is for nodes that name none.
    pub fn start_flow_run(
        &self,
        flow_id: FlowId,
        flow: &Rc<Flow>,
        given: BTreeMap<String, Given>,
        default_model: String,
    ) {
        let (run_id, flow) = (RunId::random(), Flow::clone(flow));
        let execution = Execution::new(flow.clone(), given.clone());
        let run = FlowRunView::new(run_id, flow_id, browser::now(), execution);
        self.dispatch(Action::FlowRun(FlowRunAction::Started(run)));
        let request = StartFlowRun { run_id, flow_id, flow, given, default_model };
        self.ask(request, move |error| Action::FlowRun(FlowRunAction::Refused(run_id, error)));
    }

    /// Stops a run of a flow.
    pub fn stop_flow_run(&self, run_id: RunId) {
        self.dispatch(Action::FlowRun(FlowRunAction::Stopping(run_id)));
        self.ask(StopFlowRun { run_id }, move |error| Action::StopFlowRunRefused(run_id, error));
    }

    /// Begins a new conversation with a flow.
    pub fn forget_conversation(&self, flow_id: FlowId) {
        self.ask(ForgetConversation { flow_id }, Action::Refused);
    }
}
