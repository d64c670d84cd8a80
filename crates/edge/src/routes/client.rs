//! The reader of a stream of events: what it is told, and whether it is still there.

use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Context;

use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use flowmeter_domain::run::DONE;
use futures_util::stream;
use serde::Serialize;
use tokio::sync::mpsc;

use crate::Edge;
use crate::error::ApiError;
use crate::quota::Unit;

/// Events that may wait for a slow client before the provider is slowed down too.
const WAITING_EVENTS: usize = 64;

/// The one who listens. What it is told after it left is dropped.
pub(crate) struct Client {
    events: mpsc::Sender<Event>,
    /// It got some of what it will be charged for.
    has_text: AtomicBool,
}

impl Client {
    /// Tells something that costs nothing.
    pub(crate) async fn tell(&self, message: &impl Serialize) {
        self.send(json_event(message)).await;
    }

    /// Tells a part of the answer.
    pub(crate) async fn tell_text(&self, message: &impl Serialize) {
        if self.send(json_event(message)).await {
            self.has_text.store(true, Ordering::Relaxed);
        }
    }

    /// Tells that what came so far is void.
    pub(crate) async fn start_over(&self, message: &impl Serialize) {
        self.has_text.store(false, Ordering::Relaxed);
        self.tell(message).await;
    }

    pub(super) async fn tell_end(&self) {
        self.send(Event::default().data(DONE)).await;
    }

    /// `work`, or `None` as soon as the client has left. What it left of the work is dropped.
    pub(super) async fn unless_gone<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            () = self.events.closed() => None,
            done = work => Some(done),
        }
    }

    /// Settles with a client that has left: leaving just before the end must not be free, leaving
    /// before any text is.
    pub(super) async fn settle(self, unit: Unit) {
        if !self.has_text.into_inner() {
            tracing::debug!("the client left before any text");
        } else if let Err(error) = unit.commit().await {
            tracing::error!(%error, "a run whose client left was not charged");
        }
    }

    async fn send(&self, event: Event) -> bool {
        self.events.send(event).await.is_ok()
    }
}

/// Starts `work` for a client, and answers what it tells.
pub(super) fn answer<W: Future<Output = ()> + Send + 'static>(
    edge: &Edge,
    work: impl FnOnce(Client) -> W,
) -> Response {
    let (sender, mut events) = mpsc::channel(WAITING_EVENTS);
    edge.spawn(work(Client { events: sender, has_text: AtomicBool::new(false) }));
    let next = move |context: &mut Context<'_>| {
        events.poll_recv(context).map(|event| event.map(Ok::<_, Infallible>))
    };
    Sse::new(stream::poll_fn(next)).into_response()
}

/// The `data:` of a failure inside a stream.
pub(super) async fn tell_failure(client: &Client, error: &ApiError) {
    tracing::warn!(%error, "a run failed");
    client.tell(&error.stream_message()).await;
}

fn json_event(message: &impl Serialize) -> Event {
    Event::default().json_data(message).unwrap_or_else(|_| Event::default().comment("unencodable"))
}
