//! Rotation of refresh tokens by GoTrue's rules.
//!
//! A token is good once. It is good again if its answer was lost: while it is the parent of the active
//! one, or for a few seconds. Anything else looks like theft and ends the whole family.

use axum::http::StatusCode;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::error::Refusal;
use super::rules::{AuthRules, sql_seconds};
use super::session::{Granted, add_token, signed_in};

#[derive(sqlx::FromRow)]
struct Used {
    session_id: Uuid,
    user_id: Uuid,
    method: String,
    revoked: bool,
    /// Revoked not longer ago than the rules allow.
    is_recent: bool,
    is_banned: bool,
    is_expired: bool,
}

/// What a used-up token leads to.
enum Rotation {
    Granted(Granted),
    /// The family was revoked: that has to be kept although the answer is a refusal.
    Revoked,
}

/// Gives a new session for this refresh token.
pub(super) async fn rotate(pool: &PgPool, rules: &AuthRules, token: &str) -> Result<Granted, Refusal> {
    let mut transaction = pool.begin().await?;
    // As long as GoTrue tries again before it answers with a conflict.
    sqlx::query("set local lock_timeout = '5s'").execute(&mut *transaction).await?;
    let rotation = within(&mut transaction, rules, token).await?;
    transaction.commit().await?;
    match rotation {
        Rotation::Granted(granted) => Ok(granted),
        Rotation::Revoked => Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "refresh_token_already_used",
            "Invalid Refresh Token: Already Used",
        )),
    }
}

async fn within(connection: &mut PgConnection, rules: &AuthRules, token: &str) -> Result<Rotation, Refusal> {
    let used = lock(connection, rules, token).await?;
    if used.is_banned {
        let text = "Invalid Refresh Token: User Banned";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "user_banned", text));
    }
    if used.is_expired {
        let text = "Invalid Refresh Token: Session Expired";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "session_expired", text));
    }
    let next = match active_child(connection, &used, token).await? {
        Some(active) => active,
        None if used.revoked && !used.is_recent => {
            revoke_family(connection, used.session_id).await?;
            return Ok(Rotation::Revoked);
        }
        None => swap(connection, &used, token).await?,
    };
    let user = signed_in(connection, used.user_id).await?;
    let Used { session_id: session, method, .. } = used;
    Ok(Rotation::Granted(Granted { session, method, refresh_token: next, user }))
}

/// The session is locked too, so that two refreshes of it come one after the other.
async fn lock(connection: &mut PgConnection, rules: &AuthRules, token: &str) -> Result<Used, Refusal> {
    let sql = "
        select t.session_id, t.user_id, s.method, t.revoked,
               t.updated_at + make_interval(secs => $2) >= clock_timestamp() as is_recent,
               coalesce(s.created_at + make_interval(secs => $3) <= clock_timestamp(), false) as is_expired,
               coalesce(u.banned_until > now(), false) as is_banned
        from auth.refresh_tokens t
        join auth.sessions s on s.id = t.session_id
        join auth.users u on u.id = t.user_id
        where t.token = $1
        for update of t, s";
    sqlx::query_as(sql)
        .bind(token)
        .bind(sql_seconds(rules.reuse_seconds))
        .bind(rules.session_seconds.map(sql_seconds))
        .fetch_optional(connection)
        .await?
        .ok_or(Refusal::new(
            StatusCode::BAD_REQUEST,
            "refresh_token_not_found",
            "Invalid Refresh Token: Refresh Token Not Found",
        ))
}

/// The active token, if this used one is its parent: its owner never got the answer.
async fn active_child(
    connection: &mut PgConnection,
    used: &Used,
    token: &str,
) -> Result<Option<String>, Refusal> {
    if !used.revoked {
        return Ok(None);
    }
    let sql = "
        select token, parent from auth.refresh_tokens
        where session_id = $1 and not revoked order by id desc limit 1";
    let active: Option<(String, Option<String>)> =
        sqlx::query_as(sql).bind(used.session_id).fetch_optional(connection).await?;
    Ok(active.filter(|(_, parent)| parent.as_deref() == Some(token)).map(|(active, _)| active))
}

async fn swap(connection: &mut PgConnection, used: &Used, token: &str) -> Result<String, Refusal> {
    sqlx::query("update auth.refresh_tokens set revoked = true, updated_at = now() where token = $1")
        .bind(token)
        .execute(&mut *connection)
        .await?;
    add_token(connection, used.session_id, used.user_id, Some(token)).await
}

async fn revoke_family(connection: &mut PgConnection, session: Uuid) -> Result<(), Refusal> {
    let sql = "
        update auth.refresh_tokens set revoked = true, updated_at = now()
        where session_id = $1 and not revoked";
    sqlx::query(sql).bind(session).execute(connection).await?;
    Ok(())
}
