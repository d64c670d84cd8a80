//! Reads an answer ahead of whoever uses it.
//!
//! A connection hands over one piece at a time and waits until it was taken. Taking it here, in a task
//! that does nothing else, costs a fraction of taking it through everything that stands around a
//! route, and what came meanwhile is then used in one go.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::{Stream, StreamExt};
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

/// Pieces that may wait; a provider that is faster than its reader then waits too.
const PIECES: usize = 64;

/// See the module. Dropping it closes the connection.
pub(super) struct ReadAhead<T> {
    pieces: mpsc::Receiver<T>,
    _reader: AbortOnDropHandle<()>,
}

impl<T: Send + 'static> ReadAhead<T> {
    pub(super) fn of(mut pieces: impl Stream<Item = T> + Send + Unpin + 'static) -> Self {
        let (sender, receiver) = mpsc::channel(PIECES);
        let reader = tokio::spawn(async move {
            while let Some(piece) = pieces.next().await {
                if sender.send(piece).await.is_err() {
                    return;
                }
            }
        });
        Self { pieces: receiver, _reader: AbortOnDropHandle::new(reader) }
    }
}

impl<T> Stream for ReadAhead<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        self.pieces.poll_recv(context)
    }
}
