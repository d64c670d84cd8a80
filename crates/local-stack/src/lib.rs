//! Supabase and a scripted provider on this machine, on a real PostgreSQL, with the edge beside them.
//!
//! For the first run, for demos and for tests; it never ships inside the app. The SQL that counts is the
//! product's own (`supabase/migrations`) on a real PostgreSQL, so what row level security allows here it
//! allows on a hosted project. The two APIs before it are stand-ins: they have what this product calls.
//!
//! - [`privileges`]: root becomes somebody else first.
//! - [`LocalStack`]: starts it all and stops it all; a value that is dropped has stopped.
//! - [`State`]: where everything is.
//!
//! **Invariants.** Nothing listens beyond loopback. No process and no temporary file outlives the
//! stack, also when its start is given up half-way. No secret of anybody's is involved: every key here is
//! public, and nothing is read from the environment.

mod auth;
mod cors;
mod data;
mod edge;
mod error;
mod gateway;
mod page;
mod ports;
mod postgres;
pub mod privileges;
mod provider;
mod rest;
mod schema;
mod seed;
mod stack;
mod state;
mod tokens;

pub use auth::rules::AuthRules;
pub use error::Error;
pub use stack::{LocalStack, Options};
pub use state::{State, User};
pub use tokens::{JWT_SECRET, Signing};

/// The result of starting and stopping.
pub type Result<T> = std::result::Result<T, Error>;
