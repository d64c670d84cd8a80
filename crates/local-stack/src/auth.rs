//! `/auth/v1`: the part of GoTrue that a program calls to sign a person in, keep them signed in and sign
//! them out, with email and password.
//!
//! Not here: mail, one-time codes, providers, PKCE, rate limits. What is here follows GoTrue's rules to
//! the code of each error, because clients branch on those.

mod account;
mod caller;
mod error;
mod grant;
mod refresh;
mod session;

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::gateway::Project;
use caller::Caller;
use error::{Refusal, Versioned};

pub(crate) use account::{NewUser, create_user};

/// The routes below `/auth/v1`.
pub(crate) fn router() -> Router<Arc<Project>> {
    Router::new()
        .route("/health", get(health))
        .route("/settings", get(settings))
        .route("/signup", post(account::sign_up))
        .route("/admin/users", post(account::create_as_admin))
        .route("/token", post(grant::token))
        .route("/user", get(user))
        .route("/logout", post(log_out))
}

async fn health() -> Json<Value> {
    Json(json!({"name": "GoTrue", "version": "local-stack", "description": "The local stack's stand-in"}))
}

async fn settings() -> Json<Value> {
    Json(json!({
        "external": {"email": true, "phone": false, "anonymous_users": false, "google": false, "github": false},
        "disable_signup": false,
        "mailer_autoconfirm": true,
        "phone_autoconfirm": false,
        "sms_provider": "",
        "saml_enabled": false,
    }))
}

async fn user(State(project): State<Arc<Project>>, headers: HeaderMap) -> Result<Json<Value>, Versioned> {
    let caller = Caller::of(&project, &headers).await.map_err(|refusal| refusal.seen_by(&headers))?;
    Ok(Json(caller.user))
}

#[derive(Deserialize)]
struct LogOut {
    scope: Option<String>,
}

async fn log_out(
    State(project): State<Arc<Project>>,
    Query(query): Query<LogOut>,
    headers: HeaderMap,
) -> Result<Response, Versioned> {
    end_sessions(&project, query.scope.as_deref(), &headers)
        .await
        .map_err(|refusal| refusal.seen_by(&headers))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Without a scope every device is signed out, as GoTrue has it.
async fn end_sessions(project: &Project, scope: Option<&str>, headers: &HeaderMap) -> Result<(), Refusal> {
    let sql = match scope.unwrap_or("global") {
        "global" => "delete from auth.sessions where user_id = $1 and $2::uuid is not null",
        "local" => "delete from auth.sessions where user_id = $1 and id = $2",
        "others" => "delete from auth.sessions where user_id = $1 and id <> $2",
        _ => return Err(Refusal::invalid("Unsupported logout scope")),
    };
    let caller = Caller::of(project, headers).await?;
    sqlx::query(sql).bind(caller.id).bind(caller.session).execute(&project.admin).await?;
    Ok(())
}
