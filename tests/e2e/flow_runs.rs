//! Running a flow as an app: one use of it, node after node, on the picture and in words.

use flowmeter_domain::Kind;
use serde_json::{Value, json};
use thirtyfour::By;

use crate::accessibility::look;
use crate::support::{App, Machine, Person, Stack, stack, until};

fn llm(id: &str, label: &str, prompt: &str, model: &str) -> Value {
    json!({"id": id, "type": "llm", "data": {"label": label, "model": model, "inputMappings": {"user_input": prompt}}})
}

/// A writer, a branch, and two who go on from there; whoever it was is shown.
fn branching(writer: &str, critic: &str) -> Value {
    let source = |value: &str| json!({"type": "variable", "value": value});
    json!({
        "title": "Second opinion",
        "nodes": [
            {"id": "input", "type": "input", "data": {"label": "Question", "greeting": "What do you want an opinion on?", "textRequired": true}},
            llm("write", "Writer", "{{Question.user_input}}", writer),
            {"id": "check", "type": "branch", "data": {"label": "Is it a question?", "condition": "{{Question.user_input}}.includes('?')"}},
            llm("edit", "Editor", "Improve: {{Writer.response}}", "demo"),
            llm("doubt", "Critic", "Doubt: {{Writer.response}}", critic),
            {"id": "output", "type": "output", "data": {"label": "Answer", "inputMappings": {
                "mode": "select", "sources": [source("{{Editor.response}}"), source("{{Critic.response}}")],
            }}},
        ],
        "edges": [
            {"source": "input", "target": "write"}, {"source": "write", "target": "check"},
            {"source": "check", "target": "edit", "sourceHandle": "true"},
            {"source": "check", "target": "doubt", "sourceHandle": "false"},
            {"source": "edit", "target": "output"}, {"source": "doubt", "target": "output"},
        ],
    })
}

/// A person who has imported `flow` and looks at its panel.
async fn at(machine: &Machine, counters: Value, flow: &Value) -> (App, &'static Stack, Person) {
    let stack = stack();
    let mei = stack.person("mei").await;
    stack.set_quota(&mei, counters).await;
    let app = App::start(stack, machine).await;
    app.sign_in(&mei).await;
    app.go("flows").await;
    app.click("import").await;
    app.paste("import-text", &flow.to_string()).await;
    app.click("import-take").await;
    app.click("flow-run-open").await;
    app.see("flow-run").await;
    (app, stack, mei)
}

async fn run(app: &App, text: &str) {
    app.write("flow-text", text).await;
    app.click("flow-start").await;
}

/// How far the step of a node is.
async fn until_step(app: &App, node: &str, state: &str) {
    let selector = format!("[data-testid='flow-step'][data-node='{node}'][data-state='{state}']");
    until(&selector, async || app.page.find(By::Css(&selector)).await.ok()).await;
}

async fn counted(stack: &Stack, mei: &Person) -> (i64, i64) {
    let of = async |kind| stack.counter(mei, kind).await.used;
    (of(Kind::AppUsages).await, of(Kind::LlmExecutions).await)
}

#[tokio::test]
async fn a_flow_with_a_branch_shows_its_answer_and_counts_each_node_that_was_asked() {
    let machine = Machine::new().await;
    let (app, stack, mei) = at(&machine, json!({}), &branching("demo", "demo")).await;
    assert!(app.text("flow-cost").await.contains("1 app use and at most 2 LLM runs"));

    run(&app, "What is a quota?").await;

    app.wait_for("flow-run", "data-outcome", "completed").await;
    assert!(app.text("flow-output-text").await.len() > 40);
    for (node, state) in [("write", "done"), ("edit", "done"), ("doubt", "skipped"), ("output", "done")] {
        until_step(&app, node, state).await;
    }
    app.wait_for("flow-run-charged", "data-llm", "2").await;
    app.wait_for("quota-compact-llm_executions", "data-used", "2").await;
    app.wait_for("quota-compact-app_usages", "data-used", "1").await;
    assert_eq!(counted(stack, &mei).await, (1, 2));
    app.close().await;
}

#[tokio::test]
async fn a_node_that_fails_stops_what_depends_on_it_and_says_why() {
    let machine = Machine::new().await;
    let (app, stack, mei) = at(&machine, json!({}), &branching("demo", "demo-fail-midway")).await;

    run(&app, "No question").await;

    app.wait_for("flow-run", "data-outcome", "failed").await;
    until_step(&app, "doubt", "failed").await;
    until_step(&app, "output", "stopped").await;
    app.wait_for("flow-run-error", "data-code", "EXECUTION_FAILED").await;
    let stopped = app.page.find(By::Css("[data-testid='flow-step'][data-node='output']")).await.unwrap();
    assert!(stopped.text().await.unwrap().contains("“Critic” failed"));
    app.wait_for("flow-run-charged", "data-llm", "1").await;
    assert_eq!(counted(stack, &mei).await, (1, 1));
    app.picture("flow-run-failed").await;
    app.close().await;
}

#[tokio::test]
async fn what_is_not_run_here_is_said_before_anything_is_charged() {
    let machine = Machine::new().await;
    let mut flow = branching("demo", "demo");
    flow["nodes"][4] = json!({"id": "doubt", "type": "rag", "data": {"label": "Critic", "query": "{{Question.user_input}}"}});
    let (app, stack, mei) = at(&machine, json!({}), &flow).await;

    assert!(app.text("flow-hindrances").await.contains("“Critic”"));
    assert!(!app.sees("flow-start").await);
    assert_eq!(counted(stack, &mei).await, (0, 0));
    app.picture("flow-run-hindered").await;
    app.close().await;
}

#[tokio::test]
async fn a_stop_stops_all_and_a_reloaded_page_comes_back_to_the_run() {
    let machine = Machine::new().await;
    let (app, stack, mei) = at(&machine, json!({}), &branching("demo-slow", "demo")).await;

    run(&app, "What is a quota?").await;
    until_step(&app, "write", "running").await;
    app.page.refresh().await.unwrap();
    app.go("flows").await;
    app.click("flow-open").await;
    until_step(&app, "write", "running").await;
    app.click("flow-stop").await;

    app.wait_for("flow-run", "data-outcome", "cancelled").await;
    for node in ["write", "check", "edit", "doubt", "output"] {
        until_step(&app, node, "stopped").await;
    }
    assert_eq!(counted(stack, &mei).await.0, 1);
    app.close().await;
}

#[tokio::test]
async fn at_the_limit_of_app_uses_a_run_is_refused_and_costs_nothing() {
    let machine = Machine::new().await;
    let (app, stack, mei) = at(&machine, json!({"app_usages_used": 50}), &branching("demo", "demo")).await;

    run(&app, "What is a quota?").await;

    app.wait_for("flow-run-error", "data-code", "QUOTA_EXCEEDED").await;
    app.wait_for("flow-run-charged", "data-app", "false").await;
    assert_eq!(counted(stack, &mei).await, (50, 0));
    app.close().await;
}

#[tokio::test]
async fn everybody_can_read_it_in_english_and_light() {
    pictures("en-light", Machine::new().await, "What is a quota?").await;
}

#[tokio::test]
async fn everybody_can_read_it_in_chinese_and_dark() {
    let machine = Machine::new().await.with("LANG", "zh_CN.UTF-8").with("GTK_THEME", "Adwaita:dark");
    pictures("zh-dark", machine, "什么是配额?").await;
}

async fn pictures(name: &str, machine: Machine, text: &str) {
    let mut flow = branching("demo", "demo");
    flow["nodes"][0]["data"]["formFields"] = json!([
        {"type": "text", "name": "city", "label": "City", "placeholder": "Bern", "required": true},
        {"type": "select", "name": "tone", "label": "Tone", "options": ["calm", "loud"], "defaultValue": "calm"},
        {"type": "multi-select", "name": "tags", "label": "Tags", "options": ["red", "blue"]},
    ]);
    let (app, _, _) = at(&machine, json!({}), &flow).await;
    look(&app, name, "flow-run-form").await;
    app.resize(1120, 760).await;
    let city = app.page.find(By::Css("[data-testid='flow-field-city'] input")).await.unwrap();
    city.send_keys("Bern").await.unwrap();
    run(&app, text).await;
    app.wait_for("flow-run", "data-outcome", "completed").await;
    look(&app, name, "flow-run").await;
    app.close().await;
}
