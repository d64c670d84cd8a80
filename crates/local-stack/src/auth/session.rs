//! What a sign-in and a refresh answer with.

use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use super::error::Refusal;
use crate::gateway::Project;
use crate::tokens::{self, Access};
use axum::http::StatusCode;

/// How somebody came in: the `amr` of their tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Password,
    Otp,
    OAuth,
}

impl Method {
    fn name(self) -> &'static str {
        match self {
            Method::Password => "password",
            Method::Otp => "otp",
            Method::OAuth => "oauth",
        }
    }
}

/// A session and the refresh token that continues it.
pub(super) struct Granted {
    pub(super) session: Uuid,
    /// A [`Method`]'s name, as it is kept.
    pub(super) method: String,
    pub(super) refresh_token: String,
    pub(super) user: Value,
}

/// Starts a session of this user.
pub(super) async fn begin(
    connection: &mut PgConnection,
    user: Uuid,
    method: Method,
) -> Result<Granted, Refusal> {
    let sql = "insert into auth.sessions (user_id, method) values ($1, $2) returning id";
    let session: Uuid =
        sqlx::query_scalar(sql).bind(user).bind(method.name()).fetch_one(&mut *connection).await?;
    let refresh_token = add_token(connection, session, user, None).await?;
    let user = signed_in(connection, user).await?;
    Ok(Granted { session, method: method.name().to_owned(), refresh_token, user })
}

/// A new refresh token; `parent` is the one that it takes the place of.
pub(super) async fn add_token(
    connection: &mut PgConnection,
    session: Uuid,
    user: Uuid,
    parent: Option<&str>,
) -> Result<String, Refusal> {
    let token = random_token();
    sqlx::query(
        "insert into auth.refresh_tokens (token, parent, session_id, user_id) values ($1, $2, $3, $4)",
    )
    .bind(&token)
    .bind(parent)
    .bind(session)
    .bind(user)
    .execute(connection)
    .await?;
    Ok(token)
}

/// The user, with the time of this sign-in. A refresh counts as one, as in GoTrue.
pub(super) async fn signed_in(connection: &mut PgConnection, user: Uuid) -> Result<Value, Refusal> {
    let sql = "update auth.users u set last_sign_in_at = now() where id = $1 returning auth.user_json(u)";
    Ok(sqlx::query_scalar(sql).bind(user).fetch_one(connection).await?)
}

impl Granted {
    /// GoTrue's session object.
    pub(super) fn into_json(self, project: &Project) -> Result<Value, Refusal> {
        let now = jiff::Timestamp::now().as_second();
        let life = i64::from(project.auth.rules.jwt_seconds);
        let access = Access {
            signing: project.signing,
            issuer: &project.issuer,
            session: self.session,
            method: &self.method,
            user: &self.user,
            now,
            life,
        };
        let access_token = tokens::access_token(&access).map_err(|error| {
            tracing::error!(%error, "an access token could not be signed");
            Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "unexpected_failure", "Error generating token")
        })?;
        Ok(json!({
            "access_token": access_token,
            "token_type": "bearer",
            "expires_in": life,
            "expires_at": now + life,
            "refresh_token": self.refresh_token,
            "user": self.user,
        }))
    }
}

/// Twelve letters and digits, 60 random bits: GoTrue's format.
fn random_token() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let bytes = Uuid::new_v4().into_bytes();
    // Two bytes of a UUID say what it is and are not random in full.
    let random = bytes.iter().enumerate().filter(|(index, _)| !matches!(index, 6 | 8)).map(|(_, byte)| byte);
    random.take(12).map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refresh_token_is_twelve_letters_and_digits() {
        let token = random_token();
        assert_eq!(token.len(), 12);
        assert!(token.chars().all(|letter| letter.is_ascii_alphanumeric()), "{token}");
    }
}
