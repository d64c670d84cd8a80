//! The page's requests.
//!
//! A handler is a plain function from the client and a request type to that type's response; the
//! name comes from the type. So a handler under a wrong name, or with a wrong answer, does not
//! compile, and what all handlers need (decoding, logging, never panicking at a person) is here once.

mod door;
mod flow_run;
mod flows;
mod history;
mod machine;
mod preferences;
mod quota;
mod run;
mod session;

use std::collections::HashMap;
use std::pin::Pin;

use flowmeter_client::Client;
use flowmeter_domain::ipc::Command;
use flowmeter_domain::{Code, UiError};
use serde_json::Value;
use tauri::ipc::{Invoke, InvokeBody};
use tauri::{AppHandle, Manager};

use crate::NotOpened;

/// Every command that the page may send.
pub(crate) fn all() -> Commands {
    Commands::default()
        .on(session::get_start)
        .on(session::sign_in)
        .on(session::sign_out)
        .on(quota::refresh_quota)
        .on(run::start_run)
        .on(run::stop_run)
        .on(run::get_run)
        .on(run::list_runs)
        .on(run::read_run)
        .on(run::continue_run)
        .on(run::rename_run)
        .on(run::delete_run)
        .on(run::restore_run)
        .on(run::get_models)
        .on(run::set_run_choices)
        .on(preferences::get_preferences)
        .on_shell(preferences::set_preferences)
        .on(history::get_history)
        .on(history::clear_history)
        .on(history::restore_history)
        .on(door::check_connection)
        .on(door::connect)
        .on(door::get_ways_in)
        .on(door::sign_up)
        .on(door::send_code)
        .on(door::verify_code)
        .on(door::reset_password)
        .on_shell(door::sign_in_with)
        .on(door::cancel_sign_in)
        .on(session::switch_account)
        .on(session::remove_account)
        .on_shell(machine::get_machine)
        .on_shell(machine::open_folder)
        .on_shell(machine::open_link)
        .on_shell(machine::save_history)
        .on(flows::get_flows)
        .on(flows::start_plan)
        .on(flows::stop_plan)
        .on(flows::close_plan)
        .on(flows::open_flow)
        .on(flows::modify_flow)
        .on(flows::decide_change)
        .on(flows::step_flow)
        .on(flows::rename_flow)
        .on(flows::arrange_flow)
        .on(flows::duplicate_flow)
        .on(flows::delete_flow)
        .on(flows::restore_flow)
        .on(flows::import_flow)
        .on_shell(machine::save_flow)
        .on(flow_run::check_flow)
        .on(flow_run::start_flow_run)
        .on(flow_run::stop_flow_run)
        .on(flow_run::get_flow_run)
        .on(flow_run::get_last_flow_run)
        .on(flow_run::forget_conversation)
        .on_shell(machine::save_run)
}

/// What a handler of `C` gives back.
type Reply<C> = Result<<C as Command>::Response, UiError>;
type Answer = Pin<Box<dyn Future<Output = Result<Value, UiError>> + Send>>;
type Handler = Box<dyn Fn(AppHandle, &InvokeBody) -> Answer + Send + Sync>;

/// Handlers by the name of their command.
#[derive(Default)]
pub(crate) struct Commands(HashMap<&'static str, Handler>);

impl Commands {
    /// A command that the client answers.
    fn on<C, F>(self, handle: impl Fn(Client, C) -> F + Copy + Send + Sync + 'static) -> Self
    where
        C: Command,
        F: Future<Output = Reply<C>> + Send + 'static,
    {
        self.on_shell(move |app, request| handle(app.state::<Client>().inner().clone(), request))
    }

    /// A command that needs the shell: the machine, or the window.
    fn on_shell<C, F>(mut self, handle: impl Fn(AppHandle, C) -> F + Copy + Send + Sync + 'static) -> Self
    where
        C: Command,
        F: Future<Output = Reply<C>> + Send + 'static,
    {
        self.0.insert(
            C::NAME,
            Box::new(move |app, body| {
                let request = decode::<C>(body);
                Box::pin(async move {
                    let response = handle(app, request?).await?;
                    serde_json::to_value(response).map_err(|error| internal(&error.to_string()))
                })
            }),
        );
        self
    }

    /// Answers one request; `false` when there is no such command.
    pub(crate) fn answer(&self, invoke: Invoke) -> bool {
        let name = invoke.message.command().to_owned();
        let Some(handler) = self.0.get(name.as_str()) else { return false };
        let app = invoke.message.webview_ref().app_handle().clone();
        if let Some(fault) = app.try_state::<NotOpened>() {
            invoke.resolver.reject(fault.0.clone());
            return true;
        }
        let answer = handler(app, invoke.message.payload());
        tauri::async_runtime::spawn(async move {
            // A task of its own, so that a panic becomes an error of this one request.
            let done = tauri::async_runtime::spawn(answer).await;
            match done.unwrap_or_else(|_| Err(internal("the handler panicked"))) {
                Ok(response) => invoke.resolver.resolve(response),
                Err(error) => {
                    tracing::info!(command = name, code = ?error.code, %error, "refused");
                    invoke.resolver.reject(error);
                }
            }
        });
        true
    }
}

/// The page sends `{request: …}`.
fn decode<C: Command>(body: &InvokeBody) -> Result<C, UiError> {
    let InvokeBody::Json(json) = body else { return Err(internal("the request is not JSON")) };
    let request = json.get("request").unwrap_or(&Value::Null);
    C::deserialize(request)
        .map_err(|fault| UiError::new(Code::InvalidInput, format!("{} does not read: {fault}", C::NAME)))
}

fn internal(message: &str) -> UiError {
    UiError::new(Code::Internal, message)
}

#[cfg(test)]
mod tests {
    use flowmeter_domain::ipc::{COMMANDS, StopRun};
    use serde_json::json;

    use super::*;

    #[test]
    fn every_command_has_a_handler() {
        let commands = all();
        let missing: Vec<_> = COMMANDS.iter().filter(|name| !commands.0.contains_key(*name)).collect();
        assert!(missing.is_empty(), "{missing:?}");
        assert_eq!(commands.0.len(), COMMANDS.len());
    }

    #[test]
    fn a_request_that_does_not_read_names_the_field() {
        let error = decode::<StopRun>(&InvokeBody::Json(json!({"request": {}}))).unwrap_err();
        assert_eq!(error.code, Code::InvalidInput);
        assert_eq!(error.message, "stop_run does not read: missing field `run_id`");
    }
}
