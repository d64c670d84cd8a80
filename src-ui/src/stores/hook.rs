//! What a view gets: the state to read and the verbs of the app.
//!
//! A verb sends a request and notes only what the person did; its result arrives as an event. Not
//! here: any decision about quotas, which are the server's.

use std::ops::Deref;

use flowmeter_domain::ipc::{Command, RefreshQuota, SignOut, StartRun, StopRun};
use flowmeter_domain::{NodeRequest, RunId, UiError};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

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

    /// Starts a run.
    pub fn start_run(&self, request: NodeRequest) {
        let run_id = RunId::random();
        self.0.dispatch(Action::RunStarted(run_id, request.clone()));
        self.ask(StartRun { run_id, request }, move |error| Action::RunRefused(run_id, error));
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
