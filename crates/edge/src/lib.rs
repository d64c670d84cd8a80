//! The edge service: authenticates, checks the quota, relays to a provider, charges after success.
//!
//! Order of every route, by contract: authenticate, check the quota, validate, work, charge. The
//! service is stateless; what must be remembered is in the database.
//!
//! - [`Settings`]: everything that can be configured, read once at the start.
//! - [`serve`]: the service on a socket, with an orderly end; [`router`]: its routes alone.
//! - `lanes`: the threads that serve; `connections`: from clients to them; `outbound`: from them on.
//! - `front`: what happens around every route; `limits`, `body`, `request_id`, `metrics`: its parts.
//! - `auth`: who is asking ([`auth::AuthedUser`]).
//! - `quota`: one unit of a quota, from the check to the charge.
//! - `providers`: which provider serves a model; `completion`: its answer as a stream of deltas.
//! - `planner`, `modifier`: flows from prompts; `prompts`: what models are told about flows.
//! - `error`: every answer that is not the work's result.
//! - `routes`: one file a route; `health`: what whoever runs the service asks.

pub mod auth;
mod body;
mod completion;
mod connections;
mod error;
mod front;
mod health;
mod json_answer;
mod lanes;
mod limits;
mod metrics;
mod modifier;
mod outbound;
mod planner;
mod prompts;
mod providers;
mod quota;
mod request_id;
mod routes;
mod server;
mod settings;

pub use outbound::StartError;
pub use server::serve;
pub use settings::{LogFormat, Settings, SettingsError};

use std::sync::Arc;

use axum::Router;
use axum::middleware;
use axum::routing::{get, post};
use flowmeter_supabase::Supabase;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::auth::Verifier;
use crate::completion::Completions;
use crate::error::ApiError;
use crate::limits::{Limits, Runs};
use crate::metrics::Metrics;
use crate::outbound::Outbound;
use crate::planner::Planner;
use crate::providers::Providers;
use crate::quota::Quotas;

/// What every request can reach. Cheap to clone.
#[derive(Clone)]
struct Edge(Arc<Parts>);

struct Parts {
    /// How this lane reaches Supabase; so do `verifier` and `quotas`.
    supabase: Supabase,
    verifier: Verifier,
    limits: Limits,
    runs: Runs,
    metrics: Metrics,
    /// What outlives its request: see [`Edge::spawn`].
    tasks: TaskTracker,
    quotas: Quotas,
    providers: Arc<Providers>,
    completions: Completions,
    planner: Arc<Planner>,
    outbound: Outbound,
}

impl std::ops::Deref for Edge {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// The routes for `settings`, inside a tokio runtime; nothing is sent before the first request.
///
/// # Errors
/// When the system's TLS cannot be set up.
pub fn router(settings: Settings) -> Result<Router, StartError> {
    let edge = Edge::new(settings, TaskTracker::new())?;
    edge.start();
    Ok(routes_of(edge))
}

impl Edge {
    /// `tasks` is what the end of the service waits for.
    fn new(settings: Settings, tasks: TaskTracker) -> Result<Self, StartError> {
        let metrics = Metrics::new();
        let outbound = Outbound::new()?;
        let http = outbound.client()?;
        let supabase = Supabase::over(http.clone(), settings.project);
        let (key, counting) = (settings.service_role_key, settings.counting);
        let quotas = Quotas::new(supabase.clone(), key, counting, metrics.clone(), tasks.clone());
        Ok(Edge(Arc::new(Parts {
            verifier: Verifier::new(supabase.clone(), &settings.issuer, settings.origins),
            quotas,
            providers: settings.providers.into(),
            completions: Completions::new(http, settings.patience, metrics.clone()),
            planner: settings.planner.into(),
            runs: Runs::new(settings.limits.runs_per_user),
            limits: settings.limits,
            metrics,
            tasks,
            supabase,
            outbound,
        })))
    }

    /// The same service with connections of its own: a connection is driven by the thread that made it.
    fn lane(&self) -> Result<Self, StartError> {
        let http = self.outbound.client()?;
        let supabase = self.supabase.with_http(http.clone());
        Ok(Edge(Arc::new(Parts {
            verifier: self.verifier.over(supabase.clone()),
            quotas: self.quotas.over(supabase.clone()),
            providers: self.providers.clone(),
            completions: self.completions.over(http),
            planner: self.planner.clone(),
            runs: self.runs.clone(),
            limits: self.limits.clone(),
            metrics: self.metrics.clone(),
            tasks: self.tasks.clone(),
            supabase,
            outbound: self.outbound.clone(),
        })))
    }

    /// Finds out behind the first requests how the project counts, and settles what is left of before.
    fn start(&self) {
        self.tasks.spawn(self.quotas.clone().start());
    }

    /// Work that goes on when its request is over, under the request's id in the log. The end of the
    /// service waits for it.
    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(work.in_current_span());
    }
}

fn routes_of(edge: Edge) -> Router {
    Router::new()
        .route("/api/run-node", post(routes::run_node))
        .route("/api/run-node-stream", post(routes::run_node_stream))
        .route("/api/plan", post(routes::plan))
        .route("/api/modify-flow", post(routes::modify_flow))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .fallback(async || ApiError::NotFound)
        .method_not_allowed_fallback(async || ApiError::MethodNotAllowed)
        .layer(middleware::from_fn_with_state(edge.clone(), front::front))
        .with_state(edge)
}
