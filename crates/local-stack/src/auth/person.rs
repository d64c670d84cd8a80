//! `/user`: whom a session stands for, and what they may change about themselves.
//!
//! Not here: another email address or a phone, and confirming it is really them before a new password.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::Value;
use sqlx::PgConnection;

use super::account::{self, parse};
use super::caller::Caller;
use super::error::{Refusal, Versioned};
use super::password;
use crate::gateway::Project;

pub(super) async fn show(
    State(project): State<Arc<Project>>,
    headers: HeaderMap,
) -> Result<Json<Value>, Versioned> {
    let caller = Caller::of(&project, &headers).await.map_err(|refusal| refusal.seen_by(&headers))?;
    Ok(Json(caller.user))
}

pub(super) async fn change(
    State(project): State<Arc<Project>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Versioned> {
    update(&project, &headers, &body).await.map(Json).map_err(|refusal| refusal.seen_by(&headers))
}

#[derive(Deserialize)]
struct Change {
    password: Option<String>,
    data: Option<Value>,
}

async fn update(project: &Project, headers: &HeaderMap, body: &[u8]) -> Result<Value, Refusal> {
    let caller = Caller::of(project, headers).await?;
    let Change { password, data } = parse(body)?;
    let mut transaction = project.admin.begin().await?;
    if let Some(password) = password {
        password::check(&project.auth.rules, &password)?;
        set_password(&mut transaction, &caller, password).await?;
    }
    if let Some(data) = data.filter(Value::is_object) {
        let sql = "update auth.users set raw_user_meta_data = raw_user_meta_data || $2 where id = $1";
        sqlx::query(sql).bind(caller.id).bind(data).execute(&mut *transaction).await?;
    }
    let json = account::json(&mut transaction, caller.id).await?;
    transaction.commit().await?;
    Ok(json)
}

/// Whoever knew the old one is out on every other device.
async fn set_password(
    connection: &mut PgConnection,
    caller: &Caller,
    password: String,
) -> Result<(), Refusal> {
    let old: Option<String> = sqlx::query_scalar("select encrypted_password from auth.users where id = $1")
        .bind(caller.id)
        .fetch_one(&mut *connection)
        .await?;
    if password::is_of(password.clone(), old).await {
        let text = "New password should be different from the old password.";
        return Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "same_password", text));
    }
    let sql = "update auth.users set encrypted_password = $2, updated_at = now() where id = $1";
    let hash = password::hash(password).await?;
    sqlx::query(sql).bind(caller.id).bind(hash).execute(&mut *connection).await?;
    let sql = "delete from auth.sessions where user_id = $1 and id <> $2";
    sqlx::query(sql).bind(caller.id).bind(caller.session).execute(connection).await?;
    Ok(())
}
