//! Signing in at an OAuth provider, in a browser, with PKCE (RFC 7636).
//!
//! The browser is sent to [`Supabase::authorize_url`] and comes back to an address of ours with a code
//! that only the holder of the [`Verifier`] can use. Not here: the browser, and who listens for it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use sha2::{Digest, Sha256};
use url::Url;
use url::form_urlencoded;
use uuid::Uuid;

use crate::{Caller, Error, Session, Supabase};

/// The secret half of one sign-in in a browser; prints nothing.
#[derive(Clone, Debug)]
pub struct Verifier(SecretString);

impl Verifier {
    /// 96 characters with 366 random bits of the system; 43 to 128 are allowed.
    pub fn random() -> Self {
        let parts: String = (0..3).map(|_| Uuid::new_v4().simple().to_string()).collect();
        Self(parts.into())
    }

    /// What the browser may know: the hash (`s256`).
    pub fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.0.expose_secret()))
    }
}

impl Supabase {
    /// Where a browser begins to sign in at `provider`, one of [`crate::WaysIn::providers`]. It comes back
    /// to `redirect_to`: an address on `http://127.0.0.1` with any port is accepted by every project,
    /// others only where the project lists them; anything else silently becomes the project's web site.
    pub fn authorize_url(&self, provider: &str, redirect_to: &Url, challenge: &str) -> Url {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("provider", provider)
            .append_pair("redirect_to", redirect_to.as_str())
            .append_pair("code_challenge", challenge)
            .append_pair("code_challenge_method", "s256")
            .finish();
        let mut url = self.project().url().clone();
        url.set_path(&format!("{}/auth/v1/authorize", url.path().trim_end_matches('/')));
        url.set_query(Some(&query));
        url
    }

    /// A new session for the code that came back; both are used up by this.
    ///
    /// # Errors
    /// `SIGN_IN_EXPIRED` for a code that is too old, was used, or belongs to another verifier.
    pub async fn exchange_code(&self, code: &SecretString, verifier: &Verifier) -> Result<Session, Error> {
        let body = json!({"auth_code": code.expose_secret(), "code_verifier": verifier.0.expose_secret()});
        let request = self.auth(Method::POST, "token?grant_type=pkce", Caller::Anonymous)?;
        self.send_with_key(request.json(&body)).await
    }
}

/// The code in the query that a browser comes back with.
///
/// # Errors
/// What the project says instead: `SIGN_IN_CANCELLED` when the person refused at the provider;
/// [`Error::UnexpectedAnswer`] for a query with neither.
pub fn code_from(query: &str) -> Result<SecretString, Error> {
    let value = |name: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.into_owned())
    };
    if let Some(error) = value("error") {
        let status = if matches!(&*error, "server_error" | "temporarily_unavailable") { 503 } else { 400 };
        // An older server repeats its HTTP status there. A person's refusal has no code of its own.
        let exact = value("error_code").filter(|code| code.parse::<u16>().is_err());
        let message = value("error_description").unwrap_or_default();
        let code = Some(exact.unwrap_or(error));
        return Err(Error::Refused { status, code, message, wait: None, weaknesses: Vec::new() });
    }
    value("code").map(SecretString::from).ok_or(Error::UnexpectedAnswer { status: 200 })
}

#[cfg(test)]
mod tests {
    use flowmeter_domain::Code;

    use super::*;

    #[test]
    fn the_challenge_is_the_hash_of_the_verifier() {
        // The example of RFC 7636, appendix B.
        let verifier = Verifier("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned().into());
        assert_eq!(verifier.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn no_two_verifiers_are_the_same_and_none_is_printed() {
        let (one, two) = (Verifier::random(), Verifier::random());
        assert_ne!(one.challenge(), two.challenge());
        assert_eq!(one.0.expose_secret().len(), 96);
        assert!(!format!("{one:?}").contains(one.0.expose_secret()));
    }

    #[test]
    fn a_browser_comes_back_with_a_code_or_with_a_reason() {
        assert_eq!(code_from("code=abc%2D1&sb=").unwrap().expose_secret(), "abc-1");
        let reason = |query| code_from(query).unwrap_err().code();
        assert_eq!(reason("error=access_denied&error_description=no"), Code::SignInCancelled);
        let closed = "error=access_denied&error_code=signup_disabled&error_description=Signups+not+allowed";
        assert_eq!(reason(closed), Code::SignUpDisabled);
        assert_eq!(reason("error=invalid_request&error_code=bad_oauth_state"), Code::SignInExpired);
        assert_eq!(reason("error=server_error&error_code=unexpected_failure&code=x"), Code::ServerFailed);
        assert_eq!(reason("error=access_denied&error_code=403"), Code::SignInCancelled);
        for nothing in ["", "code=", "state=x"] {
            assert_eq!(reason(nothing), Code::UnexpectedAnswer, "{nothing}");
        }
    }
}
