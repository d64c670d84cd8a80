//! `/api/plan`: a flow from a prompt, as server-sent events; charged after success, before the result.
//!
//! A failure is an event, then an empty result, then the end mark: the contract wants a result always.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use flowmeter_domain::Kind;
use flowmeter_domain::flow::{Flow, PlanEvent, PlanRequest};
use serde_json::json;

use super::client::{Client, answer};
use super::sent::Sent;
use crate::Edge;
use crate::auth::AuthedUser;
use crate::error::ApiError;
use crate::planner::Desk;
use crate::quota::Unit;
use crate::request_id::Idempotency;

/// Makes a flow and streams how it goes.
pub(crate) async fn plan(
    user: AuthedUser,
    State(edge): State<Edge>,
    Idempotency(key): Idempotency,
    sent: Sent,
) -> Result<Response, ApiError> {
    let unit = edge.quotas.open(user.id, Kind::FlowGenerations, key.as_ref()).await?;
    let request = sent.plan_request()?;
    if request.prompt.trim().is_empty() {
        return Ok(Json(json!({"nodes": [], "edges": []})).into_response());
    }
    let worker = edge.clone();
    Ok(answer(&edge, |client| work(worker, request, unit, client)))
}

async fn work(edge: Edge, request: PlanRequest, unit: Unit, client: Client) {
    let desk = Desk { completions: &edge.completions, providers: &edge.providers, client: &client };
    let Some(planned) = client.unless_gone(edge.planner.plan(&desk, &request)).await else {
        return client.settle(unit).await;
    };
    let charged = match planned {
        Ok(flow) => unit.commit().await.map(|()| flow).map_err(|error| error.to_string()),
        Err(fault) => Err(fault.to_string()),
    };
    match charged {
        Ok(flow) => client.tell(&PlanEvent::Result(flow)).await,
        Err(message) => fail(message, &client).await,
    }
    client.tell_end().await;
}

async fn fail(message: String, client: &Client) {
    tracing::warn!(%message, "a plan failed");
    client.tell(&PlanEvent::Error { message }).await;
    let nothing = Flow { title: Some(String::new()), ..Flow::default() };
    client.tell(&PlanEvent::Result(nothing)).await;
}
