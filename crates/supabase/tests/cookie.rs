//! The session cookie through a reader that was written by the contract's rules and shares nothing with
//! ours, and through ours, which is the edge's.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use flowmeter_supabase::{Project, Session, cookie};
use jiff::Timestamp;
use proptest::prelude::*;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

const NAME: &str = "sb-abcd-auth-token";
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn project() -> Project {
    Project::new("https://abcd.supabase.co", "key").unwrap()
}

/// The rules: split at `;` and at the first `=`, no percent-decoding; the bare name if it is there and
/// not empty, else `.0`, `.1`, … up to the first that is missing; `base64-`; base64url without padding.
fn read_by_the_rules(header: &str) -> Option<String> {
    let value = |wanted: &str| {
        header.split(';').find_map(|pair| {
            let (name, value) = pair.trim().split_at(pair.trim().find('=')?);
            (name == wanted).then(|| value[1..].to_owned())
        })
    };
    let whole = value(NAME).filter(|value| !value.is_empty()).unwrap_or_else(|| {
        let mut joined = String::new();
        for index in 0.. {
            match value(&format!("{NAME}.{index}")) {
                Some(piece) => joined.push_str(&piece),
                None => break,
            }
        }
        joined
    });
    String::from_utf8(from_base64url(whole.strip_prefix("base64-")?)?).ok()
}

fn from_base64url(text: &str) -> Option<Vec<u8>> {
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for letter in text.bytes() {
        bits = bits << 6 | u32::try_from(ALPHABET.iter().position(|known| *known == letter)?).ok()?;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
    }
    Some(bytes)
}

/// A session of exactly this many bytes, with as many of these characters in its user as fit.
fn session(size: usize, characters: &[char]) -> String {
    let with = |name: &str| {
        json!({
            "access_token": "header.claims.signature", "refresh_token": "abcdefghijkl", "token_type": "bearer",
            "expires_at": 1_900_000_000, "expires_in": 3600, "user": {"user_metadata": {"name": name}},
        })
        .to_string()
    };
    let mut room = size.checked_sub(with("").len()).expect("a session has its keys");
    let mut name = String::new();
    for character in characters.iter().cycle().take(size) {
        let length = Value::from(character.to_string()).to_string().len() - 2;
        if length > room {
            break;
        }
        room -= length;
        name.push(*character);
    }
    with(&(name + &"x".repeat(room)))
}

fn as_header(cookies: &[(String, String)]) -> String {
    let pairs: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("theme=dark; {}; last=1", pairs.join("; "))
}

/// Both readers give the session back, to the byte.
fn comes_back(json: &str) -> Result<usize, TestCaseError> {
    let cookies = cookie::encode(NAME, json);
    let header = as_header(&cookies);
    prop_assert!(cookies.iter().all(|(_, value)| value.len() <= 3180 && value.is_ascii()));
    let (by_the_rules, ours) = (read_by_the_rules(&header), cookie::decode(&header, NAME));
    prop_assert_eq!(by_the_rules.as_deref(), Some(json));
    prop_assert_eq!(ours.as_deref(), Some(json));
    let token = cookie::access_token(&header, &project()).unwrap();
    prop_assert_eq!(token.expose_secret(), "header.claims.signature");
    Ok(cookies.len())
}

proptest! {
    #[test]
    fn any_session_comes_back_whatever_its_size_and_its_letters(
        size in 200_usize..=20_000,
        characters in proptest::collection::vec(any::<char>(), 1..200),
    ) {
        let json = session(size, &characters);
        prop_assert_eq!(json.len(), size);
        let count = comes_back(&json)?;
        let letters = 7 + (size * 4).div_ceil(3);
        prop_assert_eq!(count, letters.div_ceil(3180));
    }

    #[test]
    fn the_cookie_that_the_app_sends_comes_back(email in any::<String>(), token in "[!-~]{1,6000}") {
        let given = json!({
            "access_token": token, "refresh_token": "abcdefghijkl", "expires_in": 3600,
            "user": {"id": "00000000-0000-0000-0000-000000000007", "email": email},
        });
        let session: Session = serde_json::from_value(given).unwrap();
        let header = cookie::header(&project(), &session, Timestamp::from_second(1_900_000_000).unwrap());
        let read: Value = serde_json::from_str(&read_by_the_rules(header.expose_secret()).unwrap()).unwrap();
        prop_assert_eq!(&read["access_token"], &Value::from(token.clone()));
        prop_assert_eq!(&read["user"]["email"], &Value::from(email));
        prop_assert_eq!(&read["expires_at"], &Value::from(1_900_000_000));
        let taken = cookie::access_token(header.expose_secret(), &project()).unwrap();
        prop_assert_eq!(taken.expose_secret(), &*token);
    }
}

#[test]
fn every_size_around_each_boundary_comes_back() {
    // 3180 letters with the prefix are 2379 bytes; each further cookie takes 2385.
    for boundary in [2379, 2379 + 2385, 2379 + 2 * 2385] {
        for size in boundary - 6..=boundary + 6 {
            let count = comes_back(&session(size, &['é', '字', '🌱'])).unwrap();
            assert_eq!(count, 1 + size.saturating_sub(2379).div_ceil(2385), "{size}");
        }
    }
}
