//! New accounts: made by their owner, by the service role, or on the way to a code.

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
use super::password;
use crate::gateway::{Project, api_key, bearer};

/// An account to be made.
#[derive(Default, Deserialize)]
pub(crate) struct NewUser {
    #[serde(default)]
    pub(crate) email: String,
    /// Without one its owner can come in by a code or by a provider.
    pub(crate) password: Option<String>,
    #[serde(default)]
    pub(crate) email_confirm: bool,
    /// Chosen by the caller, or by the database.
    pub(crate) id: Option<Uuid>,
    /// Whatever the caller wants to keep there.
    #[serde(default, rename = "user_metadata")]
    pub(crate) metadata: Option<Value>,
}

/// Makes the account, with its email as its first identity. An address that has one already is refused.
pub(crate) async fn create_user(connection: &mut PgConnection, new: NewUser) -> Result<Uuid, Refusal> {
    let user = insert_user(connection, new).await?;
    add_identity(connection, user, "email", &user.to_string()).await?;
    Ok(user)
}

/// The account without a way to be recognised.
pub(super) async fn insert_user(connection: &mut PgConnection, new: NewUser) -> Result<Uuid, Refusal> {
    if !is_address(&new.email) {
        return Err(Refusal::invalid("Unable to validate email address: invalid format"));
    }
    let hash = match new.password {
        Some(password) => Some(password::hash(password).await?),
        None => None,
    };
    let sql = "
        insert into auth.users (id, email, encrypted_password, email_confirmed_at, raw_user_meta_data)
        values (coalesce($1, gen_random_uuid()), lower($2), $3, case when $4 then now() end, coalesce($5, '{}'))
        on conflict (email) do nothing returning id";
    sqlx::query_scalar(sql)
        .bind(new.id)
        .bind(new.email.trim())
        .bind(hash)
        .bind(new.email_confirm)
        .bind(new.metadata)
        .fetch_optional(&mut *connection)
        .await?
        .ok_or(Refusal::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "email_exists",
            "A user with this email address has already been registered",
        ))
}

/// One more way for this person to be recognised; `subject` is their id at the provider.
pub(super) async fn add_identity(
    connection: &mut PgConnection,
    user: Uuid,
    provider: &str,
    subject: &str,
) -> Result<(), Refusal> {
    let identity = "
        insert into auth.identities (user_id, provider, provider_id) values ($1, $2, $3)
        on conflict (provider, provider_id) do nothing";
    sqlx::query(identity).bind(user).bind(provider).bind(subject).execute(&mut *connection).await?;
    let all = "
        update auth.users u set raw_app_meta_data = raw_app_meta_data || jsonb_build_object(
            'provider', (select provider from auth.identities where user_id = u.id order by created_at limit 1),
            'providers', (select jsonb_agg(provider order by created_at) from auth.identities where user_id = u.id))
        where id = $1";
    sqlx::query(all).bind(user).execute(connection).await?;
    Ok(())
}

/// Who has this address, as far as others are concerned.
#[derive(sqlx::FromRow)]
pub(super) struct Known {
    pub(super) id: Uuid,
    pub(super) is_confirmed: bool,
    pub(super) is_banned: bool,
}

pub(super) async fn find(connection: &mut PgConnection, email: &str) -> Result<Option<Known>, Refusal> {
    let sql = "
        select id, email_confirmed_at is not null as is_confirmed,
               coalesce(banned_until > now(), false) as is_banned
        from auth.users where email = lower($1)";
    Ok(sqlx::query_as(sql).bind(email.trim()).fetch_optional(connection).await?)
}

/// The address of this person is theirs.
pub(super) async fn confirm(connection: &mut PgConnection, user: Uuid) -> Result<(), Refusal> {
    let sql = "update auth.users set email_confirmed_at = coalesce(email_confirmed_at, now()) where id = $1";
    sqlx::query(sql).bind(user).execute(connection).await?;
    Ok(())
}

/// The user as GoTrue answers it.
pub(super) async fn json(connection: &mut PgConnection, user: Uuid) -> Result<Value, Refusal> {
    let sql = "select auth.user_json(u) from auth.users u where id = $1";
    Ok(sqlx::query_scalar(sql).bind(user).fetch_one(connection).await?)
}

/// `/admin/users`
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
    let new: NewUser = parse(body)?;
    if let Some(password) = &new.password {
        password::check(&project.auth.rules, password)?;
    }
    let mut transaction = project.admin.begin().await?;
    let user = create_user(&mut transaction, new).await?;
    let json = json(&mut transaction, user).await?;
    transaction.commit().await?;
    Ok(json)
}

/// The body of a request.
pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    let text = "Could not parse request body as JSON";
    serde_json::from_slice(body).map_err(|_| Refusal::new(StatusCode::BAD_REQUEST, "bad_json", text))
}

fn is_address(email: &str) -> bool {
    let parts = email.trim().split_once('@');
    parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !email.trim().contains(' '))
}
