//! Who is asking: the bearer token, else the session cookie, verified by the auth server.
//!
//! [`Verifier`] is the one place that decides; verifying tokens locally slots in there.

use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, header, request::Parts};
use flowmeter_supabase::{Supabase, cookie};
use secrecy::SecretString;
use uuid::Uuid;

use crate::Edge;
use crate::error::ApiError;

/// A person whose session was accepted. Extracting it is the authentication of a route.
#[derive(Clone, Copy, Debug)]
pub struct AuthedUser {
    /// The `auth.users` id.
    pub id: Uuid,
}

impl FromRequestParts<Edge> for AuthedUser {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, ApiError> {
        edge.verifier.verify(&parts.headers).await
    }
}

/// Turns the credentials of a request into a person.
pub(crate) struct Verifier {
    supabase: Supabase,
}

impl Verifier {
    pub(crate) fn new(supabase: Supabase) -> Self {
        Self { supabase }
    }

    /// The one who sent `headers`. The answer to every fault is the same 401; the log knows more.
    async fn verify(&self, headers: &HeaderMap) -> Result<AuthedUser, ApiError> {
        let token = self.token(headers).ok_or(ApiError::NotSignedIn)?;
        match self.supabase.user(&token).await {
            Ok(user) => Ok(AuthedUser { id: user.id }),
            Err(error) => {
                tracing::info!(%error, "a session was not accepted");
                Err(ApiError::NotSignedIn)
            }
        }
    }

    fn token(&self, headers: &HeaderMap) -> Option<SecretString> {
        let text = |name| headers.get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
        if let Some(authorization) = text(header::AUTHORIZATION) {
            let (scheme, token) = authorization.split_once(' ')?;
            return scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().into());
        }
        cookie::access_token(text(header::COOKIE)?, self.supabase.project())
    }
}
