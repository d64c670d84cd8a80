//! GoTrue's error bodies, in both of its API versions.

use std::borrow::Cow;

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// The header by which a client asks for the newer bodies, and its value.
const VERSION_HEADER: &str = "x-supabase-api-version";
const NEW_VERSION: &str = "2024-01-01";

/// PostgreSQL's code for a lock that was not given in time.
const LOCK_NOT_AVAILABLE: &str = "55P03";

/// Why a call was refused.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    /// What clients branch on.
    code: &'static str,
    /// For people who read logs.
    text: Cow<'static, str>,
    shape: Shape,
}

/// The few bodies that differ from all others.
#[derive(Debug)]
enum Shape {
    Plain,
    /// With everything that is wrong with a password.
    Weak(Vec<&'static str>),
    /// `{error, error_description}` in both versions, as OAuth has it.
    OAuth,
}

/// A [`Refusal`] in the body that this client understands.
pub(crate) struct Versioned {
    refusal: Refusal,
    is_new: bool,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, code: &'static str, text: impl Into<Cow<'static, str>>) -> Refusal {
        Refusal { status, code, text: text.into(), shape: Shape::Plain }
    }

    /// 400: the request itself is wrong.
    pub(crate) fn invalid(text: &'static str) -> Refusal {
        Refusal::new(StatusCode::BAD_REQUEST, "validation_failed", text)
    }

    /// 400: a request for a token that lacks what OAuth asks for.
    pub(crate) fn invalid_oauth_request(text: &'static str) -> Refusal {
        Refusal { shape: Shape::OAuth, ..Refusal::new(StatusCode::BAD_REQUEST, "invalid_request", text) }
    }

    /// 400 of the sign-in: the same for an unknown address and for a wrong password.
    pub(crate) fn invalid_credentials() -> Refusal {
        Refusal::new(StatusCode::BAD_REQUEST, "invalid_credentials", "Invalid login credentials")
    }

    /// 403: no token that this server gave.
    pub(crate) fn bad_jwt(text: &'static str) -> Refusal {
        Refusal::new(StatusCode::FORBIDDEN, "bad_jwt", text)
    }

    /// 422: nobody new.
    pub(crate) fn sign_up_disabled() -> Refusal {
        let text = "Signups not allowed for this instance";
        Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "signup_disabled", text)
    }

    /// 422: a password that nobody should have.
    pub(crate) fn weak_password(reasons: Vec<&'static str>, text: String) -> Refusal {
        let refusal = Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "weak_password", text);
        Refusal { shape: Shape::Weak(reasons), ..refusal }
    }

    pub(super) fn code(&self) -> &'static str {
        self.code
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The word for it in a redirect.
    pub(super) fn oauth_error(&self) -> &'static str {
        match self.status {
            StatusCode::BAD_REQUEST => "invalid_request",
            StatusCode::UNAUTHORIZED => "unauthorized_client",
            StatusCode::FORBIDDEN | StatusCode::UNPROCESSABLE_ENTITY => "access_denied",
            StatusCode::SERVICE_UNAVAILABLE => "temporarily_unavailable",
            _ => "server_error",
        }
    }

    /// The body depends on the version that the request asks for.
    pub(crate) fn seen_by(self, headers: &HeaderMap) -> Versioned {
        // Versions are dates: text order is time order.
        let is_new = headers.get(VERSION_HEADER).is_some_and(|version| version >= NEW_VERSION);
        Versioned { refusal: self, is_new }
    }

    fn body(&self, is_new: bool) -> Value {
        let Refusal { status, code, text, shape } = self;
        let mut body = match (shape, is_new) {
            (Shape::OAuth, _) => json!({"error": code, "error_description": text}),
            (_, true) => json!({"code": code, "message": text}),
            (_, false) => json!({"code": status.as_u16(), "error_code": code, "msg": text}),
        };
        if let Shape::Weak(reasons) = shape {
            body["weak_password"] = json!({"reasons": reasons});
        }
        body
    }
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Refusal {
        let code = error.as_database_error().and_then(|error| error.code());
        if code.is_some_and(|code| code == LOCK_NOT_AVAILABLE) {
            let text = "Too many concurrent token refresh requests on the same session or refresh token";
            return Refusal::new(StatusCode::CONFLICT, "conflict", text);
        }
        tracing::error!(%error, "auth: a statement failed");
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "unexpected_failure", "Database error")
    }
}

impl IntoResponse for Versioned {
    fn into_response(self) -> Response {
        let Versioned { refusal, is_new } = self;
        let mut response = (refusal.status, Json(refusal.body(is_new))).into_response();
        let headers = response.headers_mut();
        headers.insert("x-sb-error-code", HeaderValue::from_static(refusal.code));
        if is_new {
            headers.insert(VERSION_HEADER, HeaderValue::from_static(NEW_VERSION));
        }
        response
    }
}
