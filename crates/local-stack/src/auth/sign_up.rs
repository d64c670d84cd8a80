//! `/signup` and `/resend`: an account by its owner, confirmed by a mail or not.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use super::account::{self, NewUser, create_user, parse};
use super::code::{self, Purpose};
use super::error::{Refusal, Versioned};
use super::mailbox::Mail;
use super::session::{Method, begin};
use super::{Auth, password};
use crate::gateway::Project;

#[derive(Deserialize)]
struct SignUp {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    data: Option<Value>,
}

/// What became of somebody who wants an account.
pub(super) enum Newcomer {
    /// Nothing is confirmed here: the account can be used at once.
    Confirmed(Uuid),
    /// They have to prove that the address is theirs.
    Asked(Uuid, Mail),
    /// The address has a confirmed account.
    Known(Uuid),
}

/// Makes an account, or takes up one that was never confirmed: nothing of that is changed, because
/// nobody has proved to be its owner.
pub(super) async fn welcome(
    connection: &mut PgConnection,
    auth: &Auth,
    new: NewUser,
) -> Result<Newcomer, Refusal> {
    let user = match account::find(connection, &new.email).await? {
        Some(known) if known.is_confirmed => return Ok(Newcomer::Known(known.id)),
        _ if auth.rules.disable_signup => return Err(Refusal::sign_up_disabled()),
        Some(known) => known.id,
        None => create_user(connection, new).await?,
    };
    if auth.rules.autoconfirm {
        account::confirm(connection, user).await?;
        return Ok(Newcomer::Confirmed(user));
    }
    let mail = code::make(connection, auth, user, Purpose::SignUp).await?;
    Ok(Newcomer::Asked(user, mail))
}

/// `/signup`
pub(super) async fn sign_up(
    State(project): State<Arc<Project>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Versioned> {
    register(&project, &body).await.map(Json).map_err(|refusal| refusal.seen_by(&headers))
}

async fn register(project: &Project, body: &[u8]) -> Result<Value, Refusal> {
    let new = admit(&project.auth, parse(body)?)?;
    let (email, metadata) = (new.email.clone(), new.metadata.clone());
    let mut transaction = project.admin.begin().await?;
    match welcome(&mut transaction, &project.auth, new).await? {
        Newcomer::Confirmed(user) => {
            let granted = begin(&mut transaction, user, Method::Password).await?;
            transaction.commit().await?;
            granted.into_json(project)
        }
        Newcomer::Asked(user, mail) => {
            let json = account::json(&mut transaction, user).await?;
            transaction.commit().await?;
            project.auth.mailbox.post(mail);
            Ok(json)
        }
        Newcomer::Known(_) if project.auth.rules.autoconfirm => Err(Refusal::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "user_already_exists",
            "User already registered",
        )),
        Newcomer::Known(_) => Ok(nobody(&email, metadata)),
    }
}

/// What can be told from the request alone. Whoever signs up chooses neither an id nor whether the
/// address counts as confirmed.
fn admit(auth: &Auth, given: SignUp) -> Result<NewUser, Refusal> {
    if auth.rules.disable_signup {
        return Err(Refusal::sign_up_disabled());
    }
    if !auth.rules.email {
        let text = "Email signups are disabled";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "email_provider_disabled", text));
    }
    if given.password.is_empty() {
        return Err(Refusal::invalid("Signup requires a valid password"));
    }
    password::check(&auth.rules, &given.password)?;
    Ok(NewUser {
        email: given.email,
        password: Some(given.password),
        metadata: given.data,
        ..NewUser::default()
    })
}

/// A user who looks new in place of one who is not: nobody is told who has an account here, but for
/// the empty list of identities, by which clients know it.
fn nobody(email: &str, metadata: Option<Value>) -> Value {
    let now = jiff::Timestamp::now();
    json!({
        "id": Uuid::new_v4(), "aud": "authenticated", "role": "", "email": email.trim().to_lowercase(),
        "phone": "", "confirmation_sent_at": now, "created_at": now, "updated_at": now,
        "app_metadata": {"provider": "email", "providers": ["email"]},
        "user_metadata": metadata.unwrap_or_else(|| json!({})), "identities": [], "is_anonymous": false,
    })
}

#[derive(Deserialize)]
struct Resend {
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    email: String,
}

/// `/resend`
pub(super) async fn resend(
    State(project): State<Arc<Project>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Versioned> {
    send_again(&project, &body).await.map_err(|refusal| refusal.seen_by(&headers))?;
    Ok(Json(json!({})))
}

/// Only somebody who waits for a mail gets one; the answer is the same for everybody.
async fn send_again(project: &Project, body: &[u8]) -> Result<(), Refusal> {
    let Resend { kind, email } = parse(body)?;
    if kind != "signup" {
        return Err(Refusal::invalid("Missing one of these types: signup"));
    }
    let mut transaction = project.admin.begin().await?;
    let Some(user) = account::find(&mut transaction, &email).await?.filter(|user| !user.is_confirmed) else {
        return Ok(());
    };
    let mail = code::make(&mut transaction, &project.auth, user.id, Purpose::SignUp).await?;
    transaction.commit().await?;
    project.auth.mailbox.post(mail);
    Ok(())
}
