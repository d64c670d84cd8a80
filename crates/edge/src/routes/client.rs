//! The reader of a stream of events: what it is told, and whether it is still there.
//!
//! The body of the answer drives the work itself: what the work tells in a burst becomes one piece of the
//! body, and a reader that is slow slows the work. When the reader leaves, the work
//! goes on in a task of its own, only to settle.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use flowmeter_domain::run::DONE;
use http_body::Frame;
use serde::Serialize;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::Edge;
use crate::error::ApiError;
use crate::quota::Unit;

/// Bytes that may wait for a slow client before the work waits too.
const WAITING_BYTES: usize = 64 * 1024;
/// What an event is written into at first: a few small ones.
const FIRST_BYTES: usize = 1024;

/// The one who listens. What it is told after it left is dropped.
pub(crate) struct Client {
    told: Arc<Told>,
    /// It got some of what it will be charged for.
    has_text: AtomicBool,
}

/// What was told and is not written yet.
#[derive(Default)]
struct Told(Mutex<State>);

#[derive(Default)]
struct State {
    bytes: Vec<u8>,
    has_left: bool,
    /// Who waits for the reader to leave.
    waiting: Option<Waker>,
}

impl Told {
    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Client {
    /// Tells something that costs nothing.
    pub(crate) async fn tell(&self, message: &impl Serialize) {
        self.send(|bytes| write_event(bytes, message)).await;
    }

    /// Tells a part of the answer.
    pub(crate) async fn tell_text(&self, message: &impl Serialize) {
        if self.send(|bytes| write_event(bytes, message)).await {
            self.has_text.store(true, Ordering::Relaxed);
        }
    }

    /// Tells that what came so far is void.
    pub(crate) async fn start_over(&self, message: &impl Serialize) {
        self.has_text.store(false, Ordering::Relaxed);
        self.tell(message).await;
    }

    pub(super) async fn tell_end(&self) {
        self.send(|bytes| bytes.extend_from_slice(format!("data: {DONE}\n\n").as_bytes())).await;
    }

    /// `work`, or `None` as soon as the client has left. What it left of the work is dropped.
    pub(super) async fn unless_gone<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let left = |context: &mut Context<'_>| {
            self.told.with(|state| {
                if state.has_left {
                    return Poll::Ready(());
                }
                state.waiting = Some(context.waker().clone());
                Poll::Pending
            })
        };
        tokio::select! {
            biased;
            () = std::future::poll_fn(left) => None,
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

    /// Whether the client was still there.
    async fn send(&self, write: impl FnOnce(&mut Vec<u8>)) -> bool {
        // The body takes what was told before it asks for more.
        let room = |_: &mut Context<'_>| {
            let is_full = self.told.with(|state| !state.has_left && state.bytes.len() > WAITING_BYTES);
            if is_full { Poll::Pending } else { Poll::Ready(()) }
        };
        std::future::poll_fn(room).await;
        self.told.with(|state| {
            if state.has_left {
                return false;
            }
            if state.bytes.capacity() == 0 {
                state.bytes.reserve(FIRST_BYTES);
            }
            write(&mut state.bytes);
            true
        })
    }
}

/// Starts `work` for a client, and answers what it tells.
pub(super) fn answer<W: Future<Output = ()> + Send + 'static>(
    edge: &Edge,
    work: impl FnOnce(Client) -> W,
) -> Response {
    let told = Arc::<Told>::default();
    let work = work(Client { told: told.clone(), has_text: AtomicBool::new(false) });
    let work: Work = Box::pin(work.in_current_span());
    let body = Body::new(Events { told, work: Some(work), tasks: edge.tasks.clone() });
    let headers = [(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "no-cache")];
    (headers, body).into_response()
}

type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The body of the answer: the work, and what it told.
struct Events {
    told: Arc<Told>,
    /// `None` when it is over.
    work: Option<Work>,
    tasks: TaskTracker,
}

impl HttpBody for Events {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Some(work) = &mut self.work
            && work.as_mut().poll(context).is_ready()
        {
            self.work = None;
        }
        let bytes = self.told.with(|state| std::mem::take(&mut state.bytes));
        match (bytes.is_empty(), self.work.is_none()) {
            (false, _) => Poll::Ready(Some(Ok(Frame::data(bytes.into())))),
            (true, true) => Poll::Ready(None),
            (true, false) => Poll::Pending,
        }
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        let Some(work) = self.work.take() else { return };
        let waiting = self.told.with(|state| {
            state.has_left = true;
            state.waiting.take()
        });
        if let Some(waiting) = waiting {
            waiting.wake();
        }
        self.tasks.spawn(work);
    }
}

/// The `data:` of a failure inside a stream.
pub(super) async fn tell_failure(client: &Client, error: &ApiError) {
    tracing::warn!(%error, "a run failed");
    client.tell(&error.stream_message()).await;
}

fn write_event(bytes: &mut Vec<u8>, message: &impl Serialize) {
    let start = bytes.len();
    bytes.extend_from_slice(b"data: ");
    if serde_json::to_writer(&mut *bytes, message).is_err() {
        bytes.truncate(start);
        bytes.extend_from_slice(b": unencodable");
    }
    // JSON has no line end within.
    bytes.extend_from_slice(b"\n\n");
}
