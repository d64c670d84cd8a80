//! Reads an answer ahead of whoever uses it, and hands over in one go what came close together.
//!
//! A connection hands over one piece at a time and waits until it was taken. Taking it here, in a task
//! that does nothing else, costs a fraction of taking it through everything that stands around a route.
//! What comes alone goes on at once; of a burst the first piece does, and the others follow together:
//! each piece that goes on by itself becomes a write of its own to the client.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use std::vec;

use futures_util::{Stream, StreamExt};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tokio_util::task::AbortOnDropHandle;

/// The least time between two hand-overs, unless much came or the answer is over. A frame of a screen is
/// eight times as long.
const GAP: Duration = Duration::from_millis(2);
/// Pieces that are handed over without waiting for more.
const PIECES: usize = 128;
/// Hand-overs that may wait; a provider that is faster than its reader then waits too.
const WAITING: usize = 2;

/// See the module. Dropping it closes the connection.
pub(super) struct ReadAhead<T> {
    bursts: mpsc::Receiver<Vec<T>>,
    current: vec::IntoIter<T>,
    _reader: AbortOnDropHandle<()>,
}

impl<T: Send + 'static> ReadAhead<T> {
    pub(super) fn of(pieces: impl Stream<Item = T> + Send + Unpin + 'static) -> Self {
        let (sender, bursts) = mpsc::channel(WAITING);
        let reader = AbortOnDropHandle::new(tokio::spawn(read(pieces, sender)));
        Self { bursts, current: Vec::new().into_iter(), _reader: reader }
    }
}

impl<T: Unpin> Stream for ReadAhead<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        loop {
            if let Some(piece) = self.current.next() {
                return Poll::Ready(Some(piece));
            }
            match ready!(self.bursts.poll_recv(context)) {
                Some(burst) => self.current = burst.into_iter(),
                None => return Poll::Ready(None),
            }
        }
    }
}

async fn read<T>(mut pieces: impl Stream<Item = T> + Unpin, bursts: mpsc::Sender<Vec<T>>) {
    let mut due = Instant::now();
    while let Some(first) = pieces.next().await {
        let mut burst = vec![first];
        let is_over = gather(&mut pieces, &mut burst, due).await;
        if bursts.send(burst).await.is_err() || is_over {
            return;
        }
        due = Instant::now() + GAP;
    }
}

/// Adds to `burst` what comes before `due`, and what comes after it as long as every turn of the lane
/// brings more: where many answers come in at once, each takes its turns, and handing over in between would
/// cost a write for every few pieces. Whether that was all.
async fn gather<T>(pieces: &mut (impl Stream<Item = T> + Unpin), burst: &mut Vec<T>, due: Instant) -> bool {
    if Instant::now() >= due {
        return false;
    }
    let (mut pause, mut is_quiet) = (pin!(sleep_until(due)), false);
    std::future::poll_fn(|context| {
        let before = burst.len();
        while burst.len() < PIECES {
            match pieces.poll_next_unpin(context) {
                Poll::Ready(Some(piece)) => burst.push(piece),
                Poll::Ready(None) => return Poll::Ready(true),
                // A timer costs a system call: it is armed after a turn that brought nothing.
                Poll::Pending if is_quiet && burst.len() == before => {
                    return pause.as_mut().poll(context).map(|()| false);
                }
                Poll::Pending => {
                    is_quiet = burst.len() == before;
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
            }
        }
        Poll::Ready(false)
    })
    .await
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    #[tokio::test]
    async fn every_piece_comes_once_and_in_order_and_the_first_alone() {
        let all: Vec<usize> = (0..1000).collect();
        let mut ahead = ReadAhead::of(stream::iter(all.clone()));
        assert_eq!(ahead.bursts.recv().await, Some(vec![0]));
        let rest: Vec<_> = ahead.collect().await;
        assert_eq!(rest, all[1..]);
    }

    #[tokio::test]
    async fn what_comes_alone_waits_for_nothing() {
        let (sender, pieces) = mpsc::unbounded_channel();
        let pieces =
            Box::pin(stream::unfold(pieces, async |mut pieces| Some((pieces.recv().await?, pieces))));
        let mut ahead = ReadAhead::of(pieces);
        for piece in 0..3 {
            sender.send(piece).unwrap();
            assert_eq!(ahead.next().await, Some(piece));
        }
        drop(sender);
        assert_eq!(ahead.next().await, None);
    }
}
