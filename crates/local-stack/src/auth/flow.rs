//! Sign-ins at a provider that are under way, and the end of those with PKCE (`grant_type=pkce`).

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::Auth;
use super::error::Refusal;
use super::rules::{AuthRules, sql_seconds};
use super::session::{Granted, Method, begin};
use crate::gateway::Project;

/// What RFC 7636 allows a challenge to be.
const CHALLENGE_LENGTH: std::ops::RangeInclusive<usize> = 43..=128;

/// How the browser's way back is tied to whoever sent it.
#[derive(Clone, Debug)]
pub(super) struct Challenge {
    text: String,
    method: ChallengeMethod,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ChallengeMethod {
    S256,
    Plain,
}

impl Challenge {
    /// Both or neither.
    pub(super) fn parse(text: &str, method: &str) -> Result<Option<Challenge>, Refusal> {
        if text.is_empty() != method.is_empty() {
            return Err(Refusal::invalid("PKCE flow requires code_challenge_method and code_challenge"));
        }
        if text.is_empty() {
            return Ok(None);
        }
        if !CHALLENGE_LENGTH.contains(&text.len()) {
            return Err(Refusal::invalid("code challenge has to be between 43 and 128 characters"));
        }
        if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)) {
            return Err(Refusal::invalid(
                "code challenge can only contain alphanumeric characters, hyphens, periods, underscores and tildes",
            ));
        }
        let method = ChallengeMethod::parse(method)?;
        Ok(Some(Challenge { text: text.to_owned(), method }))
    }

    fn is_met_by(&self, verifier: &str) -> bool {
        match self.method {
            ChallengeMethod::S256 => URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == self.text,
            ChallengeMethod::Plain => verifier == self.text,
        }
    }
}

impl ChallengeMethod {
    fn parse(text: &str) -> Result<ChallengeMethod, Refusal> {
        match &*text.to_ascii_lowercase() {
            "s256" => Ok(ChallengeMethod::S256),
            "plain" => Ok(ChallengeMethod::Plain),
            _ => Err(Refusal::invalid("unsupported code_challenge method")),
        }
    }

    fn name(self) -> &'static str {
        match self {
            ChallengeMethod::S256 => "s256",
            ChallengeMethod::Plain => "plain",
        }
    }
}

/// A sign-in under way.
#[derive(sqlx::FromRow)]
pub(super) struct Flow {
    pub(super) id: Uuid,
    pub(super) provider: String,
    pub(super) redirect_to: String,
    /// Only its holder's verifier makes a session of the code; without, the session goes with the browser.
    pub(super) code: Option<String>,
}

/// Begins one; its id is what the provider is given as `state`.
pub(super) async fn start(
    pool: &PgPool,
    provider: &str,
    redirect_to: &str,
    challenge: Option<&Challenge>,
) -> Result<Uuid, Refusal> {
    let sql = "
        insert into auth.flow_states (provider, redirect_to, code_challenge, code_challenge_method)
        values ($1, $2, $3, $4) returning id";
    Ok(sqlx::query_scalar(sql)
        .bind(provider)
        .bind(redirect_to)
        .bind(challenge.map(|challenge| &challenge.text))
        .bind(challenge.map(|challenge| challenge.method.name()))
        .fetch_one(pool)
        .await?)
}

/// The one that a browser comes back for: it comes back once, and not late.
pub(super) async fn find(pool: &PgPool, auth: &Auth, id: Uuid) -> Result<Option<Flow>, Refusal> {
    let sql = "
        select id, provider, redirect_to, case when code_challenge is not null then auth_code end as code
        from auth.flow_states
        where id = $1 and user_id is null and created_at + make_interval(secs => $2) > clock_timestamp()";
    let life = sql_seconds(auth.rules.flow_seconds);
    Ok(sqlx::query_as(sql).bind(id).bind(life).fetch_optional(pool).await?)
}

/// The browser came back as this person.
pub(super) async fn arrive(connection: &mut PgConnection, flow: Uuid, user: Uuid) -> Result<(), Refusal> {
    let sql = "update auth.flow_states set user_id = $2 where id = $1";
    sqlx::query(sql).bind(flow).bind(user).execute(connection).await?;
    Ok(())
}

#[derive(Deserialize)]
pub(super) struct Pkce {
    #[serde(default)]
    auth_code: String,
    #[serde(default)]
    code_verifier: String,
}

/// A flow whose browser came back.
#[derive(sqlx::FromRow)]
struct Arrived {
    id: Uuid,
    user_id: Uuid,
    code_challenge: String,
    code_challenge_method: String,
    is_expired: bool,
}

/// A session for the code that the browser brought, once.
pub(super) async fn exchange(project: &Project, given: Pkce) -> Result<Granted, Refusal> {
    if given.auth_code.is_empty() || given.code_verifier.is_empty() {
        return Err(Refusal::invalid(
            "invalid request: both auth code and code verifier should be non-empty",
        ));
    }
    let mut transaction = project.admin.begin().await?;
    let arrived = arrived(&mut transaction, &project.auth.rules, &given.auth_code).await?;
    let method = ChallengeMethod::parse(&arrived.code_challenge_method)?;
    let challenge = Challenge { text: arrived.code_challenge, method };
    if !challenge.is_met_by(&given.code_verifier) {
        let text = "code challenge does not match previously saved code verifier";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "bad_code_verifier", text));
    }
    let sql = "delete from auth.flow_states where id = $1";
    sqlx::query(sql).bind(arrived.id).execute(&mut *transaction).await?;
    let granted = begin(&mut transaction, arrived.user_id, Method::OAuth).await?;
    transaction.commit().await?;
    Ok(granted)
}

async fn arrived(connection: &mut PgConnection, rules: &AuthRules, code: &str) -> Result<Arrived, Refusal> {
    let sql = "
        select id, user_id, code_challenge, code_challenge_method,
               created_at + make_interval(secs => $2) <= clock_timestamp() as is_expired
        from auth.flow_states
        where auth_code = $1 and user_id is not null and code_challenge is not null
        for update";
    let arrived: Arrived = sqlx::query_as(sql)
        .bind(code)
        .bind(sql_seconds(rules.flow_seconds))
        .fetch_optional(connection)
        .await?
        .ok_or(Refusal::new(
            StatusCode::NOT_FOUND,
            "flow_state_not_found",
            "invalid flow state, no valid flow state found",
        ))?;
    if arrived.is_expired {
        let text = "invalid flow state, flow state has expired";
        return Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "flow_state_expired", text));
    }
    Ok(arrived)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_met_by_its_own_verifier_only() {
        // The example of RFC 7636, appendix B.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let hash = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        let challenge = |text, method| Challenge::parse(text, method).unwrap().unwrap();
        assert!(challenge(hash, "S256").is_met_by(verifier));
        assert!(!challenge(hash, "s256").is_met_by(hash));
        assert!(challenge(verifier, "plain").is_met_by(verifier));
        assert!(Challenge::parse("", "").unwrap().is_none());
        for (text, method) in
            [(hash, ""), ("", "s256"), ("short", "s256"), (hash, "md5"), (&"é".repeat(30), "plain")]
        {
            assert!(Challenge::parse(text, method).is_err(), "{text} {method}");
        }
    }
}
