//! `/otp`, `/recover` and `/verify`: codes by mail, asked for and used.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::account::{self, NewUser, parse};
use super::code::{self, Kind, Proof, Purpose};
use super::error::{Refusal, Versioned};
use super::session::{Granted, Method, begin};
use super::sign_up::{Newcomer, welcome};
use crate::gateway::Project;

#[derive(Deserialize)]
struct Otp {
    #[serde(default)]
    email: String,
    #[serde(default)]
    phone: String,
    create_user: Option<bool>,
    data: Option<Value>,
}

/// `/otp`
pub(super) async fn send(
    State(project): State<Arc<Project>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Versioned> {
    send_sign_in(&project, &body).await.map_err(|refusal| refusal.seen_by(&headers))?;
    Ok(Json(json!({})))
}

async fn send_sign_in(project: &Project, body: &[u8]) -> Result<(), Refusal> {
    let given: Otp = parse(body)?;
    require_email(&given.email, &given.phone)?;
    let mut transaction = project.admin.begin().await?;
    if given.create_user == Some(false) && account::find(&mut transaction, &given.email).await?.is_none() {
        let text = "Signups not allowed for otp";
        return Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "otp_disabled", text));
    }
    require_email_provider(project)?;
    let new = NewUser { email: given.email, metadata: given.data, ..NewUser::default() };
    let mail = match welcome(&mut transaction, &project.auth, new).await? {
        // The mail that confirms the address signs in as well.
        Newcomer::Asked(_, mail) => mail,
        Newcomer::Known(user) | Newcomer::Confirmed(user) => {
            code::make(&mut transaction, &project.auth, user, Purpose::SignIn).await?
        }
    };
    transaction.commit().await?;
    project.auth.mailbox.post(mail);
    Ok(())
}

fn require_email(email: &str, phone: &str) -> Result<(), Refusal> {
    match (email, phone) {
        ("", "") => Err(Refusal::invalid("One of email or phone must be set")),
        ("", _) => Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "phone_provider_disabled",
            "Unsupported phone provider",
        )),
        (_, "") => Ok(()),
        _ => Err(Refusal::invalid("Only an email address or phone number should be provided")),
    }
}

fn require_email_provider(project: &Project) -> Result<(), Refusal> {
    if project.auth.rules.email {
        return Ok(());
    }
    let text = "Email logins are disabled";
    Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "email_provider_disabled", text))
}

#[derive(Deserialize)]
struct Recover {
    #[serde(default)]
    email: String,
}

/// `/recover`
pub(super) async fn recover(
    State(project): State<Arc<Project>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Versioned> {
    send_recovery(&project, &body).await.map_err(|refusal| refusal.seen_by(&headers))?;
    Ok(Json(json!({})))
}

/// Nobody is told whether there is an account.
async fn send_recovery(project: &Project, body: &[u8]) -> Result<(), Refusal> {
    let Recover { email } = parse(body)?;
    if email.is_empty() {
        return Err(Refusal::invalid("Password recovery requires an email"));
    }
    let mut transaction = project.admin.begin().await?;
    let Some(user) = account::find(&mut transaction, &email).await? else { return Ok(()) };
    let mail = code::make(&mut transaction, &project.auth, user.id, Purpose::NewPassword).await?;
    transaction.commit().await?;
    project.auth.mailbox.post(mail);
    Ok(())
}

#[derive(Deserialize)]
struct Verify {
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    token: String,
    #[serde(default)]
    token_hash: String,
}

/// `/verify`
pub(super) async fn verify(
    State(project): State<Arc<Project>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Versioned> {
    check(&project, &body)
        .await
        .and_then(|granted| granted.into_json(&project))
        .map(Json)
        .map_err(|refusal| refusal.seen_by(&headers))
}

async fn check(project: &Project, body: &[u8]) -> Result<Granted, Refusal> {
    let given: Verify = parse(body)?;
    let kinds = kinds(&given.kind)?;
    let proof = proof(given)?;
    let mut transaction = project.admin.begin().await?;
    let owner = code::redeem(&mut transaction, &project.auth.rules, &proof, kinds).await?;
    if owner.is_banned {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "user_banned", "User is banned"));
    }
    account::confirm(&mut transaction, owner.id).await?;
    let granted = begin(&mut transaction, owner.id, Method::Otp).await?;
    transaction.commit().await?;
    Ok(granted)
}

fn kinds(name: &str) -> Result<&'static [Kind], Refusal> {
    match name {
        "" => Err(Refusal::invalid("Verify requires a verification type")),
        // What the person asked for need not be known: a code of either kind signs in.
        "email" => Ok(&[Kind::Confirmation, Kind::Recovery]),
        "signup" | "invite" => Ok(&[Kind::Confirmation]),
        "recovery" | "magiclink" => Ok(&[Kind::Recovery]),
        _ => Err(Refusal::invalid("Invalid email verification type")),
    }
}

fn proof(given: Verify) -> Result<Proof, Refusal> {
    let Verify { email, token, token_hash, .. } = given;
    match (&*token, &*token_hash) {
        ("", "") => Err(Refusal::invalid("Verify requires either a token or a token hash")),
        ("", _) if email.is_empty() => Ok(Proof::Hash(token_hash)),
        ("", _) => Err(Refusal::invalid("Only the token_hash and type should be provided")),
        (_, "") if !email.is_empty() => {
            Ok(Proof::Code { email: email.trim().to_owned(), code: token.replace('-', "") })
        }
        _ => Err(Refusal::invalid("Only an email address or phone number should be provided on verify")),
    }
}
