//! A session as GoTrue hands it out.

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};
use serde_json::json;
use uuid::Uuid;

/// The life of a token whose answer names none.
const DEFAULT_LIFE_SECONDS: i64 = 3600;

/// For how long an account counts as new: somebody may have to wait for a mail before the first sign-in.
const NEW: SignedDuration = SignedDuration::from_mins(15);

/// Two tokens and whom they stand for. Prints neither.
#[derive(Clone, Debug, Deserialize)]
pub struct Session {
    /// Proof towards every API; lives about an hour, in memory only.
    #[serde(deserialize_with = "not_empty")]
    pub access_token: SecretString,
    /// Good for one new session; the one secret that is stored.
    #[serde(deserialize_with = "not_empty")]
    pub refresh_token: SecretString,
    /// Unix seconds by the server's clock; absent on some answers.
    #[serde(default)]
    expires_at: Option<i64>,
    /// Seconds from the answer on.
    #[serde(default)]
    expires_in: Option<i64>,
    /// Whom the session stands for.
    pub user: User,
}

/// What we keep of a user object.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct User {
    /// The `auth.users` id.
    pub id: Uuid,
    /// Absent for accounts by phone.
    #[serde(default)]
    pub email: Option<String>,
    /// When the account was made, by the server's clock.
    #[serde(default)]
    created_at: Option<Timestamp>,
    /// When it signed in last: this time, where the user comes with a session.
    #[serde(default)]
    last_sign_in_at: Option<Timestamp>,
}

impl User {
    /// Whether the account was made with this sign-in or within [`NEW`] before it: both times are the
    /// server's, so no clock of ours is asked. `false` where the server does not say.
    pub fn is_new(&self) -> bool {
        match (self.created_at, self.last_sign_in_at) {
            (Some(created), Some(signed_in)) => signed_in.duration_since(created) < NEW,
            _ => false,
        }
    }
}

impl Session {
    /// When the access token ends, on this machine's clock, if it was handed out at `received`.
    ///
    /// The remaining life counts, not the server's clock, so that a machine whose clock is wrong
    /// neither refreshes for ever nor uses a dead token.
    pub fn expires(&self, received: Timestamp) -> Timestamp {
        let seconds = self.expires_in.unwrap_or(DEFAULT_LIFE_SECONDS).clamp(0, i64::from(u32::MAX));
        received.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
    }

    /// The JSON that Supabase's libraries keep in the session cookie.
    ///
    /// The user is cut down to what names them: readers ask the server for the rest, and a short
    /// cookie stays in one piece.
    pub(crate) fn cookie_json(&self, expires: Timestamp) -> String {
        json!({
            "access_token": self.access_token.expose_secret(),
            "refresh_token": self.refresh_token.expose_secret(),
            "expires_at": self.expires_at.unwrap_or(expires.as_second()),
            "expires_in": self.expires_in.unwrap_or(DEFAULT_LIFE_SECONDS),
            "token_type": "bearer",
            "user": {"id": self.user.id, "email": self.user.email},
        })
        .to_string()
    }
}

fn not_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    let token = String::deserialize(deserializer)?;
    if token.is_empty() {
        return Err(serde::de::Error::custom("an empty token"));
    }
    Ok(token.into())
}
