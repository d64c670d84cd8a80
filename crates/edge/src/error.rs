//! Every answer that is not the work's result.
//!
//! The contract's fields (`error`, and `code` or `details` where it has them) come first; beside
//! them each body carries the one error shape `{code, message, retryable}` of the domain.

use std::time::Duration;

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use flowmeter_domain::{Check, Code, Kind, UiError};
use serde_json::{Value, json};

use crate::completion::ProviderError;

/// Why a request gets no result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    /// No session, or one that the auth server does not accept.
    #[error("not signed in")]
    NotSignedIn,
    /// Used up, or the check failed, which counts as used up.
    #[error("{} is used up: {}/{}", kind.name(), check.used, check.limit)]
    QuotaExceeded {
        /// Which quota.
        kind: Kind,
        /// The numbers that closed it.
        check: Check,
    },
    /// The same `Idempotency-Key` was here before, within a day.
    #[error("a request with this Idempotency-Key was made before")]
    DuplicateRequest,
    /// The unit could not be counted, so the work is not given out as done.
    #[error("the run could not be counted")]
    NotCounted,
    /// The body is not what the route takes; names the field.
    #[error("{0}")]
    InvalidInput(String),
    /// The body lacks a field for whose absence the contract has words of its own.
    #[error("{details}")]
    Incomplete {
        /// The contract's words.
        error: &'static str,
        /// Names the field.
        details: String,
    },
    /// A flow was not changed: the provider failed, or its answer cannot be used.
    #[error("the flow was not changed: {0}")]
    ModificationFailed(String),
    /// The model's provider has no key here.
    #[error("API key for {0} is not configured")]
    NotConfigured(&'static str),
    /// The provider failed.
    #[error("{0}")]
    Execution(#[from] ProviderError),
    /// Nobody can say at the moment whether the session is good.
    #[error("the auth server cannot be asked")]
    AuthUnavailable,
    /// A browser's page of an origin that is not listed.
    #[error("requests from this origin are not allowed")]
    OriginNotAllowed,
    /// A cookie request whose body a form could have sent.
    #[error("Content-Type should be application/json")]
    NotJson,
    /// The body is longer than any request of ours.
    #[error("the body is longer than {limit} bytes")]
    TooLarge {
        /// In bytes.
        limit: usize,
    },
    /// The body did not come in time.
    #[error("the body did not come in time")]
    TooSlow,
    /// The person has as many requests running as one may have. Not a quota: waiting helps.
    #[error("too many requests at once")]
    RateLimited {
        /// When another try makes sense.
        retry_after: Duration,
    },
    /// No such path.
    #[error("there is no such route")]
    NotFound,
    /// The path exists for another method.
    #[error("this route does not take that method")]
    MethodNotAllowed,
}

impl ApiError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotSignedIn => StatusCode::UNAUTHORIZED,
            Self::QuotaExceeded { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::InvalidInput(_) | Self::Incomplete { .. } => StatusCode::BAD_REQUEST,
            Self::NotConfigured(_) | Self::Execution(_) | Self::ModificationFailed(_) | Self::NotCounted => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
            Self::DuplicateRequest => StatusCode::CONFLICT,
            Self::AuthUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::OriginNotAllowed => StatusCode::FORBIDDEN,
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        }
    }

    fn code(&self) -> Code {
        match self {
            Self::NotSignedIn => Code::NotSignedIn,
            Self::QuotaExceeded { .. } => Code::QuotaExceeded,
            Self::InvalidInput(_)
            | Self::Incomplete { .. }
            | Self::MethodNotAllowed
            | Self::NotJson
            | Self::TooLarge { .. } => Code::InvalidInput,
            Self::AuthUnavailable => Code::ServerFailed,
            Self::OriginNotAllowed => Code::NotAllowed,
            Self::TooSlow => Code::TimedOut,
            Self::RateLimited { .. } => Code::RateLimited,
            Self::NotConfigured(_) | Self::Execution(_) | Self::ModificationFailed(_) => {
                Code::ExecutionFailed
            }
            Self::DuplicateRequest => Code::DuplicateRequest,
            Self::NotCounted => Code::Conflict,
            Self::NotFound => Code::NotFound,
        }
    }

    /// What the contract puts into `error`.
    fn contract_text(&self) -> String {
        match self {
            Self::NotSignedIn => "请先登录".to_owned(),
            Self::QuotaExceeded { kind, check } => {
                format!("{}已用完 ({}/{})", label(*kind), check.used, check.limit)
            }
            Self::InvalidInput(_) => "Invalid input".to_owned(),
            Self::Incomplete { error, .. } => (*error).to_owned(),
            Self::Execution(_) => "Execution failed".to_owned(),
            Self::ModificationFailed(_) => "Failed to process modification".to_owned(),
            other => other.to_string(),
        }
    }

    fn extra(&self) -> Value {
        match self {
            Self::QuotaExceeded { kind, check } => {
                json!({"kind": kind, "used": check.used, "limit": check.limit})
            }
            Self::Execution(cause) => json!({"details": cause.to_string()}),
            Self::InvalidInput(details)
            | Self::Incomplete { details, .. }
            | Self::ModificationFailed(details) => json!({"details": details}),
            _ => json!({}),
        }
    }

    /// The body: the contract's fields beside `{code, message, retryable}`.
    pub(crate) fn body(&self) -> Value {
        let UiError { code, message, retryable, .. } = UiError::new(self.code(), self.to_string());
        let mut body =
            json!({"error": self.contract_text(), "code": code, "message": message, "retryable": retryable});
        if let (Value::Object(body), Value::Object(extra)) = (&mut body, self.extra()) {
            body.extend(extra);
        }
        body
    }

    /// The `data:` of a failure inside a stream, where the contract's `error` is the cause itself.
    pub(crate) fn stream_message(&self) -> Value {
        let mut body = self.body();
        body["error"] = self.to_string().into();
        body
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = (self.status(), Json(self.body())).into_response();
        let headers = response.headers_mut();
        if let Self::RateLimited { retry_after } = self {
            headers.insert(header::RETRY_AFTER, retry_after.as_secs().into());
        }
        response
    }
}

/// How the refusal names a quota; the contract gives the first two.
fn label(kind: Kind) -> &'static str {
    match kind {
        Kind::LlmExecutions => "LLM 执行次数",
        Kind::FlowGenerations => "Flow 生成次数",
        Kind::AppUsages => "App 使用次数",
        Kind::ImageGenExecutions => "图片生成次数",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_hold_the_contracts_fields_and_the_one_shape() {
        let check = flowmeter_domain::Counter { used: 100, limit: 100 }.check();
        let table = [
            (ApiError::NotSignedIn, 401, "请先登录", "NOT_SIGNED_IN"),
            (
                ApiError::QuotaExceeded { kind: Kind::LlmExecutions, check },
                429,
                "LLM 执行次数已用完 (100/100)",
                "QUOTA_EXCEEDED",
            ),
            (
                ApiError::QuotaExceeded { kind: Kind::FlowGenerations, check: Check::CLOSED },
                429,
                "Flow 生成次数已用完 (0/0)",
                "QUOTA_EXCEEDED",
            ),
            (ApiError::InvalidInput("prompt: too long".into()), 400, "Invalid input", "INVALID_INPUT"),
            (
                ApiError::Incomplete { error: "Model is required", details: "model".into() },
                400,
                "Model is required",
                "INVALID_INPUT",
            ),
            (
                ApiError::ModificationFailed("why".into()),
                500,
                "Failed to process modification",
                "EXECUTION_FAILED",
            ),
            (ApiError::NotConfigured("groq"), 500, "API key for groq is not configured", "EXECUTION_FAILED"),
            (ApiError::Execution(ProviderError::RateLimited), 500, "Execution failed", "EXECUTION_FAILED"),
        ];
        for (error, status, text, code) in table {
            assert_eq!(error.status().as_u16(), status);
            let body = error.body();
            assert_eq!((body["error"].as_str(), body["code"].as_str()), (Some(text), Some(code)));
            assert!(body["message"].is_string() && body["retryable"].is_boolean(), "{body}");
        }
    }
}
