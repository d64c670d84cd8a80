//! The service on a socket, with an orderly end.

use std::time::Duration;

use tokio::net::TcpListener;

use crate::lanes::Lanes;
use crate::{Edge, Settings, StartError};

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
    let edge = Edge::new(settings)?;
    let mut lanes = Lanes::start(&edge)?;
    edge.start();
    tokio::select! {
        () = accept(listener, &mut lanes) => {}
        () = stop => {}
    }
    tracing::info!("stopping");
    // Held until everything is settled: what outlives an answer runs on the lanes.
    let _lanes = lanes.drained().await;
    edge.settle().await;
    Ok(())
}

async fn accept(listener: TcpListener, lanes: &mut Lanes) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => lanes.take(stream),
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
