//! A scripted provider: the OpenAI chat-completions API with answers that are made up from the prompt.
//!
//! The same prompt gives the same answer, so that tests can compare texts, and failures happen when the
//! model's name asks for one. No model, no network, no tools.

mod answer;
mod script;
mod stats;
mod stream;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::gateway::bearer;
use answer::Answer;
use script::Script;
use stats::Stats;

struct Provider {
    /// Pause before each delta.
    pace: Duration,
    stats: Arc<Stats>,
}

/// `/v1` with a key, `/health` and `/stats` without.
pub(crate) fn router(pace: Duration) -> Router {
    let provider = Arc::new(Provider { pace, stats: Arc::default() });
    Router::new()
        .route("/v1/chat/completions", post(complete))
        .route("/v1/models", get(models))
        .layer(middleware::from_fn(require_key))
        .route("/health", get(|| async { Json(json!({"status": "ok"})) }))
        .route(
            "/stats",
            get(|State(provider): State<Arc<Provider>>| async move { Json(provider.stats.now()) }),
        )
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

async fn complete(State(provider): State<Arc<Provider>>, Json(request): Json<Completion>) -> Response {
    provider.stats.count_request();
    let script = Script::of(&request.model, provider.pace);
    if script.is_refused {
        return too_many_requests();
    }
    let answer = Answer::to(&request.prompt(), script.least_deltas);
    let run = stream::Run::new(request.model.clone(), answer, script, provider.stats.clone());
    if request.stream {
        let with_usage = request.stream_options.is_some_and(|options| options.include_usage);
        return run.into_event_stream(with_usage);
    }
    run.into_response().await
}

async fn models() -> Json<Value> {
    let model = |id| json!({"id": id, "object": "model", "created": 1_767_225_600, "owned_by": "flowmeter"});
    let all: Vec<Value> = script::MODELS.iter().map(model).collect();
    Json(json!({"object": "list", "data": all}))
}

impl Completion {
    /// The last thing that the person said.
    fn prompt(&self) -> String {
        let last = self.messages.iter().rev().find(|message| message.role == "user");
        last.map(|message| text_of(&message.content)).unwrap_or_default()
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
    failure(StatusCode::UNAUTHORIZED, "invalid_request_error", "invalid_api_key", message)
}

fn too_many_requests() -> Response {
    let message = "Rate limit reached for requests. Please try again in 2s.";
    let mut response =
        failure(StatusCode::TOO_MANY_REQUESTS, "rate_limit_error", "rate_limit_exceeded", message);
    response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("2"));
    response
}

fn failure(status: StatusCode, kind: &str, code: &str, message: &str) -> Response {
    let error = json!({"message": message, "type": kind, "param": null, "code": code});
    (status, Json(json!({"error": error}))).into_response()
}
