//! The kept runs of an account: each with its text from its start on, however it ends.
//!
//! Not here: driving a run. [`runs`](crate::runs) tells what is to be kept, and when.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use flowmeter_domain::history::Exported;
use flowmeter_domain::ipc::{AccountKey, KeptRuns, ListRuns, RenameRun, RunView, SaveRun};
use flowmeter_domain::{Code, Outcome, RunId, UiError, run};

use crate::store::{Kept, Store};

/// How long a deleted run can be brought back.
const REGRET: Duration = Duration::from_secs(10 * 60);
/// How often what a run wrote is kept while it grows: that much is lost at most when the app is killed.
const KEEP_EVERY: Duration = Duration::from_secs(2);
/// Characters of a name.
const LONGEST_NAME: usize = 200;

/// Keeps what a run writes for as long as somebody waits for this. `grown` gives the run and its measure once
/// that is more than the measure of what was kept last, which is 0 at first.
pub(crate) async fn keep_growing<R, F: Future<Output = ()>>(
    grown: impl Fn(u64) -> Option<(u64, R)>,
    keep: impl Fn(R) -> F,
) -> Infallible {
    let mut kept = 0;
    loop {
        tokio::time::sleep(KEEP_EVERY).await;
        let Some((measure, run)) = grown(kept) else { continue };
        keep(run).await;
        kept = measure;
    }
}

/// A handle on the kept runs of one account. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Keeping(Arc<Inner>);

struct Inner {
    store: Store,
    key: AccountKey,
    /// What was deleted one by one; in memory only, so that it is gone from the file.
    deleted: Mutex<Vec<Kept>>,
    /// What was cleared last.
    cleared: Mutex<Vec<Kept>>,
}

impl Keeping {
    pub(crate) fn new(store: Store, key: AccountKey) -> Self {
        Self(Arc::new(Inner { store, key, deleted: Mutex::default(), cleared: Mutex::default() }))
    }

    /// Keeps a run that begins. Whatever another launch left unended has ended by now.
    pub(crate) async fn begin(&self, run: RunView) {
        let kept = self.on_a_thread(move |inner| {
            inner.store.end_abandoned(&inner.key)?;
            inner.store.begin_run(&inner.key, &run)
        });
        note("begun", kept.await);
    }

    /// Keeps what came so far.
    pub(crate) async fn draft(&self, run: RunView) {
        note("drafted", self.on_a_thread(move |inner| inner.store.keep_draft(&run)).await);
    }

    /// Keeps a run that has ended.
    pub(crate) async fn end(&self, run: RunView) {
        note("ended", self.on_a_thread(move |inner| inner.store.end_run(&run)).await);
    }

    /// A page of the list.
    pub(crate) async fn list(&self, ListRuns { search, after }: ListRuns) -> Result<KeptRuns, UiError> {
        self.on_a_thread(move |inner| {
            inner.store.end_abandoned(&inner.key)?;
            inner.store.list_runs(&inner.key, &search, after)
        })
        .await
    }

    /// The conversation of a run, oldest first.
    pub(crate) async fn conversation(&self, run_id: RunId) -> Result<Vec<RunView>, UiError> {
        self.on_a_thread(move |inner| {
            let kept = inner.run(run_id)?;
            let all = inner.store.conversation(&inner.key, kept.view.conversation)?;
            Ok(all.into_iter().map(|kept| kept.view).collect())
        })
        .await
    }

    /// Gives a run a name, or takes it away.
    pub(crate) async fn rename(&self, RenameRun { run_id, name }: RenameRun) -> Result<(), UiError> {
        let name: String = name.trim().chars().take(LONGEST_NAME).collect();
        let name = Some(name).filter(|name| !name.is_empty());
        self.on_a_thread(move |inner| match inner.store.rename_run(&inner.key, run_id, name.as_deref())? {
            true => Ok(()),
            false => Err(unknown(run_id)),
        })
        .await
    }

    /// Deletes a run; keeps it for a while, in case of regret.
    pub(crate) async fn delete(&self, run_id: RunId) -> Result<(), UiError> {
        self.on_a_thread(move |inner| {
            let mut kept = inner.store.delete_run(&inner.key, run_id)?.ok_or_else(|| unknown(run_id))?;
            // What is deleted while it runs is stopped: nobody would end it when it is brought back.
            kept.view.end.get_or_insert_with(|| Outcome::Cancelled.into());
            inner.deleted().push(kept);
            Ok(())
        })
        .await?;
        let inner = self.0.clone();
        forget_later(move || inner.deleted().retain(|kept| kept.view.run_id != run_id));
        Ok(())
    }

    /// Brings a deleted run back.
    ///
    /// # Errors
    /// `NOT_FOUND` when it was not deleted, or too long ago.
    pub(crate) async fn restore(&self, run_id: RunId) -> Result<(), UiError> {
        self.on_a_thread(move |inner| {
            let mut deleted = inner.deleted();
            let at = deleted.iter().position(|kept| kept.view.run_id == run_id);
            let at = at.ok_or_else(|| unknown(run_id))?;
            inner.store.put_back(&inner.key, &deleted[at..=at])?;
            deleted.remove(at);
            Ok(())
        })
        .await
    }

    /// A run as a file.
    pub(crate) async fn export(&self, SaveRun { run_id, words }: SaveRun) -> Result<Exported, UiError> {
        self.on_a_thread(move |inner| {
            let kept = inner.run(run_id)?;
            Ok(run::markdown(&kept.view, kept.name.as_deref(), &words))
        })
        .await
    }

    /// Deletes all that have ended; keeps them for a while, in case of regret.
    pub(crate) async fn clear(&self) -> Result<(), UiError> {
        self.on_a_thread(|inner| {
            let kept = inner.store.clear_runs(&inner.key)?;
            *inner.cleared() = kept;
            Ok(())
        })
        .await?;
        let inner = self.0.clone();
        forget_later(move || inner.cleared().clear());
        Ok(())
    }

    /// Brings back what was cleared last; nothing is nothing.
    pub(crate) async fn restore_cleared(&self) -> Result<(), UiError> {
        self.on_a_thread(|inner| {
            let kept = std::mem::take(&mut *inner.cleared());
            inner.store.put_back(&inner.key, &kept)
        })
        .await
    }

    async fn on_a_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, UiError> + Send + 'static,
    ) -> Result<T, UiError> {
        let inner = self.0.clone();
        self.0.store.on_a_thread(move |_| work(&inner)).await
    }
}

impl Inner {
    fn run(&self, run_id: RunId) -> Result<Kept, UiError> {
        self.store.kept_run(&self.key, run_id)?.ok_or_else(|| unknown(run_id))
    }

    fn deleted(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.deleted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cleared(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.cleared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unknown(run_id: RunId) -> UiError {
    UiError::new(Code::NotFound, format!("there is no run {run_id}"))
}

/// Calls `forget` once nobody can regret any more.
pub(crate) fn forget_later(forget: impl FnOnce() + Send + 'static) {
    tokio::spawn(async move {
        tokio::time::sleep(REGRET).await;
        forget();
    });
}

/// A run goes on without being kept: its answer is paid for and wanted now.
pub(crate) fn note(what: &str, kept: Result<(), UiError>) {
    if let Err(error) = kept {
        tracing::warn!(%error, what, "a run could not be kept");
    }
}
