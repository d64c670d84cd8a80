//! The connections that the service makes: to Supabase, and to providers.
//!
//! Each lane has a client of its own, because a connection is driven by the thread that made it, and
//! waking another thread for each piece of an answer costs more than passing the piece on. Reading the
//! system's certificates takes most of a start, so that all clients share what was read once.

use std::time::Duration;

use native_tls::TlsConnector;

/// How long a connection may take to be made.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// Why the service cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The system's certificates cannot be read, for example.
    #[error("TLS cannot be set up: {0}")]
    Tls(Box<dyn std::error::Error + Send + Sync>),
    /// The system is out of threads or of file descriptors.
    #[error("a thread cannot be started: {0}")]
    Thread(#[from] std::io::Error),
}

/// Makes clients. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Outbound {
    tls: TlsConnector,
    connect_limit: Duration,
}

impl Outbound {
    pub(crate) fn new() -> Result<Self, StartError> {
        let tls = TlsConnector::builder().request_alpns(&["h2", "http/1.1"]).build();
        let tls = tls.map_err(|fault| StartError::Tls(fault.into()))?;
        Ok(Self { tls, connect_limit: CONNECT_LIMIT })
    }

    /// Connections for one lane. They follow no redirect, so that no key can reach another origin.
    pub(crate) fn client(&self) -> Result<reqwest::Client, StartError> {
        reqwest::Client::builder()
            .tls_backend_preconfigured(self.tls.clone())
            .redirect(reqwest::redirect::Policy::none())
            // What may have been paid for is not sent twice; who may try again decides it where it asks.
            .retry(reqwest::retry::never())
            .connect_timeout(self.connect_limit)
            .build()
            .map_err(|fault| StartError::Tls(fault.into()))
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::{TcpSocket, TcpStream};
    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn a_connection_that_nobody_takes_is_given_up() {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(1).unwrap();
        let address = listener.local_addr().unwrap();
        let soon = Duration::from_millis(100);
        let mut queue = Vec::new();
        // Nobody accepts: when the queue is full, whoever comes waits.
        while let Ok(Ok(waiting)) = timeout(soon, TcpStream::connect(address)).await {
            queue.push(waiting);
        }

        let outbound = Outbound { connect_limit: soon, ..Outbound::new().unwrap() };
        let call = outbound.client().unwrap().get(format!("http://{address}")).send();
        let error = call.await.expect_err("nobody was there");

        assert!(error.is_connect() && error.is_timeout(), "{error:?}");
    }
}
