//! The stack's JSON Web Tokens: the two API keys and the access tokens.
//!
//! One symmetric secret for all, as self-hosted Supabase has it. No rotation, no asymmetric keys.

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Error;

/// Public on purpose, and the same everywhere: a kept database keeps its sessions, and nobody can take it
/// for a secret that protects something.
const SECRET: &[u8] = b"flowmeter-local-stack-public-secret-never-use-it-elsewhere";

/// Life of an access token in seconds: GoTrue's default.
pub(crate) const LIFE: i64 = 3600;

/// 2100-01-01, the end of the API keys.
const FAR: i64 = 4_102_444_800;

/// The keys by which programs present themselves, as JWTs of a role.
#[derive(Clone)]
pub(crate) struct ApiKeys {
    pub(crate) anon: String,
    pub(crate) service_role: String,
}

/// Why a token says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadToken {
    /// Not one of ours, or changed.
    Invalid,
    /// One of ours, too old.
    Expired,
}

impl ApiKeys {
    pub(crate) fn new() -> Result<ApiKeys, Error> {
        let key = |role| {
            let claims =
                json!({"iss": "flowmeter-local-stack", "role": role, "iat": 1_767_225_600, "exp": FAR});
            sign(&claims).map_err(|error| Error::Keys(error.to_string()))
        };
        Ok(ApiKeys { anon: key("anon")?, service_role: key("service_role")? })
    }

    /// Whether this is one of the two.
    pub(crate) fn knows(&self, key: &str) -> bool {
        key == self.anon || key == self.service_role
    }
}

/// Whom an access token is for.
pub(crate) struct Access<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) session: Uuid,
    /// As GoTrue shows it; holds the id, the address and both kinds of metadata.
    pub(crate) user: &'a Value,
    /// Unix seconds.
    pub(crate) now: i64,
}

/// An access token with the claims that GoTrue gives.
pub(crate) fn access_token(access: &Access<'_>) -> jsonwebtoken::errors::Result<String> {
    let Access { issuer, session, user, now } = access;
    sign(&json!({
        "iss": issuer,
        "sub": user["id"],
        "aud": "authenticated",
        "exp": now + LIFE,
        "iat": now,
        "email": user["email"],
        "phone": "",
        "app_metadata": user["app_metadata"],
        "user_metadata": user["user_metadata"],
        "role": "authenticated",
        "aal": "aal1",
        "amr": [{"method": "password", "timestamp": now}],
        "session_id": session,
        "is_anonymous": user["is_anonymous"],
    }))
}

/// The claims of a token; `leeway` in seconds lets clocks differ.
pub(crate) fn verify(token: &str, leeway: u64) -> Result<Value, BadToken> {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.leeway = leeway;
    // The audience differs by role, and the role is what the callers look at.
    validation.validate_aud = false;
    decode(token, &DecodingKey::from_secret(SECRET), &validation).map(|data| data.claims).map_err(|error| {
        match error.kind() {
            ErrorKind::ExpiredSignature => BadToken::Expired,
            _ => BadToken::Invalid,
        }
    })
}

fn sign(claims: &impl Serialize) -> jsonwebtoken::errors::Result<String> {
    encode(&Header::new(Algorithm::HS256), claims, &EncodingKey::from_secret(SECRET))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_token_is_expired_and_a_changed_one_invalid() {
        let user = json!({"id": Uuid::nil(), "email": "a@b.c"});
        let access = Access { issuer: "http://x", session: Uuid::nil(), user: &user, now: 1000 };
        let token = access_token(&access).unwrap();
        assert_eq!(verify(&token, 0).unwrap_err(), BadToken::Expired);
        assert_eq!(verify(&format!("{token}x"), 0).unwrap_err(), BadToken::Invalid);
    }
}
