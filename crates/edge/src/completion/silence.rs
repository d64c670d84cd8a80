//! A bound for how long a provider may say nothing.
//!
//! reqwest's own (`read_timeout`) arms a timer for each piece of an answer, which costs more than passing
//! the piece on; here one timer serves a whole answer and is moved only when it fires.

use std::time::Duration;

use futures_util::{Stream, StreamExt};
use tokio::time::{Instant, sleep_until, timeout};

use super::ProviderError;

/// What comes of `next`, unless nothing comes for `limit`.
pub(super) async fn broken<T>(limit: Duration, next: impl Future<Output = T>) -> Result<T, ProviderError> {
    timeout(limit, next).await.map_err(|_| ProviderError::TimedOut)
}

/// `pieces`, until none came for `limit`.
pub(super) fn limited<T>(
    mut pieces: impl Stream<Item = Result<T, ProviderError>> + Unpin,
    limit: Duration,
) -> impl Stream<Item = Result<T, ProviderError>> + Unpin {
    // Only while somebody waits is a provider silent: a slow reader is not its fault.
    let mut waiting = None;
    let mut alarm = Box::pin(sleep_until(Instant::now() + limit));
    futures_util::stream::poll_fn(move |context| {
        let next = pieces.poll_next_unpin(context);
        if next.is_ready() {
            waiting = None;
            return next;
        }
        let since = *waiting.get_or_insert_with(Instant::now);
        while alarm.as_mut().poll(context).is_ready() {
            if since.elapsed() >= limit {
                return Some(Err(ProviderError::TimedOut)).into();
            }
            alarm.as_mut().reset(since + limit);
        }
        std::task::Poll::Pending
    })
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::stream;
    use tokio::time::sleep;

    use super::*;

    #[tokio::test]
    async fn a_pause_that_is_too_long_ends_an_answer_after_all_that_came() {
        let came = stream::iter([Ok(1), Ok(2)]).chain(stream::pending());
        let heard = limited(pin!(came), Duration::from_millis(20)).take(3).collect::<Vec<_>>().await;
        assert!(matches!(heard[..], [Ok(1), Ok(2), Err(ProviderError::TimedOut)]));
    }

    #[tokio::test]
    async fn whoever_is_heard_again_and_again_may_take_longer_than_the_limit() {
        let limit = Duration::from_millis(400);
        let drip = stream::iter(0..8).then(async |piece| {
            sleep(limit / 4).await;
            Ok::<_, ProviderError>(piece)
        });
        assert_eq!(limited(pin!(drip), limit).filter_map(async |piece| piece.ok()).count().await, 8);
    }
}
