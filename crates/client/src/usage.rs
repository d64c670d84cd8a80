//! The front door to history and preferences.

use flowmeter_domain::history::Exported;
use flowmeter_domain::ipc::{Account, GetHistory, SaveHistory, SetPreferences};
use flowmeter_domain::{Check, Code, History, Kind, Preferences, UiError};

use crate::Client;
use crate::desks::Desk;
use crate::sent::Sent;

impl Client {
    /// The preferences that hold.
    pub fn preferences(&self) -> Preferences {
        self.preferred.get()
    }

    /// Changes preferences; they hold at once.
    ///
    /// # Errors
    /// `INVALID_INPUT`, naming the choice; `STORE_FAILED` when they cannot be kept, and then nothing
    /// has changed.
    pub fn set_preferences(&self, request: SetPreferences) -> Result<Preferences, UiError> {
        self.preferred.set(request.preferences)
    }

    /// What was used on each day.
    ///
    /// # Errors
    /// `NOT_SIGNED_IN`, `STORE_FAILED`.
    pub async fn history(&self, request: GetHistory) -> Result<History, UiError> {
        let (desk, account) = self.signed_in()?;
        desk.histories.get(account, request.range).await
    }

    /// The history as a file; where it is saved is for the caller to choose.
    ///
    /// # Errors
    /// As [`Client::history`].
    pub async fn export_history(
        &self,
        SaveHistory { range, format }: SaveHistory,
    ) -> Result<Exported, UiError> {
        let (desk, account) = self.signed_in()?;
        desk.histories.export(account, range, format).await
    }

    /// Deletes the history of the signed-in account and its kept runs, those of flows too; the forecasts begin
    /// anew.
    ///
    /// # Errors
    /// As [`Client::history`].
    pub async fn clear_history(&self) -> Result<(), UiError> {
        let (desk, account) = self.signed_in()?;
        desk.histories.clear(account).await?;
        desk.runs.clear().await?;
        desk.flow_runs.clear().await?;
        desk.quotas.forecast_anew();
        Ok(())
    }

    /// Brings back what was cleared last.
    ///
    /// # Errors
    /// `NOT_FOUND` when there is nothing to bring back any more; else as [`Client::history`].
    pub async fn restore_history(&self) -> Result<(), UiError> {
        let (desk, account) = self.signed_in()?;
        desk.histories.restore(account).await?;
        desk.runs.kept().restore_cleared().await?;
        desk.flow_runs.restore_cleared().await?;
        desk.quotas.forecast_anew();
        Ok(())
    }

    /// Checks a quota and uses one unit of it: for uses of an app, which nobody else counts.
    ///
    /// # Errors
    /// `QUOTA_EXCEEDED` with the numbers, and nothing was used; `INVALID_INPUT` for a kind that the
    /// edge counts; `CONFLICT` when others changed the row under each attempt.
    pub async fn check_and_use(&self, kind: Kind) -> Result<Check, UiError> {
        self.desk()?.quotas.check_and_use(kind, &Sent::default()).await
    }

    pub(crate) fn signed_in(&self) -> Result<(Desk, Account), UiError> {
        let desk = self.desk()?;
        let account = desk.session.account();
        let nobody = || UiError::new(Code::NotSignedIn, "nobody is signed in");
        account.map(|account| (desk, account)).ok_or_else(nobody)
    }
}
