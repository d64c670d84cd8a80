//! `/api/run-node-stream`: a model's answer as server-sent events; charged after success, before
//! the end mark.
//!
//! A task of its own drives the provider, so that what happens when the client leaves is decided
//! here and not by whoever drops a future.

use axum::extract::State;
use axum::response::Response;
use flowmeter_domain::Kind;
use flowmeter_domain::run::StreamMessage;
use futures_util::StreamExt;

use super::client::{Client, answer, tell_failure};
use super::sent::Sent;
use crate::Edge;
use crate::auth::AuthedUser;
use crate::completion::{Prepared, ProviderError, Question};
use crate::error::ApiError;
use crate::quota::Unit;
use crate::request_id::Idempotency;

/// Runs one node and streams its answer.
pub(crate) async fn run_node_stream(
    user: AuthedUser,
    State(edge): State<Edge>,
    Idempotency(key): Idempotency,
    sent: Sent,
) -> Result<Response, ApiError> {
    let unit = edge.quotas.open(user.id, Kind::LlmExecutions, key.as_ref()).await?;
    let request = sent.node_request()?;
    let prepared = edge.completions.prepare(&edge.providers, &Question::from(&request))?;
    Ok(answer(&edge, |client| relay(prepared, unit, client)))
}

async fn relay(prepared: Prepared, unit: Unit, client: Client) {
    match client.unless_gone(pass_on(prepared, &client)).await {
        Some(Ok(())) => finish(unit, &client).await,
        Some(Err(error)) => tell_failure(&client, &error.into()).await,
        None => client.settle(unit).await,
    }
}

async fn pass_on(prepared: Prepared, client: &Client) -> Result<(), ProviderError> {
    let mut deltas = prepared.stream().await?;
    while let Some(delta) = deltas.next().await {
        let delta = delta?;
        if !delta.is_empty() {
            client.tell_text(&StreamMessage::Delta(delta)).await;
        }
    }
    Ok(())
}

/// Charges, and only then says that the answer is complete.
async fn finish(unit: Unit, client: &Client) {
    match unit.commit().await {
        Ok(()) => client.tell_end().await,
        Err(error) => tell_failure(client, &error).await,
    }
}
