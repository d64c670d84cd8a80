//! Running a flow as an app: one use of it, node after node, on the picture and in words.

use flowmeter_domain::Kind;
use serde_json::{Value, json};
use thirtyfour::{By, Key};

use crate::accessibility::look;
use crate::answers::{NOTE, still};
use crate::door::with_opener;
use crate::support::{App, Machine, Person, Stack, stack, until};

/// A writer, a branch, and two who go on from there; whoever it was is shown.
fn branching(writer: &str, critic: &str) -> Value {
    let flow = include_str!("../../crates/local-stack/tests/flows/second_opinion.json");
    let mut flow: Value = serde_json::from_str(flow).expect("a flow");
    flow["nodes"][1]["data"]["model"] = writer.into();
    flow["nodes"][4]["data"]["model"] = critic.into();
    flow
}

/// What is given goes to `model`, and its answer is shown.
fn straight(model: &str) -> Value {
    json!({
        "nodes": [
            {"id": "input", "type": "input", "data": {"label": "Question"}},
            {"id": "answer", "type": "llm", "data": {"label": "Model", "model": model}},
            {"id": "output", "type": "output", "data": {"label": "Answer"}},
        ],
        "edges": [{"source": "input", "target": "answer"}, {"source": "answer", "target": "output"}],
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
    // What was pasted is taken in before the button can be used.
    app.click_to("import-take", "flow-run-open").await;
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
    let left = async || {
        let told = app.page.find_all(By::Testid("run-left")).await.ok()?;
        let told = [told.first()?.text().await.ok()?, told.get(1)?.text().await.ok()?];
        (told == ["App uses: 49 left", "LLM runs: 98 left"]).then_some(())
    };
    until("it is told what is left", left).await;
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
async fn after_a_restart_a_flow_shows_its_last_run_and_a_deleted_flow_comes_back_with_it() {
    let machine = Machine::new().await;
    let (app, stack, _) = at(&machine, json!({}), &branching("demo", "demo-fail-midway")).await;
    run(&app, "No question").await;
    app.wait_for("flow-run", "data-outcome", "failed").await;
    let (answer, cost) = (app.text("flow-output-text").await, app.text("flow-run-charged").await);
    app.close().await;

    let app = App::start(stack, &machine).await;
    app.go("flows").await;
    app.click("flow-open").await;
    shows_the_failed_run(&app, &answer, &cost).await;
    assert_eq!(app.see("flow-text").await.prop("value").await.unwrap().as_deref(), Some("No question"));
    app.picture("flow-run-kept").await;
    app.click("flow-back").await;
    app.click("flow-delete").await;
    app.click("flow-restore").await;
    app.click("flow-open").await;
    shows_the_failed_run(&app, &answer, &cost).await;
    app.close().await;
}

async fn shows_the_failed_run(app: &App, answer: &str, cost: &str) {
    app.wait_for("flow-run", "data-outcome", "failed").await;
    app.wait_for("flow-run-error", "data-code", "EXECUTION_FAILED").await;
    assert_eq!(
        (app.text("flow-output-text").await.as_str(), app.text("flow-run-charged").await.as_str()),
        (answer, cost)
    );
    for (node, state) in [("write", "done"), ("edit", "skipped"), ("doubt", "failed"), ("output", "stopped")]
    {
        until_step(app, node, state).await;
    }
}

#[tokio::test]
async fn links_of_an_output_are_opened_by_the_system_when_they_are_pressed() {
    let machine = with_opener(Machine::new().await, NOTE);
    let (app, _, _) = at(&machine, json!({}), &straight("demo-echo")).await;
    run(&app, "See [one](https://one.example/a?b=c#d), <http://two.example> and [no](javascript:alert(1)).")
        .await;
    app.wait_for("flow-run", "data-outcome", "completed").await;
    let visited = || std::fs::read_to_string(machine.home.path().join("visited")).unwrap_or_default();
    assert_eq!(visited(), "");

    let links = app.page.find_all(By::Css(".flow-output .link")).await.expect("links");
    assert_eq!(links.len(), 2, "the third leads nowhere");
    links[0].click().await.expect("it can be pressed");
    until("the first page", async || (visited() == "https://one.example/a?b=c#d\n").then_some(())).await;
    // By the keyboard too.
    links[1].focus().await.expect("it takes the focus");
    app.page.action_chain().send_keys(Key::Enter).perform().await.expect("the key is pressed");
    until("the second page", async || visited().ends_with("http://two.example/\n").then_some(())).await;
    app.close().await;
}

#[tokio::test]
async fn an_output_is_drawn_in_steps_and_not_with_each_delta() {
    let machine = still(Machine::new().await);
    let (app, _, _) = at(&machine, json!({}), &straight("demo-slow")).await;
    let count = "
        window.steps = 0;
        new MutationObserver(seen => {
            if (seen.some(one => one.target.parentElement?.closest('.flow-output .answer'))) steps += 1;
        }).observe(document.body, {subtree: true, childList: true, characterData: true});";
    app.page.execute(count, Vec::new()).await.expect("the page listens");

    run(&app, "Tell me a long story").await;

    app.wait_for("flow-run", "data-outcome", "completed").await;
    let steps = app.page.execute("return steps", Vec::new()).await.expect("a count").json().as_u64();
    // Five seconds and more at fifty deltas a second.
    assert!(steps.is_some_and(|steps| (3..20).contains(&steps)), "{steps:?}");
    assert!(app.text("flow-output-text").await.len() > 400);
    app.close().await;
}

#[tokio::test]
async fn at_the_limit_of_app_uses_a_run_is_refused_and_costs_nothing() {
    let machine = Machine::new().await;
    let (app, stack, mei) = at(&machine, json!({"app_usages_used": 50}), &branching("demo", "demo")).await;

    run(&app, "What is a quota?").await;

    app.wait_for("flow-run-error", "data-code", "QUOTA_EXCEEDED").await;
    let card = By::Css("[data-testid=flow-run-error] [data-testid=quota-app_usages]");
    until("the quota that refused it", async || app.page.find(card.clone()).await.ok()).await;
    app.picture("flow-used-up").await;
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
