//! What names a request: the id that its log lines and its answer carry, and the caller's own
//! `Idempotency-Key`.
//!
//! Only the names are read here. What a repeated key means is decided where units are reserved.

use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, HeaderValue, request::Parts};
use uuid::Uuid;

use crate::error::ApiError;

/// Where a request id comes in and goes out.
pub(crate) const X_REQUEST_ID: &str = "x-request-id";
const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// The longest of either that is taken.
const LONGEST: usize = 128;

/// The id of a request: the caller's own where it is harmless, else a new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestId(HeaderValue);

impl RequestId {
    /// A caller's id goes into logs and back out, so only letters, digits and `-_.:` are taken.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let given = headers.get(X_REQUEST_ID);
        let harmless = given.filter(|value| {
            let bytes = value.as_bytes();
            (1..=LONGEST).contains(&bytes.len()) && bytes.iter().all(|byte| is_harmless(*byte))
        });
        harmless.map_or_else(Self::random, |value| Self(value.clone()))
    }

    pub(crate) fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    /// As the answer carries it.
    pub(crate) fn header(&self) -> HeaderValue {
        self.0.clone()
    }

    fn random() -> Self {
        let mut text = Uuid::encode_buffer();
        let text: &str = Uuid::new_v4().hyphenated().encode_lower(&mut text);
        Self(HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("unnamed")))
    }
}

/// The caller's name for a piece of work that must be done, and paid for, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IdempotencyKey(String);

impl IdempotencyKey {
    /// 1 to 128 visible ASCII characters, exactly as they were sent.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    fn of(headers: &HeaderMap) -> Result<Option<Self>, ApiError> {
        let mut given = headers.get_all(IDEMPOTENCY_KEY).iter();
        let Some(value) = given.next() else { return Ok(None) };
        let text = value.to_str().unwrap_or_default();
        let fits = (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if !fits || given.next().is_some() {
            let fault = format!("Idempotency-Key should be one value of 1 to {LONGEST} visible characters");
            return Err(ApiError::InvalidInput(fault));
        }
        Ok(Some(Self(text.to_owned())))
    }
}

/// The header as a handler takes it; an absent one is `None`, a bad one is answered 400.
pub(crate) struct Idempotency(pub(crate) Option<IdempotencyKey>);

impl<S: Sync> FromRequestParts<S> for Idempotency {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        IdempotencyKey::of(&parts.headers).map(Self)
    }
}

fn is_harmless(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (name.parse().unwrap(), HeaderValue::from_str(value).unwrap())).collect()
    }

    #[test]
    fn a_harmless_id_is_kept_and_any_other_replaced() {
        let kept = |value: &str| RequestId::of(&headers(X_REQUEST_ID, &[value])).as_str() == value;
        assert!(kept("a") && kept("01HV-x_y.z:1") && kept(&"a".repeat(LONGEST)));
        for bad in ["", "a b", "a\"b", "<b>", "a;b", &"a".repeat(LONGEST + 1)] {
            assert!(!kept(bad), "{bad}");
        }
        assert_ne!(RequestId::of(&HeaderMap::new()), RequestId::of(&HeaderMap::new()));
    }

    #[test]
    fn an_idempotency_key_is_one_value_of_visible_characters() {
        let read = |values: &[&str]| IdempotencyKey::of(&headers(IDEMPOTENCY_KEY, values));
        assert_eq!(read(&[]).unwrap(), None);
        assert_eq!(read(&["run-1"]).unwrap().unwrap().as_str(), "run-1");
        for bad in [&[""][..], &["a b"], &["a", "a"], &[&"a".repeat(LONGEST + 1)]] {
            assert!(read(bad).unwrap_err().to_string().starts_with("Idempotency-Key should be"), "{bad:?}");
        }
    }
}
