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

type Key = Arc<(Algorithm, DecodingKey)>;

struct Keys {
    by_id: HashMap<String, Key>,
    fetched: Instant,
}

impl KeySet {
    pub(super) fn new(supabase: Supabase) -> Self {
        Self { supabase, keys: RwLock::default(), next_fetch: Mutex::default() }
    }

    /// The key with this id, if the project publishes it for `alg`.
    pub(super) async fn find(&self, id: &str, alg: Algorithm) -> Result<Option<DecodingKey>, Unavailable> {
        let key = self.find_at(id, Instant::now()).await?;
        Ok(key.filter(|key| key.0 == alg).map(|key| key.1.clone()))
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
