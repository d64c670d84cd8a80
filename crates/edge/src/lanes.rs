//! The threads that serve, one a core, each with a runtime of its own.
//!
//! A request is worked on from its first byte to its last by one thread, with connections to Supabase
//! and to providers that the same thread drives: nothing on its way wakes another thread. With a runtime
//! that shares its work between threads, a stream of small pieces costs a wake-up for each.

use std::thread;

use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::connections::Connections;
use crate::{Edge, StartError};

/// All lanes. When this value is dropped they end, whatever they do.
pub(crate) struct Lanes {
    lanes: Vec<Lane>,
    next: usize,
    _over: DropGuard,
}

/// The near end of a thread.
struct Lane {
    /// The lane drains when this is dropped.
    streams: mpsc::UnboundedSender<std::net::TcpStream>,
    /// Dropped by the lane when its last answer is out.
    drained: oneshot::Receiver<()>,
}

impl Lanes {
    /// A lane a core.
    pub(crate) fn start(edge: &Edge) -> Result<Self, StartError> {
        let (count, over) =
            (thread::available_parallelism().map_or(1, usize::from), CancellationToken::new());
        let lanes = (0..count).map(|_| Lane::start(edge.lane()?, over.clone())).collect::<Result<_, _>>()?;
        Ok(Self { lanes, next: 0, _over: over.drop_guard() })
    }

    /// Gives a connection to the lane whose turn it is.
    pub(crate) fn take(&mut self, stream: TcpStream) {
        self.next = (self.next + 1) % self.lanes.len();
        // Only a connection that is broken already cannot change its runtime; only a lane that has ended
        // cannot take it. Either way it is closed here.
        let sent = stream.into_std().map(|stream| self.lanes[self.next].streams.send(stream));
        if !matches!(sent, Ok(Ok(()))) {
            tracing::warn!("a connection could not be served");
        }
    }

    /// Lets answers end, on all lanes at once. The lanes then go on for what outlives an answer.
    pub(crate) async fn drained(mut self) -> Self {
        let lanes: Vec<_> = self.lanes.drain(..).map(|Lane { drained, .. }| drained).collect();
        for drained in lanes {
            // Its end is the news, not a value.
            let _ = drained.await;
        }
        self
    }
}

impl Lane {
    fn start(edge: Edge, over: CancellationToken) -> Result<Self, StartError> {
        let (streams, incoming) = mpsc::unbounded_channel();
        let (drained_here, drained) = oneshot::channel();
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let work = async move {
            tokio::select! {
                () = serve(&edge, incoming, drained_here) => over.cancelled().await,
                () = over.cancelled() => {}
            }
        };
        thread::Builder::new()
            .name("edge-lane".to_owned())
            .spawn(move || Runtime::block_on(&runtime, work))?;
        Ok(Self { streams, drained })
    }
}

/// Serves what comes until nothing more will, then drains.
async fn serve(
    edge: &Edge,
    mut incoming: mpsc::UnboundedReceiver<std::net::TcpStream>,
    _drained: oneshot::Sender<()>,
) {
    let connections = Connections::new(crate::routes_of(edge.clone()), &edge.limits, edge.tasks.clone());
    while let Some(stream) = incoming.recv().await {
        match TcpStream::from_std(stream) {
            Ok(stream) => connections.drive(stream),
            Err(error) => tracing::warn!(%error, "a connection could not be served"),
        }
    }
    connections.drain(edge.limits.drain).await;
}
