//! A bound for what one event of a stream may hold.
//!
//! The decoder keeps an event until it is whole. A provider that never ends its line would fill the
//! memory with it, so the bytes are counted before the decoder sees them.

use axum::body::Bytes;
use futures_util::{Stream, StreamExt};

use super::{ProviderError, fault};

/// The longest event, and with it the longest line.
const LONGEST_EVENT: usize = 1024 * 1024;

/// `bytes`, until an event is too long.
pub(super) fn limited(
    bytes: impl Stream<Item = Result<Bytes, reqwest::Error>>,
) -> impl Stream<Item = Result<Bytes, ProviderError>> {
    let mut open = OpenEvent::default();
    Box::pin(bytes.map(move |piece| {
        let piece = piece.map_err(fault::midway)?;
        if open.grows_too_long(&piece) { Err(ProviderError::TooLong) } else { Ok(piece) }
    }))
}

/// How much of an event came that has not ended yet.
#[derive(Default)]
struct OpenEvent {
    bytes: usize,
    /// The last line so far has nothing in it: the next line end closes the event.
    is_line_empty: bool,
}

impl OpenEvent {
    fn grows_too_long(&mut self, piece: &[u8]) -> bool {
        let mut rest = piece;
        loop {
            let end = memchr::memchr(b'\n', rest);
            let line = &rest[..end.unwrap_or(rest.len())];
            self.bytes += line.len();
            self.is_line_empty &= line.iter().all(|byte| *byte == b'\r');
            if self.bytes > LONGEST_EVENT {
                return true;
            }
            let Some(end) = end else { return false };
            if self.is_line_empty {
                self.bytes = 0;
            }
            self.is_line_empty = true;
            rest = &rest[end + 1..];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn too_long(pieces: &[Vec<u8>]) -> bool {
        let mut open = OpenEvent::default();
        pieces.iter().any(|piece| open.grows_too_long(piece))
    }

    #[test]
    fn only_an_event_that_does_not_end_is_too_long() {
        let half = b"x".repeat(LONGEST_EVENT / 2 + 1);
        let with = |end: &str| [half.as_slice(), end.as_bytes()].concat();
        assert!(too_long(&[half.clone(), half.clone()]), "one line");
        assert!(too_long(&[with("\n"), with("\n")]), "two lines of one event");
        assert!(too_long(&[b"x".repeat(LONGEST_EVENT + 1)]), "one piece");
        for end in ["\n\n", "\r\n\r\n"] {
            assert!(!too_long(&[with(end), with(end), with(end)]), "{end:?}");
        }
        assert!(!too_long(&[with("\n"), b"\n".to_vec(), with("\r\n"), b"\r\n".to_vec(), half.clone()]));
        assert!(!too_long(&vec![b"data: {}\n\n".to_vec(); LONGEST_EVENT / 5]));
    }
}
