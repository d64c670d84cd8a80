//! What whoever runs the service asks: whether it lives, whether it can work, and its numbers.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::Edge;
use crate::metrics::MEDIA_TYPE;
use crate::quota::Way;

/// How long the auth server may take before the service counts as not ready.
const PATIENCE: Duration = Duration::from_secs(5);

/// `/healthz`: the process answers. Asks nobody else, so that a failure elsewhere restarts nothing.
pub(crate) async fn healthz() -> &'static str {
    "ok"
}

/// `/readyz`: whether requests can be served, and how units are counted.
pub(crate) async fn readyz(State(edge): State<Edge>) -> Response {
    let auth = match tokio::time::timeout(PATIENCE, edge.supabase.auth_health()).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("no answer in time".to_owned()),
    };
    let status = if auth.is_ok() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    if let Err(cause) = &auth {
        tracing::warn!(%cause, "not ready: the auth server is not there");
    }
    // The cause may name addresses: it is for the log.
    let auth = if auth.is_ok() { "reachable" } else { "unreachable" };
    let counting = edge.quotas.way().await.map_or("unknown", Way::name);
    (status, Json(json!({"ready": status.is_success(), "auth": auth, "counting": counting}))).into_response()
}

/// `/metrics`: the numbers, as Prometheus reads them.
pub(crate) async fn metrics(State(edge): State<Edge>) -> Response {
    match edge.metrics.text() {
        Ok(text) => ([(header::CONTENT_TYPE, MEDIA_TYPE)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the numbers could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
