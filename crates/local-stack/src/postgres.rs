//! The PostgreSQL server of the stack: made, started, and stopped whatever happens.
//!
//! A [`Server`] stops with its value: a start that is given up half-way needs no cleaning up, because
//! dropping what was made so far is the cleaning up. No SQL is here.

mod cluster;
mod installed;
#[cfg_attr(not(target_os = "linux"), path = "postgres/orphans_elsewhere.rs")]
mod orphans;

use std::collections::HashMap;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use postgresql_embedded::{PostgreSQL, Settings, VersionReq};
use tokio::runtime::Handle;

use crate::Error;
use crate::data::Data;

/// Superuser and database: Supabase's own local defaults.
pub(crate) const SUPERUSER: &str = "postgres";
/// Keeps nobody out, and need not: the server listens on loopback and holds demo data.
pub(crate) const PASSWORD: &str = "postgres";

/// How often a free port may be lost to somebody else between choosing it and listening on it.
const TRIES: usize = 5;

/// A running PostgreSQL server.
pub(crate) struct Server {
    postgres: Option<PostgreSQL>,
    port: u16,
    data: Data,
}

/// The port that PostgreSQL will have.
pub(crate) enum Port {
    /// Exactly this one: held until PostgreSQL takes it, so that a used port shows before the long steps.
    Held(TcpListener),
    /// Any.
    Free,
}

/// A cluster on which no server runs.
pub(crate) struct Cluster {
    installation: Installation,
    data: Data,
}

impl Cluster {
    /// Ends what an earlier stack left running there, and makes the cluster if there is none.
    ///
    /// Blocks, on a thread for that: `initdb` takes a second and must not be left in the middle.
    pub(crate) fn prepare(data: Data) -> Result<Cluster, Error> {
        orphans::end(data.path())?;
        let installation = cluster::create_if_missing(installed::find()?, data.path())?;
        Ok(Cluster { installation, data })
    }
}

impl Server {
    /// Starts the server and waits until it takes connections. Blocks like [`Cluster::prepare`].
    pub(crate) fn start(cluster: Cluster, port: Port) -> Result<Server, Error> {
        let Cluster { installation, data } = cluster;
        let mut server = Server { postgres: None, port: 0, data };
        server.listen(&installation, port)?;
        Ok(server)
    }

    /// The URL of its database for this role.
    pub(crate) fn url(&self, role: &str) -> String {
        format!("postgresql://{role}:{PASSWORD}@{}:{}/{SUPERUSER}", Ipv4Addr::LOCALHOST, self.port)
    }

    fn listen(&mut self, installation: &Path, port: Port) -> Result<(), Error> {
        if let Port::Held(listener) = port {
            let number = port_of(&listener)?;
            drop(listener);
            return self.listen_on(installation, number);
        }
        for _ in 1..TRIES {
            match self.listen_on(installation, free_port()?) {
                Err(error) if is_taken(self.port) => tracing::info!(%error, "trying another port"),
                other => return other,
            }
        }
        self.listen_on(installation, free_port()?)
    }

    fn listen_on(&mut self, installation: &Path, port: u16) -> Result<(), Error> {
        tracing::info!(port, "starting PostgreSQL");
        self.port = port;
        let mut postgres = PostgreSQL::new(settings(installation, &self.data, port));
        let started = Handle::current().block_on(postgres.start());
        self.postgres = Some(postgres);
        started.map_err(|error| self.why_not_started(&error))
    }

    /// `pg_ctl` itself only points to the log.
    fn why_not_started(&self, error: &postgresql_embedded::Error) -> Error {
        let log = std::fs::read_to_string(self.data.cluster().join("start.log")).unwrap_or_default();
        let reason = log.lines().rev().find(|line| line.contains("FATAL"));
        Error::Postgres { step: "start", detail: reason.map_or_else(|| error.to_string(), str::to_owned) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Its own drop asks `pg_ctl` for a fast shutdown and waits for the end.
        drop(self.postgres.take());
        // A Ctrl-C in a terminal reaches `pg_ctl` too, perhaps before the server wrote its process id:
        // then nobody has stopped it yet.
        if let Err(error) = orphans::end(self.data.path()) {
            tracing::error!(%error, "PostgreSQL may still be running");
        }
    }
}

fn settings(installation: &Path, data: &Data, port: u16) -> Settings {
    Settings { port, configuration: configuration(data), ..bare_settings(installation, &data.cluster()) }
}

fn bare_settings(installation: &Path, cluster: &Path) -> Settings {
    // Every field, and not `Settings::default()`: that one makes two directories and leaves them.
    Settings {
        releases_url: "https://github.com/theseus-rs/postgresql-binaries".to_owned(),
        version: VersionReq::STAR,
        installation_dir: installation.to_owned(),
        password_file: PathBuf::new(),
        data_dir: cluster.to_owned(),
        host: Ipv4Addr::LOCALHOST.to_string(),
        port: 0,
        username: SUPERUSER.to_owned(),
        password: PASSWORD.to_owned(),
        // [`Data`] removes it, after the server has ended.
        temporary: false,
        timeout: None,
        configuration: HashMap::new(),
        trust_installation_dir: true,
        socket_dir: None,
    }
}

fn configuration(data: &Data) -> HashMap<String, String> {
    // `postgresql_embedded` turns fsync off for every server; only data that dies anyway may take that.
    let fsync = if data.is_kept() { "on" } else { "off" };
    [
        ("fsync", fsync),
        ("listen_addresses", "127.0.0.1"),
        // No socket file: its usual directory belongs to the system's own PostgreSQL.
        ("unix_socket_directories", ""),
        // PostgREST answers times in the session's zone; the hosted one is UTC.
        ("timezone", "UTC"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

fn free_port() -> Result<u16, Error> {
    port_of(&TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(refused)?)
}

fn is_taken(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_err()
}

fn port_of(listener: &TcpListener) -> Result<u16, Error> {
    Ok(listener.local_addr().map_err(refused)?.port())
}

fn refused(cause: std::io::Error) -> Error {
    Error::PortRefused { port: 0, cause }
}

/// Where PostgreSQL's programs are: the directory that has `bin`.
type Installation = PathBuf;
