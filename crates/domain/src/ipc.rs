//! What the two halves of the desktop app say to each other.
//!
//! A request is a type; its [`Command`] impl ties it to its name and to its answer, so that a wrong
//! pairing compiles on neither side. The same holds for an [`Event`] and its name. No message has a
//! field for a token: the page never holds one.

mod accounts;
mod door;
mod flow_runs;
mod flows;
mod machine;
mod runs;
mod usage;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

pub use accounts::{Account, AccountKey, Accounts, KnownAccount, RemoveAccount, SessionState, SwitchAccount};
pub use door::{
    CancelSignIn, Check, CheckConnection, Checks, CodePurpose, Connect, ConnectionFields, Entered, Farewell,
    GetWaysIn, Mailed, ResetPassword, SendCode, SignInWith, SignUp, SignedUp, VerifyCode, WaysIn,
};
pub use flow_runs::{
    CheckFlow, FlowProgress, FlowRunEvent, FlowRunView, ForgetConversation, GetFlowRun, GetLastFlowRun,
    StartFlowRun, StopFlowRun,
};
pub use flows::{
    ArrangeFlow, ClosePlan, DecideChange, Decision, DeleteFlow, DuplicateFlow, FlowEntry, FlowId, FlowShelf,
    FlowView, GetFlows, ImportFlow, ModifyFlow, ModifyState, Modifying, OpenFlow, Origin, PlanEnd, PlanNews,
    PlanOutcome, PlanStep, Planning, RenameFlow, RestoreFlow, SaveFlow, StartPlan, Step, StepFlow, StopPlan,
};
pub use machine::{Folder, GetMachine, Machine, OpenFolder, OpenLink, Permission, SaveHistory, Saved};
pub use runs::{
    ContinueRun, DeleteRun, Found, GetModels, KeptRun, KeptRuns, ListRuns, Model, ReadRun, RenameRun,
    RestoreRun, RunWords, SaveRun, SetRunChoices,
};
pub use usage::{ClearHistory, GetHistory, GetPreferences, RestoreHistory, SetPreferences};

use crate::choices::RunChoices;
use crate::conversation::ConversationId;
use crate::error::UiError;
use crate::flow::execution::Hindrance;
use crate::forecast::Forecast;
use crate::history::History;
use crate::measured::Measured;
use crate::preferences::Preferences;
use crate::quota::Kind;
use crate::run::{Charged, Delta, NodeRequest, Outcome, RunId};
use crate::snapshot::Snapshot;

/// A request from the page to the backend.
pub trait Command: Serialize + DeserializeOwned + Send + 'static {
    /// The name under which it travels.
    const NAME: &'static str;
    /// What the backend answers.
    type Response: Serialize + DeserializeOwned + Send + 'static;
}

/// News from the backend to the page.
pub trait Event: Serialize + DeserializeOwned + Clone + Send + 'static {
    /// The name under which it travels.
    const NAME: &'static str;
}

macro_rules! commands {
    ($($request:ty => $name:literal -> $response:ty;)*) => {
        $(impl Command for $request {
            const NAME: &'static str = $name;
            type Response = $response;
        })*
        /// The name of every command.
        pub const COMMANDS: &[&str] = &[$($name),*];
    };
}

commands! {
    GetStart => "get_start" -> Start;
    SignIn => "sign_in" -> Account;
    SignOut => "sign_out" -> ();
    RefreshQuota => "refresh_quota" -> ();
    StartRun => "start_run" -> ();
    StopRun => "stop_run" -> ();
    GetRun => "get_run" -> RunView;
    GetPreferences => "get_preferences" -> Preferences;
    SetPreferences => "set_preferences" -> Preferences;
    GetHistory => "get_history" -> History;
    ClearHistory => "clear_history" -> ();
    RestoreHistory => "restore_history" -> ();
    Connect => "connect" -> ();
    CheckConnection => "check_connection" -> Checks;
    GetWaysIn => "get_ways_in" -> WaysIn;
    SignUp => "sign_up" -> SignedUp;
    SendCode => "send_code" -> Mailed;
    VerifyCode => "verify_code" -> Entered;
    ResetPassword => "reset_password" -> Entered;
    SignInWith => "sign_in_with" -> Entered;
    CancelSignIn => "cancel_sign_in" -> ();
    SwitchAccount => "switch_account" -> ();
    RemoveAccount => "remove_account" -> ();
    GetMachine => "get_machine" -> Machine;
    OpenFolder => "open_folder" -> ();
    OpenLink => "open_link" -> ();
    SaveHistory => "save_history" -> Saved;
    GetFlows => "get_flows" -> FlowShelf;
    StartPlan => "start_plan" -> ();
    StopPlan => "stop_plan" -> ();
    ClosePlan => "close_plan" -> ();
    OpenFlow => "open_flow" -> FlowView;
    ModifyFlow => "modify_flow" -> ();
    DecideChange => "decide_change" -> FlowView;
    StepFlow => "step_flow" -> FlowView;
    RenameFlow => "rename_flow" -> FlowView;
    ArrangeFlow => "arrange_flow" -> FlowView;
    DuplicateFlow => "duplicate_flow" -> FlowView;
    DeleteFlow => "delete_flow" -> ();
    RestoreFlow => "restore_flow" -> FlowView;
    ImportFlow => "import_flow" -> FlowView;
    SaveFlow => "save_flow" -> Saved;
    CheckFlow => "check_flow" -> Vec<Hindrance>;
    StartFlowRun => "start_flow_run" -> ();
    StopFlowRun => "stop_flow_run" -> ();
    GetFlowRun => "get_flow_run" -> FlowRunView;
    GetLastFlowRun => "get_last_flow_run" -> Option<FlowRunView>;
    ForgetConversation => "forget_conversation" -> ();
    SetRunChoices => "set_run_choices" -> ();
    GetModels => "get_models" -> Vec<Model>;
    ListRuns => "list_runs" -> KeptRuns;
    ReadRun => "read_run" -> Vec<RunView>;
    ContinueRun => "continue_run" -> Vec<RunView>;
    RenameRun => "rename_run" -> ();
    DeleteRun => "delete_run" -> ();
    RestoreRun => "restore_run" -> ();
    SaveRun => "save_run" -> Saved;
}

impl Event for SessionState {
    const NAME: &'static str = "session";
}

impl Event for Accounts {
    const NAME: &'static str = "accounts";
}

impl Event for RunView {
    const NAME: &'static str = "run_whole";
}

impl Event for QuotaState {
    const NAME: &'static str = "quota";
}

impl Event for RunEvent {
    const NAME: &'static str = "run";
}

/// Everything the page needs for its first frame; asks no network.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct GetStart {}

/// The state of the app when the page opens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Start {
    /// Who is signed in.
    pub session: SessionState,
    /// The last reading.
    pub quota: QuotaState,
    /// The runs of this launch, oldest first: a reloaded page shows them again.
    pub runs: Vec<RunView>,
    /// The last run of each flow in this launch, and those that have not ended; oldest first.
    pub flow_runs: Vec<FlowRunView>,
    /// The person's language as a BCP 47 tag, such as `zh-CN`.
    pub locale: String,
    /// Host of the project of the next sign-in; empty until one was connected.
    pub project: String,
    /// Who else is signed in on this machine.
    pub accounts: Accounts,
    /// The account of a local demo stack, offered ready to use.
    pub demo: Option<Demo>,
    /// What the person chose about the app, so that the first frame is as they want it.
    pub preferences: Preferences,
    /// How the person runs prompts.
    pub choices: RunChoices,
    /// Where a damaged store was put aside at this launch; the app went on with a new one.
    pub put_aside: Option<String>,
}

/// A demo account of a stack on this machine: no secret, it opens nothing but that stack.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demo {
    /// What to sign in with.
    pub email: String,
    /// The public password of the demo.
    pub password: String,
}

/// Signs in with email and password.
#[derive(Clone, Serialize, Deserialize)]
pub struct SignIn {
    /// The address of the account.
    pub email: String,
    /// Its password; goes to the auth server and is kept nowhere.
    pub password: String,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn").finish_non_exhaustive()
    }
}

/// Signs out on this device and forgets the account's numbers and runs in the page.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct SignOut {}

/// Reads the quotas now. The result arrives as the event [`QuotaState`].
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct RefreshQuota {}

/// Starts a run; its progress arrives as [`RunEvent`]s.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StartRun {
    /// Chosen by the page.
    pub run_id: RunId,
    /// What to ask.
    pub request: NodeRequest,
    /// The conversation that it belongs to.
    pub conversation: ConversationId,
    /// Whether the answer arrives as it is written, or as a whole.
    pub stream: bool,
}

impl StartRun {
    /// A run in a conversation of its own, whose answer arrives as it is written.
    pub fn new(run_id: RunId, request: NodeRequest) -> Self {
        Self { run_id, request, conversation: ConversationId::random(), stream: true }
    }
}

/// Stops a run. A run that has ended stays as it is.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct StopRun {
    /// Which one.
    pub run_id: RunId,
}

/// Asks for a run as a whole: for a page that missed an event.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct GetRun {
    /// Which one.
    pub run_id: RunId,
}

/// A run as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunView {
    /// Which one.
    pub run_id: RunId,
    /// What was asked. Without the history that was sent along: that is in the runs before it.
    pub request: NodeRequest,
    /// The conversation that it belongs to.
    pub conversation: ConversationId,
    /// When it was started.
    pub started_at: Timestamp,
    /// All text so far.
    pub text: Delta,
    /// The `seq` that the next event will have.
    pub next_seq: u64,
    /// How it ended; `None` while it runs.
    pub end: Option<End>,
    /// What it left; `None` until its quota was read after its end.
    pub left: Option<Left>,
    /// What it took so far.
    pub measured: Measured,
}

impl RunView {
    /// A run of which nothing came yet.
    pub fn started(start: StartRun, started_at: Timestamp) -> Self {
        let StartRun { run_id, mut request, conversation, stream: _ } = start;
        request.conversation_history.clear();
        Self {
            run_id,
            request,
            conversation,
            started_at,
            text: Delta::default(),
            next_seq: 0,
            end: None,
            left: None,
            measured: Measured::default(),
        }
    }

    /// Takes in the next event, whose `seq` was checked.
    pub fn take(&mut self, after_ms: u64, progress: &Progress) {
        self.next_seq += 1;
        self.measured.note(after_ms, progress);
        match progress {
            Progress::Started | Progress::Counted { .. } => {}
            Progress::Delta(delta) => self.text.append(delta),
            Progress::Ended(end) => self.end = Some(end.clone()),
            Progress::Left(left) => self.left = Some(*left),
        }
    }
}

/// The end of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// One of the four.
    pub outcome: Outcome,
    /// Whether it cost a unit.
    pub charged: Charged,
}

impl From<Outcome> for End {
    fn from(outcome: Outcome) -> Self {
        End { charged: outcome.charged(), outcome }
    }
}

/// Progress of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunEvent {
    /// Which run.
    pub run_id: RunId,
    /// Counts from 0 without a gap within a run; a gap means that something was missed.
    pub seq: u64,
    /// Characters of both texts before this event.
    pub offset: u64,
    /// Milliseconds since the run was started.
    pub after_ms: u64,
    /// What happened.
    pub progress: Progress,
}

/// What a [`RunEvent`] tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Progress {
    /// The request is on its way.
    Started,
    /// More text.
    Delta(Delta),
    /// The provider said how many tokens reasoning and answer are.
    Counted {
        /// All of them, so far.
        tokens: u64,
    },
    /// The run is over; no text follows.
    Ended(End),
    /// Its quota was read after its end.
    Left(Left),
}

/// What a run left of the quota that it counts against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// Which quota.
    pub kind: Kind,
    /// Units; below 0 past the limit.
    pub remaining: i64,
}

/// The latest reading and what is wrong with it, if anything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaState {
    /// The last good reading; a failure never removes it.
    pub snapshot: Option<Snapshot>,
    /// Why the newest attempt failed, if it did.
    pub failure: Option<UiError>,
    /// Whether an attempt is under way.
    pub refreshing: bool,
    /// How many attempts in a row failed.
    pub missed: u32,
    /// How long each kind of the reading will last.
    pub forecasts: BTreeMap<Kind, Forecast>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;

    #[test]
    fn command_names_are_unique() {
        let mut names = COMMANDS.to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), COMMANDS.len());
    }

    #[test]
    fn a_run_event_reads_back_in_every_form() {
        let delta = Delta { content: "字".into(), reasoning: String::new() };
        let failed = Outcome::Failed { cause: UiError::new(Code::QuotaExceeded, "100/100") };
        let left = Progress::Left(Left { kind: Kind::LlmExecutions, remaining: -1 });
        let (counted, ended) = (Progress::Counted { tokens: 7 }, Progress::Ended(failed.into()));
        for progress in [Progress::Started, Progress::Delta(delta), counted, ended, left] {
            let event = RunEvent { run_id: RunId::random(), seq: 3, offset: 9, after_ms: 40, progress };
            let text = serde_json::to_string(&event).unwrap();
            assert_eq!(serde_json::from_str::<RunEvent>(&text).unwrap(), event, "{text}");
        }
    }

    #[test]
    fn a_password_is_not_printed() {
        let request = SignIn { email: "mei@example.com".into(), password: "hunter2".into() };
        assert_eq!(format!("{request:?}"), "SignIn { .. }");
    }
}
