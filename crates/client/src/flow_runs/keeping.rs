//! The last run of each flow of an account, kept from its start on, however it ends.

use std::sync::{Arc, Mutex, PoisonError};

use flowmeter_domain::UiError;
use flowmeter_domain::ipc::{AccountKey, FlowId, FlowRunView};

use crate::kept::{forget_later, note};
use crate::store::Store;

/// A handle on the kept runs of flows of one account. Cheap to clone.
#[derive(Clone)]
pub(super) struct Keeping {
    store: Store,
    owner: AccountKey,
    /// What was cleared last; in memory only, so that it is gone from the file.
    cleared: Arc<Mutex<Vec<FlowRunView>>>,
}

impl Keeping {
    pub(super) fn new(store: Store, owner: AccountKey) -> Self {
        Self { store, owner, cleared: Arc::default() }
    }

    /// Keeps a run that begins, in place of the last one of its flow.
    pub(super) async fn begin(&self, run: FlowRunView) {
        let owner = self.owner.clone();
        note("begun", self.store.on_a_thread(move |store| store.begin_flow_run(&owner, &run)).await);
    }

    /// Keeps how far a run is.
    pub(super) async fn keep(&self, run: FlowRunView) {
        note("kept", self.store.on_a_thread(move |store| store.keep_flow_run(&run)).await);
    }

    /// The last run of a flow.
    pub(super) async fn last(&self, flow_id: FlowId) -> Result<Option<FlowRunView>, UiError> {
        let owner = self.owner.clone();
        self.store.on_a_thread(move |store| store.last_flow_run(&owner, flow_id)).await
    }

    /// Deletes all that have ended; keeps them for a while, in case of regret.
    pub(super) async fn clear(&self) -> Result<(), UiError> {
        let owner = self.owner.clone();
        self.set_cleared(self.store.on_a_thread(move |store| store.clear_flow_runs(&owner)).await?);
        let keeping = self.clone();
        forget_later(move || drop(keeping.set_cleared(Vec::new())));
        Ok(())
    }

    /// Brings back what was cleared last.
    pub(super) async fn restore_cleared(&self) -> Result<(), UiError> {
        let (owner, cleared) = (self.owner.clone(), self.set_cleared(Vec::new()));
        let put_back =
            move |store: &Store| cleared.iter().try_for_each(|run| store.put_back_flow_run(&owner, run));
        self.store.on_a_thread(put_back).await
    }

    /// What was there before.
    fn set_cleared(&self, runs: Vec<FlowRunView>) -> Vec<FlowRunView> {
        std::mem::replace(&mut self.cleared.lock().unwrap_or_else(PoisonError::into_inner), runs)
    }
}
