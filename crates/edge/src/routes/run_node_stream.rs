//! `/api/run-node-stream`: a model's answer as server-sent events; charged after success, before
//! the end mark.
//!
//! A task of its own drives the provider, so that what happens when the client leaves is decided
//! here and not by whoever drops a future.

use std::convert::Infallible;

use axum::body::Bytes;
use axum::extract::State;
use axum::response::sse::{Event, Sse};
use flowmeter_domain::run::{DONE, StreamMessage};
use flowmeter_domain::{Delta, Kind};
use futures_util::{Stream, StreamExt};
use serde::Serialize;
use tokio::sync::mpsc;

use super::node_request;
use crate::Edge;
use crate::auth::AuthedUser;
use crate::completion::{self, ProviderError};
use crate::error::ApiError;
use crate::quota::Unit;

/// Events that may wait for a slow client before the provider is slowed down too.
const WAITING_EVENTS: usize = 64;

/// Runs one node and streams its answer.
pub(crate) async fn run_node_stream(
    user: AuthedUser,
    State(edge): State<Edge>,
    body: Bytes,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let unit = edge.quotas.open(user.id, Kind::LlmExecutions).await?;
    let request = node_request(&body)?;
    let provider = edge.providers.for_model(&request.model);
    let request = edge.completions.request(provider, &request)?;

    let (client, mut events) = mpsc::channel(WAITING_EVENTS);
    tokio::spawn(relay(request, unit, client));
    Ok(Sse::new(futures_util::stream::poll_fn(move |context| {
        events.poll_recv(context).map(|event| event.map(Ok))
    })))
}

/// How the provider's answer ended for this client.
enum End {
    Finished,
    Failed(ProviderError),
    ClientLeft { text_came: bool },
}

async fn relay(request: reqwest::RequestBuilder, unit: Unit, client: mpsc::Sender<Event>) {
    let end = match client_or(&client, completion::send(request)).await {
        None => End::ClientLeft { text_came: false },
        Some(Err(error)) => End::Failed(error),
        Some(Ok(deltas)) => pump(deltas, &client).await,
    };
    match end {
        End::Finished => finish(unit, &client).await,
        End::Failed(error) => fail(&error.into(), &client).await,
        // Leaving just before the end must not be free; leaving before any text is.
        End::ClientLeft { text_came: true } => {
            if let Err(error) = unit.commit().await {
                tracing::error!(%error, "a run whose client left was not charged");
            }
        }
        End::ClientLeft { text_came: false } => tracing::debug!("the client left before any text"),
    }
}

async fn pump(
    mut deltas: impl Stream<Item = Result<Delta, ProviderError>> + Unpin,
    client: &mpsc::Sender<Event>,
) -> End {
    let mut text_came = false;
    loop {
        match client_or(client, deltas.next()).await {
            None => return End::ClientLeft { text_came },
            Some(None) => return End::Finished,
            Some(Some(Err(error))) => return End::Failed(error),
            Some(Some(Ok(delta))) if delta.is_empty() => {}
            Some(Some(Ok(delta))) => {
                let event = json_event(&StreamMessage::Delta(delta));
                text_came |= client.send(event).await.is_ok();
            }
        }
    }
}

/// Charges, and only then says that the answer is complete.
async fn finish(unit: Unit, client: &mpsc::Sender<Event>) {
    match unit.commit().await {
        Ok(()) => drop(client.send(Event::default().data(DONE)).await),
        Err(error) => fail(&error, client).await,
    }
}

async fn fail(error: &ApiError, client: &mpsc::Sender<Event>) {
    tracing::warn!(%error, "a run failed");
    // A client that has left does not need to be told.
    let _ = client.send(json_event(&error.stream_message())).await;
}

/// `work`, or `None` as soon as the client has left.
async fn client_or<T>(client: &mpsc::Sender<Event>, work: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        () = client.closed() => None,
        done = work => Some(done),
    }
}

fn json_event(message: &impl Serialize) -> Event {
    Event::default().json_data(message).unwrap_or_else(|_| Event::default().comment("unencodable"))
}
