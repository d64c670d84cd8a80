//! `/token`: a session for a password, for a refresh token, or for the code of a browser.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::error::{Refusal, Versioned};
use super::session::{Granted, Method, begin};
use super::{account, flow, password, refresh};
use crate::gateway::Project;

#[derive(Deserialize)]
pub(super) struct Kind {
    grant_type: Option<String>,
}

#[derive(Deserialize)]
struct Password {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
}

#[derive(Deserialize)]
struct RefreshToken {
    #[serde(default)]
    refresh_token: String,
}

pub(super) async fn token(
    State(project): State<Arc<Project>>,
    Query(kind): Query<Kind>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Versioned> {
    grant(&project, kind.grant_type.as_deref(), &body)
        .await
        .and_then(|granted| granted.into_json(&project))
        .map(Json)
        .map_err(|refusal| refusal.seen_by(&headers))
}

async fn grant(project: &Project, kind: Option<&str>, body: &[u8]) -> Result<Granted, Refusal> {
    match kind {
        Some("password") => by_password(project, account::parse(body)?).await,
        Some("refresh_token") => by_refresh_token(project, account::parse(body)?).await,
        Some("pkce") => flow::exchange(project, account::parse(body)?).await,
        _ => Err(Refusal::new(StatusCode::BAD_REQUEST, "unsupported_grant_type", "unsupported_grant_type")),
    }
}

async fn by_refresh_token(project: &Project, given: RefreshToken) -> Result<Granted, Refusal> {
    if given.refresh_token.is_empty() {
        return Err(Refusal::invalid_oauth_request("refresh_token required"));
    }
    refresh::rotate(&project.admin, &project.auth.rules, &given.refresh_token).await
}

#[derive(sqlx::FromRow)]
struct Account {
    id: Uuid,
    encrypted_password: Option<String>,
    is_confirmed: bool,
    is_banned: bool,
}

async fn by_password(project: &Project, given: Password) -> Result<Granted, Refusal> {
    if !project.auth.rules.email {
        let text = "Email logins are disabled";
        return Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "email_provider_disabled", text));
    }
    let sql = "
        select id, encrypted_password, email_confirmed_at is not null as is_confirmed,
               coalesce(banned_until > now(), false) as is_banned
        from auth.users where email = lower($1)";
    let account: Account = sqlx::query_as(sql)
        .bind(given.email.trim())
        .fetch_optional(&project.admin)
        .await?
        .ok_or_else(Refusal::invalid_credentials)?;
    if !password::is_of(given.password, account.encrypted_password).await {
        return Err(Refusal::invalid_credentials());
    }
    if account.is_banned {
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "user_banned", "User is banned"));
    }
    if !account.is_confirmed {
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "email_not_confirmed", "Email not confirmed"));
    }
    let mut transaction = project.admin.begin().await?;
    let granted = begin(&mut transaction, account.id, Method::Password).await?;
    transaction.commit().await?;
    Ok(granted)
}
