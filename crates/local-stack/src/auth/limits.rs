//! GoTrue's limits of requests and of mails: buckets that fill up again steadily.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::error::Refusal;
use super::rules::AuthRules;
use crate::gateway::Project;

/// Requests that may come at once, if so many are allowed at all.
const BURST: u32 = 30;

const FIVE_MINUTES: Duration = Duration::from_secs(300);
const HOUR: Duration = Duration::from_secs(3600);

/// The state of every limit. Lives with the stack.
#[derive(Default)]
pub(crate) struct Limits {
    buckets: Mutex<HashMap<String, Bucket>>,
}

struct Bucket {
    left: f64,
    at: Instant,
}

/// How much fits into a bucket, and how fast it fills.
#[derive(Clone, Copy)]
struct Rate {
    burst: u32,
    count: u32,
    each: Duration,
}

impl Limits {
    /// Takes one mail out of this hour's.
    pub(super) fn admit_mail(&self, rules: &AuthRules) -> Result<(), Refusal> {
        let count = rules.mails_per_hour;
        if self.take("mail".to_owned(), Rate { burst: count, count, each: HOUR }, Instant::now()) {
            return Ok(());
        }
        Err(Refusal::new(
            StatusCode::TOO_MANY_REQUESTS,
            "over_email_send_rate_limit",
            "email rate limit exceeded",
        ))
    }

    fn take(&self, key: String, rate: Rate, now: Instant) -> bool {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let full = f64::from(rate.burst);
        let bucket = buckets.entry(key).or_insert(Bucket { left: full, at: now });
        let filled =
            f64::from(rate.count) * now.duration_since(bucket.at).as_secs_f64() / rate.each.as_secs_f64();
        bucket.left = (bucket.left + filled).min(full);
        bucket.at = now;
        let has_one = bucket.left >= 1.0;
        if has_one {
            bucket.left -= 1.0;
        }
        has_one
    }
}

/// Refuses who asks too often.
pub(super) async fn admit(State(project): State<Arc<Project>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let auth = &project.auth;
    let limited = limit_of(path, &auth.rules).zip(client(request.headers(), &auth.rules));
    if let Some((count, client)) = limited {
        let rate = Rate { burst: count.min(BURST), count, each: FIVE_MINUTES };
        if !auth.limits.take(format!("{path} {client}"), rate, Instant::now()) {
            let (code, text) = ("over_request_rate_limit", "Request rate limit reached");
            let refusal = Refusal::new(StatusCode::TOO_MANY_REQUESTS, code, text);
            return refusal.seen_by(request.headers()).into_response();
        }
    }
    next.run(request).await
}

fn limit_of(path: &str, rules: &AuthRules) -> Option<u32> {
    match path {
        "/token" => Some(rules.token_limit),
        "/signup" | "/otp" | "/recover" | "/resend" => Some(rules.otp_limit),
        "/verify" => Some(rules.verify_limit),
        _ => None,
    }
}

fn client(headers: &HeaderMap, rules: &AuthRules) -> Option<String> {
    let named = headers.get("x-forwarded-for").and_then(|value| value.to_str().ok());
    named.map(str::to_owned).or_else(|| rules.limit_everyone.then(String::new))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_emptied_at_once_and_fills_steadily() {
        let (limits, start) = (Limits::default(), Instant::now());
        let rate = Rate { burst: 2, count: 10, each: Duration::from_secs(100) };
        let take = |second| limits.take("x".to_owned(), rate, start + Duration::from_secs(second));
        assert_eq!([take(0), take(0), take(0)], [true, true, false]);
        assert_eq!([take(9), take(10), take(11)], [false, true, false]);
        assert_eq!([take(500), take(500), take(500)], [true, true, false], "it holds no more than it holds");
    }
}
