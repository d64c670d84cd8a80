//! Answers that are none: statuses, pages, drips and lines without an end.

use std::convert::Infallible;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use futures_util::{StreamExt, stream};
use serde_json::json;

use super::stats::Open;

/// Slower than a test's silence limit may be, quick enough for its total limit.
const DRIP_PACE: Duration = Duration::from_millis(100);
/// 64 MiB in pieces: more than a reader should keep, and than the system's buffers hold.
const HUGE_PIECE: usize = 64 * 1024;
const HUGE_PIECES: usize = 1024;

/// OpenAI's answer with this status. Its text holds what must not reach a person: an address and a key.
pub(super) fn status(status: u16) -> Response {
    let (kind, code, message) = match status {
        401 => ("invalid_request_error", "invalid_api_key", "Incorrect API key provided: local."),
        404 => ("invalid_request_error", "model_not_found", "The model does not exist."),
        429 => ("rate_limit_error", "rate_limit_exceeded", "Rate limit reached. Please try again in 2s."),
        _ => ("server_error", "internal_error", "The upstream http://10.0.0.7:8000 failed with key local."),
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = failure(status, kind, code, message);
    if status == StatusCode::TOO_MANY_REQUESTS {
        response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("2"));
    }
    response
}

/// OpenAI's error.
pub(super) fn failure(status: StatusCode, kind: &str, code: &str, message: &str) -> Response {
    let error = json!({"message": message, "type": kind, "param": null, "code": code});
    (status, Json(json!({"error": error}))).into_response()
}

pub(super) fn html() -> Response {
    Html("<!doctype html><title>Sign in to the network</title>").into_response()
}

/// A character now and then, in a comment that never ends.
pub(super) fn drip(open: Open) -> Response {
    let drops = stream::unfold((open, ":"), |(open, drop)| async move {
        tokio::time::sleep(DRIP_PACE).await;
        Some((Ok::<_, Infallible>(drop), (open, ".")))
    });
    event_stream(Body::from_stream(drops))
}

/// An event that begins well and does not end. A run that was taken to its last piece counts as completed.
pub(super) fn huge_line(mut open: Open) -> Response {
    let piece = "x".repeat(HUGE_PIECE);
    let start = stream::once(async { "data: {\"choices\":[{\"delta\":{\"content\":\"".to_owned() });
    let end = stream::once(async move {
        open.complete();
        String::new()
    });
    let line = start.chain(stream::repeat(piece).take(HUGE_PIECES)).chain(end);
    event_stream(Body::from_stream(line.map(Ok::<_, Infallible>)))
}

fn event_stream(body: Body) -> Response {
    ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
}
