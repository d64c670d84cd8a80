//! The runs of one launch, whatever they run: who may start, who is found, whom a page hears of.
//!
//! Not here: what a run is and how it goes; that is for `runs` and `flow_runs`.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use flowmeter_domain::run::MOST_AT_ONCE;
use flowmeter_domain::{Code, RunId, UiError};
use tokio_util::sync::CancellationToken;

/// What every run has.
pub(crate) struct Life {
    /// Which one.
    pub(crate) id: RunId,
    /// Stops it.
    pub(crate) stop: CancellationToken,
    /// The session under which it was started is over: it stops, and nothing more is told of it.
    pub(crate) over: CancellationToken,
}

impl Life {
    /// Of a run that is stopped when `over` is cancelled, at the latest.
    pub(crate) fn new(id: RunId, over: CancellationToken) -> Self {
        Self { id, stop: over.child_token(), over }
    }
}

/// A run that was started in this launch.
pub(crate) trait Begun {
    /// What it has like every other.
    fn life(&self) -> &Life;

    /// Whether it has not ended.
    fn is_under_way(&self) -> bool;
}

/// The runs of one launch, oldest first.
pub(crate) struct Launch<R>(Mutex<Vec<Arc<R>>>);

impl<R> Default for Launch<R> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<R: Begun> Launch<R> {
    /// Takes in a run that begins.
    ///
    /// # Errors
    /// `INVALID_INPUT` for an id that is taken, `TOO_MANY_RUNS`.
    pub(crate) fn enter(&self, run: R) -> Result<Arc<R>, UiError> {
        let mut runs = self.lock();
        runs.retain(|run| !run.life().over.is_cancelled());
        if runs.iter().any(|other| other.life().id == run.life().id) {
            return Err(UiError::new(
                Code::InvalidInput,
                format!("there is a run {} already", run.life().id),
            ));
        }
        if runs.iter().filter(|run| run.is_under_way()).count() >= MOST_AT_ONCE {
            return Err(UiError::new(Code::TooManyRuns, format!("{MOST_AT_ONCE} runs are under way")));
        }
        let run = Arc::new(run);
        runs.push(run.clone());
        Ok(run)
    }

    /// Calls `look` with each run that is not of a session that is over. No other begins meanwhile.
    pub(crate) fn each<T>(&self, look: impl FnMut(&Arc<R>) -> T) -> Vec<T> {
        self.lock().iter().filter(|run| !run.life().over.is_cancelled()).map(look).collect()
    }

    /// Whether one of them has not ended.
    pub(crate) fn is_at_work(&self) -> bool {
        self.each(|run| run.is_under_way()).contains(&true)
    }

    /// The run with this id.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub(crate) fn find(&self, run_id: RunId) -> Result<Arc<R>, UiError> {
        let found = self.lock().iter().find(|run| run.life().id == run_id).cloned();
        found.ok_or_else(|| UiError::new(Code::NotFound, format!("there is no run {run_id}")))
    }

    /// Stops a run; one that has ended stays as it is.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub(crate) fn stop(&self, run_id: RunId) -> Result<(), UiError> {
        self.find(run_id).map(|run| run.life().stop.cancel())
    }

    /// All of them, to be changed.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Vec<Arc<R>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
