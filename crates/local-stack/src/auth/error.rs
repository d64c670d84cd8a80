//! GoTrue's error bodies, in both of its API versions.

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// The header by which a client asks for the newer bodies, and its value.
const VERSION_HEADER: &str = "x-supabase-api-version";
const NEW_VERSION: &str = "2024-01-01";

/// Why a call was refused.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    /// What clients branch on.
    code: &'static str,
    /// For people who read logs.
    text: &'static str,
}

/// A [`Refusal`] in the body that this client understands.
pub(crate) struct Versioned {
    refusal: Refusal,
    is_new: bool,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, code: &'static str, text: &'static str) -> Refusal {
        Refusal { status, code, text }
    }

    /// 400: the request itself is wrong.
    pub(crate) fn invalid(text: &'static str) -> Refusal {
        Refusal::new(StatusCode::BAD_REQUEST, "validation_failed", text)
    }

    /// 400 of the sign-in: the same for an unknown address and for a wrong password.
    pub(crate) fn invalid_credentials() -> Refusal {
        Refusal::new(StatusCode::BAD_REQUEST, "invalid_credentials", "Invalid login credentials")
    }

    /// 403: no token that this server gave.
    pub(crate) fn bad_jwt(text: &'static str) -> Refusal {
        Refusal::new(StatusCode::FORBIDDEN, "bad_jwt", text)
    }

    /// The sign-up has its own code for an address that is taken.
    pub(crate) fn of_sign_up(self) -> Refusal {
        let code = if self.code == "email_exists" { "user_already_exists" } else { self.code };
        Refusal { code, ..self }
    }

    /// The body depends on the version that the request asks for.
    pub(crate) fn seen_by(self, headers: &HeaderMap) -> Versioned {
        // Versions are dates: text order is time order.
        let is_new = headers.get(VERSION_HEADER).is_some_and(|version| version >= NEW_VERSION);
        Versioned { refusal: self, is_new }
    }
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Refusal {
        tracing::error!(%error, "auth: a statement failed");
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "unexpected_failure", "Database error")
    }
}

impl IntoResponse for Versioned {
    fn into_response(self) -> Response {
        let Refusal { status, code, text } = self.refusal;
        let mut response = (status, Json(body(status, code, text, self.is_new))).into_response();
        let headers = response.headers_mut();
        headers.insert("x-sb-error-code", HeaderValue::from_static(code));
        if self.is_new {
            headers.insert(VERSION_HEADER, HeaderValue::from_static(NEW_VERSION));
        }
        response
    }
}

fn body(status: StatusCode, code: &str, text: &str, is_new: bool) -> Value {
    if is_new {
        json!({"code": code, "message": text})
    } else {
        json!({"code": status.as_u16(), "error_code": code, "msg": text})
    }
}
