//! The edge service over HTTP: one POST, and what comes back.
//!
//! Nothing is sent twice from here: what may have been paid for never is, and what certainly was not
//! is for [`Relay`](crate::relay::Relay) to decide, or for the person.

mod answer;
mod messages;
mod patience;
mod refusal;

use std::time::Duration;

use flowmeter_domain::{Code, Outcome, Preferences, UiError};
use flowmeter_supabase::http::Http;
use reqwest::header::{COOKIE, HeaderValue};
use reqwest::{Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use tokio::sync::watch;
use url::Url;

pub(crate) use answer::Answer;
pub(crate) use messages::Messages;
pub(crate) use refusal::clipped;

use crate::Clock;
use crate::session::Credentials;
use patience::Patience;

/// How long a connection may take to be made.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// What the edge does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// Runs a node and gives its answer as a whole.
    RunNode,
    /// Runs a node and streams its answer.
    RunNodeStream,
    /// Makes a flow from a sentence and streams how it goes.
    Plan,
    /// Changes a flow.
    ModifyFlow,
}

impl Route {
    fn path(self) -> &'static str {
        match self {
            Route::RunNode => "run-node",
            Route::RunNodeStream => "run-node-stream",
            Route::Plan => "plan",
            Route::ModifyFlow => "modify-flow",
        }
    }
}

/// The edge service. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Edge {
    http: Http,
    base: Url,
    /// For how long the person lets it be silent.
    preferences: watch::Receiver<Preferences>,
    clock: Clock,
}

/// Whether an edge is at `base`: it refuses a request of nobody's with the contract's own words.
///
/// # Errors
/// `UNEXPECTED_ANSWER` when something else answers; `UNREACHABLE`, `NOT_SECURE` or `TIMED_OUT` when
/// nothing does.
pub(crate) async fn check(base: &Url) -> Result<(), UiError> {
    let response = ask_as_nobody(url(base, Route::RunNodeStream)?).await.map_err(without_answer)?;
    let status = response.status();
    let is_edge = status == StatusCode::UNAUTHORIZED && refusal::is_contract(response).await;
    let other = || UiError::new(Code::UnexpectedAnswer, format!("no edge answers: {status}"));
    is_edge.then_some(()).ok_or_else(other)
}

async fn ask_as_nobody(url: Url) -> reqwest::Result<Response> {
    let http = http();
    http.client()?.post(url).timeout(CONNECT_LIMIT).json(&serde_json::json!({})).send().await
}

impl Edge {
    pub(crate) fn new(base: &Url, preferences: watch::Receiver<Preferences>, clock: Clock) -> Self {
        Self { http: http(), base: base.clone(), preferences, clock }
    }

    /// Sends `body`, once.
    ///
    /// # Errors
    /// The outcome of a request that got no success: failed where nothing can have been charged,
    /// incomplete where it may have been.
    pub(crate) async fn post(
        &self,
        route: Route,
        credentials: &Credentials,
        body: &(impl Serialize + Sync),
    ) -> Result<Answer, Outcome> {
        let url = url(&self.base, route).map_err(|cause| Outcome::Failed { cause })?;
        let http = self.http.client().map_err(not_answered)?;
        let post = http.post(url).bearer_auth(credentials.access_token.expose_secret());
        let post = post.header(COOKIE, sensitive(&credentials.cookie)).json(body);
        let mut patience = Patience::new(self.preferences.clone());
        let sent = patience.wait(post.send()).await.map_err(|cause| Outcome::Incomplete { cause })?;
        let response = sent.map_err(not_answered)?;
        if response.status() != StatusCode::OK {
            return Err(refusal::read(response, &mut patience, (self.clock)()).await);
        }
        Ok(Answer::new(response, patience))
    }
}

fn http() -> Http {
    Http::later(|client| client.connect_timeout(CONNECT_LIMIT))
}

fn url(base: &Url, route: Route) -> Result<Url, UiError> {
    let address = format!("{}/api/{}", base.as_str().trim_end_matches('/'), route.path());
    Url::parse(&address).map_err(|error| UiError::new(Code::InvalidSettings, error.to_string()))
}

/// A request that certainly did not arrive has failed; any other may have been paid for.
fn not_answered(error: reqwest::Error) -> Outcome {
    if error.is_connect() || error.is_builder() {
        return Outcome::Failed { cause: without_answer(error) };
    }
    Outcome::Incomplete { cause: cut(error) }
}

fn without_answer(error: reqwest::Error) -> UiError {
    flowmeter_supabase::Error::from(error).into()
}

/// A connection that broke after the request had left.
fn cut(error: reqwest::Error) -> UiError {
    UiError::new(Code::Interrupted, error.without_url().to_string())
}

/// Marked, so that no debug output of the request shows it.
fn sensitive(secret: &SecretString) -> HeaderValue {
    let mut value = HeaderValue::from_str(secret.expose_secret()).unwrap_or(HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}
