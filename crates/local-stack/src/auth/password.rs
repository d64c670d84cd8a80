//! What a password must be, and what is kept of it.

use axum::http::StatusCode;

use super::error::Refusal;
use super::rules::AuthRules;

/// bcrypt's smallest: these passwords are public, and a test makes many accounts.
const COST: u32 = 4;

/// bcrypt reads no further.
const LONGEST: usize = 72;

/// Refuses a password that is too weak, with every reason but the last only if the others hold: the
/// hosted service does not ask its public list about what is refused anyway.
pub(super) fn check(rules: &AuthRules, password: &str) -> Result<(), Refusal> {
    if password.len() > LONGEST {
        return Err(Refusal::invalid("Password cannot be longer than 72 characters"));
    }
    let mut reasons = Vec::new();
    let mut texts = Vec::new();
    if password.len() < rules.password_length {
        reasons.push("length");
        texts.push(format!("Password should be at least {} characters.", rules.password_length));
    }
    if rules.password_characters.iter().any(|set| !password.contains(|letter| set.contains(letter))) {
        reasons.push("characters");
        let sets = rules.password_characters.join(", ");
        texts.push(format!("Password should contain at least one character of each: {sets}."));
    }
    if reasons.is_empty() && rules.leaked_passwords.iter().any(|leaked| leaked == password) {
        reasons.push("pwned");
        texts.push(
            "Password is known to be weak and easy to guess, please choose a different one.".to_owned(),
        );
    }
    if reasons.is_empty() { Ok(()) } else { Err(Refusal::weak_password(reasons, texts.join(" "))) }
}

/// Whether this is the password of the hash; apart from the other tasks, because it is long arithmetic.
pub(super) async fn is_of(password: String, hash: Option<String>) -> bool {
    let Some(hash) = hash else { return false };
    tokio::task::spawn_blocking(move || bcrypt::verify(password, &hash).unwrap_or(false))
        .await
        .unwrap_or(false)
}

pub(super) async fn hash(password: String) -> Result<String, Refusal> {
    let hashed = tokio::task::spawn_blocking(move || bcrypt::hash(password, COST)).await;
    hashed.ok().and_then(Result::ok).ok_or(Refusal::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "unexpected_failure",
        "The password could not be hashed",
    ))
}
