//! Merging deltas before the bridge.
//!
//! Each message to the page costs 0.1 ms and more whatever its size, so deltas are merged: the first
//! goes at once, so that nothing is added to the time to the first word; after that one message at
//! most each [`WINDOW`], or as soon as [`FULL`] bytes wait. Pure: time comes in as an argument.

use std::time::{Duration, Instant};

use flowmeter_domain::Delta;

/// The page draws text twenty-five times a second at most: messages that come more often only wake it.
pub(crate) const WINDOW: Duration = Duration::from_millis(40);
/// Bytes that are not held back any longer.
pub(crate) const FULL: usize = 2048;

/// Text that waits for its message.
#[derive(Default)]
pub(crate) struct Merger {
    waiting: Delta,
    last_sent: Option<Instant>,
}

impl Merger {
    /// Takes a delta that arrived at `now`; gives what is to be sent now, if anything.
    pub(crate) fn push(&mut self, delta: &Delta, now: Instant) -> Option<Delta> {
        self.waiting.append(delta);
        let due = cfg!(feature = "naive") || self.last_sent.is_none_or(|sent| now >= sent + WINDOW);
        if due || self.waiting.bytes() >= FULL { self.take(now) } else { None }
    }

    /// When what waits is to be sent; `None` when nothing waits.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.last_sent.filter(|_| !self.waiting.is_empty()).map(|sent| sent + WINDOW)
    }

    /// All that waits; before anything that is not a delta, and when it is due.
    pub(crate) fn take(&mut self, now: Instant) -> Option<Delta> {
        if self.waiting.is_empty() {
            return None;
        }
        self.last_sent = Some(now);
        Some(std::mem::take(&mut self.waiting))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn delta(content: &str) -> Delta {
        Delta { content: content.to_owned(), reasoning: String::new() }
    }

    #[test]
    fn the_first_delta_goes_at_once_and_the_next_ones_wait_for_their_time() {
        let (mut merger, start) = (Merger::default(), Instant::now());
        let at = |millis| start + Duration::from_millis(millis);
        assert_eq!(merger.push(&delta("a"), at(0)), Some(delta("a")));
        assert_eq!(merger.push(&delta("b"), at(1)), None);
        assert_eq!(merger.due(), Some(at(40)));
        assert_eq!(merger.push(&delta("c"), at(39)), None);
        assert_eq!(merger.take(at(40)), Some(delta("bc")));
        assert_eq!(merger.due(), None);
        assert_eq!(merger.push(&delta("d"), at(80)), Some(delta("d")));
    }

    #[test]
    fn two_kibibytes_do_not_wait() {
        let (mut merger, now) = (Merger::default(), Instant::now());
        merger.push(&delta("a"), now);
        assert_eq!(merger.push(&delta(&"x".repeat(FULL - 1)), now), None);
        assert_eq!(merger.push(&delta("y"), now).map(|sent| sent.bytes()), Some(FULL));
    }

    proptest! {
        #[test]
        fn no_text_is_lost_or_reordered_and_none_comes_too_often(steps in prop::collection::vec(("[a-z]{0,40}", 0..100_u64), 0..200)) {
            let (mut merger, mut now) = (Merger::default(), Instant::now());
            let (mut sent, mut given) = (String::new(), String::new());
            let mut last: Option<Instant> = None;
            for (text, wait) in steps {
                now += Duration::from_millis(wait);
                given.push_str(&text);
                if let Some(message) = merger.push(&delta(&text), now) {
                    prop_assert!(message.bytes() >= FULL || last.is_none_or(|last| now >= last + WINDOW));
                    last = Some(now);
                    sent.push_str(&message.content);
                }
            }
            sent.push_str(&merger.take(now).unwrap_or_default().content);
            prop_assert_eq!(sent, given);
        }
    }
}
