//! What an access token must say to be a person's: the rules, without where its key comes from.

use std::sync::Arc;

use flowmeter_supabase::Project;
use jsonwebtoken::dangerous::insecure_decode_claims;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, get_current_timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use uuid::Uuid;

use super::recent::{self, Recent};

/// Both the audience and the role of a signed-in person. The project's own keys have neither.
const AUTHENTICATED: &str = "authenticated";
/// How far two clocks may differ, in seconds.
const SKEW: u64 = 30;

/// Who signs a project's tokens.
pub(crate) struct Issuer {
    /// `SUPABASE_JWT_SECRET`: the project's shared secret, where it has one.
    secret: Option<SecretString>,
    /// What its tokens name as `iss`: the project's address, unless `SUPABASE_JWT_ISSUER` says
    /// otherwise (behind a custom domain the tokens still name the original one).
    name: String,
}

impl Issuer {
    pub(crate) fn from_env(project: &Project, var: impl Fn(&str) -> Option<String>) -> Self {
        let name = || format!("{}/auth/v1", project.url().as_str().trim_end_matches('/'));
        Self {
            secret: var("SUPABASE_JWT_SECRET").map(SecretString::from),
            name: var("SUPABASE_JWT_ISSUER").map_or_else(name, |text| text.trim().to_owned()),
        }
    }
}

/// Why a token is not accepted.
#[derive(Debug, thiserror::Error)]
pub(super) enum BadToken {
    #[error("the token is not good: {0}")]
    Invalid(#[from] jsonwebtoken::errors::Error),
    #[error("the token is signed with a key or an algorithm that is not this project's")]
    UnknownKey,
    #[error("the token's claims are not those of a signed-in person of this project")]
    WrongClaims,
    #[error("the auth server does not accept the token: {0}")]
    Refused(flowmeter_supabase::Error),
    /// Nobody can say; not the caller's fault.
    #[error("the token cannot be verified at the moment")]
    Unverifiable,
}

/// The claims that are looked at. Whatever else a token holds is nobody's business here.
#[derive(Deserialize)]
struct Claims {
    sub: Uuid,
    role: String,
    /// In Unix seconds.
    exp: u64,
}

/// The claims that `jsonwebtoken` checks itself where it also checks the signature.
#[derive(Deserialize)]
struct AllClaims {
    #[serde(flatten)]
    claims: Claims,
    aud: Audience,
    iss: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// A key and the one algorithm that it is for.
pub(super) type Key = Arc<(Algorithm, DecodingKey)>;

/// One set of rules for all keys.
pub(super) struct Rules {
    secret: Option<Key>,
    recent: Recent,
    issuer: String,
    /// For HS256, ES256 and RS256: an algorithm is chosen by the key, never by the token alone.
    validations: [Validation; 3],
}

impl Rules {
    pub(super) fn new(issuer: &Issuer) -> Self {
        let validation = |alg| {
            let mut validation = Validation::new(alg);
            validation.leeway = SKEW;
            validation.validate_nbf = true;
            validation.set_audience(&[AUTHENTICATED]);
            validation.set_issuer(&[&issuer.name]);
            validation.set_required_spec_claims(&["exp", "aud", "sub"]);
            validation
        };
        let key = |secret: &SecretString| DecodingKey::from_secret(secret.expose_secret().as_bytes());
        Self {
            secret: issuer.secret.as_ref().map(|secret| Arc::new((Algorithm::HS256, key(secret)))),
            recent: Recent::default(),
            issuer: issuer.name.clone(),
            validations: [Algorithm::HS256, Algorithm::ES256, Algorithm::RS256].map(validation),
        }
    }

    pub(super) fn has_secret(&self) -> bool {
        self.secret.is_some()
    }

    /// Whom a token stands for that the project's secret should have signed.
    pub(super) fn check_with_secret(&self, token: &str) -> Result<Uuid, BadToken> {
        self.check(token, self.secret.as_ref().ok_or(BadToken::UnknownKey)?)
    }

    /// Whom a token stands for that `key` should have signed.
    pub(super) fn check(&self, token: &str, key: &Key) -> Result<Uuid, BadToken> {
        let (print, now) = (recent::print(token), get_current_timestamp());
        if let Some(user) = self.recent.find(&print, key, now) {
            return Ok(user);
        }
        let validation = self.validations.iter().find(|validation| validation.algorithms.contains(&key.0));
        let claims: Claims = decode(token, &key.1, validation.ok_or(BadToken::UnknownKey)?)?.claims;
        let ends = claims.exp.saturating_add(SKEW);
        let user = claims.person()?;
        self.recent.note(print, user, key, ends, now);
        Ok(user)
    }

    /// Whom a token stands for whose signature the server has confirmed.
    pub(super) fn check_genuine(&self, token: &str) -> Result<Uuid, BadToken> {
        let AllClaims { claims, aud, iss } = insecure_decode_claims(token)?;
        let for_people = match aud {
            Audience::One(one) => one == AUTHENTICATED,
            Audience::Several(several) => several.iter().any(|one| one == AUTHENTICATED),
        };
        let of_project = iss.is_none_or(|iss| iss == self.issuer);
        if for_people && of_project && claims.exp.saturating_add(SKEW) > get_current_timestamp() {
            claims.person()
        } else {
            Err(BadToken::WrongClaims)
        }
    }
}

impl Claims {
    fn person(self) -> Result<Uuid, BadToken> {
        if self.role == AUTHENTICATED { Ok(self.sub) } else { Err(BadToken::WrongClaims) }
    }
}
