//! New accounts, and their passwords.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::error::{Refusal, Versioned};
use super::session::begin;
use crate::gateway::{Project, api_key, bearer};

/// bcrypt's smallest: these passwords are public, and a test makes many accounts.
const COST: u32 = 4;

/// GoTrue's default.
const SHORTEST_PASSWORD: usize = 6;

/// An account to be made.
#[derive(Deserialize)]
pub(crate) struct NewUser {
    #[serde(default)]
    pub(crate) email: String,
    #[serde(default)]
    pub(crate) password: String,
    /// Only the admin may say that an address was not confirmed; a sign-up here is always confirmed.
    #[serde(default)]
    pub(crate) email_confirm: bool,
    /// Chosen by the caller, or by the database.
    pub(crate) id: Option<Uuid>,
}

/// Makes the account. An address that has one already is refused.
pub(crate) async fn create_user(connection: &mut PgConnection, new: NewUser) -> Result<Uuid, Refusal> {
    if !new.email.contains('@') {
        return Err(Refusal::invalid("Unable to validate email address: invalid format"));
    }
    if new.password.len() < SHORTEST_PASSWORD {
        let text = "Password should be at least 6 characters.";
        return Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "weak_password", text));
    }
    let sql = "
        insert into auth.users (id, email, encrypted_password, email_confirmed_at)
        values (coalesce($1, gen_random_uuid()), lower($2), $3, case when $4 then now() end)
        on conflict (email) do nothing returning id";
    sqlx::query_scalar(sql)
        .bind(new.id)
        .bind(new.email.trim())
        .bind(hash(new.password).await?)
        .bind(new.email_confirm)
        .fetch_optional(connection)
        .await?
        .ok_or(Refusal::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "email_exists",
            "A user with this email address has already been registered",
        ))
}

pub(super) async fn sign_up(
    State(project): State<Arc<Project>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Versioned> {
    register(&project, &body).await.map(Json).map_err(|refusal| refusal.seen_by(&headers))
}

async fn register(project: &Project, body: &[u8]) -> Result<Value, Refusal> {
    // Whoever signs up chooses neither an id nor whether the address counts as confirmed.
    let new = NewUser { email_confirm: true, id: None, ..parse(body)? };
    let mut transaction = project.admin.begin().await?;
    let user = create_user(&mut transaction, new).await.map_err(|refusal| refusal.of_sign_up())?;
    let granted = begin(&mut transaction, user).await?;
    transaction.commit().await?;
    granted.into_json(project)
}

pub(super) async fn create_as_admin(
    State(project): State<Arc<Project>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Versioned> {
    admit(&project, &headers, &body).await.map(Json).map_err(|refusal| refusal.seen_by(&headers))
}

async fn admit(project: &Project, headers: &HeaderMap, body: &[u8]) -> Result<Value, Refusal> {
    if bearer(headers).unwrap_or(api_key(headers)) != project.keys.service_role {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "not_admin", "User not allowed"));
    }
    let mut connection = project.admin.acquire().await?;
    let user = create_user(&mut connection, parse(body)?).await?;
    let sql = "select auth.user_json(u) from auth.users u where id = $1";
    Ok(sqlx::query_scalar(sql).bind(user).fetch_one(&mut *connection).await?)
}

/// The body of a request.
pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    let text = "Could not parse request body as JSON";
    serde_json::from_slice(body).map_err(|_| Refusal::new(StatusCode::BAD_REQUEST, "bad_json", text))
}

/// Whether this is the password of the hash; apart from the other tasks, because it is long arithmetic.
pub(super) async fn is_password(password: String, hash: String) -> bool {
    tokio::task::spawn_blocking(move || bcrypt::verify(password, &hash).unwrap_or(false))
        .await
        .unwrap_or(false)
}

async fn hash(password: String) -> Result<String, Refusal> {
    let hashed = tokio::task::spawn_blocking(move || bcrypt::hash(password, COST)).await;
    hashed.ok().and_then(Result::ok).ok_or(Refusal::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "unexpected_failure",
        "The password could not be hashed",
    ))
}
