//! What a view gets: the state to read and the verbs of the app.
//!
//! A verb sends a request and notes only what the person did; its result arrives as an event. Not
//! here: any decision about quotas, which are the server's.

use std::ops::Deref;

use flowmeter_domain::conversation::{Earlier, Past};
use flowmeter_domain::ipc::{Command, RefreshQuota, SignOut, StartRun, StopRun};
use flowmeter_domain::{ConversationId, NodeRequest, RunChoices, RunId, UiError};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::draft::Setting;
use super::place::Place;
use super::provider::Handle;
use super::state::{Action, State};
use crate::{browser, ipc};

/// The store in the hands of a view.
#[derive(Clone, PartialEq)]
pub struct App(pub(super) Handle);

/// The store of the page.
#[hook]
pub fn use_app() -> App {
    App(use_context::<Handle>().expect("inside <AppProvider>"))
}

impl Deref for App {
    type Target = State;

    fn deref(&self) -> &State {
        &self.0
    }
}

impl App {
    /// Signs out on this device.
    pub fn sign_out(&self) {
        self.ask(SignOut {}, Action::Refused);
    }

    /// Goes to a place.
    pub fn go(&self, place: Place) {
        self.0.dispatch(Action::Went(place));
    }

    /// Reads the quotas now.
    pub fn refresh_quota(&self) {
        self.0.dispatch(Action::Tick(browser::now()));
        self.ask(RefreshQuota {}, Action::Refused);
    }

    /// Asks `model` for an answer to `prompt`, as the person chose to run prompts.
    pub fn run_prompt(&self, model: String, prompt: &str) {
        let mut choices = RunChoices { model, ..self.choices.clone() };
        // Run cannot be pressed on a prompt that is not the JSON that it should be.
        let Ok(request) = choices.request(prompt) else { return };
        self.start_run(request);
        choices.note_run();
        self.set_run_choices(choices);
    }

    /// Starts a run in the current conversation, with what was said there unless the person cut it off.
    pub fn start_run(&self, request: NodeRequest) {
        let conversation = self.conversation.unwrap_or_else(ConversationId::random);
        self.start_run_in(conversation, self.earlier(), request);
    }

    /// Runs what was run in the current conversation once more: told what was said before it, and not its own answer.
    pub fn start_again(&self, run_id: RunId, request: NodeRequest) {
        let conversation = self.conversation.unwrap_or_else(ConversationId::random);
        let before = self.conversation_runs().map(|run| &run.view).take_while(|run| run.run_id != run_id);
        let before: Vec<_> = before.collect();
        self.start_run_in(conversation, Earlier::of(before.into_iter()), request);
    }

    /// The same in another conversation.
    pub(super) fn start_run_in<P: Past>(
        &self,
        conversation: ConversationId,
        earlier: Earlier<'_, P>,
        mut request: NodeRequest,
    ) {
        request.conversation_history = if self.choices.history { earlier.turns() } else { Vec::new() };
        let (run_id, stream) = (RunId::random(), self.choices.stream);
        let start = StartRun { run_id, request, conversation, stream };
        self.0.dispatch(Action::RunStarted(start.clone(), browser::now()));
        self.ask(start, move |error| Action::RunRefused(run_id, error));
    }

    /// Chooses how prompts are run from now on.
    pub fn set_run_choices(&self, choices: RunChoices) {
        self.0.dispatch(Action::Chose(choices));
    }

    /// Goes back to how a prompt would have been run that was put aside.
    pub fn set_back(&self, setting: Setting) {
        self.0.dispatch(Action::SettingBack(setting));
    }

    /// Begins a new conversation; the one before is kept.
    pub fn leave_conversation(&self) {
        self.0.dispatch(Action::ConversationLeft);
    }

    /// Stops a run.
    pub fn stop_run(&self, run_id: RunId) {
        self.0.dispatch(Action::RunStopping(run_id));
        self.ask(StopRun { run_id }, move |error| Action::StopRefused(run_id, error));
    }

    /// Closes the notice.
    pub fn close_notice(&self) {
        self.0.dispatch(Action::NoticeClosed);
    }

    pub(super) fn dispatch(&self, action: Action) {
        self.0.dispatch(action);
    }

    pub(super) fn ask<C: Command>(&self, request: C, on_error: impl FnOnce(UiError) -> Action + 'static) {
        let store = self.0.dispatcher();
        spawn_local(async move {
            if let Err(error) = ipc::call(request).await {
                store.dispatch(on_error(error));
            }
        });
    }
}
