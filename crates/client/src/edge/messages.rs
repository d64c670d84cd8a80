//! The events of an answer, as they arrive.

use flowmeter_domain::{Code, UiError};
use reqwest::Response;
use sse_parse::{Event, SseParser};

use super::patience::Patience;

/// The longest event, and with it the longest line: a line of 1 MiB is a fault, and is not kept.
const LONGEST_EVENT: usize = 1024 * 1024 - 1;

/// Server-sent events. Dropping it closes the connection.
pub(crate) struct Messages {
    response: Response,
    parser: SseParser,
    patience: Patience,
}

impl Messages {
    pub(super) fn new(response: Response, patience: Patience) -> Self {
        Self { response, parser: SseParser::new().max_buffer(LONGEST_EVENT), patience }
    }

    /// The data of the next event that says something; `None` when the connection has ended. Any byte is a sign
    /// of life, also that of a comment or of a heartbeat. Nothing is lost when this is dropped while it waits.
    ///
    /// # Errors
    /// `INTERRUPTED` for a connection that broke, `TIMED_OUT` for one that is silent for too long,
    /// `UNEXPECTED_ANSWER` for an event that has no end.
    pub(crate) async fn next(&mut self) -> Result<Option<String>, UiError> {
        loop {
            match self.event().await? {
                Some(event) if is_heartbeat(&event) => {}
                event => return Ok(event.map(|event| event.data)),
            }
        }
    }

    async fn event(&mut self) -> Result<Option<Event>, UiError> {
        loop {
            // First: what came behind an event that was too long must not pass for what follows.
            if self.parser.overflows() > 0 {
                return Err(UiError::new(Code::UnexpectedAnswer, "an event of the stream is too long"));
            }
            if let Some(event) = self.parser.next_event() {
                return Ok(Some(event));
            }
            match self.patience.wait(self.response.chunk()).await?.map_err(super::cut)? {
                Some(piece) => self.parser.feed(&piece),
                None => return Ok(None),
            }
        }
    }
}

/// What the contract says comes without a type of its own, and is never empty.
fn is_heartbeat(event: &Event) -> bool {
    event.event != "message" || event.data.trim().is_empty()
}

#[cfg(test)]
mod tests;
