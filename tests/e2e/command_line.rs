//! The command line beside the app: one store, one session, one real key store.

use std::path::Path;
use std::process::{Command, Output};

use flowmeter_domain::Kind;
use serde_json::{Value, json};

use crate::support::{App, Machine, Stack, stack, until};

const RUNS: &str = "quota-llm_executions";

#[tokio::test]
async fn the_command_line_and_the_app_share_a_session_and_neither_signs_the_other_out() {
    let (stack, machine) = (stack(), Machine::new().await);
    let mei = stack.person("mei").await;
    stack.set_quota(&mei, json!({"llm_executions_used": 62})).await;
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;

    // The app runs: it is asked.
    stack.set_quota(&mei, json!({"llm_executions_used": 70})).await;
    let beside = until("the app has read for it", async || report(&run(stack, &machine).await, "app")).await;
    assert_eq!(used(&beside), 70);
    app.wait_for(RUNS, "data-used", "70").await;
    app.close().await;

    // It does not: the session is refreshed here, twice, and put back.
    for count in [95, 100] {
        stack.set_quota(&mei, json!({"llm_executions_used": count})).await;
        let alone = until("it reads by itself", async || report(&run(stack, &machine).await, "server")).await;
        assert_eq!(used(&alone), count);
        assert_eq!(stack.counter(&mei, Kind::LlmExecutions).await.used, count);
    }
    assert_eq!(run(stack, &machine).await.status.code(), Some(11));

    let app = App::start(stack, &machine).await;
    app.wait_for(RUNS, "data-used", "100").await;
    stack.set_quota(&mei, json!({"llm_executions_used": 3})).await;
    app.click("refresh").await;
    app.wait_for(RUNS, "data-used", "3").await;
    app.close().await;
}

async fn run(stack: &Stack, machine: &Machine) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_flowmeter")).with_file_name("flowmeter-cli");
    let mut command = Command::new(program);
    command.args(["quota", "--json"]).env("HOME", machine.home.path());
    command.env("FLOWMETER_DATA_DIR", machine.home.path().join("data"));
    command.env("FLOWMETER_SUPABASE_URL", stack.text("supabase_url"));
    command.env("FLOWMETER_SUPABASE_KEY", stack.text("anon_key"));
    command.env("FLOWMETER_EDGE_URL", stack.text("edge_url"));
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap();
    output.expect("build the whole workspace: this needs the command line")
}

/// The report, once it comes from `source`.
fn report(output: &Output, source: &str) -> Option<Value> {
    let report: Value = serde_json::from_slice(&output.stdout).ok()?;
    (report["source"] == source).then_some(report)
}

fn used(report: &Value) -> i64 {
    let quotas = report["quotas"].as_array().expect("quotas");
    let runs = quotas.iter().find(|quota| quota["kind"] == "llm_executions");
    runs.and_then(|runs| runs["used"].as_i64()).expect("a number")
}
