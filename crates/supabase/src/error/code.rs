//! What a server's code means to a person: one table.

use flowmeter_domain::Code;

use super::{FINAL, Weakness};

/// By the server's code where it is known, else by the status.
pub(super) fn of_refused(status: u16, code: &str) -> Code {
    match (status, code) {
        (_, "user_banned") => Code::AccountBanned,
        (_, code) if FINAL.contains(&code) => Code::SessionEnded,
        (401, _) | (_, "bad_jwt") => Code::NotSignedIn,
        _ => sign_in(code).unwrap_or_else(|| by_status(status)),
    }
}

/// The codes that a person meets on the way in.
fn sign_in(code: &str) -> Option<Code> {
    Some(match code {
        "invalid_credentials" => Code::InvalidCredentials,
        "email_not_confirmed" => Code::EmailNotConfirmed,
        "otp_expired" => Code::CodeExpired,
        // The one way in which it says that an address has no account.
        "otp_disabled" => Code::AccountUnknown,
        "user_already_exists" | "email_exists" => Code::AccountExists,
        "signup_disabled" => Code::SignUpDisabled,
        "email_provider_disabled" | "provider_disabled" | "oauth_provider_not_supported" => {
            Code::WayInDisabled
        }
        "email_address_invalid" | "email_address_not_authorized" => Code::EmailRefused,
        "same_password" => Code::SamePassword,
        "captcha_failed" => Code::CaptchaRequired,
        "over_email_send_rate_limit" => Code::MailLimited,
        "access_denied" => Code::SignInCancelled,
        "flow_state_not_found" | "flow_state_expired" | "bad_code_verifier" | "bad_oauth_state" => {
            Code::SignInExpired
        }
        _ => return None,
    })
}

fn by_status(status: u16) -> Code {
    match status {
        403 => Code::NotAllowed,
        404 => Code::NotFound,
        409 => Code::Conflict,
        429 => Code::RateLimited,
        500.. => Code::ServerFailed,
        _ => Code::InvalidInput,
    }
}

/// The one weakness that a person should mend first.
pub(super) fn of_weak(weaknesses: &[Weakness]) -> Code {
    match weaknesses.iter().min() {
        Some(Weakness::Length) => Code::PasswordTooShort,
        Some(Weakness::Characters) => Code::PasswordTooSimple,
        Some(Weakness::Leaked) => Code::PasswordLeaked,
        Some(Weakness::Other) | None => Code::WeakPassword,
    }
}
