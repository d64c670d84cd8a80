//! What can be chosen about sign-in: GoTrue's settings, with its defaults.

use serde::{Deserialize, Serialize};

/// The settings of the project's sign-in. Written as JSON; what is left out has GoTrue's default, but for
/// [`autoconfirm`](AuthRules::autoconfirm) and [`providers`](AuthRules::providers).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AuthRules {
    /// Whether people come in by email address at all.
    pub email: bool,
    /// A new address counts as confirmed without a mail. On, so that a first try needs no mailbox.
    pub autoconfirm: bool,
    /// No new accounts.
    pub disable_signup: bool,
    /// The OAuth providers that are switched on. One is, and its page is the stack's own.
    pub providers: Vec<String>,
    /// Where people are sent whose own address is not allowed.
    pub site_url: String,
    /// Further addresses that people may come back to; `*` is any text without `.` and `/`, `**` any.
    pub redirect_urls: Vec<String>,
    /// Characters that a password needs.
    pub password_length: usize,
    /// From each of these sets a password needs one character.
    pub password_characters: Vec<String>,
    /// Passwords that count as leaked: the hosted service asks a public list.
    pub leaked_passwords: Vec<String>,
    /// Life of an access token.
    pub jwt_seconds: u32,
    /// For how long a used refresh token is still good: the default of hosted projects.
    pub reuse_seconds: u32,
    /// For how long a session can be refreshed; for ever if unset.
    pub session_seconds: Option<u32>,
    /// Life of a code in a mail.
    pub code_seconds: u32,
    /// Life of a sign-in at a provider.
    pub flow_seconds: u32,
    /// Pause between two mails of a kind to the same person.
    pub mail_pause_seconds: u32,
    /// Mails to all people together.
    pub mails_per_hour: u32,
    /// `/token`, for each client, in five minutes.
    pub token_limit: u32,
    /// `/signup`, `/otp`, `/recover` and `/resend`, each, for each client, in five minutes.
    pub otp_limit: u32,
    /// `/verify`, for each client, in five minutes.
    pub verify_limit: u32,
    /// Clients are told apart by `X-Forwarded-For`, which a gateway sets, and nobody is limited without
    /// it, as in GoTrue. With this, all who come without it count as one client.
    pub limit_everyone: bool,
}

impl Default for AuthRules {
    fn default() -> AuthRules {
        AuthRules {
            email: true,
            autoconfirm: true,
            disable_signup: false,
            providers: vec!["github".to_owned()],
            site_url: "http://localhost:3000".to_owned(),
            redirect_urls: Vec::new(),
            password_length: 6,
            password_characters: Vec::new(),
            leaked_passwords: Vec::new(),
            jwt_seconds: 3600,
            reuse_seconds: 10,
            session_seconds: None,
            code_seconds: 86_400,
            flow_seconds: 300,
            mail_pause_seconds: 60,
            mails_per_hour: 30,
            token_limit: 150,
            otp_limit: 30,
            verify_limit: 30,
            limit_everyone: false,
        }
    }
}

impl std::str::FromStr for AuthRules {
    type Err = String;

    fn from_str(text: &str) -> Result<AuthRules, String> {
        serde_json::from_str(text).map_err(|fault| format!("these are no rules of sign-in: {fault}"))
    }
}

/// Seconds as SQL's `make_interval` takes them.
pub(super) fn sql_seconds(seconds: u32) -> f64 {
    f64::from(seconds)
}
