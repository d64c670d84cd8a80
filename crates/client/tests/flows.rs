//! Flows by the client's front door: planned, kept, changed, imported, against a scripted edge.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test a fault ends the test")]

#[expect(dead_code, reason = "each test file uses its part of the world")]
mod support;

use flowmeter_client::{Client, News};
use flowmeter_domain::flow::{Fault, Mark, Mode};
use flowmeter_domain::ipc::{
    ArrangeFlow, DecideChange, Decision, DeleteFlow, DuplicateFlow, FlowId, FlowView, ImportFlow, ModifyFlow,
    ModifyState, Modifying, OpenFlow, Origin, PlanEnd, PlanOutcome, PlanStep, Planning, RenameFlow,
    RestoreFlow, SaveFlow, StartPlan, Step, StepFlow,
};
use flowmeter_domain::{Charged, Code};
use serde_json::{Value, json};
use wiremock::matchers::{body_partial_json, method, path};
use wiremock::{Mock, ResponseTemplate};

use support::{Heard, World, answer, refreshed};

fn flow() -> Value {
    json!({
        "title": "Poems",
        "nodes": [
            {"id": "in", "type": "input", "data": {"label": "Topic"}},
            {"id": "write", "type": "llm", "data": {"label": "Writer", "prompt": "{{Topic.user_input}}"}},
            {"id": "out", "type": "output", "data": {"label": "Shown", "text": "{{Writer.response}}"}},
        ],
        "edges": [
            {"id": "1", "source": "in", "target": "write"},
            {"id": "2", "source": "write", "target": "out"},
        ],
    })
}

fn events(events: &[Value]) -> ResponseTemplate {
    let lines: String = events.iter().map(|event| format!("data: {event}\n\n")).collect();
    ResponseTemplate::new(200).set_body_raw(format!("{lines}data: [DONE]\n\n"), "text/event-stream")
}

fn result(mut flow: Value) -> Value {
    flow["type"] = "result".into();
    flow
}

async fn plan_answers(world: &World, answer: ResponseTemplate) {
    Mock::given(method("POST")).and(path("/api/plan")).respond_with(answer).mount(&world.server).await;
}

async fn modify_answers(world: &World, body: Value) {
    world.supabase(answer("POST", "/api/modify-flow", 200, body)).await;
}

/// The plan at its end.
async fn planned(heard: &mut Heard) -> (Planning, PlanEnd) {
    let is_over = |news: &News| matches!(news, News::Plan(plan) if plan.planning.as_ref().is_some_and(|planning| planning.end.is_some()));
    let News::Plan(plan) = heard.until(is_over).await else { panic!("a plan") };
    let planning = plan.planning.unwrap();
    let end = planning.end.clone().unwrap();
    (planning, end)
}

/// What came of a change.
async fn changed(heard: &mut Heard) -> Modifying {
    let is_over = |news: &News| {
        let News::Flow(view) = news else { return false };
        view.modifying.as_ref().is_some_and(|modifying| modifying.state != ModifyState::Asking)
    };
    let News::Flow(view) = heard.until(is_over).await else { panic!("a flow") };
    view.modifying.unwrap()
}

async fn import(client: &Client, flow: &Value) -> FlowView {
    client.import_flow(ImportFlow { name: "file".into(), text: flow.to_string() }).await.unwrap()
}

fn modify(client: &Client, flow_id: FlowId, prompt: &str) {
    client.modify_flow(&ModifyFlow { flow_id, prompt: prompt.into(), mode: Mode::Patch }).unwrap();
}

async fn decide(client: &Client, flow_id: FlowId, decision: Decision) -> FlowView {
    client.decide_change(DecideChange { flow_id, decision }).await.unwrap()
}

async fn step(client: &Client, flow_id: FlowId, step: Step) -> Result<FlowView, Code> {
    client.step_flow(StepFlow { flow_id, step }).await.map_err(|error| error.code)
}

#[tokio::test]
async fn a_plan_tells_its_steps_and_its_flow_is_kept() {
    let (world, client, mut heard) = World::running().await;
    let steps = [
        json!({"type": "progress", "content": "{\"label\": \"Topic\""}),
        json!({"type": "retrying", "attempt": 2, "model": "one"}),
        json!({"type": "fallback", "model": "two"}),
        json!({"type": "progress", "content": "{\"nodes\": [{\"data\": {\"label\": \"Writer\"}}"}),
        json!({"type": "validation", "message": "m", "faults": [{"code": "no_output_reached"}]}),
        json!({"type": "validation_fix", "message": "m", "repair": {"code": "edge_id_given", "id": "a-b"}}),
        json!({"type": "something_new", "a": 1}),
        result(flow()),
    ];
    plan_answers(&world, events(&steps)).await;

    client.start_plan(&StartPlan { prompt: " Write a poem ".into() }).unwrap();

    let (planning, end) = planned(&mut heard).await;
    assert_eq!(planning.prompt, "Write a poem");
    let thinking = |characters, label: &str| PlanStep::Thinking { characters, labels: vec![label.into()] };
    assert_eq!(
        planning.steps,
        [
            thinking(17, "Topic"),
            PlanStep::Retrying { attempt: 2, model: "one".into() },
            PlanStep::Fallback { model: "two".into() },
            thinking(40, "Writer"),
            PlanStep::Checked { faults: vec![Fault::NoOutputReached] },
            PlanStep::Mended {
                repair: serde_json::from_value(json!({"code": "edge_id_given", "id": "a-b"})).unwrap()
            },
        ]
    );
    let PlanOutcome::Made { flow_id } = end.outcome else { panic!("{end:?}") };
    assert_eq!(end.charged, Charged::Yes);
    let view = client.open_flow(OpenFlow { flow_id }).await.unwrap();
    assert_eq!((view.name.as_str(), view.faults), ("Poems", vec![]));
    assert_eq!(view.origin, Origin::Planned { prompt: "Write a poem".into() });
    assert_eq!(client.flows().await.unwrap().flows[0].flow_id, flow_id);
}

#[tokio::test]
async fn a_plan_without_a_flow_says_so_and_that_nothing_was_charged() {
    let empty = || result(json!({"title": "", "nodes": [], "edges": []}));
    let failed = json!({"type": "error", "message": "no model answers"});
    let outer = |body| ResponseTemplate::new(200).set_body_json(body);
    let table = [
        (events(&[failed, empty()]), Some(Code::ExecutionFailed), Charged::No),
        (events(&[empty()]), None, Charged::No),
        (outer(json!({"nodes": [], "edges": []})), None, Charged::No),
        (outer(json!({"error": "outside"})), Some(Code::ExecutionFailed), Charged::No),
        (
            ResponseTemplate::new(200).set_body_string("<html>"),
            Some(Code::UnexpectedAnswer),
            Charged::Unknown,
        ),
        (events(&[json!({"type": "progress", "content": "{"})]), Some(Code::Interrupted), Charged::Unknown),
    ];
    let (world, client, mut heard) = World::running().await;
    for (answer, code, charged) in table {
        world.reset_edge().await;
        plan_answers(&world, answer).await;
        client.start_plan(&StartPlan { prompt: "Write".into() }).unwrap();
        let (_, end) = planned(&mut heard).await;
        assert_eq!(end.charged, charged, "{end:?}");
        match end.outcome {
            PlanOutcome::Failed { cause } => assert_eq!(Some(cause.code), code),
            other => assert_eq!((other, code), (PlanOutcome::Nothing, None)),
        }
        client.close_plan().unwrap();
    }
    assert_eq!(client.flows().await.unwrap(), Default::default());
}

#[tokio::test]
async fn a_refusal_for_the_quota_is_told_and_the_next_plan_may_go() {
    let (world, client, mut heard) = World::running().await;
    let used_up = json!({"error": "Flow 生成次数已用完 (20/20)", "code": "QUOTA_EXCEEDED"});
    world.supabase(answer("POST", "/api/plan", 429, used_up)).await;

    client.start_plan(&StartPlan { prompt: "Write".into() }).unwrap();

    let (_, end) = planned(&mut heard).await;
    let PlanOutcome::Failed { cause } = end.outcome else { panic!("a failure") };
    assert_eq!((cause.code, end.charged), (Code::QuotaExceeded, Charged::No));
    client.start_plan(&StartPlan { prompt: "Write".into() }).unwrap();
}

#[tokio::test]
async fn a_plan_can_be_stopped_and_only_one_is_made_at_once() {
    let (world, client, mut heard) = World::running().await;
    let never = events(&[result(flow())]).set_delay(std::time::Duration::from_secs(600));
    plan_answers(&world, never).await;
    client.start_plan(&StartPlan { prompt: "Write".into() }).unwrap();
    world.until_requested("/api/plan").await;
    let second = client.start_plan(&StartPlan { prompt: "Write".into() }).unwrap_err();
    assert_eq!(second.code, Code::Conflict);

    client.stop_plan().unwrap();

    let (_, end) = planned(&mut heard).await;
    assert_eq!((end.outcome, end.charged), (PlanOutcome::Cancelled, Charged::Unknown));
}

#[tokio::test]
async fn a_sentence_has_one_to_a_thousand_characters() {
    let (_world, client, _heard) = World::running().await;
    for prompt in [" \n".to_owned(), "字".repeat(1001)] {
        let refused = client.start_plan(&StartPlan { prompt }).unwrap_err();
        assert_eq!(refused.code, Code::InvalidInput);
    }
}

#[tokio::test]
async fn a_change_is_shown_first_then_taken_and_undone_over_a_restart() {
    let (world, client, mut heard) = World::running().await;
    let flow_id = import(&client, &flow()).await.flow_id;
    let patch =
        json!({"patches": [{"nodeId": "write", "data": {"prompt": "In rhyme: {{Topic.user_input}}"}}]});
    let only_patches = Mock::given(method("POST")).and(path("/api/modify-flow"));
    let only_patches = only_patches.and(body_partial_json(json!({"mode": "patch", "prompt": "In rhyme"})));
    only_patches
        .respond_with(ResponseTemplate::new(200).set_body_json(patch))
        .expect(1)
        .mount(&world.server)
        .await;

    modify(&client, flow_id, "In rhyme");

    let modifying = changed(&mut heard).await;
    assert_eq!(modifying.charged, Some(Charged::Yes));
    let ModifyState::Proposed { difference, .. } = modifying.state else { panic!("{modifying:?}") };
    assert_eq!((difference.nodes[0].label.as_str(), difference.nodes[0].mark), ("Writer", Mark::Changed));
    let prompt = |view: &FlowView| view.flow.nodes[1].data["prompt"].as_str().unwrap().to_owned();
    let before = client.open_flow(OpenFlow { flow_id }).await.unwrap();
    assert_eq!(prompt(&before), "{{Topic.user_input}}");
    assert_eq!(step(&client, flow_id, Step::Undo).await, Err(Code::Conflict));

    let taken = decide(&client, flow_id, Decision::Take).await;
    assert_eq!((prompt(&taken).as_str(), taken.can_undo), ("In rhyme: {{Topic.user_input}}", true));
    assert_eq!(taken.origin, Origin::Modified { prompt: "In rhyme".into() });

    drop(client);
    let (client, _heard) = world.client();
    let undone = step(&client, flow_id, Step::Undo).await.unwrap();
    assert_eq!((prompt(&undone).as_str(), undone.can_redo), ("{{Topic.user_input}}", true));
    let redone = step(&client, flow_id, Step::Redo).await.unwrap();
    assert_eq!(prompt(&redone), "In rhyme: {{Topic.user_input}}");
    assert_eq!(step(&client, flow_id, Step::Redo).await, Err(Code::NotFound));
}

#[tokio::test]
async fn what_is_not_understood_or_would_break_the_flow_changes_nothing_and_says_so() {
    let (world, client, mut heard) = World::running().await;
    let flow_id = import(&client, &flow()).await.flow_id;
    let before = client.open_flow(OpenFlow { flow_id }).await.unwrap().flow;
    let table = [
        (json!({"action": "unknown"}), "not_applied"),
        (json!({"action": "delete", "target": "gone"}), "not_applied"),
        (json!({"action": "delete", "target": "write"}), "broken"),
        (json!({"patches": []}), "no_difference"),
        (json!({"weather": "fine"}), "failed"),
    ];
    for (body, state) in table {
        world.reset_edge().await;
        modify_answers(&world, body.clone()).await;
        modify(&client, flow_id, "Do something");
        let modifying = changed(&mut heard).await;
        assert_eq!(serde_json::to_value(&modifying.state).unwrap()["type"], state, "{body}");
        let view = decide(&client, flow_id, Decision::Drop).await;
        assert_eq!((view.flow, view.modifying, view.can_undo), (before.clone(), None, false));
    }
}

#[tokio::test]
async fn what_was_not_understood_costs_what_the_numbers_say() {
    let (world, client, mut heard) = World::running().await;
    let row = json!({"flow_generations_used": 3, "flow_generations_limit": 20, "updated_at": "2026-01-01T00:00:00+00:00"});
    world.set_quota(row).await;
    client.refresh_quota().await.unwrap();
    modify_answers(&world, json!({"action": "unknown"})).await;
    let flow_id = import(&client, &flow()).await.flow_id;

    modify(&client, flow_id, "Do something");

    let told = heard.until(|news| matches!(news, News::Flow(view) if view.modifying.as_ref().is_some_and(|modifying| modifying.charged.is_some()))).await;
    let News::Flow(view) = told else { panic!("a flow") };
    assert_eq!(view.modifying.unwrap().charged, Some(Charged::No));
}

#[tokio::test]
async fn a_change_that_is_dropped_while_it_is_asked_for_never_comes() {
    let (world, client, mut heard) = World::running().await;
    let flow_id = import(&client, &flow()).await.flow_id;
    let never = ResponseTemplate::new(200).set_delay(std::time::Duration::from_secs(600));
    Mock::given(path("/api/modify-flow")).respond_with(never).mount(&world.server).await;
    modify(&client, flow_id, "Do something");
    world.until_requested("/api/modify-flow").await;

    decide(&client, flow_id, Decision::Stop).await;

    let modifying = changed(&mut heard).await;
    assert_eq!((modifying.state, modifying.charged), (ModifyState::Cancelled, Some(Charged::Unknown)));
    assert_eq!(decide(&client, flow_id, Decision::Drop).await.modifying, None);
}

#[tokio::test]
async fn an_imported_flow_is_checked_mended_and_told() {
    let (_world, client, _heard) = World::running().await;
    let mut rough = flow();
    rough["edges"][1].as_object_mut().unwrap().remove("id");
    rough["nodes"][1]["data"]["prompt"] = "{{Nobody.response}}".into();
    rough.as_object_mut().unwrap().remove("title");

    let view = import(&client, &rough).await;

    assert_eq!(view.name, "file");
    let Origin::Imported { repairs } = &view.origin else { panic!("{:?}", view.origin) };
    assert_eq!(repairs.len(), 2, "{repairs:?}");
    let variable = Fault::UnknownVariable { node: "write".into(), variable: "Nobody.response".into() };
    assert_eq!(view.faults, [variable]);
    let refused =
        client.import_flow(ImportFlow { name: "file".into(), text: "{}".into() }).await.unwrap_err();
    assert_eq!(refused.code, Code::InvalidInput);
}

#[tokio::test]
async fn flows_are_named_copied_saved_deleted_and_brought_back() {
    let (_world, client, _heard) = World::running().await;
    let flow_id = import(&client, &flow()).await.flow_id;
    let renamed = client.rename_flow(RenameFlow { flow_id, name: " Odes ".into() }).await.unwrap();
    assert_eq!((renamed.name.as_str(), renamed.flow.title.as_deref()), ("Odes", Some("Odes")));
    let copy = client.duplicate_flow(DuplicateFlow { flow_id, name: "Odes (copy)".into() }).await.unwrap();
    assert_ne!(copy.flow_id, flow_id);
    let exported = client.export_flow(SaveFlow { flow_id: copy.flow_id }).await.unwrap();
    assert_eq!(exported.file_name, "Odes (copy).json");
    assert_eq!(serde_json::from_str::<Value>(&exported.text).unwrap()["title"], "Odes (copy)");

    client.delete_flow(DeleteFlow { flow_id }).await.unwrap();
    assert_eq!(client.flows().await.unwrap().flows.len(), 1);
    assert_eq!(client.open_flow(OpenFlow { flow_id }).await.unwrap_err().code, Code::NotFound);
    client.restore_flow(RestoreFlow { flow_id }).await.unwrap();
    assert_eq!(client.flows().await.unwrap().flows.len(), 2);
}

#[tokio::test]
async fn arranging_is_a_step_that_can_be_undone() {
    let (_world, client, _heard) = World::running().await;
    let mut strewn = flow();
    for (place, node) in strewn["nodes"].as_array_mut().unwrap().iter_mut().enumerate() {
        node["position"] = json!({"x": 400.0 * place as f64, "y": 150.0 * place as f64, "theirs": true});
    }
    let view = import(&client, &strewn).await;
    let kept = view.layout.nodes.iter().map(|point| point.x).collect::<Vec<_>>();
    assert_eq!(kept, [0.0, 400.0, 800.0]);

    let arranged = client.arrange_flow(ArrangeFlow { flow_id: view.flow_id }).await.unwrap();

    let level = arranged.layout.nodes.iter().all(|point| point.y == arranged.layout.nodes[0].y);
    assert!(level && arranged.origin == Origin::Arranged, "{:?}", arranged.layout);
    let again = client.arrange_flow(ArrangeFlow { flow_id: view.flow_id }).await.unwrap();
    assert_eq!(again, arranged);
    assert_eq!(step(&client, view.flow_id, Step::Undo).await.unwrap().flow, view.flow);
}

#[tokio::test]
async fn another_account_has_other_flows() {
    let (world, client, _heard) = World::running().await;
    let flow_id = import(&client, &flow()).await.flow_id;
    let mut other = refreshed("two");
    other["user"]["id"] = json!(uuid::Uuid::from_u128(8));
    world.server.reset().await;
    world.supabase(answer("POST", "/auth/v1/token", 200, other)).await;
    world.supabase(answer("GET", "/rest/v1/users_quota", 200, support::quota(1))).await;
    client.sign_in(support::sign_in()).await.unwrap();

    assert_eq!(client.flows().await.unwrap().flows, []);
    assert_eq!(client.open_flow(OpenFlow { flow_id }).await.unwrap_err().code, Code::NotFound);
}
