//! Supabase over HTTP: sign-in, sessions, the session cookie, the quota table.
//!
//! Transport only. When to refresh, what to do after a failure and where a session is kept is
//! policy and lives in `flowmeter-client` and `flowmeter-edge`.
//!
//! Every request goes through [`Supabase::send`], which follows no redirect, so that no credential
//! can reach another origin, and which turns every answer into a value or an [`Error`].

mod account;
mod auth;
pub mod cookie;
mod error;
pub mod http;
mod llm_models;
pub mod pkce;
mod project;
mod quota_functions;
mod quota_table;
mod session;
mod ways;

pub use account::{CodeFor, Newcomers, SignUp};
pub use error::{Error, Weakness};
pub use project::{InvalidProject, Project, secure_url};
pub use quota_functions::{NewRequest, RequestState, Reservation};
pub use quota_table::QuotaRow;
pub use session::{Session, User};
pub use ways::WaysIn;

use std::time::Duration;

use reqwest::{Method, RequestBuilder, Response, header};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;

use crate::http::Http;

/// How long a connection may take to be made.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// How long a whole request to Supabase may take.
const REQUEST_LIMIT: Duration = Duration::from_secs(30);

/// For whom a request is made.
#[derive(Clone, Copy)]
pub enum Caller<'a> {
    /// Nobody in particular: the project's key alone.
    Anonymous,
    /// The person whom this access token names; row level security applies.
    User(&'a SecretString),
    /// The service role's key; row level security does not apply. Never in the desktop app.
    ServiceRole(&'a SecretString),
}

/// A Supabase project and a connection pool to it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Supabase {
    http: Http,
    project: Project,
}

impl Supabase {
    /// Talks to `project`; nothing is sent yet, and nothing read.
    pub fn new(project: Project) -> Self {
        Self { http: Http::later(|client| client.connect_timeout(CONNECT_LIMIT)), project }
    }

    /// Talks to `project` by `http`, which must follow no redirect.
    pub fn over(http: reqwest::Client, project: Project) -> Self {
        Self { http: http.into(), project }
    }

    /// The same project by other connections, which must follow no redirect.
    pub fn with_http(&self, http: reqwest::Client) -> Self {
        Self::over(http, self.project.clone())
    }

    /// Which project this talks to.
    pub fn project(&self) -> &Project {
        &self.project
    }

    fn request(
        &self,
        method: Method,
        path_and_query: &str,
        caller: Caller<'_>,
    ) -> Result<RequestBuilder, Error> {
        let url = self.project.endpoint(path_and_query);
        let request = self.http.client()?.request(method, url).timeout(REQUEST_LIMIT);
        Ok(match caller {
            Caller::Anonymous => request.header("apikey", self.project.key()),
            Caller::User(token) => {
                request.header("apikey", self.project.key()).bearer_auth(token.expose_secret())
            }
            Caller::ServiceRole(key) => with_service_key(request, key.expose_secret()),
        })
    }

    async fn send<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Error> {
        let response = accepted(request.send().await?).await?;
        let status = response.status().as_u16();
        serde_json::from_slice(&response.bytes().await?).map_err(|_| Error::UnexpectedAnswer { status })
    }

    /// For calls that carry the project's key and nothing else.
    async fn send_with_key<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Error> {
        self.send(request).await.map_err(Error::of_key_alone)
    }

    /// For calls whose answer has no body.
    async fn send_for_nothing(&self, request: RequestBuilder) -> Result<(), Error> {
        accepted(request.send().await?).await.map(drop)
    }
}

/// The answer, if it is a success.
async fn accepted(response: Response) -> Result<Response, Error> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let retry_after = response.headers().get(header::RETRY_AFTER);
    let seconds = retry_after.and_then(|value| value.to_str().ok()?.trim().parse().ok());
    Err(Error::from_answer(status.as_u16(), &response.bytes().await?).with_retry_after(seconds))
}

/// New-style keys (`sb_secret_…`) are no JWTs and must not go into `Authorization`.
fn with_service_key(request: RequestBuilder, key: &str) -> RequestBuilder {
    let request = request.header("apikey", key);
    if key.starts_with("sb_") { request } else { request.bearer_auth(key) }
}
