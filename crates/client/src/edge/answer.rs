//! A success: a stream of events, or one JSON body.

use flowmeter_domain::{Code, Outcome, UiError};
use reqwest::Response;
use reqwest::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;

use super::Messages;
use super::patience::Patience;

/// The longest body that is read whole.
const LONGEST_BODY: usize = 8 * 1024 * 1024;

/// An answer with status 200. Dropping it closes the connection.
pub(crate) struct Answer {
    response: Response,
    patience: Patience,
}

impl Answer {
    pub(super) fn new(response: Response, patience: Patience) -> Self {
        Self { response, patience }
    }

    /// The events of the answer.
    ///
    /// # Errors
    /// Incomplete where it is something else, such as a captive portal's page: what it stands in front
    /// of may have done the work.
    pub(crate) fn messages(self) -> Result<Messages, Outcome> {
        if !is_event_stream(&self.response) {
            let cause = UiError::new(Code::UnexpectedAnswer, "the answer is not an event stream");
            return Err(Outcome::Incomplete { cause });
        }
        Ok(Messages::new(self.response, self.patience))
    }

    /// Whether it comes event by event.
    pub(crate) fn is_stream(&self) -> bool {
        is_event_stream(&self.response)
    }

    /// The body of the answer, as JSON.
    ///
    /// # Errors
    /// Incomplete where it is something else or breaks off: the work may have been done.
    pub(crate) async fn json<T: DeserializeOwned>(self) -> Result<T, Outcome> {
        let Self { response, mut patience } = self;
        let incomplete = |cause| Outcome::Incomplete { cause };
        let body = read(response, &mut patience).await.map_err(incomplete)?;
        serde_json::from_slice(&body)
            .map_err(|_| incomplete(UiError::new(Code::UnexpectedAnswer, "the answer is not the contract's")))
    }
}

fn is_event_stream(response: &Response) -> bool {
    let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = content_type.and_then(|value| value.split(';').next());
    kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("text/event-stream"))
}

/// A whole body.
///
/// # Errors
/// Why it is not whole.
pub(super) async fn read(mut response: Response, patience: &mut Patience) -> Result<Vec<u8>, UiError> {
    let mut body = Vec::new();
    while let Some(piece) = patience.wait(response.chunk()).await?.map_err(super::cut)? {
        body.extend_from_slice(&piece);
        if body.len() > LONGEST_BODY {
            return Err(UiError::new(Code::UnexpectedAnswer, "the answer is too long"));
        }
    }
    Ok(body)
}
