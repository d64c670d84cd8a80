//! Says an answer: delta by delta, or all at once after the same time.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt, stream};
use serde_json::{Value, json};
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::answer::Answer;
use super::script::Script;
use super::stats::{Open, Stats};

/// Fixed, so that the same request gives the same bytes.
const ID: &str = "chatcmpl-local";
const CREATED: i64 = 1_767_225_600;

/// A request that is being answered. Dropping it, as the server does when the client is gone, stops it.
pub(super) struct Run {
    model: String,
    answer: Answer,
    script: Script,
    open: Open,
}

/// A part of the answer.
enum Delta {
    Reasoning(String),
    Content(String),
}

impl Run {
    pub(super) fn new(model: String, answer: Answer, script: Script, stats: Arc<Stats>) -> Run {
        let open = stats.open(&model);
        Run { model, answer, script, open }
    }

    /// Server-sent events, up to `[DONE]`.
    pub(super) fn into_event_stream(self, with_usage: bool) -> Response {
        let Run { model, answer, script, mut open } = self;
        let usage = with_usage.then(|| usage(&answer));
        let deltas = deltas(answer, &script);
        let chunks = paced(deltas, script).map({
            let model = model.clone();
            move |delta| Ok(event(&chunk(&model, delta.to_json(), None)))
        });
        let end = stream::once(async move {
            if script.breaks {
                return Err(broken().await);
            }
            open.complete();
            let stop = event(&chunk(&model, json!({}), Some("stop")));
            let usage = usage.map(|usage| event(&with_usage_only(&model, &usage))).unwrap_or_default();
            Ok(format!("{stop}{usage}data: [DONE]\n\n"))
        });
        let content_type = [(header::CONTENT_TYPE, "text/event-stream")];
        (content_type, Body::from_stream(chunks.chain(end))).into_response()
    }

    /// One JSON body, when the last delta would have come.
    pub(super) async fn into_response(self) -> Response {
        let Run { model, answer, script, mut open } = self;
        let usage = usage(&answer);
        let (mut reasoning, mut content) = (String::new(), String::new());
        let mut said = std::pin::pin!(paced(deltas(answer, &script), script));
        while let Some(delta) = said.next().await {
            match delta {
                Delta::Reasoning(text) => reasoning += &text,
                Delta::Content(text) => content += &text,
            }
        }
        if script.breaks {
            return broken_body();
        }
        open.complete();
        let message = json!({"role": "assistant", "content": content, "reasoning_content": reasoning});
        let choice = json!({"index": 0, "message": message, "finish_reason": "stop"});
        Json(json!({
            "id": ID, "object": "chat.completion", "created": CREATED, "model": model,
            "choices": [choice], "usage": usage,
        }))
        .into_response()
    }
}

impl Delta {
    fn to_json(&self) -> Value {
        match self {
            Delta::Reasoning(text) => json!({"role": "assistant", "reasoning_content": text}),
            Delta::Content(text) => json!({"role": "assistant", "content": text}),
        }
    }
}

/// Everything that will be said; half of it if the connection is to break.
fn deltas(answer: Answer, script: &Script) -> Vec<Delta> {
    let content = answer.content.into_iter().map(Delta::Content);
    let mut all: Vec<Delta> = answer.reasoning.into_iter().map(Delta::Reasoning).chain(content).collect();
    if script.breaks {
        // Past the reasoning, so that there is text of the answer to keep.
        all.truncate(all.len() * 3 / 4);
    }
    all
}

fn paced(deltas: Vec<Delta>, script: Script) -> impl Stream<Item = Delta> {
    let clock = (!script.pace.is_zero()).then(|| {
        let mut clock = interval(script.pace);
        // A delta that was late is not made up for: the pause between two is what is promised.
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        clock
    });
    stream::unfold((deltas.into_iter(), clock), |(mut deltas, mut clock)| async move {
        let delta = deltas.next()?;
        tick(clock.as_mut()).await;
        Some((delta, (deltas, clock)))
    })
}

async fn tick(clock: Option<&mut Interval>) {
    match clock {
        Some(clock) => drop(clock.tick().await),
        // At full speed the others still get their turn.
        None => tokio::task::yield_now().await,
    }
}

fn event(chunk: &Value) -> String {
    format!("data: {chunk}\n\n")
}

fn chunk(model: &str, delta: Value, finish_reason: Option<&str>) -> Value {
    let choice = json!({"index": 0, "delta": delta, "finish_reason": finish_reason});
    json!({
        "id": ID, "object": "chat.completion.chunk", "created": CREATED, "model": model,
        "choices": [choice],
    })
}

fn with_usage_only(model: &str, usage: &Value) -> Value {
    json!({
        "id": ID, "object": "chat.completion.chunk", "created": CREATED, "model": model,
        "choices": [], "usage": usage,
    })
}

/// Deltas stand for tokens.
fn usage(answer: &Answer) -> Value {
    let said = answer.reasoning.len() + answer.content.len();
    json!({"prompt_tokens": 16, "completion_tokens": said, "total_tokens": 16 + said})
}

/// Ends a body without its end: the client sees a broken transfer, as when a server dies.
#[derive(Debug, thiserror::Error)]
#[error("the script breaks the connection here")]
struct Broken;

/// The server throws away what it has not sent when a body fails, and sends when it has to wait for it.
async fn broken() -> Broken {
    tokio::task::yield_now().await;
    Broken
}

fn broken_body() -> Response {
    let start = stream::once(async { Ok::<_, Broken>(format!("{{\"id\": \"{ID}\", \"choices\": [")) });
    let body = Body::from_stream(start.chain(stream::once(async { Err(broken().await) })));
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}
