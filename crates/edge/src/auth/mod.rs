//! Who is asking: the bearer token, else the session cookie.
//!
//! A token is verified here where a key for it is known (the project's secret, or its published
//! keys), else by the auth server's own word. Verifying here saves a round trip and costs this: a
//! session that was signed out counts until its token ends, at most an hour later.
//!
//! - `token`: what a token must say.
//! - `jwks`: the project's published keys.
//! - `recent`: what need not be verified again.
//! - `origin`: what a browser must not be tricked into.
//!
//! The answer to every token that is not good is the same 401; only the log knows the cause.

mod jwks;
mod origin;
mod recent;
mod token;

pub(crate) use origin::Origins;
pub(crate) use token::Issuer;

use std::sync::Arc;

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
#[derive(Clone)]
pub(crate) struct Verifier {
    supabase: Supabase,
    origins: Arc<Origins>,
    rules: Arc<Rules>,
    keys: Arc<KeySet>,
}

/// How a request presents its token.
enum Credentials {
    Bearer(SecretString),
    /// Sent by a browser whether or not its person wants to.
    Cookie(SecretString),
}

impl Verifier {
    pub(crate) fn new(supabase: Supabase, issuer: &Issuer, origins: Origins) -> Self {
        Self {
            keys: KeySet::new(supabase.clone()).into(),
            supabase,
            origins: origins.into(),
            rules: Rules::new(issuer).into(),
        }
    }

    /// The same by other connections; the published keys are fetched once for all.
    pub(crate) fn over(&self, supabase: Supabase) -> Self {
        Self { supabase, ..self.clone() }
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
                    Ok(Some(key)) => self.rules.check(text, &key),
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

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use flowmeter_supabase::Project;
    use jsonwebtoken::jwk::Jwk;
    use jsonwebtoken::{EncodingKey, Header, encode, get_current_timestamp};
    use serde_json::{Value, json};
    use wiremock::matchers::path;
    use wiremock::{Mock, MockServer, ResponseTemplate};

    use super::*;

    const USER: Uuid = Uuid::from_u128(7);
    const KEY_ID: &str = "published";

    /// Opens nothing but these tests.
    fn rsa_key() -> EncodingKey {
        EncodingKey::from_rsa_der(include_bytes!("rs256_of_tests.der"))
    }

    /// A project that signs with RS256, as one with a key of its own may do.
    async fn project() -> (MockServer, Verifier) {
        let server = MockServer::start().await;
        let mut key = Jwk::from_encoding_key(&rsa_key(), Algorithm::RS256).unwrap();
        key.common.key_id = Some(KEY_ID.to_owned());
        let keys = ResponseTemplate::new(200).set_body_json(json!({"keys": [key]}));
        Mock::given(path("/auth/v1/.well-known/jwks.json")).respond_with(keys).mount(&server).await;
        let project = Project::new(&server.uri(), "anon").unwrap();
        let issuer = Issuer::from_env(&project, |_| None);
        let verifier = Verifier::new(Supabase::new(project), &issuer, Origins::from_env(|_| None).unwrap());
        (server, verifier)
    }

    fn claims(server: &MockServer) -> Value {
        json!({
            "sub": USER, "role": "authenticated", "aud": "authenticated",
            "exp": get_current_timestamp() + 3600, "iss": format!("{}/auth/v1", server.uri()),
        })
    }

    async fn verify(verifier: &Verifier, alg: Algorithm, claims: &Value, key: &EncodingKey) -> Option<Uuid> {
        let header = Header { kid: Some(KEY_ID.to_owned()), ..Header::new(alg) };
        let token = encode(&header, claims, key).unwrap();
        let value = HeaderValue::from_str(&format!("Bearer {token}")).unwrap();
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, value)]);
        verifier.verify(&headers).await.ok().map(|user| user.id)
    }

    #[tokio::test]
    async fn a_token_that_the_projects_rsa_key_signed_is_let_in_and_what_is_not_quite_it_is_refused() {
        let (server, verifier) = project().await;
        let (good, key) = (claims(&server), rsa_key());
        for _ in 0..2 {
            assert_eq!(verify(&verifier, Algorithm::RS256, &good, &key).await, Some(USER));
        }
        assert_eq!(verify(&verifier, Algorithm::RS384, &good, &key).await, None, "another algorithm");
        let public = EncodingKey::from_secret(include_bytes!("rs256_of_tests.der"));
        assert_eq!(verify(&verifier, Algorithm::HS256, &good, &public).await, None, "the key as a secret");
        for (name, value) in [("exp", json!(7)), ("role", json!("service_role")), ("aud", json!("anon"))] {
            let mut bad = good.clone();
            bad[name] = value;
            assert_eq!(verify(&verifier, Algorithm::RS256, &bad, &key).await, None, "{name}");
        }
    }
}
