//! The service on a socket, with an orderly end.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

use crate::connections::Connections;
use crate::lanes::Lanes;
use crate::{Edge, Settings, StartError, health};

/// The wait after a failed accept; it fails when the process has no file descriptor left.
const PAUSE: Duration = Duration::from_millis(50);
/// How long charges and releases may take after the last answer.
const SETTLE_LIMIT: Duration = Duration::from_secs(15);

/// Serves until `stop`, on a thread for each core; lets running answers end within
/// `EDGE_DRAIN_SECONDS`, then settles: what was used is charged and what was not is given back before
/// this returns. Dropped, it cuts everything at once.
///
/// # Errors
/// When the service cannot be started; afterwards never.
pub async fn serve(
    listener: TcpListener,
    settings: Settings,
    stop: impl Future<Output = ()>,
) -> Result<(), StartError> {
    let limits = settings.limits.clone();
    let (routes, later) = watch::channel(None);
    let tasks = TaskTracker::new();
    let early = Connections::new(early_routes(later), &limits, tasks.clone());
    let (edge, mut lanes) = tokio::select! {
        started = start(settings, tasks) => started?,
        never = accept(&listener, |stream| early.drive(stream)) => match never {},
    };
    routes.send_replace(Some(crate::routes_of(edge.clone())));
    edge.start();
    tokio::select! {
        never = accept(&listener, |stream| lanes.take(stream)) => match never {},
        () = stop => tracing::info!("stopping"),
    }
    // The lanes are held until everything is settled: what outlives an answer runs on them.
    let (_lanes, ()) = tokio::join!(lanes.drained(), early.drain(limits.drain));
    edge.settle().await;
    Ok(())
}

/// Off the thread that accepts: reading the system's certificates takes most of a start.
async fn start(settings: Settings, tasks: TaskTracker) -> Result<(Edge, Lanes), StartError> {
    let started = tokio::task::spawn_blocking(move || {
        let edge = Edge::new(settings, tasks)?;
        let lanes = Lanes::start(&edge)?;
        Ok((edge, lanes))
    });
    started.await.unwrap_or_else(|gone| Err(StartError::Thread(gone.into())))
}

/// The routes of connections that come before the service is ready: that it lives is said at once,
/// everything else waits.
fn early_routes(later: watch::Receiver<Option<Router>>) -> Router {
    Router::new()
        .route("/healthz", get(health::healthz))
        .fallback(when_ready)
        .method_not_allowed_fallback(when_ready)
        .with_state(later)
}

async fn when_ready(State(mut later): State<watch::Receiver<Option<Router>>>, request: Request) -> Response {
    let routes = later.wait_for(Option::is_some).await.ok().and_then(|routes| routes.clone());
    match routes {
        Some(routes) => TowerToHyperService::new(routes).call(request).await.into_response(),
        // The start failed, and the process ends.
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

async fn accept(listener: &TcpListener, mut take: impl FnMut(TcpStream)) -> Infallible {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => take(stream),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

impl Edge {
    /// Waits for what outlives an answer.
    async fn settle(&self) {
        self.tasks.close();
        match tokio::time::timeout(SETTLE_LIMIT, self.tasks.wait()).await {
            Ok(()) => tracing::info!("everything is settled"),
            Err(_) => tracing::error!(tasks = self.tasks.len(), "not everything could be settled in time"),
        }
    }
}
