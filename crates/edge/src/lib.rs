//! The edge service: authenticates, checks the quota, relays to a provider, charges after success.
//!
//! Order of every route, by contract: authenticate, check the quota, validate, work, charge. The
//! service is stateless; what must be remembered is in the database.
//!
//! - [`Settings`]: everything that can be configured, read once at the start.
//! - [`serve`]: the service on a socket, with an orderly end; [`router`]: its routes alone.
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
mod error;
mod front;
mod health;
mod json_answer;
mod limits;
mod metrics;
mod modifier;
mod planner;
mod prompts;
mod providers;
mod quota;
mod request_id;
mod routes;
mod server;
mod settings;

pub use server::serve;
pub use settings::{LogFormat, Settings, SettingsError};

use std::sync::Arc;

use axum::Router;
use axum::middleware;
use axum::routing::{get, post};
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::auth::Verifier;
use crate::completion::Completions;
use crate::error::ApiError;
use crate::limits::{Limits, Runs};
use crate::metrics::Metrics;
use crate::planner::Planner;
use crate::providers::Providers;
use crate::quota::Quotas;

/// What every request can reach. Cheap to clone.
#[derive(Clone)]
struct Edge(Arc<Parts>);

struct Parts {
    supabase: flowmeter_supabase::Supabase,
    verifier: Verifier,
    limits: Limits,
    runs: Runs,
    metrics: Metrics,
    /// What outlives its request: see [`Edge::spawn`].
    tasks: TaskTracker,
    quotas: Quotas,
    providers: Providers,
    completions: Completions,
    planner: Planner,
}

impl std::ops::Deref for Edge {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// The routes for `settings`; nothing is sent before the first request.
///
/// # Errors
/// When the system's TLS cannot be set up.
pub fn router(settings: Settings) -> Result<Router, flowmeter_supabase::Error> {
    Edge::new(settings).map(routes_of)
}

impl Edge {
    fn new(settings: Settings) -> Result<Self, flowmeter_supabase::Error> {
        let metrics = Metrics::new();
        // Each client reads the system's certificates, which takes most of a start: both at once.
        let (supabase, completions) = std::thread::scope(|scope| {
            let completions = scope.spawn(|| Completions::new(settings.patience, metrics.clone()));
            (flowmeter_supabase::Supabase::new(settings.project), completions.join())
        });
        let completions = completions.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let (supabase, completions) = (supabase?, completions?);
        let tasks = TaskTracker::new();
        let (key, counting) = (settings.service_role_key, settings.counting);
        let quotas = Quotas::new(supabase.clone(), key, counting, metrics.clone(), tasks.clone());
        tasks.spawn(quotas.clone().start());
        Ok(Edge(Arc::new(Parts {
            verifier: Verifier::new(supabase.clone(), &settings.issuer, settings.origins),
            quotas,
            providers: settings.providers,
            completions,
            planner: settings.planner,
            runs: Runs::new(settings.limits.runs_per_user),
            limits: settings.limits,
            metrics,
            tasks,
            supabase,
        })))
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
