//! PostgREST's error bodies, and the status of each PostgreSQL error.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use sqlx::postgres::PgDatabaseError;

/// Why a request failed: `{code, message, details, hint}`.
#[derive(Debug)]
pub(super) struct Failure {
    status: StatusCode,
    /// `PGRST…`, or PostgreSQL's five characters.
    code: String,
    message: String,
    details: Option<String>,
    hint: Option<String>,
}

impl Failure {
    pub(super) fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Failure {
        Failure { status, code: code.to_owned(), message: message.into(), details: None, hint: None }
    }

    pub(super) fn with_details(self, details: impl Into<String>) -> Failure {
        Failure { details: Some(details.into()), ..self }
    }

    /// The request cannot be read.
    pub(super) fn unreadable(what: &str, text: &str) -> Failure {
        Failure::new(StatusCode::BAD_REQUEST, "PGRST100", format!("\"failed to parse {what} ({text})\""))
    }

    /// A filter, an order or a selection names a column that the table has not.
    pub(super) fn unknown_column(table: &str, column: &str) -> Failure {
        let message = format!("column {table}.{column} does not exist");
        Failure::new(StatusCode::BAD_REQUEST, "42703", message)
    }

    /// `is_anonymous` decides whether signing in could help.
    pub(super) fn of_database(error: &sqlx::Error, is_anonymous: bool) -> Failure {
        let Some(error) = error.as_database_error().and_then(|e| e.try_downcast_ref::<PgDatabaseError>())
        else {
            tracing::error!(%error, "rest: no answer from the database");
            return Failure::new(StatusCode::SERVICE_UNAVAILABLE, "PGRST001", "Database client error");
        };
        Failure {
            status: status_of(error.code(), is_anonymous),
            code: error.code().to_owned(),
            message: error.message().to_owned(),
            details: error.detail().map(str::to_owned),
            hint: error.hint().map(str::to_owned),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let body: Value = json!({
            "code": self.code,
            "message": self.message,
            "details": self.details,
            "hint": self.hint,
        });
        (self.status, Json(body)).into_response()
    }
}

/// PostgREST's table, as far as statements here can meet it.
fn status_of(sqlstate: &str, is_anonymous: bool) -> StatusCode {
    match sqlstate {
        "42501" if is_anonymous => StatusCode::UNAUTHORIZED,
        "42501" => StatusCode::FORBIDDEN,
        "42883" | "42P01" => StatusCode::NOT_FOUND,
        "23503" | "23505" => StatusCode::CONFLICT,
        "25006" => StatusCode::METHOD_NOT_ALLOWED,
        "P0001" => StatusCode::BAD_REQUEST,
        _ => status_of_class(sqlstate),
    }
}

fn status_of_class(sqlstate: &str) -> StatusCode {
    match sqlstate.get(..2).unwrap_or_default() {
        // A function says itself which status it means: `raise sqlstate 'PT402'`.
        "PT" => sqlstate[2..].parse().unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        "08" | "53" => StatusCode::SERVICE_UNAVAILABLE,
        "0L" | "0P" | "28" => StatusCode::FORBIDDEN,
        "25" | "2D" | "38" | "39" | "3B" | "40" | "54" | "55" | "57" | "58" | "F0" | "HV" | "P0" | "XX" => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
        _ => StatusCode::BAD_REQUEST,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_right_asks_an_anonymous_caller_to_sign_in() {
        assert_eq!(status_of("42501", true), StatusCode::UNAUTHORIZED);
        assert_eq!(status_of("42501", false), StatusCode::FORBIDDEN);
    }

    #[test]
    fn a_function_may_choose_its_status() {
        assert_eq!(status_of("PT402", false), StatusCode::PAYMENT_REQUIRED);
        assert_eq!(status_of("PTabc", false), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
