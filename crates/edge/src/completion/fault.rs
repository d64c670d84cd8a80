//! Why a provider gave no answer, or not all of it.

use reqwest::StatusCode;

/// Named by what happened, never by what the provider said: that may hold anything.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProviderError {
    #[error("the provider asks to slow down")]
    RateLimited,
    #[error("the provider does not accept the configured key")]
    KeyRefused,
    #[error("the provider refused the request with status {0}")]
    Refused(u16),
    #[error("the provider failed with status {0}")]
    Failed(u16),
    #[error("the provider reported an error in its answer")]
    Reported,
    #[error("the provider cannot be reached")]
    Unreachable,
    #[error("the provider took too long")]
    TimedOut,
    #[error("the provider's answer broke off")]
    BrokeOff,
    #[error("the provider's answer is not a chat completion")]
    UnexpectedAnswer,
    #[error("the provider's answer is too long")]
    TooLong,
}

impl ProviderError {
    /// One word, for counting.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::RateLimited => "rate_limited",
            Self::KeyRefused => "key_refused",
            Self::Refused(_) => "refused",
            Self::Failed(_) => "failed",
            Self::Reported => "reported",
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed_out",
            Self::BrokeOff => "broke_off",
            Self::UnexpectedAnswer => "unexpected_answer",
            Self::TooLong => "too_long",
        }
    }

    /// Whether the same question may get an answer a moment later: time-outs, the network, 429, 502, 503
    /// (and 504, which is a time-out).
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::RateLimited | Self::Unreachable | Self::TimedOut | Self::BrokeOff => true,
            Self::Failed(status) => (502..=504).contains(status),
            _ => false,
        }
    }
}

/// Before the answer began.
pub(super) fn transport(error: reqwest::Error) -> ProviderError {
    if error.is_timeout() { ProviderError::TimedOut } else { ProviderError::Unreachable }
}

/// After the answer began.
pub(super) fn midway(error: reqwest::Error) -> ProviderError {
    if error.is_timeout() { ProviderError::TimedOut } else { ProviderError::BrokeOff }
}

pub(super) fn refusal(status: StatusCode) -> ProviderError {
    match status.as_u16() {
        429 => ProviderError::RateLimited,
        401 | 403 => ProviderError::KeyRefused,
        status @ 500.. => ProviderError::Failed(status),
        status => ProviderError::Refused(status),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_pass_is_asked_again_and_the_rest_is_not() {
        use ProviderError::*;
        for passing in [RateLimited, Unreachable, TimedOut, BrokeOff, Failed(502), Failed(503), Failed(504)] {
            assert!(passing.is_passing(), "{passing}");
        }
        for final_one in
            [Failed(500), Refused(404), Refused(400), KeyRefused, UnexpectedAnswer, TooLong, Reported]
        {
            assert!(!final_one.is_passing(), "{final_one}");
        }
    }
}
