//! What we read of a provider's JSON, and nothing more of it.

use flowmeter_domain::Delta;
use flowmeter_domain::run::DONE;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::ProviderError;

/// One event of a stream; `None` at the end mark.
pub(super) fn read(
    event: Option<Result<sse_stream::Sse, sse_stream::Error>>,
) -> Option<Result<Delta, ProviderError>> {
    let data = match event {
        Some(Ok(event)) => event.data.unwrap_or_default(),
        Some(Err(error)) => return Some(Err(stream_fault(error))),
        None => return Some(Err(ProviderError::BrokeOff)),
    };
    if data.trim() == DONE {
        return None;
    }
    if data.is_empty() {
        return Some(Ok(Delta::default()));
    }
    let chunk = serde_json::from_str::<Answer>(&data).map_err(|_| ProviderError::UnexpectedAnswer);
    // Some providers send chunks without choices (usage, keep-alive).
    Some(chunk.and_then(|chunk| Ok(chunk.text()?.unwrap_or_default())))
}

/// The body of an answer that was not streamed.
pub(super) fn read_whole(body: &[u8]) -> Result<Delta, ProviderError> {
    let answer: Answer = serde_json::from_slice(body).map_err(|_| ProviderError::UnexpectedAnswer)?;
    answer.text()?.ok_or(ProviderError::UnexpectedAnswer)
}

/// Our own fault comes back from within the decoder's.
fn stream_fault(error: sse_stream::Error) -> ProviderError {
    match error {
        sse_stream::Error::Body(cause) => {
            cause.downcast::<ProviderError>().map_or(ProviderError::BrokeOff, |fault| *fault)
        }
        _ => ProviderError::UnexpectedAnswer,
    }
}

#[derive(Deserialize)]
struct Answer {
    choices: Option<Vec<Choice>>,
    error: Option<IgnoredAny>,
}

/// A stream has `delta`, a whole answer `message`; both hold the same.
#[derive(Deserialize)]
struct Choice {
    #[serde(alias = "message")]
    delta: Option<Text>,
}

#[derive(Deserialize)]
struct Text {
    content: Option<String>,
    reasoning_content: Option<String>,
}

impl Answer {
    /// `None` where there are no choices.
    fn text(self) -> Result<Option<Delta>, ProviderError> {
        if self.error.is_some() {
            return Err(ProviderError::Reported);
        }
        let choice = self.choices.into_iter().flatten().next();
        Ok(choice.and_then(|choice| choice.delta).map(|text| Delta {
            content: text.content.unwrap_or_default(),
            reasoning: text.reasoning_content.unwrap_or_default(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(data: &str) -> Option<Result<Delta, ProviderError>> {
        read(Some(Ok(sse_stream::Sse::default().data(data))))
    }

    #[test]
    fn a_chunk_may_have_text_reasoning_or_nothing() {
        let delta = |data| event(data).unwrap().unwrap();
        let text = r#"{"choices":[{"delta":{"content":"a","reasoning_content":null}}],"error":null}"#;
        assert_eq!(delta(text).content, "a");
        assert_eq!(delta(r#"{"choices":[{"delta":{"reasoning_content":"r"}}]}"#).reasoning, "r");
        for nothing in
            [r#"{"choices":[],"usage":{}}"#, r#"{"choices":null}"#, r#"{"choices":[{}]}"#, "{}", ""]
        {
            assert!(delta(nothing).is_empty(), "{nothing}");
        }
        assert!(event(" [DONE]").is_none());
    }

    #[test]
    fn an_error_in_a_chunk_and_a_chunk_that_is_none_are_faults() {
        let fault = |data| event(data).unwrap().unwrap_err();
        assert!(matches!(fault(r#"{"error":{"message":"key sk-1"}}"#), ProviderError::Reported));
        assert!(matches!(fault("<html>"), ProviderError::UnexpectedAnswer));
        assert!(matches!(read(None), Some(Err(ProviderError::BrokeOff))));
    }

    #[test]
    fn a_whole_answer_has_a_message() {
        let whole = |body: &str| read_whole(body.as_bytes());
        let message = r#"{"choices":[{"message":{"role":"assistant","content":"a"}}]}"#;
        assert_eq!(whole(message).unwrap().content, "a");
        for nothing in ["", "<html>", "{}", r#"{"choices":[]}"#] {
            assert!(matches!(whole(nothing), Err(ProviderError::UnexpectedAnswer)), "{nothing}");
        }
    }
}
