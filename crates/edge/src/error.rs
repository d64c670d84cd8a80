//! Every answer that is not the work's result.
//!
//! The contract's fields (`error`, and `code` or `details` where it has them) come first; beside
//! them each body carries the one error shape `{code, message, retryable}` of the domain.

use axum::Json;
use axum::http::StatusCode;
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
    /// The unit could not be counted, so the work is not given out as done.
    #[error("the run could not be counted")]
    NotCounted,
    /// The body is not what the route takes; names the field.
    #[error("{0}")]
    InvalidInput(String),
    /// The model's provider has no key here.
    #[error("API key for {0} is not configured")]
    NotConfigured(&'static str),
    /// The provider failed.
    #[error("{0}")]
    Execution(#[from] ProviderError),
    /// No such path.
    #[error("there is no such route")]
    NotFound,
    /// The path exists for another method.
    #[error("this route takes POST")]
    MethodNotAllowed,
}

impl ApiError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotSignedIn => StatusCode::UNAUTHORIZED,
            Self::QuotaExceeded { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::InvalidInput(_) => StatusCode::BAD_REQUEST,
            Self::NotConfigured(_) | Self::Execution(_) | Self::NotCounted => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        }
    }

    fn code(&self) -> Code {
        match self {
            Self::NotSignedIn => Code::NotSignedIn,
            Self::QuotaExceeded { .. } => Code::QuotaExceeded,
            Self::InvalidInput(_) | Self::MethodNotAllowed => Code::InvalidInput,
            Self::NotConfigured(_) | Self::Execution(_) => Code::ExecutionFailed,
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
            Self::Execution(_) => "Execution failed".to_owned(),
            other => other.to_string(),
        }
    }

    fn extra(&self) -> Value {
        match self {
            Self::QuotaExceeded { kind, check } => {
                json!({"kind": kind, "used": check.used, "limit": check.limit})
            }
            Self::Execution(cause) => json!({"details": cause.to_string()}),
            _ => json!({}),
        }
    }

    /// The body: the contract's fields beside `{code, message, retryable}`.
    pub(crate) fn body(&self) -> Value {
        let UiError { code, message, retryable } = UiError::new(self.code(), self.to_string());
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
        (self.status(), Json(self.body())).into_response()
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
            (ApiError::InvalidInput("Model is required".into()), 400, "Model is required", "INVALID_INPUT"),
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
