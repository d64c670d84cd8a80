//! How the store changes: it mirrors what the backend tells, and guesses nothing.

use flowmeter_domain::ipc::{
    Account, Accounts, CodePurpose, Left, Mailed, Progress, QuotaState, RunEvent, RunView, SessionState,
    Start, StartRun,
};
use flowmeter_domain::{
    Charged, Code, Counter, Delta, Kind, NodeRequest, Outcome, Quota, RunId, Snapshot, UiError,
};
use flowmeter_ui::stores::{Action, DoorAction, Phase, Place, State, Step};
use jiff::Timestamp;

fn signed_in(email: &str) -> SessionState {
    // The same address is the same account.
    let user_id = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, email.as_bytes());
    SessionState::SignedIn { account: Account { user_id, email: email.into() }, not_kept: None }
}

fn reading(used: i64, second: i64) -> QuotaState {
    let quota = Quota([(Kind::LlmExecutions, Counter { used, limit: 100 })].into());
    let taken_at = Timestamp::from_second(second).expect("a time within a few thousand years");
    QuotaState { snapshot: Some(Snapshot { quota, taken_at }), ..QuotaState::default() }
}

fn start(session: SessionState) -> Start {
    let quota = reading(62, 1);
    Start {
        session,
        quota,
        runs: vec![],
        flow_runs: vec![],
        locale: "en-GB".into(),
        project: "abcd.supabase.co".into(),
        accounts: Accounts { project: "abcd.supabase.co".into(), known: vec![] },
        demo: None,
        preferences: Default::default(),
        choices: Default::default(),
        put_aside: None,
    }
}

/// A page on which mei is signed in, after all of `actions`.
fn page(actions: impl IntoIterator<Item = Action>) -> State {
    let mut state = State::opening(Timestamp::UNIX_EPOCH, "en".into());
    state.reduce(Action::Opened(start(signed_in("mei@example.com"))));
    actions.into_iter().for_each(|action| state.reduce(action));
    state
}

/// A run that was started on the page, and its id.
fn page_with_run() -> (State, RunId) {
    let run_id = RunId::random();
    let request =
        NodeRequest { model: "demo".into(), input: Some("Hello?".into()), ..NodeRequest::default() };
    let start = StartRun::new(run_id, request);
    (page([Action::RunStarted(start, Timestamp::UNIX_EPOCH)]), run_id)
}

fn event(run_id: RunId, seq: u64, progress: Progress) -> Action {
    event_at(run_id, seq, 0, progress)
}

fn event_at(run_id: RunId, seq: u64, offset: u64, progress: Progress) -> Action {
    Action::Run(RunEvent { run_id, seq, offset, after_ms: 0, progress })
}

fn text(content: &str) -> Progress {
    Progress::Delta(Delta { content: content.into(), reasoning: String::new() })
}

fn whole(run_id: RunId, content: &str, next_seq: u64) -> RunView {
    let text = Delta { content: content.into(), reasoning: String::new() };
    let begun = RunView::started(StartRun::new(run_id, NodeRequest::default()), Timestamp::UNIX_EPOCH);
    RunView { text, next_seq, ..begun }
}

fn ended(outcome: Outcome) -> Progress {
    Progress::Ended(outcome.into())
}

#[test]
fn the_first_state_opens_the_page() {
    let state = page([]);
    assert_eq!(state.phase, Phase::Open);
    assert_eq!(state.account().unwrap().email, "mei@example.com");
    assert_eq!((state.locale.as_str(), state.accounts.project.as_str()), ("en-GB", "abcd.supabase.co"));
    assert_eq!(state.runs_left(), Some(38));
}

#[test]
fn a_first_state_that_does_not_come_is_told() {
    let mut state = State::default();
    state.reduce(Action::OpenFailed(UiError::new(Code::Internal, "no backend")));
    assert!(matches!(state.phase, Phase::Failed(error) if error.code == Code::Internal));
}

#[test]
fn an_event_that_overtakes_the_first_state_is_not_undone_by_it() {
    let mut state = State::default();
    state.reduce(Action::Session(signed_in("mei@example.com")));
    state.reduce(Action::Quota(reading(63, 2)));
    state.reduce(Action::Opened(start(signed_in("mei@example.com"))));
    assert_eq!(state.runs_left(), Some(37));
}

#[test]
fn a_first_state_of_an_account_that_left_meanwhile_brings_no_numbers() {
    let mut state = State::default();
    state.reduce(Action::Session(SessionState::SignedOut { cause: None }));
    state.reduce(Action::Opened(start(signed_in("mei@example.com"))));
    assert_eq!((state.account(), &state.quota), (None, &None));
}

#[test]
fn signing_out_drops_numbers_and_runs() {
    let (mut state, _) = page_with_run();
    state.reduce(Action::Session(SessionState::SignedOut { cause: None }));
    assert!(state.quota.is_none() && state.runs.is_empty() && state.account().is_none());
}

#[test]
fn another_account_never_sees_the_numbers_and_runs_of_the_last() {
    let (mut state, _) = page_with_run();
    state.reduce(Action::Session(signed_in("ben@example.com")));
    assert!(state.quota.is_none() && state.runs.is_empty());
}

#[test]
fn news_of_the_same_account_keeps_numbers_and_runs() {
    let (mut state, _) = page_with_run();
    state.reduce(Action::Session(signed_in("mei@example.com")));
    assert_eq!((state.runs_left(), state.runs.len()), (Some(38), 1));
}

#[test]
fn a_refused_sign_in_says_why_and_a_new_attempt_forgets_it() {
    let mut state = State::default();
    state.reduce(Action::Door(DoorAction::Sent));
    assert!(state.door.busy);
    state.reduce(Action::Door(DoorAction::Refused(UiError::new(Code::InvalidCredentials, ""))));
    assert_eq!(state.door.error.as_ref().unwrap().code, Code::InvalidCredentials);
    assert!(!state.door.busy);
    state.reduce(Action::Door(DoorAction::Sent));
    assert_eq!(state.door.error, None);
}

#[test]
fn a_failed_reading_is_shown_as_the_backend_tells_it_with_its_numbers() {
    let failure = Some(UiError::new(Code::Unreachable, "offline"));
    let state = page([Action::Quota(QuotaState { failure, ..reading(62, 1) })]);
    assert_eq!(state.runs_left(), Some(38));
    assert_eq!(state.quota.unwrap().failure.unwrap().code, Code::Unreachable);
}

#[test]
fn deltas_add_up_in_order() {
    let (mut state, run_id) = page_with_run();
    state.reduce(event(run_id, 0, Progress::Started));
    state.reduce(event(run_id, 1, text("Hel")));
    state.reduce(event_at(run_id, 2, 3, text("lo")));
    assert_eq!(state.runs[0].view.text.content, "Hello");
    assert!(state.under_way() == 1 && state.repairs.is_empty());
}

#[test]
fn an_event_that_comes_twice_counts_once() {
    let (mut state, run_id) = page_with_run();
    state.reduce(event(run_id, 0, text("once")));
    state.reduce(event(run_id, 0, text("once")));
    assert_eq!(state.runs[0].view.text.content, "once");
    assert!(state.repairs.is_empty());
}

#[test]
fn a_gap_marks_the_run_for_repair_and_its_text_waits() {
    let (mut state, run_id) = page_with_run();
    state.reduce(event(run_id, 0, Progress::Started));
    state.reduce(event(run_id, 2, text("lo")));
    assert_eq!(state.runs[0].view.text.content, "");
    assert_eq!(state.repairs[&run_id].attempt, 0);
}

#[test]
fn the_whole_takes_the_place_of_a_run_with_a_gap_and_later_events_go_behind_it() {
    let (mut state, run_id) = page_with_run();
    state.reduce(event_at(run_id, 2, 3, text("lo")));
    state.reduce(event_at(run_id, 3, 5, text(" you")));
    state.reduce(event_at(run_id, 4, 9, ended(Outcome::Completed)));
    state.reduce(Action::RunRepaired(whole(run_id, "Hello", 3)));
    let run = &state.runs[0];
    assert_eq!(run.view.text.content, "Hello you");
    assert!(!run.is_running() && state.repairs.is_empty());
}

#[test]
fn a_gap_behind_the_whole_asks_again() {
    let (mut state, run_id) = page_with_run();
    state.reduce(event(run_id, 7, text("late")));
    state.reduce(Action::RunRepaired(whole(run_id, "early", 3)));
    assert_eq!(state.repairs[&run_id].attempt, 1);
}

#[test]
fn a_whole_that_stays_behind_is_not_asked_for_for_ever() {
    let (mut state, run_id) = page_with_run();
    state.reduce(event(run_id, 7, ended(Outcome::Completed)));
    (0..3).for_each(|_| state.reduce(Action::RunRepaired(whole(run_id, "early", 3))));
    assert!(state.repairs.is_empty() && state.under_way() == 0);
}

#[test]
fn a_whole_that_does_not_come_loses_no_end() {
    let (mut state, run_id) = page_with_run();
    state.reduce(event(run_id, 5, ended(Outcome::Cancelled)));
    state.reduce(Action::RunRepairFailed(run_id));
    assert_eq!(state.runs[0].view.end.as_ref().unwrap().outcome, Outcome::Cancelled);
    assert!(state.repairs.is_empty());
}

#[test]
fn a_run_that_the_page_does_not_know_is_asked_for_and_goes_last() {
    let (mut state, _) = page_with_run();
    let other = RunId::random();
    state.reduce(event(other, 0, Progress::Started));
    assert!(state.repairs.contains_key(&other));
    state.reduce(Action::RunRepaired(whole(other, "", 1)));
    assert_eq!(state.runs.last().unwrap().view.run_id, other);
    assert!(state.repairs.is_empty());
}

#[test]
fn a_refused_run_failed_and_cost_nothing() {
    let (mut state, run_id) = page_with_run();
    state.reduce(Action::RunRefused(run_id, UiError::new(Code::QuotaExceeded, "100/100")));
    assert_eq!(state.runs[0].view.end.as_ref().unwrap().charged, Charged::No);
    assert_eq!(state.under_way(), 0);
}

#[test]
fn a_run_ends_once() {
    let (mut state, run_id) = page_with_run();
    state.reduce(event(run_id, 0, ended(Outcome::Completed)));
    state.reduce(Action::RunRefused(run_id, UiError::new(Code::Internal, "late")));
    assert_eq!(state.runs[0].view.end.as_ref().unwrap().outcome, Outcome::Completed);
}

#[test]
fn text_that_does_not_begin_where_the_last_ended_is_a_gap() {
    let (mut state, run_id) = page_with_run();
    state.reduce(event(run_id, 0, text("字")));
    state.reduce(event_at(run_id, 1, 3, text("counted in bytes")));
    assert_eq!(state.runs[0].view.text.content, "字");
    assert!(state.repairs.contains_key(&run_id));
    state.reduce(Action::RunRepaired(whole(run_id, "字 in full", 2)));
    state.reduce(event_at(run_id, 2, 9, text(".")));
    assert_eq!(state.runs[0].view.text.content, "字 in full.");
}

#[test]
fn what_a_run_left_is_what_the_backend_tells_of_it() {
    let (mut state, run_id) = page_with_run();
    let left = Left { kind: Kind::LlmExecutions, remaining: 37 };
    state.reduce(event(run_id, 0, ended(Outcome::Completed)));
    state.reduce(Action::Quota(reading(70, 3)));
    assert_eq!(state.runs[0].view.left, None, "a reading that others asked for may be from before its end");
    state.reduce(event(run_id, 1, Progress::Left(left)));
    assert_eq!(state.runs[0].view.left, Some(left));
}

#[test]
fn each_of_several_runs_goes_its_own_way() {
    let (mut state, first) = page_with_run();
    let second = RunId::random();
    state.reduce(Action::RunStarted(StartRun::new(second, NodeRequest::default()), Timestamp::UNIX_EPOCH));
    state.reduce(event(second, 0, text("two")));
    state.reduce(event(first, 0, text("one")));
    state.reduce(Action::RunStopping(second));
    assert_eq!((state.under_way(), state.runs[0].stopping, state.runs[1].stopping), (2, false, true));
    state.reduce(event_at(second, 1, 3, ended(Outcome::Cancelled)));
    assert_eq!((state.under_way(), state.runs[0].is_running()), (1, true));
}

#[test]
fn stopping_lasts_until_the_end_or_a_refusal() {
    let (mut state, run_id) = page_with_run();
    state.reduce(Action::RunStopping(run_id));
    assert!(state.runs[0].stopping);
    state.reduce(Action::StopRefused(run_id, UiError::new(Code::Internal, "")));
    assert!(!state.runs[0].stopping && state.notice.is_some());
    state.reduce(Action::RunStopping(run_id));
    state.reduce(event(run_id, 0, ended(Outcome::Cancelled)));
    assert!(!state.runs[0].stopping);
}

fn at_door(actions: impl IntoIterator<Item = DoorAction>) -> State {
    page(actions.into_iter().map(Action::Door))
}

fn session_ended(email: &str) -> SessionState {
    let account = signed_in(email).account().cloned().expect("somebody");
    SessionState::Ended { account, cause: UiError::new(Code::SessionEnded, "") }
}

#[test]
fn a_session_that_ended_keeps_numbers_runs_and_place() {
    let (mut state, _) = page_with_run();
    state.reduce(Action::Went(Place::History));
    state.reduce(Action::Session(session_ended("mei@example.com")));
    assert_eq!((state.runs_left(), state.runs.len(), state.place), (Some(38), 1, Place::History));
    state.reduce(Action::Session(signed_in("mei@example.com")));
    assert_eq!((state.runs_left(), state.runs.len(), state.place), (Some(38), 1, Place::History));
}

#[test]
fn whoever_signs_in_in_place_of_an_ended_session_sees_nothing_of_it() {
    let (mut state, _) = page_with_run();
    state.reduce(Action::Session(session_ended("mei@example.com")));
    state.reduce(Action::Session(signed_in("ben@example.com")));
    assert!(state.quota.is_none() && state.runs.is_empty());
}

#[test]
fn a_switch_shows_nothing_until_the_numbers_of_the_other_come() {
    let (mut state, _) = page_with_run();
    state.reduce(Action::Session(signed_in("ben@example.com")));
    assert_eq!(state.runs_left(), None);
    state.reduce(Action::Quota(reading(7, 1)));
    state.reduce(Action::RunRepaired(whole(RunId::random(), "Ben's", 2)));
    assert_eq!((state.runs_left(), state.runs.len()), (Some(93), 1));
}

#[test]
fn a_wait_that_the_server_names_is_counted_from_now() {
    let now = Timestamp::from_second(100).expect("a time within a few thousand years");
    let mailed = |mailed| DoorAction::Mailed("mei@example.com".into(), CodePurpose::SignIn, mailed, now);
    let state = at_door([DoorAction::Went(Step::Code), mailed(Mailed::Sent)]);
    assert_eq!(state.door.mail_for(Step::Code).expect("a mail").next, None);
    assert_eq!(state.door.mail_for(Step::Reset), None, "a code is good for one thing");

    let state = at_door([mailed(Mailed::Wait { seconds: 40 })]);
    let next = state.door.mail_for(Step::Code).expect("a mail").next.expect("a time");
    assert_eq!(next.as_second(), 140);
}

#[test]
fn adding_an_account_ends_when_somebody_came_in_and_not_before() {
    let mut state = at_door([DoorAction::Adding, DoorAction::Went(Step::SignUp)]);
    assert!(state.door.adding);
    let SessionState::SignedIn { account, .. } = signed_in("mei@example.com") else { unreachable!() };
    let not_kept = Some(UiError::new(Code::KeychainLocked, ""));
    state.reduce(Action::Session(SessionState::SignedIn { account, not_kept }));
    assert!(state.door.adding, "news of the account that is shown are none of the door's");
    state.reduce(Action::Session(signed_in("ben@example.com")));
    assert!(!state.door.adding);
}

#[test]
fn a_new_account_is_greeted_until_the_greeting_is_read() {
    let mut state = at_door([DoorAction::Sent, DoorAction::Entered(true)]);
    state.reduce(Action::Session(signed_in("ben@example.com")));
    assert!(state.door.greeting);
    state.reduce(Action::Door(DoorAction::Greeted));
    assert!(!state.door.greeting);
}
