//! The edge service: authenticates, checks the quota, relays to a provider, charges after success.
//!
//! Order of every route, by contract: authenticate, check the quota, validate, work, charge. The
//! service is stateless; what must be remembered is in the database.
//!
//! - [`Settings`]: everything that can be configured, read once at the start.
//! - `auth`: who is asking ([`auth::AuthedUser`]).
//! - `quota`: one unit of a quota, from the check to the charge.
//! - `providers`: which provider serves a model; `completion`: its answer as a stream of deltas.
//! - `error`: every answer that is not the work's result.
//! - `routes`: one file a route.

pub mod auth;
mod completion;
mod error;
mod providers;
mod quota;
mod routes;
mod settings;

pub use settings::{Settings, SettingsError};

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::auth::Verifier;
use crate::completion::Completions;
use crate::error::ApiError;
use crate::providers::Providers;
use crate::quota::Quotas;

/// What every request can reach. Cheap to clone.
#[derive(Clone)]
struct Edge(Arc<Parts>);

struct Parts {
    verifier: Verifier,
    quotas: Quotas,
    providers: Providers,
    completions: Completions,
}

impl std::ops::Deref for Edge {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// The whole service for `settings`; nothing is sent before the first request.
///
/// # Errors
/// When the system's TLS cannot be set up.
pub fn router(settings: Settings) -> Result<Router, flowmeter_supabase::Error> {
    let supabase = flowmeter_supabase::Supabase::new(settings.project)?;
    let edge = Edge(Arc::new(Parts {
        verifier: Verifier::new(supabase.clone()),
        quotas: Quotas::new(supabase, settings.service_role_key),
        providers: settings.providers,
        completions: Completions::new()?,
    }));
    Ok(Router::new()
        .route("/api/run-node-stream", post(routes::run_node_stream))
        .route("/healthz", get(async || "ok"))
        .fallback(async || ApiError::NotFound)
        .method_not_allowed_fallback(async || ApiError::MethodNotAllowed)
        .with_state(edge))
}
