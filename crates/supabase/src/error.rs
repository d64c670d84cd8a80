//! What can go wrong between us and Supabase.
//!
//! Branches are made on codes only: never on a text, never on 400 against 422. What an error body
//! says is read in `body`; what a code means to a person is in `code`.

mod body;
mod code;

use std::time::Duration;

use flowmeter_domain::quota::NotANumber;
use flowmeter_domain::{Code, UiError};

use body::Body;
pub use body::Weakness;

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
    /// No answer: offline, DNS, refused, cut connection.
    #[error("cannot reach the server: {0}")]
    Unreachable(reqwest::Error),
    /// No secure connection: the certificate is not trusted, or whoever answers does not speak TLS.
    #[error("no secure connection to the server: {}", innermost(.0))]
    NotSecure(reqwest::Error),
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
        /// For how long the server asks to wait before the next try.
        wait: Option<Duration>,
        /// What is wrong with a new password; empty for everything else.
        weaknesses: Vec<Weakness>,
    },
    /// The project does not know the key that every request carries.
    #[error("the project does not accept this key")]
    KeyRefused,
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
    /// `{error, error_description}`. A 5xx may be any text; so may a 429, from whatever stands in front.
    pub(crate) fn from_answer(status: u16, body: &[u8]) -> Self {
        match Body::parse(body) {
            Some(body) => body.into_error(status),
            None if is_foreign(status, body) => Self::UnexpectedAnswer { status },
            None => Body::default().into_error(status),
        }
    }

    /// The same error with the server's `Retry-After`, in seconds, where it named one.
    pub(crate) fn with_retry_after(mut self, seconds: Option<u64>) -> Self {
        if let (Self::Refused { wait, .. }, Some(seconds)) = (&mut self, seconds) {
            *wait = Some(Duration::from_secs(seconds));
        }
        self
    }

    /// What a refusal means for a request that carried the project's key and nothing else: one
    /// without a code of its own comes from the gateway, which looks at nothing but the key.
    pub(crate) fn of_key_alone(self) -> Self {
        match self {
            Self::Refused { status: 401, code: None, .. } => Self::KeyRefused,
            other => other,
        }
    }

    /// Whether the server said that this session is over for good.
    pub fn ends_session(&self) -> bool {
        matches!(self, Self::Refused { code: Some(code), .. } if FINAL.contains(&code.as_str()))
    }

    /// Whether the request certainly never left this machine.
    pub fn was_not_sent(&self) -> bool {
        match self {
            Self::NotSecure(_) => true,
            Self::Unreachable(error) => error.is_connect() || error.is_builder(),
            _ => false,
        }
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

    /// For how long the server asks to wait before the next try, if it says so.
    pub fn wait(&self) -> Option<Duration> {
        match self {
            Self::Refused { wait, .. } => *wait,
            _ => None,
        }
    }

    /// Everything that is wrong with a new password; [`Error::code`] names the first.
    pub fn weaknesses(&self) -> &[Weakness] {
        match self {
            Self::Refused { weaknesses, .. } => weaknesses,
            _ => &[],
        }
    }

    /// The code to branch on and to explain.
    pub fn code(&self) -> Code {
        match self {
            Self::Unreachable(_) => Code::Unreachable,
            Self::NotSecure(_) => Code::NotSecure,
            Self::TimedOut => Code::TimedOut,
            Self::UnexpectedAnswer { .. } | Self::BadRow(_) => Code::UnexpectedAnswer,
            Self::KeyRefused => Code::KeyRefused,
            Self::Refused { weaknesses, code: Some(name), .. } if name == "weak_password" => {
                code::of_weak(weaknesses)
            }
            Self::Refused { status, code, .. } => {
                code::of_refused(*status, code.as_deref().unwrap_or_default())
            }
        }
    }
}

/// Whether a body that is not Supabase's came from somebody in between. An empty one did not, nor
/// did the page of a gateway that is too busy or cannot reach Supabase.
fn is_foreign(status: u16, body: &[u8]) -> bool {
    // 511 is what a captive portal should answer.
    let gateway = matches!(status, 429 | 500..) && status != 511;
    status < 400 || (!gateway && !body.trim_ascii().is_empty())
}

impl From<reqwest::Error> for Error {
    /// Without the address: it may hold a token in its query one day, and it helps nobody.
    fn from(error: reqwest::Error) -> Self {
        match error {
            error if error.is_timeout() => Self::TimedOut,
            error if is_of_tls(&error) => Self::NotSecure(error.without_url()),
            error => Self::Unreachable(error.without_url()),
        }
    }
}

/// Whether TLS is why a connection was not made.
fn is_of_tls(error: &reqwest::Error) -> bool {
    error.is_connect() && sources(error).any(|source| source.is::<native_tls::Error>())
}

/// The last cause, which is the one that names the certificate's fault.
fn innermost(error: &reqwest::Error) -> String {
    sources(error).last().map_or_else(|| error.to_string(), |source| source.to_string())
}

fn sources<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(error.source(), |error| error.source())
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
            (403, "<html>portal</html>", Code::UnexpectedAnswer),
            (403, "", Code::NotAllowed),
            (429, "<html>slow down</html>", Code::RateLimited),
            (511, "<html>portal</html>", Code::UnexpectedAnswer),
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
