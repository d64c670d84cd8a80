//! Flows run as apps by the client's front door, against a scripted Supabase and edge on this machine.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test a fault ends the test")]

#[expect(dead_code, reason = "each test file uses its part of the world")]
mod support;

use std::collections::BTreeMap;
use std::time::Duration;

use flowmeter_client::{Client, News};
use flowmeter_domain::flow::Flow;
use flowmeter_domain::flow::execution::{FlowEnd, Given, Hindrance, NodeState};
use flowmeter_domain::ipc::{
    CheckFlow, DeleteFlow, FlowId, FlowProgress, FlowRunEvent, FlowRunView, ForgetConversation, GetFlowRun,
    GetLastFlowRun, ImportFlow, Left, RestoreFlow, StartFlowRun, StopFlowRun,
};
use flowmeter_domain::{Charged, Code, Kind, Outcome, RunId};
use serde_json::{Value, json};
use wiremock::matchers::{body_partial_json, method, path};
use wiremock::{Mock, ResponseTemplate};

use support::{Heard, World, answer, refreshed};

/// A question, a check of what a model says of it, two ways, and what comes of it.
fn two_ways() -> Value {
    json!({
        "nodes": [
            {"id": "in", "type": "input", "data": {"label": "Question"}},
            {"id": "judge", "type": "llm", "data": {
                "label": "Judge", "model": "judge", "systemPrompt": "Say YES or NO.",
                "inputMappings": {"user_input": "Is it short? {{Question.user_input}}"},
            }},
            {"id": "if", "type": "branch", "data": {"label": "Check", "condition": "{{Judge.response}}.includes('YES')"}},
            {"id": "long", "type": "llm", "data": {"label": "Long", "model": "long", "prompt": "{{Question.user_input}}"}},
            {"id": "short", "type": "llm", "data": {"label": "Short", "prompt": "{{Question.user_input}}"}},
            {"id": "out", "type": "output", "data": {"label": "Answer", "inputMappings": {
                "mode": "select",
                "sources": [
                    {"type": "variable", "value": "{{Long.response}}"},
                    {"type": "variable", "value": "{{Short.response}}"},
                ],
            }}},
        ],
        "edges": [
            {"source": "in", "target": "judge"}, {"source": "judge", "target": "if"},
            {"source": "if", "target": "long", "sourceHandle": "true"},
            {"source": "if", "target": "short", "sourceHandle": "false"},
            {"source": "long", "target": "out"}, {"source": "short", "target": "out"},
        ],
    })
}

/// Two models side by side, each with an output of its own and one that wants both.
fn side_by_side() -> Value {
    let output =
        |id: &str, text: &str| json!({"id": id, "type": "output", "data": {"label": id, "text": text}});
    json!({
        "nodes": [
            {"id": "in", "type": "input", "data": {"label": "Question"}},
            {"id": "a", "type": "llm", "data": {"label": "A", "model": "a"}},
            {"id": "b", "type": "llm", "data": {"label": "B", "model": "b"}},
            output("only a", "{{A.response}}"), output("only b", "{{B.response}}"),
            output("both", "{{A.response}} {{B.response}}"),
        ],
        "edges": [
            {"source": "in", "target": "a"}, {"source": "in", "target": "b"},
            {"source": "a", "target": "only a"}, {"source": "b", "target": "only b"},
            {"source": "a", "target": "both"}, {"source": "b", "target": "both"},
        ],
    })
}

fn one_model(data: Value) -> Value {
    json!({
        "nodes": [
            {"id": "in", "type": "input", "data": {"label": "Question"}},
            {"id": "a", "type": "llm", "data": data},
            {"id": "out", "type": "output", "data": {"label": "Answer"}},
        ],
        "edges": [{"source": "in", "target": "a"}, {"source": "a", "target": "out"}],
    })
}

fn start(flow: Value, text: &str) -> StartFlowRun {
    let given = Given { user_input: text.into(), ..Given::default() };
    StartFlowRun {
        run_id: RunId::random(),
        flow_id: FlowId::random(),
        flow: serde_json::from_value(flow).unwrap(),
        given: BTreeMap::from([("in".to_owned(), given)]),
        default_model: "default".into(),
    }
}

/// A world in which somebody is signed in, and one app use is counted at each call.
async fn world() -> (World, Client, Heard) {
    let (world, client, heard) = World::running().await;
    app_use(&world, true).await;
    (world, client, heard)
}

async fn app_use(world: &World, allowed: bool) {
    let body = json!({"allowed": allowed, "used": 50, "limit": 50, "remaining": 0});
    world.supabase(answer("POST", "/rest/v1/rpc/consume_app_usage", 200, body)).await;
}

fn asked(model: &str) -> wiremock::MockBuilder {
    let post = Mock::given(method("POST")).and(path("/api/run-node-stream"));
    post.and(body_partial_json(json!({"model": model})))
}

fn stream(body: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body, "text/event-stream")
}

fn says(text: &str) -> ResponseTemplate {
    stream(&format!("data: {}\n\ndata: [DONE]\n\n", json!({"content": text, "reasoning": ""})))
}

/// All events of the one run that goes.
async fn to_its_end(heard: &mut Heard) -> (Vec<FlowRunEvent>, FlowEnd) {
    let mut events = Vec::new();
    loop {
        let News::FlowRun(event) = heard.until(|news| matches!(news, News::FlowRun(_))).await else {
            continue;
        };
        events.push(event.clone());
        if let FlowProgress::Ended(end) = event.progress {
            return (events, end);
        }
    }
}

async fn ended(client: &Client, heard: &mut Heard, request: &StartFlowRun) -> FlowRunView {
    client.start_flow_run(request.clone()).unwrap();
    to_its_end(heard).await;
    client.flow_run(GetFlowRun { run_id: request.run_id }).unwrap()
}

fn state<'a>(view: &'a FlowRunView, node: &str) -> &'a NodeState {
    view.execution.state(node)
}

fn output(view: &FlowRunView, node: &str) -> String {
    view.execution.output(view.execution.node(node).unwrap()).text
}

/// What the edge was sent, in order.
async fn sent(world: &World) -> Vec<Value> {
    let requests = world.server.received_requests().await.unwrap();
    let posts = requests.iter().filter(|request| request.url.path() == "/api/run-node-stream");
    posts.map(|request| request.body_json().unwrap()).collect()
}

async fn app_uses(world: &World) -> usize {
    let requests = world.server.received_requests().await.unwrap();
    requests.iter().filter(|request| request.url.path().ends_with("/consume_app_usage")).count()
}

fn done(way: Option<bool>) -> NodeState {
    NodeState::Done { way }
}

#[tokio::test]
async fn a_flow_uses_the_app_once_goes_one_way_and_shows_what_came_of_it() {
    let (world, client, mut heard) = world().await;
    world.supabase(asked("judge").respond_with(says("NO, it is long"))).await;
    world.supabase(asked("default").respond_with(says("In short: 42"))).await;
    let request = start(two_ways(), "What is the answer?");

    client.start_flow_run(request.clone()).unwrap();
    let (mut events, end) = to_its_end(&mut heard).await;
    let News::FlowRun(left) = heard.until(|news| matches!(news, News::FlowRun(_))).await else {
        panic!("what is left is told");
    };
    events.push(left);

    assert_eq!(end, FlowEnd { outcome: Outcome::Completed, app_use: Charged::Yes, llm_runs: 2, unsure: 0 });
    assert_eq!(app_uses(&world).await, 1);
    let bodies = sent(&world).await;
    assert_eq!(bodies[0]["input"], "Is it short? What is the answer?");
    assert_eq!(bodies[0]["systemPrompt"], "Say YES or NO.");
    assert_eq!(
        (&bodies[1]["model"], &bodies[1]["input"]),
        (&"default".into(), &"What is the answer?".into())
    );
    assert_eq!(bodies.len(), 2);
    let view = client.flow_run(GetFlowRun { run_id: request.run_id }).unwrap();
    assert_eq!(state(&view, "if"), &done(Some(false)));
    assert_eq!(state(&view, "long"), &NodeState::Skipped);
    assert_eq!(output(&view, "out"), "In short: 42");

    // A page that was there from the beginning knows the same as one that asks now.
    let mut mirror = FlowRunView::new(
        request.run_id,
        request.flow_id,
        view.started_at,
        flowmeter_domain::flow::execution::Execution::new(request.flow, request.given),
    );
    for (index, event) in events.into_iter().enumerate() {
        assert_eq!(event.seq, index as u64);
        mirror.take(event.progress);
    }
    assert_eq!(mirror, view);
}

#[tokio::test]
async fn after_a_run_it_is_told_what_is_left_of_both_quotas() {
    let (world, client, mut heard) = World::running().await;
    let row = json!({"app_usages_used": 4, "app_usages_limit": 50, "llm_executions_used": 99, "llm_executions_limit": 100});
    world.set_quota(row).await;
    app_use(&world, true).await;
    world.supabase(asked("default").respond_with(says("42"))).await;
    let request = start(one_model(json!({"label": "A", "prompt": "{{Question.user_input}}"})), "why?");
    client.start_flow_run(request.clone()).unwrap();

    let (events, _) = to_its_end(&mut heard).await;
    let told = heard.until(|news| matches!(news, News::FlowRun(_))).await;

    let News::FlowRun(FlowRunEvent { seq, progress: FlowProgress::Left { left }, .. }) = told else {
        panic!("{told:?}");
    };
    let expected = [(Kind::AppUsages, 46), (Kind::LlmExecutions, 1)];
    assert_eq!(left, expected.map(|(kind, remaining)| Left { kind, remaining }));
    assert_eq!(seq, events.len() as u64, "it follows the end without a gap");
    assert_eq!(client.flow_run(GetFlowRun { run_id: request.run_id }).unwrap().left, left);
}

#[tokio::test]
async fn without_a_network_nothing_was_used_and_that_is_said() {
    let (mut world, client, mut heard) = world().await;
    world.go_offline().await;
    let request = start(two_ways(), "why?");

    let view = ended(&client, &mut heard, &request).await;

    let end = view.end.unwrap();
    assert!(matches!(&end.outcome, Outcome::Failed { cause } if cause.code == Code::Unreachable), "{end:?}");
    assert_eq!((end.app_use, end.llm_runs, end.unsure), (Charged::No, 0, 0));
}

#[tokio::test]
async fn a_server_that_does_not_say_whether_it_counted_may_have() {
    let (world, client, mut heard) = World::running().await;
    world.supabase(answer("POST", "/rest/v1/rpc/consume_app_usage", 500, json!({"message": "oops"}))).await;
    let request = start(two_ways(), "why?");

    let view = ended(&client, &mut heard, &request).await;

    assert_eq!(view.end.unwrap().app_use, Charged::Unknown);
    assert!(sent(&world).await.is_empty());
}

#[tokio::test]
async fn nodes_side_by_side_are_asked_at_once() {
    let (world, client, mut heard) = world().await;
    let never = || says("never").set_delay(Duration::from_secs(60));
    world.supabase(asked("a").respond_with(never())).await;
    world.supabase(asked("b").respond_with(never())).await;
    let request = start(side_by_side(), "");
    client.start_flow_run(request.clone()).unwrap();
    let both = async {
        while sent(&world).await.len() < 2 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), both).await.expect("both are asked");

    client.stop_flow_run(StopFlowRun { run_id: request.run_id }).unwrap();
    let (_, end) = to_its_end(&mut heard).await;

    assert_eq!(end.outcome, Outcome::Cancelled);
    assert_eq!((end.app_use, end.llm_runs, end.unsure), (Charged::Yes, 0, 2));
    let view = client.flow_run(GetFlowRun { run_id: request.run_id }).unwrap();
    for node in ["a", "b", "only a", "only b", "both"] {
        assert_eq!(state(&view, node), &NodeState::Stopped { because: None }, "{node}");
    }
    assert_eq!(state(&view, "in"), &done(None));
}

#[tokio::test]
async fn a_failure_stops_what_depends_on_it_says_why_and_lets_others_go_on() {
    let (world, client, mut heard) = world().await;
    let broken = "data: {\"content\":\"half\"}\n\ndata: {\"error\":\"broken\"}\n\n";
    world.supabase(asked("a").respond_with(stream(broken))).await;
    world.supabase(asked("b").respond_with(says("whole"))).await;
    let request = start(side_by_side(), "");

    let view = ended(&client, &mut heard, &request).await;

    let NodeState::Failed { cause } = state(&view, "a") else { panic!("{:?}", state(&view, "a")) };
    assert_eq!(cause.code, Code::ExecutionFailed);
    let stopped = NodeState::Stopped { because: Some("a".into()) };
    assert_eq!((state(&view, "only a"), state(&view, "both")), (&stopped, &stopped));
    assert_eq!((state(&view, "only b"), output(&view, "only b")), (&done(None), "whole".into()));
    // What came before the failure can still be read.
    assert_eq!(output(&view, "only a"), "half");
    let end = view.end.unwrap();
    assert!(matches!(end.outcome, Outcome::Failed { cause } if cause.code == Code::ExecutionFailed));
    assert_eq!((end.llm_runs, end.unsure), (1, 0));
}

#[tokio::test]
async fn at_the_limit_of_app_uses_no_node_runs() {
    let (world, client, mut heard) = World::running().await;
    app_use(&world, false).await;
    let request = start(two_ways(), "why?");

    let view = ended(&client, &mut heard, &request).await;

    let end = view.end.as_ref().unwrap();
    assert!(matches!(&end.outcome, Outcome::Failed { cause } if cause.code == Code::QuotaExceeded));
    assert_eq!((end.app_use, end.llm_runs, end.unsure), (Charged::No, 0, 0));
    assert!(view.execution.nodes.values().all(|run| run.state == NodeState::Stopped { because: None }));
    assert!(sent(&world).await.is_empty());
}

#[tokio::test]
async fn what_cannot_be_run_is_refused_before_anything_is_used() {
    let (world, client, _heard) = world().await;
    let nodes = |flow: &mut Value| flow["nodes"].as_array_mut().unwrap().to_owned();
    let mut flows = Vec::new();
    for kind in ["rag", "tool", "imagegen"] {
        let mut flow = one_model(json!({"label": "A"}));
        flow["nodes"] = [nodes(&mut flow), vec![json!({"id": "x", "type": kind})]].concat().into();
        flows.push((flow, "not_run_here"));
    }
    let mut circle = one_model(json!({"label": "A"}));
    circle["edges"] = json!([{"source": "in", "target": "out"}, {"source": "a", "target": "a"}]);
    flows.push((circle, "faulty"));
    let mut branch = two_ways();
    branch["nodes"][2]["data"]["condition"] = "{{Judge.response}} is good".into();
    flows.push((branch, "condition_unread"));

    for (flow, kind) in flows {
        let found = client.check_flow(&CheckFlow { flow: serde_json::from_value(flow.clone()).unwrap() });
        assert_eq!(serde_json::to_value(&found[0]).unwrap()["kind"], kind, "{found:?}");
        assert_eq!(client.start_flow_run(start(flow, "")).unwrap_err().code, Code::InvalidInput, "{kind}");
    }
    let mut required = one_model(json!({"label": "A"}));
    required["nodes"][0]["data"]["textRequired"] = true.into();
    assert_eq!(client.start_flow_run(start(required.clone(), " ")).unwrap_err().code, Code::InvalidInput);
    let mut nothing_given = start(required, "");
    nothing_given.given.clear();
    assert_eq!(client.start_flow_run(nothing_given).unwrap_err().code, Code::InvalidInput);
    assert_eq!((app_uses(&world).await, sent(&world).await.len()), (0, 0));
    assert_eq!(client.start(String::new()).flow_runs, []);
}

#[tokio::test]
async fn a_flow_that_can_be_run_has_no_hindrance() {
    let (_world, client, _heard) = world().await;
    for flow in [two_ways(), side_by_side()] {
        let flow: Flow = serde_json::from_value(flow).unwrap();
        assert_eq!(client.check_flow(&CheckFlow { flow }), Vec::<Hindrance>::new());
    }
}

#[tokio::test]
async fn a_node_with_a_memory_is_told_what_was_said_before_until_a_new_conversation() {
    let (world, client, mut heard) = world().await;
    world.supabase(asked("a").respond_with(says("Bern"))).await;
    let flow = one_model(json!({"label": "A", "model": "a", "enableMemory": true, "memoryMaxTurns": 1}));
    let first = start(flow, "Which is the capital?");
    let next = |text: &str| StartFlowRun {
        flow_id: first.flow_id,
        ..start(serde_json::to_value(&first.flow).unwrap(), text)
    };

    ended(&client, &mut heard, &first).await;
    ended(&client, &mut heard, &next("Since when?")).await;
    ended(&client, &mut heard, &next("Why?")).await;
    client.forget_conversation(ForgetConversation { flow_id: first.flow_id }).unwrap();
    ended(&client, &mut heard, &next("Who?")).await;
    // Another flow, and a node that does not ask for it, remember nothing of this.
    ended(&client, &mut heard, &start(serde_json::to_value(&first.flow).unwrap(), "And here?")).await;

    let histories: Vec<Value> =
        sent(&world).await.into_iter().map(|body| body["conversationHistory"].clone()).collect();
    let said = |question: &str| json!([{"role": "user", "content": question}, {"role": "assistant", "content": "Bern"}]);
    assert_eq!(
        histories,
        [Value::Null, said("Which is the capital?"), said("Since when?"), Value::Null, Value::Null]
    );
}

#[tokio::test]
async fn of_each_flow_the_last_run_is_kept_and_a_sign_out_takes_it_along() {
    let (world, client, mut heard) = world().await;
    world.supabase(asked("default").respond_with(says("yes"))).await;
    let first = start(one_model(json!({"label": "A"})), "");
    let again = StartFlowRun { run_id: RunId::random(), ..first.clone() };
    let other = start(one_model(json!({"label": "A"})), "");
    for request in [&first, &again, &other] {
        ended(&client, &mut heard, request).await;
    }

    let kept: Vec<RunId> = client.start(String::new()).flow_runs.iter().map(|run| run.run_id).collect();
    assert_eq!(kept, [again.run_id, other.run_id]);
    assert_eq!(client.flow_run(GetFlowRun { run_id: first.run_id }).unwrap_err().code, Code::NotFound);

    world.supabase(answer("POST", "/auth/v1/token", 200, refreshed("two"))).await;
    client.sign_out().await.unwrap();
    client.sign_in(support::sign_in()).await.unwrap();
    assert_eq!(client.start(String::new()).flow_runs, []);
}

/// A flow that is kept, and a run of it.
async fn start_kept(client: &Client, text: &str) -> StartFlowRun {
    let request = start(one_model(json!({"label": "A"})), text);
    let flow = serde_json::to_string(&request.flow).unwrap();
    let kept = client.import_flow(ImportFlow { name: "Kept".into(), text: flow }).await.unwrap();
    StartFlowRun { flow_id: kept.flow_id, ..request }
}

#[tokio::test]
async fn after_a_restart_the_last_run_is_still_there_until_its_flow_is_gone() {
    let (world, client, mut heard) = world().await;
    world.supabase(asked("default").respond_with(says("In short: **42**"))).await;
    let first = start_kept(&client, "What is the answer?").await;
    let flow_id = first.flow_id;
    assert_eq!(client.last_flow_run(GetLastFlowRun { flow_id }).await.unwrap(), None);
    ended(&client, &mut heard, &first).await;
    let again = StartFlowRun { run_id: RunId::random(), ..first };
    let last = ended(&client, &mut heard, &again).await;
    drop(client);

    let (client, _heard) = world.client();
    assert_eq!(client.start(String::new()).flow_runs, [], "it is read when its flow is shown");
    let kept = client.last_flow_run(GetLastFlowRun { flow_id }).await.unwrap();
    assert_eq!(kept.as_ref(), Some(&last));
    assert_eq!(output(&last, "out"), "In short: **42**");
    client.delete_flow(DeleteFlow { flow_id }).await.unwrap();
    assert_eq!(client.last_flow_run(GetLastFlowRun { flow_id }).await.unwrap(), None);
    client.restore_flow(RestoreFlow { flow_id }).await.unwrap();
    assert_eq!(client.last_flow_run(GetLastFlowRun { flow_id }).await.unwrap(), kept);

    client.clear_history().await.unwrap();
    assert_eq!(client.last_flow_run(GetLastFlowRun { flow_id }).await.unwrap(), None);
    client.restore_history().await.unwrap();
    assert_eq!(client.last_flow_run(GetLastFlowRun { flow_id }).await.unwrap(), kept);
}

#[tokio::test]
async fn a_run_whose_app_was_killed_was_cut_and_says_what_it_may_have_cost() {
    let (world, client, mut heard) = world().await;
    world.supabase(asked("default").respond_with(says("never").set_delay(Duration::from_secs(60)))).await;
    let request = start_kept(&client, "Why?").await;
    let flow_id = request.flow_id;
    client.start_flow_run(request).unwrap();
    let is_asked = |news: &News| {
        matches!(news, News::FlowRun(event) if matches!(&event.progress,
        FlowProgress::Node { node, state: NodeState::Running, .. } if node == "a"))
    };
    heard.until(is_asked).await;

    // Another launch on the same store: this one says nothing to it any more.
    let (other, _heard) = world.client();
    let told = async || other.last_flow_run(GetLastFlowRun { flow_id }).await.unwrap().unwrap();
    let asked = async {
        while told().await.end.is_none_or(|end| end.unsure == 0) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), asked).await.expect("it is kept while it goes on");
    let end = told().await.end.unwrap();
    assert!(matches!(end.outcome, Outcome::Incomplete { cause } if cause.code == Code::Interrupted));
    assert_eq!((end.app_use, end.unsure), (Charged::Yes, 1));
}

#[tokio::test]
async fn two_thousand_deltas_make_some_dozen_events_and_the_text_is_whole() {
    const DELTAS: usize = 2_000;
    let (world, client, mut heard) = world().await;
    let deltas = (0..DELTAS).map(|number| format!("data: {}\n\n", json!({"content": format!("{number} ")})));
    world
        .supabase(
            asked("default").respond_with(stream(&format!("{}data: [DONE]\n\n", deltas.collect::<String>()))),
        )
        .await;
    let request = start(one_model(json!({"label": "A"})), "Count");

    client.start_flow_run(request.clone()).unwrap();
    let (events, end) = to_its_end(&mut heard).await;

    assert_eq!(end.outcome, Outcome::Completed);
    let told = events.iter().filter(|event| matches!(event.progress, FlowProgress::Delta { .. })).count();
    assert!(told < DELTAS / 20, "{told} events");
    let view = client.flow_run(GetFlowRun { run_id: request.run_id }).unwrap();
    let whole: String = (0..DELTAS).map(|number| format!("{number} ")).collect();
    assert_eq!(output(&view, "out"), whole);
}
