//! The way to the stack, that can be cut and mended: what an app sees of a network that comes and goes.

use std::net::SocketAddr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::{Stack, until};

/// Leads from a port of its own to Supabase.
pub(crate) struct Network {
    here: SocketAddr,
    there: SocketAddr,
    /// Not carried yet: whoever connects waits.
    stalled: Option<TcpListener>,
    carrying: Option<JoinHandle<()>>,
}

impl Network {
    pub(crate) async fn to(stack: &Stack) -> Self {
        let mut network = Self::stalled(stack).await;
        network.mend().await;
        network
    }

    /// A network that takes connections and answers nothing until it is mended.
    pub(crate) async fn stalled(stack: &Stack) -> Self {
        let url = stack.text("supabase_url");
        let there = url.trim_start_matches("http://").parse().expect("an address");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let here = listener.local_addr().expect("its address");
        Self { here, there, stalled: Some(listener), carrying: None }
    }

    /// Where the app finds Supabase.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.here)
    }

    /// Ends every connection and takes no new one.
    pub(crate) async fn cut(&mut self) {
        if let Some(carrying) = self.carrying.take() {
            carrying.abort();
            // Its port is free when it has ended.
            let _ = carrying.await;
        }
    }

    /// Carries connections again, those that waited too.
    pub(crate) async fn mend(&mut self) {
        let listener = match self.stalled.take() {
            Some(listener) => listener,
            None => until("the port is free", async || TcpListener::bind(self.here).await.ok()).await,
        };
        self.carrying = Some(tokio::spawn(carry(listener, self.there)));
    }
}

/// The connections end with this.
async fn carry(listener: TcpListener, there: SocketAddr) {
    let mut connections = JoinSet::new();
    while let Ok((mut near, _)) = listener.accept().await {
        connections.spawn(async move {
            if let Ok(mut far) = TcpStream::connect(there).await {
                // A side that leaves is what ends a connection.
                let _ = copy_bidirectional(&mut near, &mut far).await;
            }
        });
    }
}
