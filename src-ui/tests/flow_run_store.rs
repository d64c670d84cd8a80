//! The runs of flows on the page: they mirror what the backend tells, also when something was missed.

use std::collections::BTreeMap;

use flowmeter_domain::flow::Flow;
use flowmeter_domain::flow::execution::{Execution, NodeState};
use flowmeter_domain::ipc::{FlowId, FlowProgress, FlowRunEvent, FlowRunView, SessionState};
use flowmeter_domain::{Charged, Code, Delta, Outcome, RunId, UiError};
use flowmeter_ui::stores::{Action, Clearing, FlowRunAction, State};
use jiff::Timestamp;
use serde_json::json;

fn flow() -> Flow {
    let nodes = json!([{"id": "a", "type": "llm", "data": {"label": "A"}}]);
    serde_json::from_value(json!({"nodes": nodes, "edges": []})).expect("a flow")
}

fn view() -> FlowRunView {
    let execution = Execution::new(flow(), BTreeMap::new());
    FlowRunView::new(RunId::random(), FlowId::random(), Timestamp::UNIX_EPOCH, execution)
}

fn text(content: &str) -> FlowProgress {
    let delta = Delta { content: content.into(), reasoning: String::new() };
    FlowProgress::Delta { node: "a".into(), delta }
}

fn told(run: &FlowRunView, seq: u64, progress: FlowProgress) -> Action {
    Action::FlowRun(FlowRunAction::Told(FlowRunEvent { run_id: run.run_id, seq, progress }))
}

fn page(actions: impl IntoIterator<Item = Action>) -> State {
    let mut state = State::default();
    actions.into_iter().for_each(|action| state.reduce(action));
    state
}

fn started(run: &FlowRunView) -> Action {
    Action::FlowRun(FlowRunAction::Started(run.clone()))
}

fn content(state: &State, run: &FlowRunView) -> String {
    state.flow_runs.of(run.flow_id).expect("the run").execution.nodes["a"].text.content.clone()
}

#[test]
fn text_arrives_in_order_and_each_piece_once() {
    let run = view();
    let running = FlowProgress::Node { node: "a".into(), state: NodeState::Running, charged: None };
    let state = page([
        started(&run),
        told(&run, 0, running),
        told(&run, 1, text("one ")),
        told(&run, 1, text("one ")),
        told(&run, 2, text("two")),
    ]);
    assert_eq!(content(&state, &run), "one two");
    assert_eq!(state.flow_runs.of(run.flow_id).expect("the run").execution.state("a"), &NodeState::Running);
}

#[test]
fn a_gap_asks_for_the_whole_and_loses_nothing_that_came_meanwhile() {
    let run = view();
    let mut state = page([started(&run), told(&run, 1, text("two ")), told(&run, 2, text("three"))]);
    assert_eq!((content(&state, &run).as_str(), state.flow_runs.repairs.len()), ("", 1));

    let mut whole = run.clone();
    whole.take(text("one "));
    whole.take(text("two "));
    state.reduce(Action::FlowRun(FlowRunAction::Whole(whole)));

    assert_eq!((content(&state, &run).as_str(), state.flow_runs.repairs.len()), ("one two three", 0));
}

#[test]
fn a_run_that_is_not_known_is_asked_for() {
    let run = view();
    let state = page([told(&run, 5, text("late"))]);
    assert!(state.flow_runs.repairs.contains_key(&run.run_id));
}

#[test]
fn an_end_is_not_lost_with_a_repair_that_fails() {
    let run = view();
    let end = FlowProgress::Ended(run.execution.end(Charged::Yes));
    let failed = Action::FlowRun(FlowRunAction::RepairFailed(run.run_id));
    let stopping = Action::FlowRun(FlowRunAction::Stopping(run.run_id));
    let state = page([started(&run), stopping, told(&run, 3, end), failed]);
    assert!(state.flow_runs.of(run.flow_id).expect("the run").end.is_some());
    assert!(!state.flow_runs.is_stopping(run.run_id));
}

#[test]
fn a_refused_run_has_failed_with_its_reason_and_cost_nothing() {
    let run = view();
    let error = UiError::new(Code::TooManyRuns, "8 flows");
    let state = page([started(&run), Action::FlowRun(FlowRunAction::Refused(run.run_id, error.clone()))]);
    let end = state.flow_runs.of(run.flow_id).expect("the run").end.clone().expect("its end");
    assert_eq!((end.outcome, end.app_use, end.llm_runs), (Outcome::Failed { cause: error }, Charged::No, 0));
}

#[test]
fn the_last_run_of_an_earlier_launch_is_shown_unless_a_newer_one_is_known() {
    let last = view();
    let kept = || Action::FlowRun(FlowRunAction::Last(last.clone()));
    let state = page([kept()]);
    assert_eq!(state.flow_runs.of(last.flow_id).map(|run| run.run_id), Some(last.run_id));

    let newer = FlowRunView { run_id: RunId::random(), ..last.clone() };
    let state = page([started(&newer), kept()]);
    assert_eq!(state.flow_runs.of(last.flow_id).map(|run| run.run_id), Some(newer.run_id));
    assert_eq!(state.flow_runs.runs.len(), 1);
}

#[test]
fn with_the_history_go_the_runs_that_have_ended() {
    let (going, mut ended) = (view(), view());
    ended.end = Some(ended.execution.end(Charged::Yes));
    let last = Action::FlowRun(FlowRunAction::Last(ended));
    let state = page([started(&going), last, Action::Clearing(Clearing::Cleared)]);
    assert_eq!(state.flow_runs.runs.iter().map(|run| run.run_id).collect::<Vec<_>>(), [going.run_id]);
}

#[test]
fn of_a_flow_the_newest_run_is_shown_and_another_account_sees_none() {
    let first = view();
    let again = FlowRunView { run_id: RunId::random(), ..first.clone() };
    let mut ended = first.clone();
    ended.end = Some(first.execution.end(Charged::Yes));
    let mut state = page([Action::FlowRun(FlowRunAction::Whole(ended)), started(&again)]);
    assert_eq!(state.flow_runs.runs.len(), 1);
    assert_eq!(state.flow_runs.of(first.flow_id).map(|run| run.run_id), Some(again.run_id));

    let account = |name: &str| flowmeter_domain::ipc::Account {
        user_id: uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, name.as_bytes()),
        email: name.to_owned(),
    };
    state.reduce(Action::Session(SessionState::SignedIn { account: account("ben"), not_kept: None }));
    assert!(state.flow_runs.runs.is_empty());
}
