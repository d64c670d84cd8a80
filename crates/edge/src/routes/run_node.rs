//! `/api/run-node`: a model's whole answer as JSON; charged after success.
//!
//! A client that leaves while the model works drops the request and with it the provider's connection;
//! nothing is charged then, for no text came.

use axum::Json;
use axum::extract::State;
use flowmeter_domain::Kind;
use serde::Serialize;

use super::charge;
use super::sent::Sent;
use crate::Edge;
use crate::auth::AuthedUser;
use crate::completion::Question;
use crate::error::ApiError;
use crate::request_id::Idempotency;

/// The answer of a model.
#[derive(Serialize)]
pub(crate) struct NodeAnswer {
    response: String,
    /// Empty where the model does not say what it thinks.
    reasoning: String,
}

/// Runs one node.
pub(crate) async fn run_node(
    user: AuthedUser,
    State(edge): State<Edge>,
    Idempotency(key): Idempotency,
    sent: Sent,
) -> Result<Json<NodeAnswer>, ApiError> {
    let unit = edge.quotas.open(user.id, Kind::LlmExecutions, key.as_ref()).await?;
    let request = sent.node_request()?;
    let answer = edge.completions.prepare(&edge.providers, &Question::from(&request))?.whole().await?;
    charge(&edge, unit).await?;
    Ok(Json(NodeAnswer { response: answer.content, reasoning: answer.reasoning }))
}
