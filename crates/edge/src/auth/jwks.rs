//! The project's published keys, for tokens that are signed with an asymmetric key.
//!
//! One fetch serves all who wait for it. A fetch that fails leaves the keys of the last one in use for
//! a while: an auth server that is away must not sign everybody out.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use flowmeter_supabase::Supabase;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;
use tokio::sync::Mutex;

use super::token::Key;

/// How long keys are taken as they are.
const FRESH: Duration = Duration::from_mins(10);
/// How long keys are used when they cannot be fetched again: no longer than a token lives.
const USABLE: Duration = Duration::from_hours(1);
/// The least time between two fetches because of an unknown key or a failure: invented key ids must
/// not become calls to the auth server.
const PAUSE: Duration = Duration::from_secs(30);

/// The keys could not be had.
#[derive(Debug)]
pub(super) struct Unavailable;

/// The keys, fetched when they are needed.
pub(super) struct KeySet {
    supabase: Supabase,
    keys: RwLock<Option<Arc<Keys>>>,
    /// Held while a fetch runs. When the next one is allowed that is not due to age.
    next_fetch: Mutex<Option<Instant>>,
}

struct Keys {
    by_id: HashMap<String, Key>,
    fetched: Instant,
}

impl KeySet {
    pub(super) fn new(supabase: Supabase) -> Self {
        Self { supabase, keys: RwLock::default(), next_fetch: Mutex::default() }
    }

    /// The key with this id, if the project publishes it for `alg`.
    pub(super) async fn find(&self, id: &str, alg: Algorithm) -> Result<Option<Key>, Unavailable> {
        let key = self.find_at(id, Instant::now()).await?;
        Ok(key.filter(|key| key.0 == alg))
    }

    async fn find_at(&self, id: &str, now: Instant) -> Result<Option<Key>, Unavailable> {
        if let Some(key) = self.fresh(id, now) {
            return Ok(Some(key));
        }
        let mut next_fetch = self.next_fetch.lock().await;
        // Whoever held the lock before may have fetched what is looked for.
        if let Some(key) = self.fresh(id, now) {
            return Ok(Some(key));
        }
        let is_fresh = self.current(now).is_some_and(|keys| keys.is_fresh(now));
        if next_fetch.is_none_or(|allowed| now >= allowed) {
            let fetched = self.fetch(now).await;
            let routine = fetched && !is_fresh;
            *next_fetch = if routine { None } else { Some(now + PAUSE) };
        }
        let keys = self.current(now).ok_or(Unavailable)?;
        Ok(keys.by_id.get(id).cloned())
    }

    fn current(&self, now: Instant) -> Option<Arc<Keys>> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner).clone();
        keys.filter(|keys| now.saturating_duration_since(keys.fetched) < USABLE)
    }

    fn fresh(&self, id: &str, now: Instant) -> Option<Key> {
        self.current(now).filter(|keys| keys.is_fresh(now))?.by_id.get(id).cloned()
    }

    /// Whether it worked.
    async fn fetch(&self, now: Instant) -> bool {
        match self.supabase.published_keys().await {
            Ok(published) => {
                let by_id: HashMap<_, _> = published.iter().filter_map(usable).collect();
                tracing::info!(keys = by_id.len(), "the project's keys were fetched");
                let keys = Arc::new(Keys { by_id, fetched: now });
                *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Some(keys);
                true
            }
            Err(error) => {
                tracing::warn!(%error, "the project's keys could not be fetched");
                false
            }
        }
    }
}

impl Keys {
    fn is_fresh(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.fetched) < FRESH
    }
}

/// A published key that may sign tokens. Symmetric keys are never published, so one that is counts
/// for nothing.
fn usable(published: &Value) -> Option<(String, Key)> {
    let jwk: Jwk = serde_json::from_value(published.clone()).ok()?;
    let alg = match &jwk.algorithm {
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => Algorithm::ES256,
        AlgorithmParameters::RSA(_) => Algorithm::RS256,
        _ => return None,
    };
    let named = match jwk.common.key_algorithm {
        None => alg,
        Some(KeyAlgorithm::ES256) => Algorithm::ES256,
        Some(KeyAlgorithm::RS256) => Algorithm::RS256,
        Some(_) => return None,
    };
    let signs = jwk.common.public_key_use.as_ref().is_none_or(|use_| *use_ == PublicKeyUse::Signature);
    let key = DecodingKey::from_jwk(&jwk).ok().filter(|_| signs && named == alg)?;
    Some((jwk.common.key_id?, Arc::new((alg, key))))
}

#[cfg(test)]
mod tests {
    use flowmeter_supabase::Project;
    use serde_json::json;
    use wiremock::matchers::path;
    use wiremock::{Mock, MockServer, ResponseTemplate};

    use super::*;

    async fn server(answer: ResponseTemplate) -> (MockServer, KeySet) {
        let server = MockServer::start().await;
        publish(&server, answer).await;
        let supabase = Supabase::new(Project::new(&server.uri(), "key").unwrap());
        (server, KeySet::new(supabase))
    }

    async fn publish(server: &MockServer, answer: ResponseTemplate) {
        server.reset().await;
        Mock::given(path("/auth/v1/.well-known/jwks.json")).respond_with(answer).mount(server).await;
    }

    fn with_key(id: &str) -> ResponseTemplate {
        let x = "diIh1gZ7CW9fX9j98cjPTJpjhPW0Wld7ifXN6ECrG9I";
        let y = "dcdOteB5qEJJJpJsXTBFTQHq7BoA8_Fwq54RQ8qq0zg";
        let good =
            json!({"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": id, "x": x, "y": y});
        let symmetric = json!({"kty": "oct", "alg": "HS256", "kid": "symmetric", "k": "c2VjcmV0"});
        let encrypts = json!({"kty": "EC", "crv": "P-256", "use": "enc", "kid": "enc", "x": x, "y": y});
        let keys = json!([good, symmetric, encrypts, {"kty": "new"}, 7]);
        ResponseTemplate::new(200).set_body_json(json!({"keys": keys}))
    }

    async fn fetches(server: &MockServer) -> usize {
        server.received_requests().await.unwrap().len()
    }

    #[tokio::test]
    async fn only_keys_that_sign_are_used_and_only_for_their_algorithm() {
        let (_server, keys) = server(with_key("k")).await;
        assert!(keys.find("k", Algorithm::ES256).await.unwrap().is_some());
        assert!(keys.find("k", Algorithm::RS256).await.unwrap().is_none());
        for id in ["symmetric", "enc", "other", ""] {
            assert!(keys.find(id, Algorithm::ES256).await.unwrap().is_none(), "{id}");
        }
    }

    #[tokio::test]
    async fn keys_are_fetched_once_in_ten_minutes_however_many_ask() {
        let (server, keys) = server(with_key("k")).await;
        let start = Instant::now();
        let all = futures_util::future::join_all((0..50).map(|_| keys.find_at("k", start))).await;
        assert!(all.into_iter().all(|key| key.unwrap().is_some()));
        keys.find_at("k", start + FRESH - Duration::from_secs(1)).await.unwrap();
        assert_eq!(fetches(&server).await, 1);
        keys.find_at("k", start + FRESH).await.unwrap();
        assert_eq!(fetches(&server).await, 2);
    }

    #[tokio::test]
    async fn an_unknown_key_fetches_again_at_most_every_thirty_seconds() {
        let (server, keys) = server(with_key("old")).await;
        let start = Instant::now();
        keys.find_at("old", start).await.unwrap();
        publish(&server, with_key("new")).await;
        assert!(keys.find_at("new", start).await.unwrap().is_some(), "a new key is found at once");
        for _ in 0..20 {
            assert!(keys.find_at("invented", start + Duration::from_secs(29)).await.unwrap().is_none());
        }
        assert_eq!(fetches(&server).await, 1);
        keys.find_at("invented", start + PAUSE).await.unwrap();
        assert_eq!(fetches(&server).await, 2);
    }

    #[tokio::test]
    async fn a_server_that_is_away_leaves_the_last_keys_for_an_hour() {
        let (server, keys) = server(with_key("k")).await;
        let start = Instant::now();
        keys.find_at("k", start).await.unwrap();
        publish(&server, ResponseTemplate::new(503)).await;
        assert!(keys.find_at("k", start + FRESH).await.unwrap().is_some());
        assert!(keys.find_at("k", start + USABLE).await.is_err());
    }
}
