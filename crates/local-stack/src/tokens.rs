//! The stack's JSON Web Tokens: the two API keys and the access tokens.
//!
//! The API keys are signed with a symmetric secret. The access tokens are signed with the same secret, as
//! self-hosted Supabase has it, or with a key of which the public half is published, as newer hosted
//! projects have it. No rotation.

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Error;

/// Public on purpose, and the same everywhere: a kept database keeps its sessions, and nobody can take it
/// for a secret that protects something.
pub const JWT_SECRET: &str = "flowmeter-local-stack-public-secret-never-use-it-elsewhere";

/// As public as the secret, and for the same reason. PKCS #8.
const ES256_KEY: &[u8] = include_bytes!("es256.der");
/// The name of [`ES256_KEY`] and the coordinates of its public half.
const ES256_ID: &str = "local-stack-es256";
const ES256_X: &str = "diIh1gZ7CW9fX9j98cjPTJpjhPW0Wld7ifXN6ECrG9I";
const ES256_Y: &str = "dcdOteB5qEJJJpJsXTBFTQHq7BoA8_Fwq54RQ8qq0zg";

/// 2100-01-01, the end of the API keys.
const FAR: i64 = 4_102_444_800;

/// How access tokens are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Signing {
    /// With the shared secret.
    #[default]
    Hs256,
    /// With a key whose public half is at `/auth/v1/.well-known/jwks.json`.
    Es256,
}

impl std::str::FromStr for Signing {
    type Err = String;

    fn from_str(text: &str) -> Result<Signing, String> {
        match text {
            "hs256" => Ok(Signing::Hs256),
            "es256" => Ok(Signing::Es256),
            other => Err(format!("{other:?} is neither hs256 nor es256")),
        }
    }
}

impl Signing {
    /// What the project publishes: never a secret, so nothing for HS256.
    pub(crate) fn published_keys(self) -> Value {
        let key = json!({
            "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "key_ops": ["verify"],
            "kid": ES256_ID, "x": ES256_X, "y": ES256_Y,
        });
        json!({"keys": if self == Signing::Es256 { vec![key] } else { vec![] }})
    }
}

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
            sign(Signing::Hs256, &claims).map_err(|error| Error::Keys(error.to_string()))
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
    pub(crate) signing: Signing,
    pub(crate) issuer: &'a str,
    pub(crate) session: Uuid,
    /// How its person came in.
    pub(crate) method: &'a str,
    /// As GoTrue shows it; holds the id, the address and both kinds of metadata.
    pub(crate) user: &'a Value,
    /// Unix seconds.
    pub(crate) now: i64,
    /// Seconds.
    pub(crate) life: i64,
}

/// An access token with the claims that GoTrue gives.
pub(crate) fn access_token(access: &Access<'_>) -> jsonwebtoken::errors::Result<String> {
    let Access { signing, issuer, session, method, user, now, life } = access;
    let claims = json!({
        "iss": issuer,
        "sub": user["id"],
        "aud": "authenticated",
        "exp": now + life,
        "iat": now,
        "email": user["email"],
        "phone": "",
        "app_metadata": user["app_metadata"],
        "user_metadata": user["user_metadata"],
        "role": "authenticated",
        "aal": "aal1",
        "amr": [{"method": method, "timestamp": now}],
        "session_id": session,
        "is_anonymous": user["is_anonymous"],
    });
    sign(*signing, &claims)
}

/// The claims of a token; `leeway` in seconds lets clocks differ.
pub(crate) fn verify(token: &str, leeway: u64) -> Result<Value, BadToken> {
    // Each key verifies its own algorithm and no other, whatever the token says of itself.
    let (alg, key) = match decode_header(token).map(|header| header.alg) {
        Ok(Algorithm::HS256) => (Algorithm::HS256, DecodingKey::from_secret(JWT_SECRET.as_bytes())),
        Ok(Algorithm::ES256) => (
            Algorithm::ES256,
            DecodingKey::from_ec_components(ES256_X, ES256_Y).map_err(|_| BadToken::Invalid)?,
        ),
        _ => return Err(BadToken::Invalid),
    };
    let mut validation = Validation::new(alg);
    validation.leeway = leeway;
    // The audience differs by role, and the role is what the callers look at.
    validation.validate_aud = false;
    decode(token, &key, &validation).map(|data| data.claims).map_err(|error| match error.kind() {
        ErrorKind::ExpiredSignature => BadToken::Expired,
        _ => BadToken::Invalid,
    })
}

fn sign(signing: Signing, claims: &impl Serialize) -> jsonwebtoken::errors::Result<String> {
    match signing {
        Signing::Hs256 => {
            encode(&Header::new(Algorithm::HS256), claims, &EncodingKey::from_secret(JWT_SECRET.as_bytes()))
        }
        Signing::Es256 => {
            let header = Header { kid: Some(ES256_ID.to_owned()), ..Header::new(Algorithm::ES256) };
            encode(&header, claims, &EncodingKey::from_ec_der(ES256_KEY))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_token_is_expired_and_a_changed_one_invalid() {
        let user = json!({"id": Uuid::nil(), "email": "a@b.c"});
        for signing in [Signing::Hs256, Signing::Es256] {
            let (issuer, session, method) = ("http://x", Uuid::nil(), "password");
            let access = Access { signing, issuer, session, method, user: &user, now: 1000, life: 3600 };
            let token = access_token(&access).unwrap();
            assert_eq!(verify(&token, 0).unwrap_err(), BadToken::Expired);
            assert_eq!(verify(&format!("{token}x"), 0).unwrap_err(), BadToken::Invalid);
        }
    }
}
