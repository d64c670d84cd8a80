//! What an answer means that is no success: the contract's refusals, and pages from in between.

use flowmeter_domain::{Code, Outcome, UiError};
use jiff::{SignedDuration, Timestamp};
use reqwest::Response;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde::Deserialize;

use super::answer;
use super::patience::Patience;

/// What is kept of a server's words: enough for a report, and not a whole page.
const LONGEST_MESSAGE: usize = 1000;

/// The fields of every refusal that the contract knows.
#[derive(Deserialize)]
struct Refusal {
    error: String,
    code: Option<String>,
    details: Option<serde_json::Value>,
}

/// Whether `response` is a refusal in the contract's own words.
pub(super) async fn is_contract(response: Response) -> bool {
    let body = response.bytes().await.unwrap_or_default();
    serde_json::from_slice::<Refusal>(&body).is_ok()
}

/// What came of a request that got no success.
pub(super) async fn read(response: Response, patience: &mut Patience, now: Timestamp) -> Outcome {
    let status = response.status().as_u16();
    let retry_at = retry_at(response.headers(), now);
    // A body that breaks off says less, and what the status says stays true.
    let body = answer::read(response, patience).await.unwrap_or_default();
    match of(status, &body) {
        Outcome::Failed { cause } if cause.code == Code::RateLimited => {
            Outcome::Failed { cause: UiError { retry_at, ..cause } }
        }
        outcome => outcome,
    }
}

/// A refusal in the contract's words is the edge's own, and nothing was charged. So it is with a status
/// that says who may not ask or should wait. A gateway that lost the edge on the way, or a page from
/// nobody knows whom, does not say what the edge did.
fn of(status: u16, body: &[u8]) -> Outcome {
    let Ok(Refusal { error, code, details }) = serde_json::from_slice::<Refusal>(body) else {
        let cause = UiError::new(without_contract(status, body), format!("the edge answered {status}"));
        return match cause.code {
            Code::ServerFailed | Code::UnexpectedAnswer => Outcome::Incomplete { cause },
            _ => Outcome::Failed { cause },
        };
    };
    let words = match details {
        Some(serde_json::Value::String(details)) => format!("{error}: {details}"),
        Some(details) => format!("{error}: {details}"),
        None => error,
    };
    Outcome::Failed { cause: UiError::new(by_contract(status, code.as_deref()), clipped(words)) }
}

/// The codes of the contract, and beyond them those that our own edge gives.
fn by_contract(status: u16, code: Option<&str>) -> Code {
    match (status, code.and_then(Code::from_name)) {
        (401, _) => Code::NotSignedIn,
        (429, Some(code @ (Code::QuotaExceeded | Code::PointsExceeded))) => code,
        (429, _) => Code::RateLimited,
        (_, Some(code)) => code,
        (500, None) => Code::ExecutionFailed,
        (_, None) => by_status(status),
    }
}

/// What a body says that is not the contract's. A page where JSON was asked for is from somebody in
/// between, except that of a gateway which is too busy or cannot reach the edge.
fn without_contract(status: u16, body: &[u8]) -> Code {
    let is_gateway = matches!(status, 429 | 500..) && status != 511;
    let is_json = serde_json::from_slice::<serde_json::Value>(body).is_ok();
    if is_gateway || is_json || body.trim_ascii().is_empty() {
        return by_status(status);
    }
    Code::UnexpectedAnswer
}

fn by_status(status: u16) -> Code {
    match status {
        401 => Code::NotSignedIn,
        403 => Code::NotAllowed,
        404 => Code::NotFound,
        429 => Code::RateLimited,
        // A proxy that wants to be signed in to.
        407 | 511 => Code::UnexpectedAnswer,
        400..500 => Code::InvalidInput,
        500.. => Code::ServerFailed,
        _ => Code::UnexpectedAnswer,
    }
}

/// The end of the wait that a server asks for: seconds, or a date.
fn retry_at(headers: &HeaderMap, now: Timestamp) -> Option<Timestamp> {
    let asked = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    match asked.parse::<u32>() {
        Ok(seconds) => now.checked_add(SignedDuration::from_secs(seconds.into())).ok(),
        Err(_) => jiff::fmt::rfc2822::parse(asked).ok().map(|date| date.timestamp()),
    }
}

/// A server's words, cut where they are too many.
pub(crate) fn clipped(mut words: String) -> String {
    if words.len() > LONGEST_MESSAGE {
        words.truncate(words.floor_char_boundary(LONGEST_MESSAGE));
        words.push('…');
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_from_somebody_in_between_unless_a_gateway_says_that_it_is_busy() {
        let page = b"<!doctype html><title>Sign in to the network</title>";
        let table = [
            (302, &page[..], Code::UnexpectedAnswer),
            (400, page, Code::UnexpectedAnswer),
            (401, page, Code::UnexpectedAnswer),
            (403, page, Code::UnexpectedAnswer),
            (404, page, Code::UnexpectedAnswer),
            (511, page, Code::UnexpectedAnswer),
            (429, page, Code::RateLimited),
            (500, page, Code::ServerFailed),
            (502, page, Code::ServerFailed),
            (401, b"", Code::NotSignedIn),
            (403, b"{}", Code::NotAllowed),
            (404, b"", Code::NotFound),
            (407, b"", Code::UnexpectedAnswer),
            (413, b"", Code::InvalidInput),
        ];
        for (status, body, code) in table {
            let (Outcome::Failed { cause } | Outcome::Incomplete { cause }) = of(status, body) else {
                panic!("{status} is no success")
            };
            assert_eq!(cause.code, code, "{status} {}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn only_who_speaks_for_the_edge_says_that_nothing_was_charged() {
        let is_failed = |status, body: &str| matches!(of(status, body.as_bytes()), Outcome::Failed { .. });
        assert!(is_failed(503, r#"{"error":"down","code":"SERVER_FAILED"}"#));
        assert!(is_failed(429, "<html>") && is_failed(401, ""));
        assert!(!is_failed(504, "<html>") && !is_failed(502, "{}") && !is_failed(302, "<html>"));
    }

    #[test]
    fn a_wait_is_seconds_or_a_date() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let after = |value: &'static str| {
            retry_at(&HeaderMap::from_iter([(RETRY_AFTER, value.parse().unwrap())]), now)
        };
        assert_eq!(after(" 17 ").map(|time| time.duration_since(now).as_secs()), Some(17));
        let date = after("Fri, 15 Jan 2027 08:01:00 GMT");
        assert_eq!(date.map(|time| time.duration_since(now).as_secs()), Some(60));
        assert_eq!((after("soon"), after("-5")), (None, None));
    }

    #[test]
    fn words_without_end_are_cut_between_two_characters() {
        assert_eq!(clipped("short".into()), "short");
        let long = clipped("字".repeat(LONGEST_MESSAGE));
        assert!(long.len() <= LONGEST_MESSAGE + '…'.len_utf8() && long.ends_with("字…"), "{long}");
    }
}
