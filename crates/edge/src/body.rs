//! The body of a request, within its limits of size and time.
//!
//! What is in it is each route's own matter.

use axum::body::{BodyDataStream, Bytes, HttpBody};
use axum::extract::{FromRequest, Request};
use futures_util::StreamExt;

use crate::Edge;
use crate::error::ApiError;
use crate::limits::LONGEST_BODY;

/// How much of a body that is too long is taken before its connection is closed.
const MOST_DISCARDED: usize = 16 * LONGEST_BODY;

/// A body that came whole. Extracting it answers 413 and 408 where it does not.
pub(crate) struct Payload(pub(crate) Bytes);

impl FromRequest<Edge> for Payload {
    type Rejection = ApiError;

    async fn from_request(request: Request, edge: &Edge) -> Result<Self, ApiError> {
        let mut pieces = request.into_body().into_data_stream();
        // A declared length is refused before a byte of it is kept.
        let is_too_long = pieces.size_hint().lower() > LONGEST_BODY as u64;
        let whole = if is_too_long {
            Err(ApiError::TooLarge { limit: LONGEST_BODY })
        } else {
            let whole = tokio::time::timeout(edge.limits.request, collect(&mut pieces)).await;
            whole.unwrap_or(Err(ApiError::TooSlow))
        };
        if let Err(ApiError::TooLarge { .. }) = whole {
            drop(tokio::time::timeout(edge.limits.request, discard(&mut pieces)).await);
        }
        whole.map(Self)
    }
}

/// A client that still writes when its connection is closed never reads the answer, so a body that is
/// not far too long is taken and thrown away.
async fn discard(pieces: &mut BodyDataStream) {
    let mut left = MOST_DISCARDED;
    while let Some(Ok(piece)) = pieces.next().await {
        let Some(rest) = left.checked_sub(piece.len()) else { return };
        left = rest;
    }
}

/// Nearly every body comes in one piece, which is then not copied.
async fn collect(pieces: &mut BodyDataStream) -> Result<Bytes, ApiError> {
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
