//! What happens around every route: the request's id, its log lines, its numbers, its place.
//!
//! An answer is over when its last byte was taken or its reader has left; only then is it counted and
//! the person's place free again.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Instant;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderName, header};
use axum::middleware::Next;
use axum::response::Response;
use http_body::{Frame, SizeHint};
use tracing::{Instrument, Span};

use crate::Edge;
use crate::limits::Place;
use crate::metrics::{Metrics, OpenStream};
use crate::request_id::{RequestId, X_REQUEST_ID};

/// Where the authentication of a request leaves the place it took; the front keeps it until the end.
#[derive(Clone, Default)]
pub(crate) struct PlaceOfRequest(Arc<OnceLock<Place>>);

impl PlaceOfRequest {
    /// A request that is authenticated twice has taken one place.
    pub(crate) fn keep(
        &self,
        take: impl FnOnce() -> Result<Place, crate::error::ApiError>,
    ) -> Result<(), crate::error::ApiError> {
        if self.0.get().is_none() {
            drop(self.0.set(take()?));
        }
        Ok(())
    }
}

/// Goes around every route.
pub(crate) async fn front(State(edge): State<Edge>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let (id, place) = (RequestId::of(request.headers()), PlaceOfRequest::default());
    let route = label(request.uri().path());
    let span = tracing::info_span!("request", id = id.as_str(), route);
    request.extensions_mut().insert(id.clone());
    request.extensions_mut().insert(place.clone());
    let mut response = next.run(request).instrument(span.clone()).await;
    response.headers_mut().insert(HeaderName::from_static(X_REQUEST_ID), id.header());
    let is_stream =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
    let answer = Answer {
        open: is_stream.then(|| edge.metrics.stream()),
        metrics: edge.metrics.clone(),
        status: response.status().as_u16(),
        _place: place,
        route,
        started,
        span,
    };
    response.map(|body| Body::new(Followed { body, _answer: answer }))
}

/// A closed set: whatever is asked for, the numbers do not grow.
fn label(path: &str) -> &'static str {
    const ROUTES: [&str; 7] = [
        "/api/run-node",
        "/api/run-node-stream",
        "/api/plan",
        "/api/modify-flow",
        "/healthz",
        "/readyz",
        "/metrics",
    ];
    ROUTES.into_iter().find(|route| *route == path).unwrap_or("other")
}

/// An answer on its way out.
struct Answer {
    open: Option<OpenStream>,
    metrics: Metrics,
    status: u16,
    _place: PlaceOfRequest,
    route: &'static str,
    started: Instant,
    span: Span,
}

impl Drop for Answer {
    fn drop(&mut self) {
        let took = self.started.elapsed();
        self.metrics.answered(self.route, self.status, took);
        let (_in, ms) = (self.span.enter(), took.as_secs_f64() * 1000.0);
        tracing::info!(status = self.status, ms, streamed = self.open.is_some(), "answered");
    }
}

/// The body of an answer, which takes its [`Answer`] along.
struct Followed {
    body: Body,
    _answer: Answer,
}

impl HttpBody for Followed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
