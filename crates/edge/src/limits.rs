//! What one caller may take of the service: bytes, time, and runs at once.
//!
//! Quotas are not limits in this sense: they are counted in the database and live in `quota`.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use uuid::Uuid;

use crate::error::ApiError;
use crate::settings::SettingsError;

/// The longest body that is read.
pub(crate) const LONGEST_BODY: usize = 1024 * 1024;
/// The longest head of a request. A session cookie takes 4 to 8 KiB of it.
pub(crate) const LONGEST_HEAD: usize = 32 * 1024;
/// The most header lines of a request.
pub(crate) const MOST_HEADERS: usize = 64;
/// What a refused caller is told to wait. A run takes seconds, so the next look is worth it.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// The limits that can be set.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    /// `EDGE_RUNS_PER_USER`: requests of one person that may be worked on at once.
    pub(crate) runs_per_user: u32,
    /// `EDGE_REQUEST_SECONDS`: for the head of a request, and again for its body.
    pub(crate) request: Duration,
    /// `EDGE_STALLED_SECONDS`: how long a client may leave an answer unread.
    pub(crate) stalled: Duration,
    /// `EDGE_DRAIN_SECONDS`: how long running answers may go on after a stop was asked for.
    pub(crate) drain: Duration,
}

impl Limits {
    /// Reads the limits through `var`.
    pub(crate) fn from_env(var: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let number = |name: &str, default: u32| match var(name) {
            None => Ok(default),
            Some(text) => {
                text.trim().parse().ok().filter(|number| (1..=86_400).contains(number)).ok_or_else(|| {
                    SettingsError::Wrong {
                        name: name.to_owned(),
                        fault: format!("{text:?} is not a whole number from 1 to 86400"),
                    }
                })
            }
        };
        let seconds = |name, default| number(name, default).map(|count| Duration::from_secs(count.into()));
        Ok(Self {
            runs_per_user: number("EDGE_RUNS_PER_USER", 32)?,
            request: seconds("EDGE_REQUEST_SECONDS", 10)?,
            stalled: seconds("EDGE_STALLED_SECONDS", 60)?,
            drain: seconds("EDGE_DRAIN_SECONDS", 30)?,
        })
    }
}

/// How many requests of each person are being worked on. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Runs {
    running: Arc<Mutex<HashMap<Uuid, u32>>>,
    limit: u32,
}

/// One of a person's places; free again when dropped.
pub(crate) struct Place {
    runs: Runs,
    user: Uuid,
}

impl Runs {
    pub(crate) fn new(limit: u32) -> Self {
        Self { running: Arc::default(), limit }
    }

    /// # Errors
    /// [`ApiError::RateLimited`] when all places of `user` are taken.
    pub(crate) fn enter(&self, user: Uuid) -> Result<Place, ApiError> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let count = running.entry(user).or_insert(0);
        if *count >= self.limit {
            return Err(ApiError::RateLimited { retry_after: RETRY_AFTER });
        }
        *count += 1;
        Ok(Place { runs: self.clone(), user })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut running = self.runs.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut entry) = running.entry(self.user) {
            *entry.get_mut() -= 1;
            if *entry.get() == 0 {
                entry.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_free_again_when_it_is_dropped() {
        let runs = Runs::new(2);
        let (one, two) = (Uuid::new_v4(), Uuid::new_v4());
        let places = (runs.enter(one).unwrap(), runs.enter(one).unwrap());
        assert!(runs.enter(one).is_err());
        assert!(runs.enter(two).is_ok());
        drop(places.0);
        assert!(runs.enter(one).is_ok());
        drop(places.1);
        assert!(runs.running.lock().unwrap().is_empty());
    }

    #[test]
    fn a_limit_is_a_whole_number_above_zero() {
        let limits = |text: &'static str| {
            Limits::from_env(move |name| (name == "EDGE_DRAIN_SECONDS").then(|| text.to_owned()))
        };
        assert_eq!(limits(" 7 ").unwrap().drain, Duration::from_secs(7));
        for bad in ["0", "-1", "1.5", "soon", "99999999999"] {
            let fault = limits(bad).unwrap_err().to_string();
            assert!(fault.starts_with("EDGE_DRAIN_SECONDS is wrong: "), "{fault}");
        }
    }
}
