//! A provider's answer as a stream of deltas (the OpenAI chat-completions API).
//!
//! Errors name neither address nor key: their text reaches people.

use std::time::Duration;

use flowmeter_domain::run::{DEFAULT_TEMPERATURE, DONE};
use flowmeter_domain::{Delta, NodeRequest};
use futures_util::{Stream, StreamExt};
use reqwest::StatusCode;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::json;
use sse_stream::SseByteStream;

use crate::error::ApiError;
use crate::providers::Provider;

/// How long a connection to a provider may take to be made.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// How long a provider may be silent.
const SILENCE_LIMIT: Duration = Duration::from_secs(120);

/// Why a provider gave no answer, or not all of it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProviderError {
    #[error("the provider asks to slow down")]
    RateLimited,
    #[error("the provider does not accept the configured key")]
    KeyRefused,
    #[error("the provider refused the request with status {0}")]
    Refused(u16),
    #[error("the provider failed with status {0}")]
    Failed(u16),
    #[error("the provider cannot be reached")]
    Unreachable,
    #[error("the provider was silent for too long")]
    TimedOut,
    #[error("the provider's answer broke off")]
    BrokeOff,
    #[error("the provider's answer is not a chat completion")]
    UnexpectedAnswer,
}

/// Asks providers. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Completions {
    http: reqwest::Client,
}

impl Completions {
    pub(crate) fn new() -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_LIMIT)
            .read_timeout(SILENCE_LIMIT)
            .build()?;
        Ok(Self { http })
    }

    /// Prepares a streamed completion; nothing is sent before the stream is polled.
    ///
    /// # Errors
    /// [`ApiError::NotConfigured`] when the provider has no key.
    pub(crate) fn request(
        &self,
        provider: &Provider,
        request: &NodeRequest,
    ) -> Result<reqwest::RequestBuilder, ApiError> {
        let key = provider.key.as_ref().ok_or(ApiError::NotConfigured(provider.name))?;
        let body = json!({
            "model": request.model,
            "messages": request.messages(),
            "temperature": request.temperature.unwrap_or(DEFAULT_TEMPERATURE),
            "stream": true,
        });
        let url = provider.completions_url.clone();
        Ok(self.http.post(url).bearer_auth(key.expose_secret()).json(&body))
    }
}

/// Sends a prepared request; the deltas of its answer, in order, until the provider's end mark.
///
/// An answer that ends without the mark gives [`ProviderError::BrokeOff`] as its last item.
pub(crate) async fn send(
    request: reqwest::RequestBuilder,
) -> Result<impl Stream<Item = Result<Delta, ProviderError>> + Unpin, ProviderError> {
    let response = request.send().await.map_err(transport)?;
    if !response.status().is_success() {
        return Err(refusal(response.status()));
    }
    let mut events = SseByteStream::new(response.bytes_stream());
    let mut over = false;
    Ok(futures_util::stream::poll_fn(move |context| {
        if over {
            return None.into();
        }
        events.poll_next_unpin(context).map(|event| {
            let item = read_event(event);
            over = !matches!(item, Some(Ok(_)));
            item
        })
    }))
}

/// `None` at the end mark.
fn read_event(
    event: Option<Result<sse_stream::Sse, sse_stream::Error>>,
) -> Option<Result<Delta, ProviderError>> {
    let Some(Ok(event)) = event else {
        return Some(Err(ProviderError::BrokeOff));
    };
    let data = event.data.unwrap_or_default();
    if data.trim() == DONE {
        return None;
    }
    if data.is_empty() {
        return Some(Ok(Delta::default()));
    }
    Some(serde_json::from_str(&data).map(Chunk::into_delta).map_err(|_| ProviderError::UnexpectedAnswer))
}

fn transport(error: reqwest::Error) -> ProviderError {
    if error.is_timeout() { ProviderError::TimedOut } else { ProviderError::Unreachable }
}

fn refusal(status: StatusCode) -> ProviderError {
    match status.as_u16() {
        429 => ProviderError::RateLimited,
        401 | 403 => ProviderError::KeyRefused,
        status @ 500.. => ProviderError::Failed(status),
        status => ProviderError::Refused(status),
    }
}

/// What we read of a chunk; some providers send chunks without choices (usage, keep-alive).
#[derive(Deserialize)]
struct Chunk {
    #[serde(default)]
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    delta: ChunkDelta,
}

#[derive(Default, Deserialize)]
struct ChunkDelta {
    content: Option<String>,
    reasoning_content: Option<String>,
}

impl Chunk {
    fn into_delta(self) -> Delta {
        let Some(Choice { delta }) = self.choices.into_iter().next() else { return Delta::default() };
        Delta {
            content: delta.content.unwrap_or_default(),
            reasoning: delta.reasoning_content.unwrap_or_default(),
        }
    }
}
