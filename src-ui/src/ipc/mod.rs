//! The only place that knows Tauri: typed calls to the backend and typed events from it.
//!
//! Both sides speak JSON through the same `serde` impls, so a message reads the same at each end.
//! Not here: which command to call when; that is the store's.

mod bridge;

use flowmeter_domain::ipc::{Command, Event};
use flowmeter_domain::{Code, UiError};
use js_sys::JSON;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// Asks the backend for something and waits for the answer.
///
/// # Errors
/// The backend's own error, or [`Code::Internal`] for anything else that is thrown on the way.
pub async fn call<C: Command>(request: C) -> Result<C::Response, UiError> {
    let arguments = to_js(&Arguments { request })?;
    let answer = bridge::invoke(C::NAME, arguments).await.map_err(|thrown| error_of(&thrown))?;
    from_js(&answer)
}

/// Calls `on_event` for each event of type `E`, for as long as the listener is kept.
///
/// # Errors
/// When the backend does not allow this page to listen.
pub async fn listen<E: Event>(on_event: impl Fn(E) + 'static) -> Result<Listener, UiError> {
    let deliver = Closure::<dyn Fn(JsValue)>::new(move |message: JsValue| {
        // A message that does not parse is a fault of ours; the page goes on with what it has.
        if let Ok(Message { payload }) = from_js::<Message<E>>(&message) {
            on_event(payload);
        }
    });
    let handler = bridge::transform_callback(deliver.as_ref().unchecked_ref(), false)
        .map_err(|thrown| error_of(&thrown))?;
    let arguments =
        to_js(&Listen { event: E::NAME, target: Target { kind: "Any" }, handler: from_js(&handler)? })?;
    let id = bridge::invoke("plugin:event|listen", arguments).await.map_err(|thrown| error_of(&thrown))?;
    Ok(Listener { event: E::NAME, id: from_js(&id)?, deliver: Some(deliver) })
}

/// Listening ends when this is dropped.
#[must_use = "listening ends when the listener is dropped"]
pub struct Listener {
    event: &'static str,
    id: u32,
    deliver: Option<Closure<dyn Fn(JsValue)>>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        let (unlisten, deliver) = (Unlisten { event: self.event, event_id: self.id }, self.deliver.take());
        spawn_local(async move {
            if let Ok(arguments) = to_js(&unlisten) {
                let _ = bridge::invoke("plugin:event|unlisten", arguments).await;
            }
            // Kept until now: an event that is on its way still finds its closure.
            drop(deliver);
        });
    }
}

/// The error in a rejection: the backend's `{code, message, retryable}`, or an internal one.
pub fn error_from_json(text: &str) -> UiError {
    serde_json::from_str(text).unwrap_or_else(|_| UiError::new(Code::Internal, text))
}

#[derive(Serialize)]
struct Arguments<C> {
    request: C,
}

#[derive(Serialize)]
struct Listen {
    event: &'static str,
    target: Target,
    handler: u32,
}

#[derive(Serialize)]
struct Target {
    kind: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Unlisten {
    event: &'static str,
    event_id: u32,
}

#[derive(Deserialize)]
#[serde(bound = "E: DeserializeOwned")]
struct Message<E> {
    payload: E,
}

fn to_js(value: &impl Serialize) -> Result<JsValue, UiError> {
    let text =
        serde_json::to_string(value).map_err(|fault| UiError::new(Code::Internal, fault.to_string()))?;
    JSON::parse(&text).map_err(|thrown| error_of(&thrown))
}

fn from_js<T: DeserializeOwned>(value: &JsValue) -> Result<T, UiError> {
    serde_json::from_str(&json_of(value)).map_err(|fault| UiError::new(Code::Internal, fault.to_string()))
}

/// An exception of the page itself has no JSON of its own; its text is what helps in a report.
fn error_of(thrown: &JsValue) -> UiError {
    match thrown.dyn_ref::<js_sys::Error>() {
        Some(error) => UiError::new(Code::Internal, String::from(error.message())),
        None => error_from_json(&json_of(thrown)),
    }
}

fn json_of(value: &JsValue) -> String {
    // `undefined` has no JSON: it stands for "nothing", as `null` does.
    JSON::stringify(value).ok().and_then(|text| text.as_string()).unwrap_or_else(|| "null".to_owned())
}
