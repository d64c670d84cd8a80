//! Every error body that GoTrue, PostgREST and the gateway before them write.

use std::time::Duration;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::Error;

/// What is wrong with a new password; the first is what a person should mend first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weakness {
    /// Too short.
    Length,
    /// A kind of character is missing.
    Characters,
    /// It is in a list of passwords that leaked somewhere.
    Leaked,
    /// Something that a newer server found.
    Other,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Body {
    code: Option<Value>,
    error_code: Option<String>,
    msg: Option<String>,
    message: Option<String>,
    error_description: Option<String>,
    error: Option<String>,
    weak_password: Option<WeakPassword>,
}

#[derive(Deserialize)]
struct WeakPassword {
    #[serde(default)]
    reasons: Vec<Weakness>,
}

impl<'de> Deserialize<'de> for Weakness {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match String::deserialize(deserializer)?.as_str() {
            "length" => Self::Length,
            "characters" => Self::Characters,
            "pwned" => Self::Leaked,
            _ => Self::Other,
        })
    }
}

impl Body {
    /// `None` for what is not an object of JSON.
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }

    pub(super) fn into_error(mut self, status: u16) -> Error {
        let code = self.code();
        let weaknesses = self.weak_password.take().map(|weak| weak.reasons).unwrap_or_default();
        let message = self.message();
        let wait = (status == 429).then(|| seconds_in(&message)).flatten();
        Error::Refused { status, code, message, wait, weaknesses }
    }

    /// The older generation writes the HTTP status as a number into `code`.
    fn code(&self) -> Option<String> {
        let own = self.code.as_ref().and_then(Value::as_str).map(str::to_owned);
        own.or_else(|| self.error_code.clone()).or_else(|| self.error.clone())
    }

    fn message(self) -> String {
        let texts = [self.msg, self.message, self.error_description, self.error];
        texts.into_iter().flatten().next().unwrap_or_else(|| "without a message".to_owned())
    }
}

/// GoTrue names the wait in its words and nowhere else: "you can only request this after 42 seconds".
/// Nothing depends on finding it.
fn seconds_in(message: &str) -> Option<Duration> {
    let words: Vec<_> = message.split_whitespace().collect();
    let number = words.windows(2).find(|pair| pair[1].starts_with("second"))?[0];
    number.parse().ok().map(Duration::from_secs)
}
