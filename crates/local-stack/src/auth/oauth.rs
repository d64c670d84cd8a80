//! `/authorize` and `/callback`: a browser on its way to a provider, and back.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Redirect;
use serde::Deserialize;
use serde_json::Value;
use sqlx::PgConnection;
use url::{Url, form_urlencoded};
use uuid::Uuid;

use super::account::{self, NewUser, add_identity, insert_user};
use super::error::{Refusal, Versioned};
use super::flow::{self, Challenge, Flow};
use super::session::{Method, begin};
use super::{Auth, redirect};
use crate::gateway::Project;

#[derive(Deserialize)]
pub(super) struct Authorize {
    #[serde(default)]
    provider: String,
    redirect_to: Option<String>,
    #[serde(default)]
    code_challenge: String,
    #[serde(default)]
    code_challenge_method: String,
}

/// `/authorize`: a browser is sent on to the provider.
pub(super) async fn authorize(
    State(project): State<Arc<Project>>,
    Query(given): Query<Authorize>,
    headers: HeaderMap,
) -> Result<Redirect, Versioned> {
    send_on(&project, &given).await.map_err(|refusal| refusal.seen_by(&headers))
}

async fn send_on(project: &Project, given: &Authorize) -> Result<Redirect, Refusal> {
    let rules = &project.auth.rules;
    if !rules.providers.contains(&given.provider) {
        return Err(Refusal::invalid("Unsupported provider: provider is not enabled"));
    }
    let challenge = Challenge::parse(&given.code_challenge, &given.code_challenge_method)?;
    let back = redirect::target(rules, given.redirect_to.as_deref());
    let state = flow::start(&project.admin, &given.provider, &back, challenge.as_ref()).await?;
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", "flowmeter-local-stack")
        .append_pair("redirect_uri", &format!("{}/callback", project.issuer))
        .append_pair("response_type", "code")
        .append_pair("scope", "email")
        .append_pair("state", &state.to_string())
        .finish();
    Ok(Redirect::to(&format!("/provider/{}?{query}", given.provider)))
}

/// What a provider sends a browser back with.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Callback {
    state: String,
    code: String,
    error: Option<String>,
    error_description: Option<String>,
}

/// Why a browser comes back without what it went for.
enum Fault {
    /// The provider's own words.
    OfProvider {
        error: String,
        description: String,
    },
    OfProject(Refusal),
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Fault {
        Fault::OfProject(refusal)
    }
}

/// `/callback`: a browser is sent back to whoever sent it, with a code, a session or a fault.
pub(super) async fn callback(State(project): State<Arc<Project>>, Query(given): Query<Callback>) -> Redirect {
    let id = given.state.parse::<Uuid>().ok();
    let flow = match id {
        Some(id) => flow::find(&project.admin, &project.auth, id).await,
        None => Ok(None),
    };
    let (back, outcome) = match flow {
        Ok(Some(flow)) => (flow.redirect_to.clone(), admit(&project, &flow, given).await),
        Ok(None) => (project.auth.rules.site_url.clone(), Err(bad_state().into())),
        Err(refusal) => (project.auth.rules.site_url.clone(), Err(refusal.into())),
    };
    let target = match outcome {
        Ok(arrival) => arrival.added_to(&back),
        Err(fault) => fault.added_to(&back),
    };
    Redirect::to(&target)
}

fn bad_state() -> Refusal {
    let text = "OAuth callback with invalid state";
    Refusal::new(StatusCode::BAD_REQUEST, "bad_oauth_state", text)
}

/// What a browser brings home.
enum Arrival {
    /// For whoever holds the verifier.
    Code(String),
    /// The session itself, where nobody asked for PKCE.
    Session(Value),
}

async fn admit(project: &Project, flow: &Flow, given: Callback) -> Result<Arrival, Fault> {
    if let Some(error) = given.error {
        let description = given.error_description.unwrap_or_default();
        return Err(Fault::OfProvider { error, description });
    }
    let email = project.auth.provider.redeem(&given.code, &flow.provider).ok_or_else(|| {
        let text = "Unable to exchange external code";
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "unexpected_failure", text)
    })?;
    let mut transaction = project.admin.begin().await.map_err(Refusal::from)?;
    let user = person(&mut transaction, &project.auth, &flow.provider, &email).await?;
    flow::arrive(&mut transaction, flow.id, user).await?;
    let arrival = match &flow.code {
        Some(code) => Arrival::Code(code.clone()),
        None => {
            let granted = begin(&mut transaction, user, Method::OAuth).await?;
            Arrival::Session(granted.into_json(project)?)
        }
    };
    transaction.commit().await.map_err(Refusal::from)?;
    Ok(arrival)
}

/// Whom the provider vouches for: known by the provider, else by the address, else new.
async fn person(
    connection: &mut PgConnection,
    auth: &Auth,
    provider: &str,
    email: &str,
) -> Result<Uuid, Refusal> {
    let user = match account::find(connection, email).await? {
        Some(known) if known.is_banned => {
            return Err(Refusal::new(StatusCode::FORBIDDEN, "user_banned", "User is banned"));
        }
        Some(known) => {
            if !known.is_confirmed {
                take_over(connection, known.id).await?;
            }
            known.id
        }
        None if auth.rules.disable_signup => return Err(Refusal::sign_up_disabled()),
        None => {
            let new = NewUser { email: email.to_owned(), email_confirm: true, ..NewUser::default() };
            insert_user(connection, new).await?
        }
    };
    add_identity(connection, user, provider, email).await?;
    Ok(user)
}

/// Whoever signed up with this address never proved it to be theirs: their password is worth nothing.
async fn take_over(connection: &mut PgConnection, user: Uuid) -> Result<(), Refusal> {
    let sql = "update auth.users set encrypted_password = null where id = $1";
    sqlx::query(sql).bind(user).execute(&mut *connection).await?;
    let sql = "delete from auth.identities where user_id = $1 and provider = 'email'";
    sqlx::query(sql).bind(user).execute(&mut *connection).await?;
    account::confirm(connection, user).await
}

impl Arrival {
    fn added_to(&self, back: &str) -> String {
        let Ok(mut url) = Url::parse(back) else { return back.to_owned() };
        match self {
            Arrival::Code(code) => drop(url.query_pairs_mut().append_pair("code", code)),
            Arrival::Session(session) => url.set_fragment(Some(&fragment(session))),
        }
        url.into()
    }
}

fn fragment(session: &Value) -> String {
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    for name in ["access_token", "expires_at", "expires_in", "refresh_token", "token_type"] {
        let value = &session[name];
        pairs.append_pair(name, &value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    }
    pairs.finish()
}

impl Fault {
    /// In the query and, as older clients read it, in the fragment.
    fn added_to(&self, back: &str) -> String {
        let Ok(mut url) = Url::parse(back) else { return back.to_owned() };
        let pairs = match self {
            Fault::OfProvider { error, description } => {
                vec![("error", &**error), ("error_description", description)]
            }
            Fault::OfProject(refusal) => vec![
                ("error", refusal.oauth_error()),
                ("error_code", refusal.code()),
                ("error_description", refusal.text()),
            ],
        };
        url.query_pairs_mut().extend_pairs(&pairs);
        let fragment = form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
        url.set_fragment(Some(&fragment));
        url.into()
    }
}
