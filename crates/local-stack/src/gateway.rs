//! The door of the project: both APIs behind one address, each call with an API key.
//!
//! Whom the caller is comes later and is each API's own matter.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::auth::{Auth, mailbox, provider};
use crate::cors::allow_pages;
use crate::tokens::{ApiKeys, Signing};

/// What both APIs need.
pub(crate) struct Project {
    /// Connects as superuser: for the `auth` schema.
    pub(crate) admin: PgPool,
    /// Connects as `authenticator`, which may nothing before it becomes a caller's role.
    pub(crate) callers: PgPool,
    pub(crate) keys: ApiKeys,
    /// What access tokens name as their issuer.
    pub(crate) issuer: String,
    pub(crate) signing: Signing,
    pub(crate) auth: Auth,
}

/// `/auth/v1` and `/rest/v1`. Without an API key come only who asks for the published keys, and browsers:
/// at the provider, on their way there and back, and at the mails.
pub(crate) fn router(project: Arc<Project>) -> Router {
    Router::new()
        .nest("/auth/v1", crate::auth::router(&project))
        .nest("/rest/v1", crate::rest::router())
        // Nesting leaves out the slash that PostgREST has at its root.
        .route("/rest/v1/", get(crate::rest::health))
        .layer(middleware::from_fn_with_state(project.clone(), require_api_key))
        // Before the key is asked for: a browser that asks first sends none.
        .layer(middleware::from_fn(allow_pages))
        .nest("/auth/v1", crate::auth::browser_router())
        .route("/auth/v1/.well-known/jwks.json", get(published_keys))
        .route("/provider/{name}", get(provider::ask).post(provider::decide))
        .route("/mail", get(mailbox::show))
        .route("/mail.json", get(mailbox::list))
        .with_state(project)
}

/// The key of a call that the door has let through.
pub(crate) fn api_key(headers: &HeaderMap) -> &str {
    headers.get("apikey").and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The token behind `Bearer `, if there is one.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

async fn published_keys(State(project): State<Arc<Project>>) -> Json<Value> {
    Json(project.signing.published_keys())
}

async fn require_api_key(State(project): State<Arc<Project>>, request: Request, next: Next) -> Response {
    let refusal = match api_key(request.headers()) {
        "" => json!({
            "message": "No API key found in request",
            "hint": "No `apikey` request header or url param was found.",
        }),
        key if project.keys.knows(key) => return next.run(request).await,
        _ => json!({
            "message": "Invalid API key",
            "hint": "Double check your Supabase `anon` or `service_role` API key.",
        }),
    };
    (StatusCode::UNAUTHORIZED, Json(refusal)).into_response()
}
