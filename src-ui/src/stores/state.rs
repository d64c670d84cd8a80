//! What the page knows, and the one way in which it changes.
//!
//! Everything here mirrors what the backend told or what the person did on this page; nothing is
//! guessed. No web types: these rules are tested on the host.

use std::collections::BTreeMap;
use std::rc::Rc;

use flowmeter_domain::conversation::Earlier;
use flowmeter_domain::ipc::{
    Account, Accounts, Demo, QuotaState, RunEvent, RunView, SessionState, Start, StartRun,
};
use flowmeter_domain::preferences::Preferences;
use flowmeter_domain::{ConversationId, Kind, NodeRequest, RunChoices, RunId, UiError};
use jiff::Timestamp;
use yew::Reducible;

use super::clearing::Clearing;
use super::door::{Door, DoorAction};
use super::draft::Setting;
use super::flow_run::{FlowRunAction, FlowRuns};
use super::flows::{FlowAction, Flows};
use super::kept::{Kept, KeptAction};
use super::place::Place;
use super::run::{Applied, Repair, Run, Told};

/// How often a run is asked for again at once; a whole that stays behind its own events would ask for ever.
const MAX_REPAIRS: u32 = 2;

/// How far the page is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// The backend was asked for the first state.
    #[default]
    Opening,
    /// It did not answer.
    Failed(UiError),
    /// The first state is there.
    Open,
}

/// Everything that the views show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// How far the page is.
    pub phase: Phase,
    /// Where the person is.
    pub place: Place,
    /// Who is signed in; `None` until the backend told.
    pub session: Option<SessionState>,
    /// The latest reading; `None` until the backend told.
    pub quota: Option<QuotaState>,
    /// The runs of this launch, oldest first.
    pub runs: Vec<Rc<Run>>,
    /// The runs of flows of this launch.
    pub flow_runs: FlowRuns,
    /// The conversation that the next run belongs to; `None` for a new one.
    pub conversation: Option<ConversationId>,
    /// How the person runs prompts.
    pub choices: RunChoices,
    /// Counts what the person chose of it here; that is to be kept.
    pub chosen: u32,
    /// The prompt that was taken home last.
    pub taken_home: Option<TakenHome>,
    /// What was done to kept runs since the page opened.
    pub kept: Kept,
    /// Runs that missed an event.
    pub repairs: BTreeMap<RunId, Repair>,
    /// What the person chose about the app.
    pub preferences: Preferences,
    /// Where the history was saved last.
    pub saved: Option<String>,
    /// How far the clearing of the history is.
    pub clearing: Clearing,
    /// Where a damaged store was put aside at this launch.
    pub put_aside: Option<String>,
    /// The system's language as a BCP 47 tag.
    pub locale: String,
    /// Everybody who is signed in on this machine, and where the next sign-in goes.
    pub accounts: Accounts,
    /// The account of a local demo stack.
    pub demo: Option<Demo>,
    /// What is going on at the door.
    pub door: Door,
    /// The flows of the account.
    pub flows: Flows,
    /// Why the last request failed that has no place of its own to show it.
    pub notice: Option<UiError>,
    /// The time by which ages are told; moves on every half minute.
    pub now: Timestamp,
}

/// A prompt that the person took home from elsewhere, to change it.
#[derive(Clone, Debug, PartialEq)]
pub struct TakenHome {
    /// Counts them, so that the same one can be taken again.
    pub count: u32,
    /// The prompt.
    pub prompt: String,
    /// What held at home before.
    pub before: Setting,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// The first state came.
    Opened(Start),
    /// The first state did not come.
    OpenFailed(UiError),
    /// The backend told who is signed in.
    Session(SessionState),
    /// The backend told who else is signed in.
    Accounts(Accounts),
    /// The backend told of a reading, or of an attempt at one.
    Quota(QuotaState),
    /// The backend told of progress in a run.
    Run(RunEvent),
    /// The whole of a run came.
    RunRepaired(RunView),
    /// The whole of a run did not come; the next event of it asks again.
    RunRepairFailed(RunId),
    /// The person went somewhere.
    Went(Place),
    /// The backend told what the person chose, or the person chose just now.
    Preferred(Preferences),
    /// What the person chose was not taken; what held before holds.
    NotPreferred(Preferences, UiError),
    /// The history was saved as a file.
    Saved(String),
    /// The clearing of the history went on.
    Clearing(Clearing),
    /// The person read where a damaged store is.
    PutAsideSeen,
    /// Something happened at the door.
    Door(DoorAction),
    /// Something happened to flows.
    Flow(FlowAction),
    /// The person started a run, at the given time.
    RunStarted(StartRun, Timestamp),
    /// The backend told how the person runs prompts.
    Choices(RunChoices),
    /// The person chose how to run prompts.
    Chose(RunChoices),
    /// The person begins a new conversation.
    ConversationLeft,
    /// The person goes on with an older conversation.
    ConversationTakenUp(Vec<RunView>),
    /// The person takes the prompt of a run in that conversation home, to be run as it was then; without
    /// runs it is the conversation that is there already.
    PromptTaken(Vec<RunView>, NodeRequest, String),
    /// The person goes back to a prompt that was put aside.
    SettingBack(Setting),
    /// Something was done to a kept run.
    Kept(KeptAction),
    /// The backend did not take a run.
    RunRefused(RunId, UiError),
    /// The person asked to stop a run.
    RunStopping(RunId),
    /// The backend did not stop a run.
    StopRefused(RunId, UiError),
    /// Something happened to a run of a flow.
    FlowRun(FlowRunAction),
    /// The backend did not stop a run of a flow.
    StopFlowRunRefused(RunId, UiError),
    /// A request failed that has no place of its own to show it.
    Refused(UiError),
    /// The person closed the notice.
    NoticeClosed,
    /// Time went on.
    Tick(Timestamp),
}

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut next = Rc::unwrap_or_clone(self);
        next.reduce(action);
        next.into()
    }
}

impl State {
    /// A page that waits for the first state.
    pub fn opening(now: Timestamp, locale: String) -> Self {
        State { now, locale, ..State::default() }
    }

    /// The signed-in account.
    pub fn account(&self) -> Option<&Account> {
        self.session.as_ref().and_then(SessionState::account)
    }

    /// Whether nobody has to sign in.
    pub fn is_inside(&self) -> bool {
        self.session.as_ref().is_some_and(is_inside)
    }

    /// How many runs have not ended.
    pub fn under_way(&self) -> usize {
        self.runs.iter().filter(|run| run.is_running()).count()
    }

    /// The runs of the current conversation, oldest first.
    pub fn conversation_runs(&self) -> impl DoubleEndedIterator<Item = &Rc<Run>> {
        self.runs.iter().filter(|run| Some(run.view.conversation) == self.conversation)
    }

    /// What the next run can be told of the ones before it.
    pub fn earlier(&self) -> Earlier<'_, Told> {
        Earlier::of(self.conversation_runs().map(|run| &run.view))
    }

    /// LLM runs left by the last reading.
    pub fn runs_left(&self) -> Option<i64> {
        let snapshot = self.quota.as_ref()?.snapshot.as_ref()?;
        snapshot.quota.get(Kind::LlmExecutions).map(|counter| counter.remaining())
    }

    /// How a prompt would be run just now.
    pub fn setting(&self) -> Setting {
        Setting { choices: self.choices.clone(), conversation: self.conversation }
    }

    /// Takes in what happened.
    pub fn reduce(&mut self, action: Action) {
        match action {
            Action::Opened(start) => self.open(start),
            Action::OpenFailed(error) => self.phase = Phase::Failed(error),
            Action::Session(session) => self.set_session(session),
            Action::Accounts(accounts) => self.accounts = accounts,
            Action::Quota(quota) => self.quota = Some(quota),
            Action::Run(event) => self.apply(event),
            Action::RunRepaired(view) => self.repair(view),
            Action::RunRepairFailed(run_id) => self.give_up_repair(run_id),
            Action::Went(place) => self.go(place),
            Action::Preferred(preferences) => self.preferences = preferences,
            Action::NotPreferred(before, error) => {
                self.preferences = before;
                self.notice = Some(error);
            }
            Action::Saved(path) => self.saved = Some(path),
            Action::Clearing(clearing) => self.set_clearing(clearing),
            Action::PutAsideSeen => self.put_aside = None,
            Action::Door(action) => self.door.reduce(action),
            Action::Flow(action) => self.flows.reduce(action),
            Action::RunStarted(start, now) => self.start_run(start, now),
            Action::Choices(choices) => self.choices = choices,
            Action::Chose(choices) => self.choose(choices),
            Action::ConversationLeft => self.conversation = None,
            Action::ConversationTakenUp(runs) => self.take_up(runs),
            Action::PromptTaken(runs, request, prompt) => self.take_home(runs, &request, prompt),
            Action::SettingBack(setting) => {
                self.conversation = setting.conversation;
                let recent = self.choices.recent.clone();
                self.choose(RunChoices { recent, ..setting.choices });
            }
            Action::Kept(action) => self.change_kept(action),
            Action::RunRefused(run_id, error) => self.change(run_id, |run| run.fail(error)),
            Action::RunStopping(run_id) => self.change(run_id, |run| run.stopping = run.is_running()),
            Action::StopRefused(run_id, error) => {
                self.change(run_id, |run| run.stopping = false);
                self.notice = Some(error);
            }
            Action::FlowRun(action) => self.flow_runs.reduce(action),
            Action::StopFlowRunRefused(run_id, error) => {
                self.flow_runs.reduce(FlowRunAction::StopRefused(run_id));
                self.notice = Some(error);
            }
            Action::Refused(error) => self.notice = Some(error),
            Action::NoticeClosed => self.notice = None,
            Action::Tick(now) => self.now = now,
        }
    }

    /// An event that came before the first state is younger than it, or will be followed by a younger one.
    fn open(&mut self, start: Start) {
        self.phase = Phase::Open;
        self.locale = start.locale;
        self.accounts = start.accounts;
        self.demo = start.demo;
        self.preferences = start.preferences;
        self.put_aside = start.put_aside;
        let same_account =
            self.session.as_ref().is_none_or(|heard| heard.account() == start.session.account());
        self.session.get_or_insert(start.session);
        if same_account {
            self.quota.get_or_insert(start.quota);
            self.choices = start.choices;
            start.runs.into_iter().for_each(|view| self.repair(view));
            let flow_runs = start.flow_runs.into_iter().map(FlowRunAction::Whole);
            flow_runs.for_each(|whole| self.flow_runs.reduce(whole));
        }
    }

    /// Numbers and runs belong to an account: another one never sees them.
    fn set_session(&mut self, session: SessionState) {
        let id = |session: Option<&SessionState>| session?.account().map(|account| account.user_id);
        if id(self.session.as_ref()) != id(Some(&session)) {
            self.quota = None;
            self.runs.clear();
            self.conversation = None;
            (self.choices, self.chosen) = (RunChoices::default(), 0);
            self.kept = Kept::default();
            self.taken_home = None;
            self.repairs.clear();
            self.flows = Flows::default();
            self.flow_runs = FlowRuns::default();
            self.notice = None;
            self.go(Place::default());
            self.clearing = Clearing::default();
            self.door = self.door.anew();
        } else if self.session.as_ref().map(is_inside) != Some(is_inside(&session)) {
            self.door = self.door.anew();
        }
        self.session = Some(session);
    }

    /// With the history go the runs that have ended.
    fn set_clearing(&mut self, clearing: Clearing) {
        if clearing == Clearing::Cleared {
            self.runs.retain(|run| run.is_running());
            self.flow_runs.clear();
        }
        self.clearing = clearing;
    }

    /// What was said about the place before is said.
    fn go(&mut self, place: Place) {
        self.place = place;
        self.saved = None;
    }

    fn apply(&mut self, event: RunEvent) {
        let run_id = event.run_id;
        let applied = match self.find(run_id) {
            Some(run) if !self.repairs.contains_key(&run_id) => {
                Rc::make_mut(&mut self.runs[run]).apply(&event)
            }
            _ => Applied::Gap,
        };
        if applied == Applied::Gap {
            self.repairs.entry(run_id).or_default().waiting.push(event);
        }
    }

    /// Puts the whole in place of what is there, then whatever came since it was written.
    fn repair(&mut self, view: RunView) {
        let run_id = view.run_id;
        let Repair { attempt, waiting } = self.repairs.remove(&run_id).unwrap_or_default();
        match self.find(run_id) {
            Some(at) if self.runs[at].view.next_seq > view.next_seq => {}
            Some(at) => Rc::make_mut(&mut self.runs[at]).replace(view),
            None => {
                self.conversation = Some(view.conversation);
                self.runs.push(Rc::new(view.into()));
            }
        }
        waiting.into_iter().for_each(|event| self.apply(event));
        match self.repairs.get_mut(&run_id) {
            Some(again) if attempt < MAX_REPAIRS => again.attempt = attempt + 1,
            Some(_) => self.give_up_repair(run_id),
            None => {}
        }
    }

    /// Text may be missing then, but an end that was told is not lost.
    fn give_up_repair(&mut self, run_id: RunId) {
        let repair = self.repairs.remove(&run_id).unwrap_or_default();
        self.change(run_id, |run| repair.waiting.iter().for_each(|event| run.take_end(event)));
    }

    fn start_run(&mut self, start: StartRun, now: Timestamp) {
        self.conversation = Some(start.conversation);
        self.runs.push(Run::started(start, now).into());
    }

    /// The conversation as it is kept; what runs just now is known better.
    fn take_up(&mut self, runs: Vec<RunView>) {
        self.conversation = runs.first().map(|run| run.conversation);
        for view in runs {
            if self.find(view.run_id).is_none() {
                self.runs.push(Rc::new(view.into()));
            }
        }
        self.runs.sort_by_key(|run| run.view.started_at);
    }

    fn take_home(&mut self, runs: Vec<RunView>, request: &NodeRequest, prompt: String) {
        let count = self.taken_home.as_ref().map_or(1, |before| before.count + 1);
        self.taken_home = Some(TakenHome { count, prompt, before: self.setting() });
        if !runs.is_empty() {
            self.take_up(runs);
        }
        self.choose(self.choices.as_in(request));
        self.go(Place::Home);
    }

    fn choose(&mut self, choices: RunChoices) {
        self.choices = choices;
        self.chosen += 1;
    }

    /// A deleted run is gone from its conversation, too.
    fn change_kept(&mut self, action: KeptAction) {
        if let KeptAction::Deleted(run_id) = action {
            self.runs.retain(|run| run.view.run_id != run_id);
        }
        self.kept.reduce(action);
    }

    fn change(&mut self, run_id: RunId, change: impl FnOnce(&mut Run)) {
        if let Some(at) = self.find(run_id) {
            change(Rc::make_mut(&mut self.runs[at]));
        }
    }

    fn find(&self, run_id: RunId) -> Option<usize> {
        self.runs.iter().rposition(|run| run.view.run_id == run_id)
    }
}

/// Whether nobody has to sign in.
fn is_inside(session: &SessionState) -> bool {
    matches!(session, SessionState::SignedIn { .. })
}
