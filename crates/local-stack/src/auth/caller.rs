//! Who calls with an access token.

use axum::http::{HeaderMap, StatusCode};
use serde_json::Value;
use uuid::Uuid;

use super::error::Refusal;
use crate::gateway::{Project, bearer};
use crate::tokens::{self, BadToken};

/// A person whose session is alive.
pub(crate) struct Caller {
    pub(crate) id: Uuid,
    pub(crate) session: Uuid,
    /// As GoTrue answers it.
    pub(crate) user: Value,
}

impl Caller {
    /// The token is not enough: a session that was signed out is refused though its token still runs.
    pub(crate) async fn of(project: &Project, headers: &HeaderMap) -> Result<Caller, Refusal> {
        let claims = claims(headers)?;
        let (id, session) = (uuid(&claims["sub"])?, uuid(&claims["session_id"])?);
        let user = sqlx::query_scalar("select auth.user_json(u) from auth.users u where id = $1")
            .bind(id)
            .fetch_optional(&project.admin)
            .await?
            .ok_or(Refusal::new(
                StatusCode::FORBIDDEN,
                "user_not_found",
                "User from sub claim does not exist",
            ))?;
        sqlx::query("select from auth.sessions where id = $1 and user_id = $2")
            .bind(session)
            .bind(id)
            .fetch_optional(&project.admin)
            .await?
            .ok_or(Refusal::new(
                StatusCode::FORBIDDEN,
                "session_not_found",
                "Session from session_id claim in JWT does not exist",
            ))?;
        Ok(Caller { id, session, user })
    }
}

fn claims(headers: &HeaderMap) -> Result<Value, Refusal> {
    let token = bearer(headers).ok_or(Refusal::new(
        StatusCode::UNAUTHORIZED,
        "no_authorization",
        "This endpoint requires a Bearer token",
    ))?;
    tokens::verify(token, 0).map_err(|bad| {
        Refusal::bad_jwt(match bad {
            BadToken::Expired => "invalid JWT: token is expired",
            BadToken::Invalid => "invalid JWT: unable to parse or verify signature",
        })
    })
}

/// The API keys are tokens too, but nobody's.
fn uuid(claim: &Value) -> Result<Uuid, Refusal> {
    claim
        .as_str()
        .and_then(|text| text.parse().ok())
        .ok_or(Refusal::bad_jwt("invalid claim: missing sub claim"))
}
