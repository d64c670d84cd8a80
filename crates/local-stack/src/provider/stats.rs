//! Counts what the provider was asked, so that a test can see that a stopped run really stopped.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value, json};

/// More models than this are counted only in the sum: a long life must not fill the memory.
const MOST_MODELS: usize = 4096;

/// The counters since the start.
#[derive(Default)]
pub(super) struct Stats(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    all: Counts,
    models: BTreeMap<String, Model>,
    /// Model and prompt of what `demo-flaky` failed on.
    flaked: HashSet<(String, String)>,
}

#[derive(Default)]
struct Model {
    counts: Counts,
    /// The bodies of its requests; kept for tagged models only.
    requests: Vec<Value>,
}

#[derive(Default)]
struct Counts {
    requests: u64,
    open: i64,
    completed: u64,
    aborted: u64,
}

/// A run that is being answered: counted as open until it is dropped, and then as completed or aborted.
pub(super) struct Open {
    stats: Arc<Stats>,
    model: String,
    is_complete: bool,
}

impl Stats {
    pub(super) fn count_request(&self, model: &str, body: Value) {
        let mut seen = self.seen();
        seen.count(model, |counts| counts.requests += 1);
        if let Some(of_model) = seen.models.get_mut(model).filter(|_| model.contains('+')) {
            of_model.requests.push(body);
        }
    }

    pub(super) fn open(self: Arc<Self>, model: &str) -> Open {
        self.seen().count(model, |counts| counts.open += 1);
        Open { stats: self, model: model.to_owned(), is_complete: false }
    }

    /// Whether this is the first time that `model` gets `prompt`.
    pub(super) fn is_first(&self, model: &str, prompt: &str) -> bool {
        self.seen().flaked.insert((model.to_owned(), prompt.to_owned()))
    }

    /// The sum of all models, and each under `models`.
    pub(super) fn now(&self) -> Value {
        let seen = self.seen();
        let models = seen.models.iter().map(|(name, model)| (name.clone(), model.counts.to_json()));
        let mut all = seen.all.to_json();
        all["models"] = models.collect::<Map<_, _>>().into();
        all
    }

    /// What a tagged model was asked.
    pub(super) fn requests(&self, model: &str) -> Vec<Value> {
        self.seen().models.get(model).map(|model| model.requests.clone()).unwrap_or_default()
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    fn count(&mut self, model: &str, count: impl Fn(&mut Counts)) {
        count(&mut self.all);
        if self.models.len() < MOST_MODELS || self.models.contains_key(model) {
            count(&mut self.models.entry(model.to_owned()).or_default().counts);
        }
    }
}

impl Counts {
    fn to_json(&self) -> Value {
        json!({
            "requests": self.requests,
            "open": self.open,
            "completed": self.completed,
            "aborted": self.aborted,
        })
    }
}

impl Open {
    /// Everything was said.
    pub(super) fn complete(&mut self) {
        self.is_complete = true;
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let is_complete = self.is_complete;
        self.stats.seen().count(&self.model, |counts| {
            counts.open -= 1;
            if is_complete {
                counts.completed += 1;
            } else {
                counts.aborted += 1;
            }
        });
    }
}
