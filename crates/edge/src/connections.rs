//! The connections of clients: limits for slow ones, and an orderly end.
//!
//! `axum::serve` has neither a limit for the head of a request nor one for an answer that nobody
//! reads, so the connections are driven here. HTTP/1.1 only: a TLS proxy stands in front.

use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::limits::{LONGEST_HEAD, Limits, MOST_HEADERS};

/// The connections of one lane.
pub(crate) struct Connections {
    routes: Router,
    stalled: Duration,
    http: http1::Builder,
    tasks: TaskTracker,
    graceful: GracefulShutdown,
    /// Cuts every connection; so does the end of this value.
    cut: CancellationToken,
    _cut_at_end: DropGuard,
}

impl Connections {
    pub(crate) fn new(routes: Router, limits: &Limits, tasks: TaskTracker) -> Self {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(limits.request)
            .max_buf_size(LONGEST_HEAD)
            .max_headers(MOST_HEADERS);
        let cut = CancellationToken::new();
        Self {
            routes,
            stalled: limits.stalled,
            http,
            tasks,
            graceful: GracefulShutdown::new(),
            _cut_at_end: cut.clone().drop_guard(),
            cut,
        }
    }

    /// Serves what comes over `stream`, behind this call.
    pub(crate) fn drive(&self, stream: TcpStream) {
        // Small events go out at once; without this each waits for the one before to be confirmed.
        let _ = stream.set_nodelay(true);
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(self.stalled));
        let service = TowerToHyperService::new(self.routes.clone());
        let connection = self.http.serve_connection(TokioIo::new(Box::pin(stream)), service);
        let (connection, cut) = (self.graceful.watch(connection), self.cut.clone());
        // Counted, so that the end waits for what a connection that is cut leaves behind.
        self.tasks.spawn(async move {
            tokio::select! {
                ended = connection => if let Err(error) = ended {
                    tracing::debug!(%error, "a connection broke off");
                },
                () = cut.cancelled() => {}
            }
        });
    }

    /// Lets answers end; after `limit` the ones that are left are cut.
    pub(crate) async fn drain(self, limit: Duration) {
        if tokio::time::timeout(limit, self.graceful.shutdown()).await.is_err() {
            tracing::warn!("answers that still ran were cut");
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, Bytes};
    use axum::routing::get;
    use futures_util::stream;
    use tokio::io::AsyncWriteExt;
    use tokio::net::TcpListener;
    use tokio::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn a_client_that_does_not_read_its_answer_is_dropped() {
        // Gone when the answer is: the receiver then sees the end.
        let (answer, mut ended) = mpsc::channel::<()>(1);
        let endless = async move || {
            let _answer = answer;
            Body::from_stream(stream::repeat_with(move || {
                let _ = &_answer;
                Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; 65536]))
            }))
        };
        let mut limits = Limits::from_env(|_| None).unwrap();
        limits.stalled = Duration::from_millis(200);
        let routes = Router::new().route("/", get(endless));
        let connections = Connections::new(routes, &limits, TaskTracker::new());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (accepted, _) = listener.accept().await.unwrap();
        connections.drive(accepted);
        // Only the connection holds the routes, and with them the answer.
        drop(connections.routes);
        client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let dropped = tokio::time::timeout(Duration::from_secs(20), ended.recv()).await;
        assert_eq!(dropped, Ok(None));
    }
}
