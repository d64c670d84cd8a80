//! What the panel of a flow's run draws in each state, rendered on the host without a browser.

use std::collections::BTreeMap;
use std::rc::Rc;

use flowmeter_domain::flow::Flow;
use flowmeter_domain::flow::NodeKind;
use flowmeter_domain::flow::execution::{Execution, Given, Hindrance, NodeState};
use flowmeter_domain::ipc::{FlowId, FlowProgress, FlowRunView, Left};
use flowmeter_domain::{Charged, Code, Counter, Kind, RunId, UiError};
use flowmeter_ui::components::{FlowLeft, FlowRunPanel, FlowRunPanelProps};
use jiff::Timestamp;
use serde_json::{Value, json};
use yew::Callback;
use yew::ServerRenderer;

fn flow(input: Value, model: Value) -> Flow {
    let flow = json!({
        "nodes": [
            {"id": "in", "type": "input", "data": input},
            {"id": "if", "type": "branch", "data": {"label": "Check", "condition": "{{Question.user_input}}.includes('?')"}},
            {"id": "a", "type": "llm", "data": model},
            {"id": "b", "type": "llm", "data": {"label": "Critic"}},
            {"id": "out", "type": "output", "data": {"label": "Answer", "inputMappings": {"mode": "select", "sources": [
                {"type": "variable", "value": "{{Editor.response}}"}, {"type": "variable", "value": "{{Critic.response}}"},
            ]}}},
        ],
        "edges": [
            {"source": "in", "target": "if"},
            {"source": "if", "target": "a", "sourceHandle": "true"}, {"source": "if", "target": "b", "sourceHandle": "false"},
            {"source": "a", "target": "out"}, {"source": "b", "target": "out"},
        ],
    });
    serde_json::from_value(flow).expect("a flow")
}

fn plain() -> Flow {
    flow(json!({"label": "Question"}), json!({"label": "Editor"}))
}

fn panel(flow: Flow) -> FlowRunPanelProps {
    FlowRunPanelProps {
        flow: Rc::new(flow),
        hindrances: Some(Rc::default()),
        given: BTreeMap::new(),
        run: None,
        selected: None,
        stopping: false,
        left: FlowLeft {
            app_uses: Some(Counter { used: 3, limit: 50 }),
            llm_runs: Some(Counter { used: 62, limit: 100 }),
        },
        now: Timestamp::from_second(7_200).expect("a time"),
        is_inside: true,
        on_wish: Callback::noop(),
    }
}

async fn render(props: impl FnOnce() -> FlowRunPanelProps + Send + 'static) -> String {
    let html = ServerRenderer::<FlowRunPanel>::with_props(props).hydratable(false).render().await;
    html.replace("><", ">\n<")
}

/// A run that went the way of true, up to `state` of the model there.
fn run(state: NodeState, text: &str, charged: Option<Charged>) -> FlowRunView {
    let given = Given { user_input: "What is a quota?".into(), ..Given::default() };
    let mut execution = Execution::new(plain(), BTreeMap::from([("in".to_owned(), given)]));
    let mut set = |id: &str, state: NodeState| {
        execution.nodes.get_mut(id).expect("a node").state = state;
    };
    set("in", NodeState::Done { way: None });
    set("if", NodeState::Done { way: Some(true) });
    set("b", NodeState::Skipped);
    set("a", state);
    let node = execution.nodes.get_mut("a").expect("a node");
    (node.text.content, node.charged) = (text.into(), charged);
    FlowRunView::new(RunId::random(), FlowId::random(), Timestamp::UNIX_EPOCH, execution)
}

fn ended(mut run: FlowRunView, output: NodeState) -> FlowRunView {
    run.execution.nodes.get_mut("out").expect("a node").state = output;
    run.end = Some(run.execution.end(Charged::Yes));
    run
}

#[tokio::test]
async fn before_the_first_run_there_are_a_form_and_the_cost() {
    let form = json!({
        "label": "Question", "greeting": "Ask me anything", "textRequired": true, "enableFileInput": true,
        "formFields": [
            {"type": "text", "name": "city", "label": "City", "placeholder": "Bern", "required": true},
            {"type": "select", "name": "tone", "label": "Tone", "options": ["calm", "loud"], "defaultValue": "calm"},
            {"type": "multi-select", "name": "tags", "label": "Tags", "options": ["red", "blue"], "defaultValue": ["red"]},
        ],
    });
    insta::assert_snapshot!(
        render(move || panel(flow(form, json!({"label": "Editor", "enableMemory": true})))).await
    );
}

#[tokio::test]
async fn what_is_left_is_said_where_it_does_not_suffice() {
    let with = |left: FlowLeft| render(move || FlowRunPanelProps { left, ..panel(plain()) });
    let (app_uses, llm_runs) =
        (Some(Counter { used: 50, limit: 50 }), Some(Counter { used: 100, limit: 100 }));
    let short = with(FlowLeft { llm_runs, app_uses: None }).await;
    assert!(short.contains("Only 0 LLM runs are left"), "{short}");
    let none = with(FlowLeft { app_uses, llm_runs: None }).await;
    assert!(none.contains("No app uses are left"), "{none}");
    // A reading is advice: the server decides.
    assert!(!none.contains("disabled"), "{none}");
}

#[tokio::test]
async fn what_hinders_a_run_stands_in_place_of_the_form() {
    let hindrances = || {
        vec![
            Hindrance::NotRunHere { node: "a".into(), node_kind: NodeKind::Rag },
            Hindrance::FileNeeded { node: "in".into() },
            Hindrance::NotBefore { node: "b".into(), variable: "Editor.response".into() },
            Hindrance::ModeUnknown { node: "out".into(), mode: "shuffle".into() },
            Hindrance::ConditionUnread { node: "if".into(), message: "1 ==".into() },
        ]
    };
    insta::assert_snapshot!(
        render(move || FlowRunPanelProps { hindrances: Some(Rc::new(hindrances())), ..panel(plain()) }).await
    );
}

#[tokio::test]
async fn an_output_is_shown_while_it_is_written() {
    let props = || FlowRunPanelProps {
        run: Some(Rc::new(run(NodeState::Running, "A quota is", None))),
        ..panel(plain())
    };
    insta::assert_snapshot!(render(props).await);
}

#[tokio::test]
async fn a_run_that_ended_tells_what_it_cost() {
    let done = NodeState::Done { way: None };
    let props = move || {
        let run = ended(run(done.clone(), "A quota is a **limit**.", Some(Charged::Yes)), done);
        FlowRunPanelProps { run: Some(Rc::new(run)), ..panel(plain()) }
    };
    insta::assert_snapshot!(render(props).await);
}

#[tokio::test]
async fn what_a_run_left_is_told_once_it_is_read() {
    let html = render(|| {
        let mut run = ended(run(NodeState::Done { way: None }, "", Some(Charged::Yes)), NodeState::Skipped);
        let left = vec![
            Left { kind: Kind::AppUsages, remaining: 46 },
            Left { kind: Kind::LlmExecutions, remaining: 0 },
        ];
        run.take(FlowProgress::Left { left });
        FlowRunPanelProps { run: Some(Rc::new(run)), ..panel(plain()) }
    });
    let html = html.await;
    for told in ["App uses: 46 left", "LLM runs: 0 left"] {
        assert!(html.contains(told), "{told}: {html}");
    }
}

#[tokio::test]
async fn a_refused_run_counts_down_to_the_time_that_the_server_named() {
    let html = render(|| {
        let cause =
            UiError { retry_at: Some(Timestamp::MAX), ..UiError::new(Code::RateLimited, "slow down") };
        let run = run(NodeState::Failed { cause }, "", Some(Charged::No));
        let run = ended(run, NodeState::Stopped { because: Some("a".into()) });
        FlowRunPanelProps { run: Some(Rc::new(run)), ..panel(plain()) }
    });
    let html = html.await;
    assert!(html.contains("Try again in"), "{html}");
}

#[tokio::test]
async fn a_failure_is_said_at_its_node_and_at_what_it_stopped() {
    let props = || {
        let cause = UiError::new(Code::ExecutionFailed, "the provider broke off");
        let run = run(NodeState::Failed { cause }, "Half a sen", Some(Charged::No));
        let run = ended(run, NodeState::Stopped { because: Some("a".into()) });
        FlowRunPanelProps { run: Some(Rc::new(run)), ..panel(plain()) }
    };
    insta::assert_snapshot!(render(props).await);
}

#[tokio::test]
async fn a_run_of_an_earlier_launch_that_was_cut_says_so_and_when_it_was() {
    let props = || {
        let cut = run(NodeState::Running, "Half a sen", None).cut();
        FlowRunPanelProps { run: Some(Rc::new(cut)), ..panel(plain()) }
    };
    let html = render(props).await;
    for told in ["Half a sen", "Cut short", "1 LLM run may have been charged", "2 h ago"] {
        assert!(html.contains(told), "{told}: {html}");
    }
}

#[tokio::test]
async fn names_and_texts_of_a_flow_stay_text() {
    let hostile = "<b onclick=\"x\">&amp;</b>";
    let form = json!({
        "label": hostile, "greeting": hostile,
        "formFields": [
            {"type": "multi-select", "name": "my tags", "label": hostile, "options": [hostile], "required": true},
            {"type": "text", "name": hostile, "label": hostile, "placeholder": hostile},
        ],
    });
    let html = render(move || {
        let mut run = run(NodeState::Running, hostile, None);
        run.execution.nodes.get_mut("a").expect("a node").text.reasoning = hostile.into();
        FlowRunPanelProps { run: Some(Rc::new(run)), ..panel(flow(form, json!({"label": hostile}))) }
    })
    .await;
    assert!(!html.contains("<b ") && html.contains("&lt;b onclick="), "{html}");
    // A list of ids is parted at spaces, so none is in an id.
    let of =
        |name: &str| html.split(name).skip(1).filter_map(|rest| rest.split('"').next()).collect::<Vec<_>>();
    assert!(of(" id=\"").iter().all(|id| !id.contains(char::is_whitespace)), "{:?}", of(" id=\""));
    for named in of("aria-labelledby=\"").into_iter().chain(of("aria-describedby=\"")) {
        assert!(of(" id=\"").contains(&named), "{named}");
    }
}
