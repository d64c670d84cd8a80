//! News of the client, for whoever shows them.

use flowmeter_domain::ipc::{
    Accounts, FlowRunEvent, FlowRunView, FlowShelf, FlowView, PlanNews, QuotaState, RunEvent, RunView,
    SessionState,
};
use flowmeter_domain::{Notification, Preferences, RunChoices};

/// Something changed.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// Who is signed in.
    Session(SessionState),
    /// Who else is signed in on this machine.
    Accounts(Accounts),
    /// The latest reading.
    Quota(QuotaState),
    /// Progress of a run.
    Run(RunEvent),
    /// What the person chose about the app.
    Preferences(Preferences),
    /// How the account that has come forward runs prompts.
    RunChoices(RunChoices),
    /// A run of an account that has come forward.
    RunWhole(Box<RunView>),
    /// The flows of the account in short.
    Flows(FlowShelf),
    /// How a plan goes.
    Plan(PlanNews),
    /// A flow changed by itself.
    Flow(Box<FlowView>),
    /// Progress of a run of a flow.
    FlowRun(FlowRunEvent),
    /// A run of a flow of an account that has come forward.
    FlowRunWhole(Box<FlowRunView>),
}

/// Hears the news, in the order in which they happen. Must not block.
pub trait Events: Send + Sync + 'static {
    /// Something changed.
    fn tell(&self, news: News);

    /// Shows a notification; `true` once the system took it. Where nobody can show one, it stays owed
    /// and is offered again with the next reading. Called on a thread that may block.
    fn notify(&self, _notification: &Notification) -> bool {
        false
    }
}
