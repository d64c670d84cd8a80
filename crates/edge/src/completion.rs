//! Asks a provider (the OpenAI chat-completions API): as a stream of deltas, or for the whole answer.
//!
//! Whatever a provider does becomes a [`ProviderError`] whose text names neither address nor key, for it
//! reaches people. Deliberately not here: asking again, which only the work that asks can decide.

mod chunk;
mod event_limit;
mod fault;
mod read_ahead;
mod silence;

pub(crate) use fault::ProviderError;

use std::time::Duration;

use flowmeter_domain::run::{DEFAULT_TEMPERATURE, Turn};
use flowmeter_domain::{Delta, NodeRequest};
use futures_util::{Stream, StreamExt};
use reqwest::{Response, header};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use sse_stream::SseByteStream;

use crate::error::ApiError;
use crate::metrics::Metrics;
use crate::providers::Providers;
use crate::settings::{SettingsError, seconds};
use read_ahead::ReadAhead;

/// The longest answer that is read whole.
const LONGEST_ANSWER: usize = 8 * 1024 * 1024;

/// How long a provider may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// `EDGE_PROVIDER_SILENCE_SECONDS`: between two pieces of an answer.
    silence: Duration,
    /// `EDGE_PROVIDER_TOTAL_SECONDS`: for all that one unit pays for. A slow drip is never silent.
    total: Duration,
}

impl Patience {
    /// Reads the limits through `var`.
    pub(crate) fn from_env(var: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        Ok(Self {
            silence: seconds(&var, "EDGE_PROVIDER_SILENCE_SECONDS", 120.0, 0.001)?,
            total: seconds(&var, "EDGE_PROVIDER_TOTAL_SECONDS", 600.0, 0.001)?,
        })
    }
}

/// What is asked of a model.
pub(crate) struct Question<'a> {
    pub(crate) model: &'a str,
    pub(crate) messages: Vec<Turn>,
    pub(crate) temperature: f64,
    /// The answer has to be one JSON object.
    pub(crate) is_json: bool,
    /// How many such questions one unit may take. They share the total, so that the work on a unit ends
    /// before its lease does.
    pub(crate) sharing: u32,
}

impl<'a> From<&'a NodeRequest> for Question<'a> {
    fn from(request: &'a NodeRequest) -> Self {
        Self {
            model: &request.model,
            messages: request.messages(),
            temperature: request.temperature.unwrap_or(DEFAULT_TEMPERATURE),
            is_json: false,
            sharing: 1,
        }
    }
}

impl Question<'_> {
    fn body(&self) -> Value {
        let mut body = json!({
            "model": self.model,
            "messages": self.messages,
            "temperature": self.temperature,
        });
        if self.is_json {
            body["response_format"] = json!({"type": "json_object"});
        }
        body
    }
}

/// Asks providers. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Completions {
    http: reqwest::Client,
    patience: Patience,
    metrics: Metrics,
}

impl Completions {
    pub(crate) fn new(http: reqwest::Client, patience: Patience, metrics: Metrics) -> Self {
        Self { http, patience, metrics }
    }

    /// The same by other connections.
    pub(crate) fn over(&self, http: reqwest::Client) -> Self {
        Self { http, ..self.clone() }
    }

    /// Addresses a question; nothing is sent yet.
    ///
    /// # Errors
    /// [`ApiError::NotConfigured`] when the model's provider has no key.
    pub(crate) fn prepare(&self, providers: &Providers, question: &Question) -> Result<Prepared, ApiError> {
        let provider = providers.for_model(question.model);
        let key = provider.key.as_ref().ok_or(ApiError::NotConfigured(provider.name))?;
        let request = self.http.post(provider.completions_url.clone());
        let request =
            request.bearer_auth(key.expose_secret()).timeout(self.patience.total / question.sharing);
        let silence = self.patience.silence;
        Ok(Prepared { request, silence, body: question.body(), metrics: self.metrics.clone() })
    }
}

/// A question with its address. Dropping what it becomes closes the provider's connection.
pub(crate) struct Prepared {
    request: reqwest::RequestBuilder,
    silence: Duration,
    body: Value,
    /// Every fault is counted.
    metrics: Metrics,
}

impl Prepared {
    /// The deltas of the answer, in order, until the provider's end mark.
    ///
    /// An answer that ends without the mark gives [`ProviderError::BrokeOff`] as its last item.
    pub(crate) async fn stream(
        mut self,
    ) -> Result<impl Stream<Item = Result<Delta, ProviderError>> + Unpin, ProviderError> {
        self.body["stream"] = true.into();
        let (metrics, silence) = (self.metrics.clone(), self.silence);
        let response = self.send().await.and_then(event_stream).inspect_err(count(&metrics))?;
        let pieces = event_limit::limited(response.bytes_stream());
        let mut events = SseByteStream::new(ReadAhead::of(silence::limited(pieces, silence)));
        let mut over = false;
        Ok(futures_util::stream::poll_fn(move |context| {
            if over {
                return None.into();
            }
            events.poll_next_unpin(context).map(|event| {
                let item = chunk::read(event).map(|delta| delta.inspect_err(count(&metrics)));
                over = !matches!(item, Some(Ok(_)));
                item
            })
        }))
    }

    /// The whole answer at once.
    pub(crate) async fn whole(self) -> Result<Delta, ProviderError> {
        let metrics = self.metrics.clone();
        self.read_whole().await.inspect_err(count(&metrics))
    }

    async fn read_whole(self) -> Result<Delta, ProviderError> {
        let silence = self.silence;
        let mut response = self.send().await?;
        let mut body = Vec::new();
        while let Some(piece) = silence::broken(silence, response.chunk()).await?.map_err(fault::midway)? {
            body.extend_from_slice(&piece);
            if body.len() > LONGEST_ANSWER {
                return Err(ProviderError::TooLong);
            }
        }
        chunk::read_whole(&body)
    }

    async fn send(self) -> Result<Response, ProviderError> {
        let answer = self.request.json(&self.body).send();
        let response = silence::broken(self.silence, answer).await?.map_err(fault::transport)?;
        match response.status() {
            status if status.is_success() => Ok(response),
            status => Err(fault::refusal(status)),
        }
    }
}

fn count(metrics: &Metrics) -> impl Fn(&ProviderError) {
    |fault| metrics.provider_error(fault.kind())
}

/// A page or an object where a stream was asked for is somebody else's answer.
fn event_stream(response: Response) -> Result<Response, ProviderError> {
    let content_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let content_type = content_type.unwrap_or_default().to_ascii_lowercase();
    if ["html", "json"].iter().any(|other| content_type.contains(other)) {
        return Err(ProviderError::UnexpectedAnswer);
    }
    Ok(response)
}
