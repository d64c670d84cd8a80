//! The front door to runs: to start and stop them, and to all that are kept.

use flowmeter_domain::history::Exported;
use flowmeter_domain::ipc::{
    ContinueRun, DeleteRun, GetRun, KeptRuns, ListRuns, Model, ReadRun, RenameRun, RestoreRun, RunView,
    SaveRun, SetRunChoices, StartRun, StopRun,
};
use flowmeter_domain::{Code, UiError};

use crate::Client;

impl Client {
    /// Starts a run.
    ///
    /// # Errors
    /// `NOT_SIGNED_IN`, `TOO_MANY_RUNS`, or `INVALID_INPUT` for an id that is taken.
    pub fn start_run(&self, request: StartRun) -> Result<(), UiError> {
        let desk = self.desk()?;
        desk.session.check_signed_in()?;
        desk.runs.start(request)
    }

    /// Whether a run, or the run of a flow, has not ended, for whichever account.
    pub fn is_at_work(&self) -> bool {
        self.desks.is_at_work()
    }

    /// Stops a run; one that has ended stays as it is.
    ///
    /// # Errors
    /// `NOT_FOUND` for an id that is not of this launch and account.
    pub fn stop_run(&self, StopRun { run_id }: StopRun) -> Result<(), UiError> {
        self.desk()?.runs.stop(run_id)
    }

    /// A run as a whole.
    ///
    /// # Errors
    /// `NOT_FOUND` for an id that is not of this launch and account.
    pub fn run(&self, GetRun { run_id }: GetRun) -> Result<RunView, UiError> {
        self.desk()?.runs.view(run_id)
    }

    /// A page of the kept runs of the shown account.
    ///
    /// # Errors
    /// `NOT_SIGNED_IN`, `STORE_FAILED`.
    pub async fn list_runs(&self, request: ListRuns) -> Result<KeptRuns, UiError> {
        self.desk()?.runs.kept().list(request).await
    }

    /// A kept run with the others of its conversation, oldest first.
    ///
    /// # Errors
    /// `NOT_FOUND`; else as [`Client::list_runs`].
    pub async fn read_run(&self, ReadRun { run_id }: ReadRun) -> Result<Vec<RunView>, UiError> {
        self.desk()?.runs.conversation(run_id).await
    }

    /// The same, and from now on they are runs of this launch.
    ///
    /// # Errors
    /// As [`Client::read_run`].
    pub async fn continue_run(&self, ContinueRun { run_id }: ContinueRun) -> Result<Vec<RunView>, UiError> {
        self.desk()?.runs.take_up(run_id).await
    }

    /// Gives a kept run a name.
    ///
    /// # Errors
    /// As [`Client::read_run`].
    pub async fn rename_run(&self, request: RenameRun) -> Result<(), UiError> {
        self.desk()?.runs.kept().rename(request).await
    }

    /// Deletes a kept run; it can be brought back for some minutes.
    ///
    /// # Errors
    /// As [`Client::read_run`].
    pub async fn delete_run(&self, DeleteRun { run_id }: DeleteRun) -> Result<(), UiError> {
        self.desk()?.runs.delete(run_id).await
    }

    /// Brings a deleted run back.
    ///
    /// # Errors
    /// `NOT_FOUND` when there is nothing to bring back any more; else as [`Client::list_runs`].
    pub async fn restore_run(&self, RestoreRun { run_id }: RestoreRun) -> Result<(), UiError> {
        self.desk()?.runs.kept().restore(run_id).await
    }

    /// A kept run as a Markdown file; where it is saved is for the caller to choose.
    ///
    /// # Errors
    /// As [`Client::read_run`].
    pub async fn export_run(&self, request: SaveRun) -> Result<Exported, UiError> {
        self.desk()?.runs.kept().export(request).await
    }

    /// The models that the project lists; none where it lists none.
    ///
    /// # Errors
    /// `NOT_SIGNED_IN`, or why the list could not be read.
    pub async fn models(&self) -> Result<Vec<Model>, UiError> {
        self.desk()?.models().await
    }

    /// Keeps how the shown account runs prompts.
    ///
    /// # Errors
    /// `INVALID_INPUT`, naming the choice; `NOT_SIGNED_IN`, `STORE_FAILED`.
    pub async fn set_run_choices(&self, SetRunChoices { choices }: SetRunChoices) -> Result<(), UiError> {
        choices.validate()?;
        let key = self.shown_key().ok_or_else(|| UiError::new(Code::NotSignedIn, "nobody is signed in"))?;
        self.store.on_a_thread(move |store| store.keep_run_choices(&key, &choices)).await
    }
}
