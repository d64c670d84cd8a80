//! The body of a request, within its limits of size and time.
//!
//! What is in it is each route's own matter.

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{FromRequest, Request};
use futures_util::StreamExt;

use crate::Edge;
use crate::error::ApiError;
use crate::limits::LONGEST_BODY;

/// A body that came whole. Extracting it answers 413 and 408 where it does not.
pub(crate) struct Payload(pub(crate) Bytes);

impl FromRequest<Edge> for Payload {
    type Rejection = ApiError;

    async fn from_request(request: Request, edge: &Edge) -> Result<Self, ApiError> {
        let body = request.into_body();
        // A declared length is refused before a byte of it is read.
        if body.size_hint().lower() > LONGEST_BODY as u64 {
            return Err(ApiError::TooLarge { limit: LONGEST_BODY });
        }
        let whole = tokio::time::timeout(edge.limits.request, collect(body)).await;
        whole.unwrap_or(Err(ApiError::TooSlow)).map(Self)
    }
}

/// Nearly every body comes in one piece, which is then not copied.
async fn collect(body: Body) -> Result<Bytes, ApiError> {
    let mut pieces = body.into_data_stream();
    let mut next = async || match pieces.next().await {
        None => Ok(None),
        Some(Ok(piece)) => Ok(Some(piece)),
        Some(Err(_)) => Err(ApiError::InvalidInput("The body broke off".to_owned())),
    };
    let Some(first) = next().await? else { return Ok(Bytes::new()) };
    let Some(second) = next().await? else { return within_limit(first) };
    let mut whole = [first, second].concat();
    while let Some(piece) = next().await? {
        whole.extend_from_slice(&piece);
        if whole.len() > LONGEST_BODY {
            break;
        }
    }
    within_limit(whole.into())
}

fn within_limit(body: Bytes) -> Result<Bytes, ApiError> {
    if body.len() > LONGEST_BODY { Err(ApiError::TooLarge { limit: LONGEST_BODY }) } else { Ok(body) }
}
