//! Why the stack did not start. Each message is one line that says what to do.
//!
//! Errors of single requests are not here: each of the three servers answers in the shape of the system
//! that it stands for.

use std::path::PathBuf;

/// Why the stack did not start, or did not stop.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something else listens there.
    #[error("port {port} is in use: stop what listens there, or choose others with --port (0 means any)")]
    PortInUse {
        /// The port that was asked for.
        port: u16,
    },
    /// The port may not be bound for another reason.
    #[error("cannot listen on 127.0.0.1:{port}: {cause}; choose others with --port (0 means any)")]
    PortRefused {
        /// The port that was asked for.
        port: u16,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The four ports would pass the end of the range.
    #[error("--port {port} leaves no room for the three ports after it: choose one below 65533")]
    PortTooHigh {
        /// The port that was asked for.
        port: u16,
    },
    /// No binaries were found, and this system's package manager brings them.
    #[error(
        "PostgreSQL is not installed: run `apt-get install postgresql` (or your distribution's equivalent)"
    )]
    PostgresNotInstalled,
    /// PostgreSQL said no.
    #[error("PostgreSQL did not {step}: {detail}")]
    Postgres {
        /// What it was asked to do.
        step: &'static str,
        /// The last line of what it said.
        detail: String,
    },
    /// The data directory cannot be used.
    #[error("the data directory {path} cannot be used: {cause}; choose another with --data")]
    Data {
        /// The directory.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// Another stack runs on this data directory.
    #[error(
        "the data directory {0} belongs to a running local stack: stop that one, or choose another with --data"
    )]
    DataInUse(PathBuf),
    /// PostgreSQL refuses to run as root, and there is nobody else to run it as.
    #[error("PostgreSQL does not run as root, and this program could not become another user: {0}")]
    Privileges(String),
    /// A statement of ours failed.
    #[error("the database refused: {0}")]
    Database(#[from] sqlx::Error),
    /// A migration failed.
    #[error("the migrations in supabase/migrations could not be applied: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A part of the stack came up and does not answer.
    #[error("the {part} does not answer on {url}: {detail}")]
    Silent {
        /// Which part.
        part: &'static str,
        /// What was asked.
        url: String,
        /// What came instead.
        detail: String,
    },
    /// The edge refuses its settings.
    #[error("the edge refuses its settings: {0}")]
    Edge(String),
    /// A key or a password hash could not be made.
    #[error("could not make the keys of the stack: {0}")]
    Keys(String),
    /// A step ended without a result.
    #[error("a step of the start ended early: {0}")]
    Interrupted(#[from] tokio::task::JoinError),
}
