//! One error shape for both boundaries: the app's IPC and the edge's JSON.
//!
//! Programs branch on [`Code`]; people read a text that the locale files hold for that code. The
//! `message` is for logs and bug reports, in English, without secrets, and nothing compares it.

use jiff::Timestamp;
use serde::de::IntoDeserializer;
use serde::de::value::{self, StrDeserializer};
use serde::{Deserialize, Serialize};

/// Why something did not happen: a closed set, so that every reader can be exhaustive.
///
/// A variant is added only together with the place that acts on it or the text that explains it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Code {
    /// Nobody is signed in, or the server does not accept the session (401).
    NotSignedIn,
    /// The server ended the session for good; the person has to sign in again.
    SessionEnded,
    /// Email and password do not belong together. Says nothing about which of the two is wrong.
    InvalidCredentials,
    /// The account's email address was never confirmed.
    EmailNotConfirmed,
    /// The account is banned.
    AccountBanned,
    /// A one-time code is wrong, was used, or is too old: the server does not say which.
    CodeExpired,
    /// There is no account for this address.
    AccountUnknown,
    /// There is an account for this address already.
    AccountExists,
    /// The project accepts no new accounts.
    SignUpDisabled,
    /// This way of signing in is switched off in the project.
    WayInDisabled,
    /// The server does not accept this email address.
    EmailRefused,
    /// The server sends no further mail for now (429); it usually names the wait.
    MailLimited,
    /// The server finds a new password too weak and does not say why.
    WeakPassword,
    /// A new password is shorter than the project asks for.
    PasswordTooShort,
    /// A new password lacks a kind of character that the project asks for.
    PasswordTooSimple,
    /// A new password is in a public list of leaked passwords.
    PasswordLeaked,
    /// The new password is the old one.
    SamePassword,
    /// The project asks for a captcha, which only its web page can show.
    CaptchaRequired,
    /// The person, or the provider, refused at the provider's page.
    SignInCancelled,
    /// A sign-in in the browser took too long, or was used before.
    SignInExpired,
    /// A quota is used up, or the server could not check it (429, fail closed).
    QuotaExceeded,
    /// The points of a newer deployment are used up (429).
    PointsExceeded,
    /// Something between us and the server asks to slow down (429 with any other body).
    RateLimited,
    /// As many runs are under way as may be at once.
    TooManyRuns,
    /// The signed-in person may not do this (403).
    NotAllowed,
    /// The project does not know the key that the app sends with every request.
    KeyRefused,
    /// No secure connection: the certificate is not trusted, or the other side does not speak TLS.
    NotSecure,
    /// No connection to the server: offline, DNS, refused.
    Unreachable,
    /// The server was silent for too long.
    TimedOut,
    /// The server failed (5xx).
    ServerFailed,
    /// An answer that no server of ours gives, such as a captive portal's page.
    UnexpectedAnswer,
    /// What was typed is no address of a server.
    AddressInvalid,
    /// The address is not https, and not on this machine.
    AddressInsecure,
    /// The system's browser could not be opened.
    BrowserFailed,
    /// The request itself is wrong (400); the message names the field.
    InvalidInput,
    /// The model's provider failed, or has no key.
    ExecutionFailed,
    /// A stream stopped without its end mark; what came is kept.
    Interrupted,
    /// A row changed under an optimistic lock more often than we try.
    Conflict,
    /// The same request was made before, within a day (409); it is neither done nor charged again.
    DuplicateRequest,
    /// There is no such thing, or no longer.
    NotFound,
    /// This system has no key store (on Linux: no Secret Service on the session bus).
    KeychainAbsent,
    /// The key store is locked and was not unlocked.
    KeychainLocked,
    /// The key store refused to read or write the entry.
    KeychainRefused,
    /// The secret is longer than every system's key store takes.
    KeychainTooLarge,
    /// A setting is missing or wrong; the message names it.
    InvalidSettings,
    /// The app's own store could not be read or written.
    StoreFailed,
    /// The app's own store was written by a newer version of the app.
    StoreNewer,
    /// A fault of ours.
    Internal,
}

impl Code {
    /// The code of this name, such as `QUOTA_EXCEEDED`; a newer server may send others.
    pub fn from_name(name: &str) -> Option<Code> {
        let name: StrDeserializer<'_, value::Error> = name.into_deserializer();
        Code::deserialize(name).ok()
    }

    /// Whether the same request may work later without anything being changed.
    pub fn retryable(self) -> bool {
        matches!(
            self,
            Code::RateLimited
                | Code::TooManyRuns
                | Code::MailLimited
                | Code::NotSecure
                | Code::Unreachable
                | Code::TimedOut
                | Code::ServerFailed
                | Code::UnexpectedAnswer
                | Code::ExecutionFailed
                | Code::Interrupted
                | Code::Conflict
                | Code::KeychainLocked
                | Code::StoreFailed
        )
    }
}

/// The error shape of the IPC and, beside the contract's own fields, of the edge's JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct UiError {
    /// What to branch on.
    pub code: Code,
    /// Technical detail in English; never a secret, never shown as the main text.
    pub message: String,
    /// Whether "try again" makes sense; always [`Code::retryable`] of `code`.
    pub retryable: bool,
    /// From when on it does, where the server named a wait. A time and not a wait, so that it is still
    /// right for a page that was loaded anew meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<Timestamp>,
}

impl UiError {
    /// An error of this code; `message` is for logs.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), retryable: code.retryable(), retry_at: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_shape_is_code_message_retryable() {
        let error = UiError::new(Code::QuotaExceeded, "5/5");
        assert_eq!(
            serde_json::to_value(error).unwrap(),
            serde_json::json!({"code": "QUOTA_EXCEEDED", "message": "5/5", "retryable": false})
        );
    }

    #[test]
    fn a_wait_that_the_server_named_travels_as_the_time_of_its_end() {
        let retry_at = Timestamp::from_second(60).ok();
        let error = UiError { retry_at, ..UiError::new(Code::RateLimited, "") };
        let wire = serde_json::to_value(&error).unwrap();
        assert_eq!(wire["retry_at"], "1970-01-01T00:01:00Z");
        assert_eq!(serde_json::from_value::<UiError>(wire).unwrap(), error);
    }

    #[test]
    fn what_waits_for_a_person_is_not_retryable() {
        for code in [Code::InvalidCredentials, Code::QuotaExceeded, Code::NotSignedIn, Code::InvalidInput] {
            assert!(!code.retryable(), "{code:?}");
        }
        for code in [Code::Unreachable, Code::RateLimited, Code::ServerFailed] {
            assert!(code.retryable(), "{code:?}");
        }
    }
}
