//! An HTTP client that is made with its first request.
//!
//! Making one reads the system's certificates, which takes longer than everything else that a program
//! does before it shows something. So nobody pays for it who has not asked the network yet, and all
//! clients of the program share what was read once.

use std::sync::{Arc, LazyLock, OnceLock};

use native_tls::TlsConnector;
use reqwest::{Client, ClientBuilder, redirect};

/// `None` where the certificates cannot be read; then a client says so when it is made.
static CERTIFICATES: LazyLock<Option<TlsConnector>> =
    LazyLock::new(|| TlsConnector::builder().request_alpns(&["h2", "http/1.1"]).build().ok());

/// Reads the system's certificates, unless that was done. May take a tenth of a second: for a thread
/// that nobody waits for.
pub fn read_certificates() {
    LazyLock::force(&CERTIFICATES);
}

/// A client, or how to make it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Http(Arc<Lazy>);

#[derive(Debug)]
struct Lazy {
    made: OnceLock<Client>,
    settle: fn(ClientBuilder) -> ClientBuilder,
}

impl Http {
    /// A client to be made later. It follows no redirect, so that no credential can reach another
    /// origin; `settle` sets its limits.
    pub fn later(settle: fn(ClientBuilder) -> ClientBuilder) -> Self {
        Self(Arc::new(Lazy { made: OnceLock::new(), settle }))
    }

    /// The client.
    ///
    /// # Errors
    /// When the system's TLS cannot be set up.
    pub fn client(&self) -> reqwest::Result<&Client> {
        match self.0.made.get() {
            Some(client) => Ok(client),
            None => {
                let client = (self.0.settle)(builder()).build()?;
                // Whoever was faster has made the same.
                Ok(self.0.made.get_or_init(|| client))
            }
        }
    }
}

impl From<Client> for Http {
    fn from(client: Client) -> Self {
        Self(Arc::new(Lazy { made: client.into(), settle: |builder| builder }))
    }
}

fn builder() -> ClientBuilder {
    let builder = Client::builder()
        .user_agent(concat!("flowmeter/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none());
    match &*CERTIFICATES {
        Some(certificates) => builder.tls_backend_preconfigured(certificates.clone()),
        None => builder,
    }
}
