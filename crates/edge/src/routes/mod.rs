//! The routes, one file each, and what they share.
//!
//! Each goes by the contract's order: authenticate, check the quota, validate, work, charge.

mod client;
mod modify_flow;
mod plan;
mod run_node;
mod run_node_stream;
mod sent;

pub(crate) use client::Client;
pub(crate) use modify_flow::modify_flow;
pub(crate) use plan::plan;
pub(crate) use run_node::run_node;
pub(crate) use run_node_stream::run_node_stream;

use tokio::sync::oneshot;

use crate::Edge;
use crate::error::ApiError;
use crate::quota::Unit;

/// Charges for work that is done. A client that leaves meanwhile does not stop it.
async fn charge(edge: &Edge, unit: Unit) -> Result<(), ApiError> {
    let (tell, counted) = oneshot::channel();
    edge.spawn(async move {
        // Nobody listens where the client has left; it is charged all the same.
        let _ = tell.send(unit.commit().await);
    });
    counted.await.unwrap_or(Err(ApiError::NotCounted))
}
