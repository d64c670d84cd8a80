//! A scripted provider: the OpenAI chat-completions API with answers that are made up from the prompt.
//!
//! The same prompt gives the same answer, so that tests can compare texts, and failures happen when the
//! model's name asks for one. No model, no network, no tools.

mod answer;
mod fault;
mod flows;
mod script;
mod stats;
mod stream;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::gateway::bearer;
use answer::Answer;
use script::{Fault, Script};
use stats::Stats;

struct Provider {
    /// Pause before each delta.
    pace: Duration,
    stats: Arc<Stats>,
}

/// `/v1` with a key; `/health`, `/stats` and `/requests?model=` without.
pub(crate) fn router(pace: Duration) -> Router {
    let provider = Arc::new(Provider { pace, stats: Arc::default() });
    Router::new()
        .route("/v1/chat/completions", post(complete))
        .route("/v1/models", get(models))
        .layer(middleware::from_fn(require_key))
        .route("/health", get(|| async { Json(json!({"status": "ok"})) }))
        .route("/stats", get(stats))
        .route("/requests", get(requests))
        .with_state(provider)
}

/// What is used of OpenAI's request.
#[derive(Deserialize)]
struct Completion {
    model: String,
    #[serde(default)]
    messages: Vec<Message>,
    #[serde(default)]
    stream: bool,
    stream_options: Option<StreamOptions>,
    response_format: Option<ResponseFormat>,
}

#[derive(Deserialize)]
struct ResponseFormat {
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct Message {
    role: String,
    #[serde(default)]
    content: Value,
}

#[derive(Deserialize)]
struct StreamOptions {
    #[serde(default)]
    include_usage: bool,
}

async fn complete(State(provider): State<Arc<Provider>>, Json(body): Json<Value>) -> Response {
    let request = match Completion::deserialize(&body) {
        Ok(request) => request,
        Err(error) => {
            let (kind, message) = ("invalid_request_error", error.to_string());
            return fault::failure(StatusCode::BAD_REQUEST, kind, "invalid_value", &message);
        }
    };
    provider.stats.count_request(&request.model, body);
    let script = Script::of(request.scripted(), provider.pace);
    match script.fault {
        Some(Fault::Flaky) if !provider.stats.is_first(&request.model, &request.prompt()) => {}
        Some(fault) => return provider.fail(fault, &request.model),
        None => {}
    }
    let answer = request.answer(&script);
    let run = stream::Run::new(request.model.clone(), answer, script, provider.stats.clone());
    if request.stream {
        let with_usage = request.stream_options.is_some_and(|options| options.include_usage);
        return run.into_event_stream(with_usage);
    }
    run.into_response().await
}

impl Provider {
    fn fail(&self, fault: Fault, model: &str) -> Response {
        match fault {
            Fault::Status(status) => fault::status(status),
            Fault::Flaky => fault::status(503),
            Fault::Html => fault::html(),
            Fault::Drip => fault::drip(self.stats.clone().open(model)),
            Fault::HugeLine => fault::huge_line(self.stats.clone().open(model)),
        }
    }
}

async fn stats(State(provider): State<Arc<Provider>>) -> Json<Value> {
    Json(provider.stats.now())
}

#[derive(Deserialize)]
struct OfModel {
    model: String,
}

/// The bodies of what a tagged model was asked.
async fn requests(State(provider): State<Arc<Provider>>, Query(of): Query<OfModel>) -> Json<Vec<Value>> {
    Json(provider.stats.requests(&of.model))
}

async fn models() -> Json<Value> {
    let model = |id| json!({"id": id, "object": "model", "created": 1_767_225_600, "owned_by": "flowmeter"});
    let all: Vec<Value> = script::MODELS.into_iter().chain([script::DRIP]).map(model).collect();
    Json(json!({"object": "list", "data": all}))
}

impl Completion {
    /// The last thing that the person said.
    fn prompt(&self) -> String {
        let last = self.messages.iter().rev().find(|message| message.role == "user");
        last.map(|message| text_of(&message.content)).unwrap_or_default()
    }

    /// The name by which it behaves. Of flows a person does not choose the model, so there the prompt may
    /// name a scripted one.
    fn scripted(&self) -> &str {
        let named = self.wants_json().then(|| script::named_in(&flows::wish(&self.prompt()))).flatten();
        named.unwrap_or(&self.model)
    }

    fn wants_json(&self) -> bool {
        self.response_format.as_ref().is_some_and(|format| format.kind == "json_object")
    }

    fn answer(&self, script: &Script) -> Answer {
        if self.wants_json() {
            return Answer::json(&flows::answer(&self.prompt(), script.json), script.least_deltas);
        }
        if script.echoes {
            return Answer::of(&self.prompt());
        }
        Answer::to(&self.prompt(), script.least_deltas)
    }
}

/// A content is a text, or a list of parts of which some are texts.
fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            parts.iter().filter_map(|part| part["text"].as_str()).collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}

async fn require_key(request: Request, next: Next) -> Response {
    if bearer(request.headers()).is_some_and(|key| !key.is_empty()) {
        return next.run(request).await;
    }
    let message = "You didn't provide an API key.";
    fault::failure(StatusCode::UNAUTHORIZED, "invalid_request_error", "invalid_api_key", message)
}
