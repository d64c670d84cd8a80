//! An edge whose answers a test writes piece by piece, and that sees who leaves.

use std::convert::Infallible;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::Response;
use axum::routing::post;
use futures_util::StreamExt;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

use super::PATIENCE;

/// Listens on a port of its own until the test ends.
pub(crate) struct LiveEdge {
    pub(crate) url: String,
    calls: UnboundedReceiver<Call>,
}

/// A request that waits for its answer.
pub(crate) struct Call {
    pub(crate) body: Value,
    answer: oneshot::Sender<Response>,
}

/// An answer that is being written. Dropping it ends the body as it should end.
pub(crate) struct Talk(UnboundedSender<Result<Bytes, Broken>>);

/// A body that ends in the middle.
#[derive(Debug, thiserror::Error)]
#[error("the test breaks the connection here")]
struct Broken;

impl LiveEdge {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, calls) = unbounded_channel();
        let app = Router::new().route("/api/{route}", post(answer)).with_state(sender);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, calls }
    }

    /// The next request.
    pub(crate) async fn call(&mut self) -> Call {
        tokio::time::timeout(PATIENCE, self.calls.recv()).await.expect("a request").unwrap()
    }

    /// How many requests came that nobody took.
    pub(crate) fn waiting(&self) -> usize {
        self.calls.len()
    }
}

async fn answer(State(calls): State<UnboundedSender<Call>>, body: Bytes) -> Result<Response, Infallible> {
    let (answer, answered) = oneshot::channel();
    // A test that has seen enough no longer takes calls.
    let _ = calls.send(Call { body: serde_json::from_slice(&body).unwrap_or_default(), answer });
    Ok(answered.await.unwrap_or_default())
}

impl Call {
    /// Begins an event stream.
    pub(crate) fn stream(self) -> Talk {
        let (pieces, body) = unbounded_channel();
        let body = futures_util::stream::unfold(body, async |mut body| Some((body.recv().await?, body)));
        let response = Response::builder().header(header::CONTENT_TYPE, "text/event-stream; charset=utf-8");
        let response = response.body(Body::from_stream(body.boxed())).unwrap();
        // A client that has left takes no answer.
        let _ = self.answer.send(response);
        Talk(pieces)
    }

    /// Answers at once.
    pub(crate) fn say(self, status: u16, headers: &[(&str, &str)], body: &str) {
        let mut response = Response::builder().status(StatusCode::from_u16(status).unwrap());
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        let _ = self.answer.send(response.body(Body::from(body.to_owned())).unwrap());
    }
}

impl Talk {
    /// Sends `text` as it is.
    pub(crate) fn write(&self, text: &str) {
        // Whoever has left hears nothing; `until_gone` tells.
        let _ = self.0.send(Ok(text.to_owned().into()));
    }

    /// Sends a delta of the answer.
    pub(crate) fn say(&self, content: &str) {
        self.write(&format!("data: {}\n\n", serde_json::json!({"content": content, "reasoning": ""})));
    }

    /// Ends the answer with its end mark.
    pub(crate) fn done(self) {
        self.write("data: [DONE]\n\n");
    }

    /// Ends the connection in the middle.
    pub(crate) fn break_off(self) {
        let _ = self.0.send(Err(Broken));
    }

    /// Waits until the client has left.
    pub(crate) async fn until_gone(&self) {
        tokio::time::timeout(PATIENCE, self.0.closed()).await.expect("the client leaves");
    }

    /// Whether the client is still there.
    pub(crate) fn is_heard(&self) -> bool {
        !self.0.is_closed()
    }
}
