//! Who is asking: the bearer token, else the session cookie.
//!
//! A token is verified here where a key for it is known (the project's secret, or its published
//! keys), else by the auth server's own word. Verifying here saves a round trip and costs this: a
//! session that was signed out counts until its token ends, at most an hour later.
//!
//! - `token`: what a token must say.
//! - `jwks`: the project's published keys.
//! - `origin`: what a browser must not be tricked into.
//!
//! The answer to every token that is not good is the same 401; only the log knows the cause.

mod jwks;
mod origin;
mod token;

pub(crate) use origin::Origins;
pub(crate) use token::Issuer;

use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, header, request::Parts};
use flowmeter_supabase::{Supabase, cookie};
use jsonwebtoken::Algorithm;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use crate::Edge;
use crate::error::ApiError;
use crate::front::PlaceOfRequest;
use jwks::KeySet;
use token::{BadToken, Rules};

/// A person whose session was accepted. Extracting it is the authentication of a route, and takes
/// one of the person's places.
#[derive(Clone, Copy, Debug)]
pub struct AuthedUser {
    /// The `auth.users` id.
    pub id: Uuid,
}

impl FromRequestParts<Edge> for AuthedUser {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, ApiError> {
        let user = edge.verifier.verify(&parts.headers).await?;
        if let Some(place) = parts.extensions.get::<PlaceOfRequest>() {
            place.keep(|| edge.runs.enter(user.id))?;
        }
        Ok(user)
    }
}

/// Turns the credentials of a request into a person.
pub(crate) struct Verifier {
    supabase: Supabase,
    origins: Origins,
    rules: Rules,
    keys: KeySet,
}

/// How a request presents its token.
enum Credentials {
    Bearer(SecretString),
    /// Sent by a browser whether or not its person wants to.
    Cookie(SecretString),
}

impl Verifier {
    pub(crate) fn new(supabase: Supabase, issuer: &Issuer, origins: Origins) -> Self {
        Self { keys: KeySet::new(supabase.clone()), supabase, origins, rules: Rules::new(issuer) }
    }

    /// The one who sent `headers`.
    async fn verify(&self, headers: &HeaderMap) -> Result<AuthedUser, ApiError> {
        let token = match self.credentials(headers).ok_or(ApiError::NotSignedIn)? {
            Credentials::Bearer(token) => token,
            Credentials::Cookie(token) => {
                self.origins.check(headers)?;
                token
            }
        };
        match self.person(&token).await {
            Ok(id) => Ok(AuthedUser { id }),
            Err(BadToken::Unverifiable) => Err(ApiError::AuthUnavailable),
            Err(cause) => {
                tracing::info!(%cause, "a session was not accepted");
                Err(ApiError::NotSignedIn)
            }
        }
    }

    /// Whom `token` stands for, by the first of: the secret, the published keys, the server's word.
    async fn person(&self, token: &SecretString) -> Result<Uuid, BadToken> {
        let text = token.expose_secret();
        let header = jsonwebtoken::decode_header(text)?;
        match (header.alg, header.kid) {
            (Algorithm::HS256, _) if self.rules.has_secret() => self.rules.check_with_secret(text),
            (Algorithm::HS256, _) => self.ask(token).await,
            (alg @ (Algorithm::ES256 | Algorithm::RS256), Some(kid)) => {
                match self.keys.find(&kid, alg).await {
                    Ok(Some(key)) => self.rules.check(text, alg, &key),
                    Ok(None) => Err(BadToken::UnknownKey),
                    Err(jwks::Unavailable) => self.ask(token).await,
                }
            }
            _ => Err(BadToken::UnknownKey),
        }
    }

    /// The server says whether the token is genuine; what it says must hold all the same.
    async fn ask(&self, token: &SecretString) -> Result<Uuid, BadToken> {
        let user = self.supabase.user(token).await.map_err(|error| {
            let refused = matches!(error, flowmeter_supabase::Error::Refused { status, .. } if (400..500).contains(&status) && status != 429);
            if refused { BadToken::Refused(error) } else { unverifiable(&error) }
        })?;
        let named = self.rules.check_genuine(token.expose_secret())?;
        if named == user.id { Ok(named) } else { Err(BadToken::WrongClaims) }
    }

    fn credentials(&self, headers: &HeaderMap) -> Option<Credentials> {
        let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        match authorization.and_then(|value| value.split_once(' ')) {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
                Some(Credentials::Bearer(token.trim().into()))
            }
            // Another scheme is for somebody in between.
            _ => cookie::access_token(&cookies(headers)?, self.supabase.project()).map(Credentials::Cookie),
        }
    }
}

fn unverifiable(error: &flowmeter_supabase::Error) -> BadToken {
    tracing::error!(%error, "the auth server cannot say whether a session is good");
    BadToken::Unverifiable
}

/// All cookies in one text: something in between may have split them over several headers.
fn cookies(headers: &HeaderMap) -> Option<String> {
    let texts: Vec<_> =
        headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).collect();
    (!texts.is_empty()).then(|| texts.join("; "))
}
