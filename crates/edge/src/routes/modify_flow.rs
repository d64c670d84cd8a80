//! `/api/modify-flow`: a change of a flow as JSON; charged when there is one.

use axum::Json;
use axum::extract::State;
use flowmeter_domain::Kind;
use flowmeter_domain::flow::{Action, Change};

use super::charge;
use super::sent::Sent;
use crate::Edge;
use crate::auth::AuthedUser;
use crate::error::ApiError;
use crate::modifier;
use crate::request_id::Idempotency;

/// Changes a flow. What the model did not understand is not charged.
pub(crate) async fn modify_flow(
    user: AuthedUser,
    State(edge): State<Edge>,
    Idempotency(key): Idempotency,
    sent: Sent,
) -> Result<Json<Change>, ApiError> {
    let unit = edge.quotas.open(user.id, Kind::FlowGenerations, key.as_ref()).await?;
    let request = sent.modify_request()?;
    let change = modifier::change(&edge, &request).await?;
    if change != Change::Action(Action::Unknown) {
        charge(&edge, unit).await?;
    }
    Ok(Json(change))
}
