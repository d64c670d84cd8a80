//! What can go wrong between us and Supabase.
//!
//! Branches are made on codes only: never on a text, never on 400 against 422.

use flowmeter_domain::quota::NotANumber;
use flowmeter_domain::{Code, UiError};
use serde::Deserialize;
use serde_json::Value;

/// The codes after which a session can never be used again. Everything else keeps it.
const FINAL: [&str; 6] = [
    "refresh_token_not_found",
    "refresh_token_already_used",
    "session_not_found",
    "session_expired",
    "user_banned",
    "user_not_found",
];

/// Why a call to Supabase gave no result.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No answer: offline, DNS, refused, TLS, cut connection.
    #[error("cannot reach the server: {0}")]
    Unreachable(reqwest::Error),
    /// No answer in time.
    #[error("the server did not answer in time")]
    TimedOut,
    /// The server refused, with its own code where it gave one.
    #[error("the server answered {status} {}: {message}", code.as_deref().unwrap_or("without a code"))]
    Refused {
        /// HTTP status.
        status: u16,
        /// GoTrue's or PostgREST's code, such as `invalid_credentials` or `PGRST116`.
        code: Option<String>,
        /// The server's words; for logs.
        message: String,
    },
    /// Something answered that is not Supabase, such as a captive portal.
    #[error("an answer with status {status} that is not Supabase's")]
    UnexpectedAnswer {
        /// HTTP status.
        status: u16,
    },
    /// A row that does not have the contract's shape.
    #[error(transparent)]
    BadRow(#[from] NotANumber),
}

impl Error {
    /// Reads an error body of either generation: `{code, message}`, `{code, error_code, msg}`,
    /// `{error, error_description}`. A 5xx may be any text.
    pub(crate) fn from_answer(status: u16, body: &[u8]) -> Self {
        match serde_json::from_slice::<Body>(body) {
            Ok(body) => Self::Refused { status, code: body.code(), message: body.message() },
            Err(_) if status >= 400 => {
                Self::Refused { status, code: None, message: "without a JSON body".to_owned() }
            }
            Err(_) => Self::UnexpectedAnswer { status },
        }
    }

    /// Whether the server said that this session is over for good.
    pub fn ends_session(&self) -> bool {
        matches!(self, Self::Refused { code: Some(code), .. } if FINAL.contains(&code.as_str()))
    }

    /// Whether the request certainly never left this machine.
    pub fn was_not_sent(&self) -> bool {
        matches!(self, Self::Unreachable(error) if error.is_connect() || error.is_builder())
    }

    /// Whether the server did not accept who is asking (401, or GoTrue's 403 for a bad token).
    pub fn is_unauthorized(&self) -> bool {
        match self {
            Self::Refused { status: 401, .. } => true,
            Self::Refused { code: Some(code), .. } => code == "bad_jwt" || code == "session_not_found",
            _ => false,
        }
    }

    /// The server's code, if it gave one.
    pub fn server_code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } => code.as_deref(),
            _ => None,
        }
    }

    /// The code to branch on and to explain.
    pub fn code(&self) -> Code {
        match self {
            Self::Unreachable(_) => Code::Unreachable,
            Self::TimedOut => Code::TimedOut,
            Self::UnexpectedAnswer { .. } | Self::BadRow(_) => Code::UnexpectedAnswer,
            Self::Refused { status, code, .. } => refused(*status, code.as_deref().unwrap_or_default()),
        }
    }
}

fn refused(status: u16, code: &str) -> Code {
    match (status, code) {
        (_, "invalid_credentials") => Code::InvalidCredentials,
        (_, "email_not_confirmed") => Code::EmailNotConfirmed,
        (_, "user_banned") => Code::AccountBanned,
        (_, code) if FINAL.contains(&code) => Code::SessionEnded,
        (401, _) | (_, "bad_jwt") => Code::NotSignedIn,
        (403, _) => Code::NotAllowed,
        (404, _) => Code::NotFound,
        (409, _) => Code::Conflict,
        (429, _) => Code::RateLimited,
        (500.., _) => Code::ServerFailed,
        _ => Code::InvalidInput,
    }
}

impl From<reqwest::Error> for Error {
    /// Without the address: it may hold a token in its query one day, and it helps nobody.
    fn from(error: reqwest::Error) -> Self {
        if error.is_timeout() { Self::TimedOut } else { Self::Unreachable(error.without_url()) }
    }
}

impl From<&Error> for UiError {
    fn from(error: &Error) -> Self {
        UiError::new(error.code(), error.to_string())
    }
}

impl From<Error> for UiError {
    fn from(error: Error) -> Self {
        UiError::from(&error)
    }
}

/// Every error body that GoTrue and PostgREST write.
#[derive(Deserialize)]
struct Body {
    code: Option<Value>,
    error_code: Option<String>,
    msg: Option<String>,
    message: Option<String>,
    error_description: Option<String>,
    error: Option<String>,
}

impl Body {
    /// The older generation writes the HTTP status as a number into `code`.
    fn code(&self) -> Option<String> {
        let own = self.code.as_ref().and_then(Value::as_str).map(str::to_owned);
        own.or_else(|| self.error_code.clone()).or_else(|| self.error.clone())
    }

    fn message(self) -> String {
        let texts = [self.msg, self.message, self.error_description, self.error];
        texts.into_iter().flatten().next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code_of(status: u16, body: &str) -> Code {
        Error::from_answer(status, body.as_bytes()).code()
    }

    #[test]
    fn both_generations_of_bodies_give_the_same_code() {
        let new = r#"{"code":"invalid_credentials","message":"Invalid login credentials"}"#;
        let old = r#"{"code":400,"error_code":"invalid_credentials","msg":"Invalid login credentials"}"#;
        assert_eq!(code_of(400, new), Code::InvalidCredentials);
        assert_eq!(code_of(400, old), Code::InvalidCredentials);
        assert_eq!(code_of(422, new), Code::InvalidCredentials);
    }

    #[test]
    fn status_decides_where_there_is_no_known_code() {
        let table = [
            (400, "{}", Code::InvalidInput),
            (401, "{}", Code::NotSignedIn),
            (403, r#"{"code":"42501","message":"permission denied"}"#, Code::NotAllowed),
            (404, r#"{"code":"PGRST202"}"#, Code::NotFound),
            (409, r#"{"code":"conflict"}"#, Code::Conflict),
            (429, r#"{"code":"over_request_rate_limit"}"#, Code::RateLimited),
            (500, "<html>oops</html>", Code::ServerFailed),
            (503, "", Code::ServerFailed),
            (302, "<html>portal</html>", Code::UnexpectedAnswer),
        ];
        for (status, body, code) in table {
            assert_eq!(code_of(status, body), code, "{status} {body}");
        }
    }

    #[test]
    fn only_the_final_codes_end_a_session() {
        let ends = |status, code: &str| {
            let body = format!(r#"{{"code":"{code}"}}"#);
            Error::from_answer(status, body.as_bytes()).ends_session()
        };
        assert!(FINAL.iter().all(|code| ends(400, code)));
        for (status, code) in [
            (409, "conflict"),
            (429, "over_request_rate_limit"),
            (500, "unexpected_failure"),
            (400, "validation_failed"),
        ] {
            assert!(!ends(status, code), "{code}");
        }
    }
}
