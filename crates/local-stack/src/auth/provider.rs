//! The OAuth provider that stands in for every one that is switched on: one page with two buttons.
//!
//! Whoever sits before it may be anybody: the page asks for an address and believes it. There is no
//! account behind it and no password.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use html_escape::{encode_double_quoted_attribute, encode_text};
use serde::Deserialize;
use url::form_urlencoded;
use uuid::Uuid;

use crate::gateway::Project;
use crate::page;

/// How long the project may take to come for what a code stands for.
const LIFE: Duration = Duration::from_secs(60);

/// The codes that were given and not used yet.
#[derive(Default)]
pub(crate) struct Provider(Mutex<HashMap<String, Consent>>);

struct Consent {
    provider: String,
    email: String,
    at: Instant,
}

impl Provider {
    fn give(&self, provider: &str, email: &str) -> String {
        let code = Uuid::new_v4().simple().to_string();
        let consent = Consent { provider: provider.to_owned(), email: email.to_owned(), at: Instant::now() };
        let mut given = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        given.retain(|_, consent| consent.at.elapsed() < LIFE);
        given.insert(code.clone(), consent);
        code
    }

    /// The address behind a code of this provider, once.
    pub(super) fn redeem(&self, code: &str, provider: &str) -> Option<String> {
        let consent = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(code)?;
        (consent.provider == provider && consent.at.elapsed() < LIFE).then_some(consent.email)
    }
}

#[derive(Deserialize)]
pub(crate) struct Asked {
    state: String,
}

/// `/provider/{name}`: what a person sees there.
pub(crate) async fn ask(
    State(project): State<Arc<Project>>,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    if !project.auth.rules.providers.contains(&name) {
        return StatusCode::NOT_FOUND.into_response();
    }
    consent_page(&name, &asked.state).into_response()
}

fn consent_page(name: &str, state: &str) -> Html<String> {
    let (shown, state) = (encode_text(name), encode_double_quoted_attribute(state));
    let address = format!("octo@{name}.local");
    let address = encode_double_quoted_attribute(&address);
    let body = format!(
        "<h1>Sign in with {shown}</h1>\
         <p class=\"lead\">This page is the local stack's, in place of {shown}: no real account is asked. \
         Choose who you want to be.</p>\
         <form method=\"post\"><input type=\"hidden\" name=\"state\" value=\"{state}\">\
         <label>Email<input name=\"email\" type=\"email\" value=\"{address}\" autocomplete=\"off\" required></label>\
         <button class=\"primary\" name=\"decision\" value=\"allow\">Allow</button>\
         <button name=\"decision\" value=\"cancel\" formnovalidate>Cancel</button></form>"
    );
    page::page(&format!("Sign in with {name}"), &body)
}

/// The same, when a button was pressed: a browser is sent back to the project.
pub(crate) async fn decide(
    State(project): State<Arc<Project>>,
    Path(name): Path<String>,
    body: String,
) -> Redirect {
    let field = |wanted: &str| {
        let mut pairs = form_urlencoded::parse(body.as_bytes());
        pairs.find(|(key, _)| key == wanted).map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("state", &field("state"));
    if field("decision") == "allow" {
        query.append_pair("code", &project.auth.provider.give(&name, field("email").trim()));
    } else {
        query.append_pair("error", "access_denied");
        query.append_pair("error_description", "The person did not allow it");
    }
    Redirect::to(&format!("{}/callback?{}", project.issuer, query.finish()))
}
