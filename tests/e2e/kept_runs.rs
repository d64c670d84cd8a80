//! Runs that stay: found again after a restart, renamed, deleted and brought back, saved as a file; and what
//! of the choices beside a prompt arrives at the provider.

use serde_json::{Value, json};
use thirtyfour::By;
use uuid::Uuid;

use crate::support::{App, Machine, Stack, stack, until};

const CHINESE: &str = "用两句话解释乐观锁";
const ENGLISH: &str = "Explain optimistic locking";

#[tokio::test]
async fn a_run_is_found_after_a_restart_renamed_deleted_brought_back_and_saved() {
    let (stack, machine) = (stack(), Machine::new().await);
    let mei = stack.person("mei").await;
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;
    for (prompt, used) in [(ENGLISH, "1"), (CHINESE, "2")] {
        app.ask("demo", prompt).await;
        app.wait_for("quota-llm_executions", "data-used", used).await;
    }
    let answer = app.text("run-answer").await;
    app.close().await;

    let app = App::start(stack, &machine).await;
    app.see("runs-empty").await;
    app.go("runs").await;
    assert_eq!(lines(&app, 2).await, [CHINESE, ENGLISH], "newest first");
    for (search, found) in [("OPTIMISTIC lock", ENGLISH), ("乐观锁", CHINESE), ("锁", CHINESE)] {
        app.write("kept-search", search).await;
        assert_eq!(lines(&app, 1).await, [found], "{search}");
    }
    app.write("kept-search", "locking").await;
    lines(&app, 1).await;
    app.click("kept-line").await;
    until("the whole run", async || (app.text("run-answer").await == answer).then_some(())).await;
    app.picture("runs-reading").await;

    app.click("kept-rename").await;
    app.write("kept-name", "My own name").await;
    app.click("kept-name-save").await;
    until("the new name", async || (app.text("kept-title").await == "My own name").then_some(())).await;
    app.click("kept-save").await;
    let path = app.text("export-path").await;
    let file = std::fs::read_to_string(path.trim_start_matches("Saved to ")).expect("the saved file");
    assert!(file.starts_with("# My own name\n") && file.contains(ENGLISH), "{file}");

    app.click("kept-delete").await;
    app.see("kept-none").await;
    app.click("kept-undo").await;
    app.write("kept-search", "own name").await;
    assert_eq!(lines(&app, 1).await, ["My own name"]);
    app.close().await;
}

/// The titles in the list, once there are so many.
async fn lines(app: &App, count: usize) -> Vec<String> {
    until(&format!("{count} lines"), async || {
        let titles = app.page.find_all(By::Css("[data-testid='kept-line'] .kept-title")).await.ok()?;
        let mut texts = Vec::new();
        for title in &titles {
            texts.push(title.prop("textContent").await.ok()??);
        }
        (texts.len() == count).then_some(texts)
    })
    .await
}

#[tokio::test]
async fn system_prompt_json_and_conversation_arrive_at_the_provider_and_stay_chosen() {
    let (stack, machine) = (stack(), Machine::new().await);
    let mei = stack.person("mei").await;
    let model = format!("demo+{}", Uuid::new_v4().simple());
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;
    app.click("open-system-prompt").await;
    app.write("system-prompt", "Be brief.").await;
    app.ask(&model, "First question").await;
    app.wait_for("history", "data-runs", "1").await;
    let first = app.text("run-answer").await;

    app.click("open-options").await;
    app.choose("prompt-input", "json").await;
    app.choose("prompt-answer", "whole").await;
    app.write("prompt", "{\"a\": ").await;
    until("the fault is told", async || {
        app.text("prompt-fault").await.starts_with("Line 1, column").then_some(())
    })
    .await;
    app.picture("prompt-options").await;
    app.write("prompt", "{\"a\": 1}").await;
    app.click("run").await;
    app.wait_for("history", "data-runs", "2").await;

    app.click("history").await;
    app.wait_for("history", "aria-pressed", "false").await;
    app.write("prompt", "[2]").await;
    app.click("run").await;
    app.wait_for("history", "data-runs", "3").await;
    app.click("new-conversation").await;
    app.see("runs-empty").await;
    app.close().await;

    let requests = requests(stack, &model).await;
    let turns = |request: &Value| {
        let messages = request["messages"].as_array().expect("messages").clone();
        messages
            .iter()
            .map(|one| format!("{}: {}", one["role"].as_str().unwrap(), one["content"].as_str().unwrap()))
            .collect::<Vec<_>>()
    };
    assert_eq!(turns(&requests[0]), ["system: Be brief.", "user: First question"]);
    assert_eq!(requests[0]["stream"], json!(true));
    let second = turns(&requests[1]);
    assert_eq!(second[1], "user: First question");
    assert!(second[2].starts_with("assistant: ") && second[2].len() >= first.len() / 2, "{second:?}");
    assert_eq!(second[3], "user: {\"a\":1}");
    assert!(!requests[1]["stream"].as_bool().unwrap_or_default());
    assert_eq!(turns(&requests[2]), ["system: Be brief.", "user: [2]"]);

    let app = App::start(stack, &machine).await;
    let field = app.see("model").await;
    until("the model is remembered", async || {
        (field.prop("value").await.ok()?.as_deref() == Some(&model)).then_some(())
    })
    .await;
    app.click("open-system-prompt").await;
    assert_eq!(app.see("system-prompt").await.prop("value").await.unwrap().unwrap(), "Be brief.");
    app.close().await;
}

/// What the provider was asked with this model.
async fn requests(stack: &Stack, model: &str) -> Vec<Value> {
    let root = stack.text("provider_url");
    let root = root.trim_end_matches('/').trim_end_matches("/v1");
    let url = reqwest::Url::parse_with_params(&format!("{root}/requests"), [("model", model)]).unwrap();
    reqwest::get(url).await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn a_kept_conversation_is_gone_on_with_and_models_of_the_project_are_offered() {
    let (stack, machine) = (stack(), Machine::new().await);
    let mei = stack.person("mei").await;
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;
    app.click("model").await;
    app.see("model-demo-slow").await;
    app.picture("models").await;
    app.click("model-demo").await;
    app.write("prompt", ENGLISH).await;
    app.click("run").await;
    app.wait_for("run-item", "data-outcome", "completed").await;
    app.click("new-conversation").await;
    app.see("runs-empty").await;

    app.go("runs").await;
    app.click("kept-line").await;
    app.click("kept-go-on").await;
    app.see("home").await;
    app.wait_for("history", "data-runs", "1").await;
    app.see("run-answer").await;
    app.close().await;
}
