//! Flows as the page holds them, and the verbs of the place where they are.
//!
//! The backend owns every flow: what is here is what it told last. Not here: which node is chosen and
//! what is typed, which belong to the view.

use std::rc::Rc;

use flowmeter_domain::flow::Mode;
use flowmeter_domain::ipc::{
    ArrangeFlow, ClosePlan, Command, DecideChange, Decision, DeleteFlow, DuplicateFlow, FlowId, FlowShelf,
    FlowView, GetFlows, GetLastFlowRun, ImportFlow, ModifyFlow, OpenFlow, PlanNews, RenameFlow, RestoreFlow,
    SaveFlow, StartPlan, Step, StepFlow, StopPlan,
};
use flowmeter_domain::{Charged, Code, UiError};
use wasm_bindgen_futures::spawn_local;

use super::flow_run::FlowRunAction;
use super::hook::App;
use super::state::Action;
use crate::ipc;

/// What the page knows of flows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Flows {
    /// All of them in short; `None` until the backend told.
    pub shelf: Option<Rc<FlowShelf>>,
    /// Why they are not here.
    pub failure: Option<UiError>,
    /// The one that is shown.
    pub open: Option<Rc<FlowView>>,
    /// The one that is about to be shown.
    pub opening: Option<FlowId>,
    /// Why the last import was refused.
    pub not_imported: Option<UiError>,
    /// Whether a flow is being taken in.
    pub importing: bool,
    /// What was deleted last, and its name: it can be brought back.
    pub deleted: Option<(FlowId, String)>,
    /// Where a flow was saved last.
    pub saved: Option<String>,
    /// The flow that was made last, and whether that cost a unit; `None` once the person read it.
    pub made: Option<(FlowId, Charged)>,
}

/// Something that happened to flows.
#[derive(Clone, Debug, PartialEq)]
pub enum FlowAction {
    /// The backend told of all.
    Shelf(FlowShelf),
    /// It did not.
    ShelfFailed(UiError),
    /// The backend told how a plan goes.
    Plan(PlanNews),
    /// The person wants to see one.
    Opening(FlowId),
    /// It cannot be shown.
    NotOpened(UiError),
    /// The backend told of one.
    View(Box<FlowView>),
    /// The person went back to all of them.
    Closed,
    /// The person gave a file or a text.
    Importing,
    /// It is no flow.
    NotImported(UiError),
    /// The person read why.
    ImportSeen,
    /// One was taken in, or copied, and is to be shown.
    Came(Box<FlowView>),
    /// One was deleted.
    Deleted(FlowId, String),
    /// It was brought back, or nobody wants it any more.
    DeletedSeen,
    /// One was saved.
    Saved(String),
    /// The person read where.
    SavedSeen,
    /// A plan made a flow, and that cost a unit or not.
    Made(FlowId, Charged),
    /// The person read it.
    MadeSeen,
}

impl Flows {
    /// Takes in what happened.
    pub fn reduce(&mut self, action: FlowAction) {
        match action {
            FlowAction::Shelf(shelf) => {
                (self.shelf, self.failure) = (Some(shelf.into()), None);
            }
            FlowAction::ShelfFailed(error) => self.failure = Some(error),
            FlowAction::Plan(PlanNews { planning }) => {
                if planning.is_some() {
                    self.made = None;
                }
                let shelf = self.shelf.get_or_insert_default();
                Rc::make_mut(shelf).planning = planning;
            }
            FlowAction::Opening(flow_id) => self.opening = Some(flow_id),
            FlowAction::NotOpened(_) => self.opening = None,
            FlowAction::View(view) => self.take(*view),
            FlowAction::Closed => self.close(),
            FlowAction::Importing => (self.importing, self.not_imported) = (true, None),
            FlowAction::NotImported(error) => {
                (self.importing, self.not_imported) = (false, Some(error));
            }
            FlowAction::ImportSeen => self.not_imported = None,
            FlowAction::Came(view) => {
                (self.importing, self.opening) = (false, Some(view.flow_id));
                self.take(*view);
            }
            FlowAction::Deleted(flow_id, name) => self.delete(flow_id, name),
            FlowAction::DeletedSeen => self.deleted = None,
            FlowAction::Saved(path) => self.saved = Some(path),
            FlowAction::SavedSeen => self.saved = None,
            FlowAction::Made(flow_id, charged) => self.made = Some((flow_id, charged)),
            FlowAction::MadeSeen => self.made = None,
        }
    }

    /// What is told of a flow that nobody looks at is told again when it is opened.
    fn take(&mut self, view: FlowView) {
        let is_open = self.open.as_ref().is_some_and(|open| open.flow_id == view.flow_id);
        if is_open || self.opening == Some(view.flow_id) {
            self.opening = None;
            self.open = Some(view.into());
        }
    }

    /// Whoever saw the flow that was made need not be told of it any more.
    fn close(&mut self) {
        if let Some(open) = self.open.take() {
            self.made.take_if(|(made, _)| *made == open.flow_id);
        }
        self.opening = None;
    }

    fn delete(&mut self, flow_id: FlowId, name: String) {
        self.open.take_if(|open| open.flow_id == flow_id);
        self.made.take_if(|(made, _)| *made == flow_id);
        self.deleted = Some((flow_id, name));
    }
}

impl App {
    /// Asks for the flows.
    pub fn load_flows(&self) {
        self.flow_call(GetFlows {}, FlowAction::Shelf, |error| Action::Flow(FlowAction::ShelfFailed(error)));
    }

    /// Makes a flow from a sentence.
    pub fn start_plan(&self, prompt: String) {
        self.ask(StartPlan { prompt }, Action::Refused);
    }

    /// Stops the plan that is being made.
    pub fn stop_plan(&self) {
        self.ask(StopPlan {}, Action::Refused);
    }

    /// Puts away a plan that ended.
    pub fn close_plan(&self) {
        self.ask(ClosePlan {}, Action::Refused);
    }

    /// Puts away a plan that made a flow, and says so.
    pub fn note_made(&self, flow_id: FlowId, charged: Charged) {
        self.close_plan();
        self.dispatch(Action::Flow(FlowAction::Made(flow_id, charged)));
    }

    /// The person read that a flow was made.
    pub fn close_made(&self) {
        self.dispatch(Action::Flow(FlowAction::MadeSeen));
    }

    /// Shows a flow with its last run.
    pub fn open_flow(&self, flow_id: FlowId) {
        self.dispatch(Action::Flow(FlowAction::Opening(flow_id)));
        let (store, was_run) = (self.0.dispatcher(), self.flow_runs.of(flow_id).is_some());
        spawn_local(async move {
            // Before the flow, which is drawn with its run at once then. Without an answer there is none.
            if !was_run && let Ok(Some(last)) = ipc::call(GetLastFlowRun { flow_id }).await {
                store.dispatch(Action::FlowRun(FlowRunAction::Last(last)));
            }
            match ipc::call(OpenFlow { flow_id }).await {
                Ok(view) => store.dispatch(Action::Flow(FlowAction::View(view.into()))),
                Err(error) => {
                    store.dispatch(Action::Flow(FlowAction::NotOpened(error.clone())));
                    store.dispatch(Action::Refused(error));
                }
            }
        });
    }

    /// Goes back to all flows.
    pub fn close_flow(&self) {
        self.dispatch(Action::Flow(FlowAction::Closed));
    }

    /// Asks for a change.
    pub fn modify_flow(&self, flow_id: FlowId, prompt: String, mode: Mode) {
        self.ask(ModifyFlow { flow_id, prompt, mode }, Action::Refused);
    }

    /// Takes, drops or stops a change.
    pub fn decide_change(&self, flow_id: FlowId, decision: Decision) {
        self.change_flow(DecideChange { flow_id, decision });
    }

    /// Goes to another version.
    pub fn step_flow(&self, flow_id: FlowId, step: Step) {
        self.change_flow(StepFlow { flow_id, step });
    }

    /// Gives a flow another name.
    pub fn rename_flow(&self, flow_id: FlowId, name: String) {
        self.change_flow(RenameFlow { flow_id, name });
    }

    /// Lays a flow out anew.
    pub fn arrange_flow(&self, flow_id: FlowId) {
        self.change_flow(ArrangeFlow { flow_id });
    }

    /// Copies a flow.
    pub fn duplicate_flow(&self, flow_id: FlowId, name: String) {
        let ignore = |view: FlowView| FlowAction::View(view.into());
        self.flow_call(DuplicateFlow { flow_id, name }, ignore, Action::Refused);
    }

    /// Takes in a flow.
    pub fn import_flow(&self, name: String, text: String) {
        self.dispatch(Action::Flow(FlowAction::Importing));
        let came = |view: FlowView| FlowAction::Came(view.into());
        let refused = |error| Action::Flow(FlowAction::NotImported(error));
        self.flow_call(ImportFlow { name, text }, came, refused);
    }

    /// A file that cannot be read is no flow.
    pub fn refuse_import(&self, why: &str) {
        let error = UiError::new(Code::InvalidInput, why);
        self.dispatch(Action::Flow(FlowAction::NotImported(error)));
    }

    /// The person read why a flow was not taken in.
    pub fn close_import(&self) {
        self.dispatch(Action::Flow(FlowAction::ImportSeen));
    }

    /// Deletes a flow.
    pub fn delete_flow(&self, flow_id: FlowId, name: String) {
        let deleted = move |()| FlowAction::Deleted(flow_id, name);
        self.flow_call(DeleteFlow { flow_id }, deleted, Action::Refused);
    }

    /// Brings back what was deleted last.
    pub fn restore_flow(&self, flow_id: FlowId) {
        self.flow_call(RestoreFlow { flow_id }, |_| FlowAction::DeletedSeen, Action::Refused);
    }

    /// Nobody wants back what was deleted last.
    pub fn close_deleted(&self) {
        self.dispatch(Action::Flow(FlowAction::DeletedSeen));
    }

    /// Saves a flow as a file.
    pub fn save_flow(&self, flow_id: FlowId) {
        self.flow_call(SaveFlow { flow_id }, |saved| FlowAction::Saved(saved.path), Action::Refused);
    }

    /// The person read where a flow was saved.
    pub fn close_saved_flow(&self) {
        self.dispatch(Action::Flow(FlowAction::SavedSeen));
    }

    fn change_flow<C: Command<Response = FlowView>>(&self, request: C) {
        self.flow_call(request, |view| FlowAction::View(view.into()), Action::Refused);
    }

    fn flow_call<C: Command>(
        &self,
        request: C,
        on_answer: impl FnOnce(C::Response) -> FlowAction + 'static,
        on_error: impl FnOnce(UiError) -> Action + 'static,
    ) {
        let store = self.0.dispatcher();
        spawn_local(async move {
            let came = ipc::call(request).await;
            store.dispatch(came.map_or_else(on_error, |answer| Action::Flow(on_answer(answer))));
        });
    }
}
