//! `/auth/v1`: the part of GoTrue that a program calls to sign a person in, keep them signed in and sign
//! them out: by password, by a code in a mail, and at an OAuth provider.
//!
//! What is here follows GoTrue's rules to the code of each error, because clients branch on those.
//!
//! - `rules`: what can be chosen. `limits`: how often. `error`: the bodies of refusals.
//! - `account`, `password`, `person`: who has an account, and what they may change.
//! - `session`, `grant`, `refresh`, `caller`: sessions and their tokens.
//! - `sign_up`, `otp`, `code`, `mailbox`: mails, and what their codes do.
//! - `oauth`, `flow`, `redirect`, `provider`: a browser's way to a provider and back.
//!
//! Not here: phones, second factors, SAML, anonymous people, invitations, links in mails.

mod account;
mod caller;
mod code;
mod error;
mod flow;
mod grant;
mod limits;
pub(crate) mod mailbox;
mod oauth;
mod otp;
mod password;
mod person;
pub(crate) mod provider;
mod redirect;
mod refresh;
pub(crate) mod rules;
mod session;
mod sign_up;

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::gateway::Project;
use caller::Caller;
use error::{Refusal, Versioned};
use limits::Limits;
use mailbox::Mailbox;
use provider::Provider;
use rules::AuthRules;

pub(crate) use account::{NewUser, create_user};

/// The providers that GoTrue knows: `/settings` names all of them, most as switched off.
const PROVIDERS: [&str; 21] = [
    "apple",
    "azure",
    "bitbucket",
    "discord",
    "facebook",
    "figma",
    "fly",
    "github",
    "gitlab",
    "google",
    "kakao",
    "keycloak",
    "linkedin",
    "linkedin_oidc",
    "notion",
    "slack",
    "slack_oidc",
    "spotify",
    "twitch",
    "twitter",
    "zoom",
];

/// What sign-in keeps beside the database.
#[derive(Default)]
pub(crate) struct Auth {
    pub(crate) rules: AuthRules,
    limits: Limits,
    pub(crate) mailbox: Mailbox,
    pub(crate) provider: Provider,
}

impl Auth {
    pub(crate) fn new(rules: AuthRules) -> Auth {
        Auth { rules, ..Auth::default() }
    }
}

/// The routes below `/auth/v1` that programs call.
pub(crate) fn router(project: &Arc<Project>) -> Router<Arc<Project>> {
    Router::new()
        .route("/health", get(health))
        .route("/settings", get(settings))
        .route("/signup", post(sign_up::sign_up))
        .route("/resend", post(sign_up::resend))
        .route("/otp", post(otp::send))
        .route("/recover", post(otp::recover))
        .route("/verify", post(otp::verify))
        .route("/admin/users", post(account::create_as_admin))
        .route("/token", post(grant::token))
        .route("/user", get(person::show).put(person::change))
        .route("/logout", post(log_out))
        .layer(middleware::from_fn_with_state(project.clone(), limits::admit))
}

/// Those that a browser is sent to, which has no API key.
pub(crate) fn browser_router() -> Router<Arc<Project>> {
    Router::new().route("/authorize", get(oauth::authorize)).route("/callback", get(oauth::callback))
}

async fn health() -> Json<Value> {
    Json(json!({"name": "GoTrue", "version": "local-stack", "description": "The local stack's stand-in"}))
}

async fn settings(State(project): State<Arc<Project>>) -> Json<Value> {
    let rules = &project.auth.rules;
    let mut external = json!({"email": rules.email, "phone": false, "anonymous_users": false});
    let all = PROVIDERS.into_iter().chain(rules.providers.iter().map(String::as_str));
    for name in all {
        external[name] = Value::from(rules.providers.iter().any(|on| on == name));
    }
    Json(json!({
        "external": external,
        "disable_signup": rules.disable_signup,
        "mailer_autoconfirm": rules.autoconfirm,
        "phone_autoconfirm": false,
        "sms_provider": "",
        "saml_enabled": false,
    }))
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
