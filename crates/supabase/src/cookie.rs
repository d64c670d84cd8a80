//! The session cookie that the edge routes read.
//!
//! `base64-` + base64url (no padding) of the session's JSON; above [`CHUNK`] characters split into
//! `name.0`, `name.1`, …. The readers in use do not percent-decode, so nothing is percent-encoded.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;

use crate::{Project, Session};

/// Characters that fit into one cookie.
pub const CHUNK: usize = 3180;

const PREFIX: &str = "base64-";

/// The value of a `Cookie` header that carries `session` to the routes of `project`.
pub fn header(project: &Project, session: &Session, expires: Timestamp) -> SecretString {
    let cookies = encode(&project.cookie_name(), &session.cookie_json(expires));
    let pairs: Vec<String> = cookies.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("; ").into()
}

/// The cookies that hold `json` under `name`, in order.
pub fn encode(name: &str, json: &str) -> Vec<(String, String)> {
    let value = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(json));
    if value.len() <= CHUNK {
        return vec![(name.to_owned(), value)];
    }
    let pieces = value.as_bytes().chunks(CHUNK).map(|piece| String::from_utf8_lossy(piece).into_owned());
    pieces.enumerate().map(|(index, piece)| (format!("{name}.{index}"), piece)).collect()
}

/// The JSON that a `Cookie` header holds under `name`; `None` when it is absent or garbage.
///
/// The bare name wins if it is there and not empty (chunks may have been left behind by an older,
/// longer session); else `.0`, `.1`, … are joined up to the first that is missing.
pub fn decode(header: &str, name: &str) -> Option<String> {
    let value = find(header, name).filter(|value| !value.is_empty()).map(str::to_owned);
    let value = value.or_else(|| joined_chunks(header, name))?;
    let bytes = URL_SAFE_NO_PAD.decode(value.strip_prefix(PREFIX)?.trim_end_matches('=')).ok()?;
    String::from_utf8(bytes).ok()
}

/// The access token that a `Cookie` header carries for `project`, if any.
pub fn access_token(header: &str, project: &Project) -> Option<SecretString> {
    #[derive(Deserialize)]
    struct Tokens {
        access_token: String,
    }
    let json = decode(header, &project.cookie_name())?;
    let tokens: Tokens = serde_json::from_str(&json).ok()?;
    (!tokens.access_token.is_empty()).then(|| tokens.access_token.into())
}

fn joined_chunks(header: &str, name: &str) -> Option<String> {
    let chunks = (0..).map_while(|index| find(header, &format!("{name}.{index}")));
    let joined: String = chunks.collect();
    (!joined.is_empty()).then_some(joined)
}

fn find<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    let pairs = header.split(';').filter_map(|pair| pair.split_once('='));
    pairs.map(|(key, value)| (key.trim(), value.trim())).find(|(key, _)| *key == name).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NAME: &str = "sb-abcd-auth-token";

    fn as_header(cookies: &[(String, String)]) -> String {
        let pairs: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    proptest! {
        #[test]
        fn any_json_comes_back_on_both_sides_of_the_boundary(text in "\\PC{0,4000}", theme in "[a-z]{0,8}") {
            let json = serde_json::json!({"access_token": "a", "user": {"name": text}}).to_string();
            let cookies = encode(NAME, &json);
            prop_assert!(cookies.iter().all(|(_, value)| value.len() <= CHUNK));
            let header = format!("theme={theme}; {}; last=1", as_header(&cookies));
            prop_assert_eq!(decode(&header, NAME), Some(json));
        }

        #[test]
        fn garbage_is_absent_and_never_a_panic(header in "\\PC{0,300}", value in "[ -~]{0,300}") {
            let _ = decode(&header, NAME);
            let _ = decode(&format!("{NAME}=base64-{value}"), NAME);
        }
    }

    #[test]
    fn the_boundary_is_3180_characters_with_the_prefix() {
        // 3 bytes give 4 characters: (3180 - 7) / 4 * 3 = 2379 bytes just fit.
        assert_eq!(encode(NAME, &"x".repeat(2379)).len(), 1);
        let split = encode(NAME, &"x".repeat(2380));
        assert_eq!(
            split.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
            ["sb-abcd-auth-token.0", "sb-abcd-auth-token.1"]
        );
        assert_eq!(split[0].1.len(), CHUNK);
    }

    #[test]
    fn the_bare_name_wins_over_chunks_left_behind() {
        let mut cookies = encode(NAME, r#"{"old":true}"#);
        cookies[0].0 = format!("{NAME}.0");
        cookies.extend(encode(NAME, r#"{"new":true}"#));
        assert_eq!(decode(&as_header(&cookies), NAME), Some(r#"{"new":true}"#.into()));
    }

    #[test]
    fn a_gap_ends_the_chunks() {
        let mut cookies = encode(NAME, &"x".repeat(9000));
        let first = cookies[0].1.clone();
        cookies.remove(1);
        assert_eq!(joined_chunks(&as_header(&cookies), NAME), Some(first));
    }
}
