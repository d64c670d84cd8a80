//! One request to the edge and its answer as it is written.
//!
//! A POST that may have been paid for is never sent twice from here.

use std::time::Duration;

use flowmeter_domain::run::{DONE, StreamMessage};
use flowmeter_domain::{Code, Delta, NodeRequest, Outcome, UiError};
use flowmeter_supabase::http::Http;
use futures_util::{Stream, StreamExt};
use reqwest::header::{CONTENT_TYPE, COOKIE, HeaderValue};
use reqwest::{Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sse_stream::SseByteStream;
use url::Url;

use crate::session::Credentials;

/// How long a connection may take to be made.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// How long the edge may be silent; reasoning models think for long.
const SILENCE_LIMIT: Duration = Duration::from_secs(120);

/// The edge service. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Edge {
    http: Http,
    run_node_stream: Url,
}

/// What comes next in an answer.
pub(crate) enum Step {
    Delta(Delta),
    End(Outcome),
}

impl Edge {
    pub(crate) fn new(base: &Url) -> Result<Self, UiError> {
        let http = Http::later(|client| client.connect_timeout(CONNECT_LIMIT).read_timeout(SILENCE_LIMIT));
        let address = format!("{}/api/run-node-stream", base.as_str().trim_end_matches('/'));
        let run_node_stream = Url::parse(&address);
        let run_node_stream =
            run_node_stream.map_err(|error| UiError::new(Code::InvalidSettings, error.to_string()))?;
        Ok(Self { http, run_node_stream })
    }

    /// Whether an edge is there: it refuses a request of nobody's with the contract's own words.
    ///
    /// # Errors
    /// `UNEXPECTED_ANSWER` when something else answers, `UNREACHABLE`, `TIMED_OUT` when nothing does.
    pub(crate) async fn check(&self) -> Result<(), UiError> {
        let response = self.ask_as_nobody().await.map_err(|error| {
            let code = if error.is_timeout() { Code::TimedOut } else { Code::Unreachable };
            UiError::new(code, error.without_url().to_string())
        })?;
        let status = response.status();
        let body = response.bytes().await.unwrap_or_default();
        let is_edge = status == StatusCode::UNAUTHORIZED && serde_json::from_slice::<Refusal>(&body).is_ok();
        let other = || UiError::new(Code::UnexpectedAnswer, format!("no edge answers: {status}"));
        is_edge.then_some(()).ok_or_else(other)
    }

    async fn ask_as_nobody(&self) -> reqwest::Result<Response> {
        let request = self.http.client()?.post(self.run_node_stream.clone()).timeout(CONNECT_LIMIT);
        request.json(&serde_json::json!({})).send().await
    }

    /// Sends `request`; the steps of its answer, the last of which is its end.
    ///
    /// # Errors
    /// The outcome of a request that got no stream.
    pub(crate) async fn run(
        &self,
        credentials: &Credentials,
        request: &NodeRequest,
    ) -> Result<impl Stream<Item = Step> + Unpin + use<>, Outcome> {
        let http = self.http.client().map_err(not_sent)?;
        let post = http
            .post(self.run_node_stream.clone())
            .bearer_auth(credentials.access_token.expose_secret())
            .header(COOKIE, sensitive(&credentials.cookie));
        let response = post.json(request).send().await.map_err(not_sent)?;
        if response.status() != StatusCode::OK {
            return Err(Outcome::Failed { cause: refusal(response).await });
        }
        if !is_event_stream(&response) {
            let cause = UiError::new(Code::UnexpectedAnswer, "the answer is not an event stream");
            return Err(Outcome::Incomplete { cause });
        }
        let events = SseByteStream::new(response.bytes_stream());
        Ok(events
            .map(Some)
            .chain(futures_util::stream::iter([None]))
            .filter_map(|event| std::future::ready(step(event)))
            .boxed())
    }
}

/// A request that certainly did not arrive has failed; any other may have been paid for.
fn not_sent(error: reqwest::Error) -> Outcome {
    let code = if error.is_timeout() { Code::TimedOut } else { Code::Unreachable };
    let arrived = !(error.is_connect() || error.is_builder());
    let cause = UiError::new(code, error.without_url().to_string());
    if arrived { Outcome::Incomplete { cause } } else { Outcome::Failed { cause } }
}

/// Marked, so that no debug output of the request shows it.
fn sensitive(secret: &SecretString) -> HeaderValue {
    let mut value = HeaderValue::from_str(secret.expose_secret()).unwrap_or(HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

fn is_event_stream(response: &Response) -> bool {
    let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| value.starts_with("text/event-stream"))
}

/// The fields of every refusal that the contract knows.
#[derive(Deserialize)]
struct Refusal {
    error: String,
    code: Option<String>,
    details: Option<serde_json::Value>,
}

async fn refusal(response: Response) -> UiError {
    let status = response.status().as_u16();
    let body = response.bytes().await.unwrap_or_default();
    let Ok(Refusal { error, code, details }) = serde_json::from_slice::<Refusal>(&body) else {
        return UiError::new(without_contract(status), format!("the edge answered {status}"));
    };
    let message = details.map_or_else(|| error.clone(), |details| format!("{error}: {details}"));
    UiError::new(by_contract(status, code.as_deref()), message)
}

/// The codes of the contract, and beyond them those that our own edge gives.
fn by_contract(status: u16, code: Option<&str>) -> Code {
    match (status, code.and_then(Code::from_name)) {
        (401, _) => Code::NotSignedIn,
        (429, Some(code @ (Code::QuotaExceeded | Code::PointsExceeded))) => code,
        (429, _) => Code::RateLimited,
        (_, Some(code)) => code,
        (500, None) => Code::ExecutionFailed,
        (_, None) => without_contract(status),
    }
}

/// What a status says when the body is not the contract's.
fn without_contract(status: u16) -> Code {
    match status {
        401 => Code::NotSignedIn,
        403 => Code::NotAllowed,
        404 => Code::NotFound,
        429 => Code::RateLimited,
        400..500 => Code::InvalidInput,
        500.. => Code::ServerFailed,
        _ => Code::UnexpectedAnswer,
    }
}

/// `None` for an event without data; the outer `None` is the end of the connection.
fn step(event: Option<Result<sse_stream::Sse, sse_stream::Error>>) -> Option<Step> {
    let data = match event {
        Some(Ok(event)) => event.data?,
        Some(Err(error)) => return Some(cut(&error.to_string())),
        None => return Some(cut("the stream ended without its end mark")),
    };
    if data.trim() == DONE {
        return Some(Step::End(Outcome::Completed));
    }
    Some(match serde_json::from_str(&data) {
        Ok(StreamMessage::Delta(delta)) => Step::Delta(delta),
        Ok(StreamMessage::Error { error, code }) => {
            let code = code.unwrap_or(Code::ExecutionFailed);
            Step::End(Outcome::Failed { cause: UiError::new(code, error) })
        }
        Err(_) => Step::End(Outcome::Incomplete {
            cause: UiError::new(Code::UnexpectedAnswer, "an event of the stream is not the contract's"),
        }),
    })
}

fn cut(message: &str) -> Step {
    Step::End(Outcome::Incomplete { cause: UiError::new(Code::Interrupted, message) })
}
