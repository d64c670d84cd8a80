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
    until_lines(&app, &[CHINESE, ENGLISH]).await;
    for (search, found) in [("OPTIMISTIC lock", ENGLISH), ("乐观锁", CHINESE), ("锁", CHINESE)] {
        app.write("kept-search", search).await;
        until_lines(&app, &[found]).await;
    }
    app.write("kept-search", "locking").await;
    until_lines(&app, &[ENGLISH]).await;
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
    until_lines(&app, &["My own name"]).await;
    app.close().await;
}

#[tokio::test]
async fn a_run_of_this_launch_is_deleted_and_comes_back_into_the_list() {
    let (stack, machine) = (stack(), Machine::new().await);
    let mei = stack.person("mei").await;
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;
    app.ask("demo", ENGLISH).await;
    app.wait_for("quota-llm_executions", "data-used", "1").await;
    app.go("runs").await;
    until_lines(&app, &[ENGLISH]).await;

    app.click("kept-line").await;
    app.click("kept-delete").await;
    until_lines(&app, &[]).await;
    app.click("kept-undo").await;

    until_lines(&app, &[ENGLISH]).await;
    app.close().await;
}

/// Waits until these are the titles in the list: one that is searched shows what it found before until the answer
/// is there.
async fn until_lines(app: &App, titles: &[&str]) {
    until(&format!("the list is {titles:?}"), async || {
        let found = app.page.find_all(By::Css("[data-testid='kept-line'] .kept-title")).await.ok()?;
        let mut texts = Vec::new();
        for title in &found {
            texts.push(title.prop("textContent").await.ok()??);
        }
        (texts == titles).then_some(())
    })
    .await;
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
    app.shows("model", &model).await;
    app.click("open-system-prompt").await;
    app.shows("system-prompt", "Be brief.").await;
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
async fn a_run_that_is_read_is_in_sight_among_those_before_it() {
    let (stack, machine) = (stack(), Machine::new().await);
    let mei = stack.person("mei").await;
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;
    for count in ["1", "2", "3"] {
        app.choose_model("demo-echo").await;
        app.paste("prompt", &"A line of some words.\n\n".repeat(40)).await;
        app.click("run").await;
        app.wait_for("history", "data-runs", count).await;
    }

    app.go("runs").await;
    // The newest is on top of the list, and the last of its conversation.
    app.click("kept-line").await;

    let place = "
        const pane = document.querySelector('.runs-pane'), read = document.querySelector('.kept-run.is-read');
        const [top, from] = [read, pane].map(one => one?.getBoundingClientRect().top);
        return Boolean(pane?.scrollTop) && top >= from - 1 && top < from + pane.clientHeight / 2;";
    until("it is in sight", async || app.ask_page(place).await.as_bool()?.then_some(())).await;
    app.close().await;
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

#[tokio::test]
async fn a_kept_run_is_changed_or_run_again_at_home_and_nothing_that_was_typed_is_lost() {
    let (stack, machine) = (stack(), Machine::new().await);
    let mei = stack.person("mei").await;
    let model = format!("demo-fail-midway+{}", Uuid::new_v4().simple());
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;
    app.click("open-system-prompt").await;
    app.write("system-prompt", "Be brief.").await;
    app.click("open-options").await;
    app.choose("prompt-input", "json").await;
    app.write("temperature", "0.25").await;
    app.ask(&model, r#"{"a": 1}"#).await;
    app.wait_for("run-item", "data-outcome", "failed").await;

    // Somebody begins something else, and leaves it half typed.
    app.click("new-conversation").await;
    app.choose("prompt-input", "text").await;
    app.see("temperature").await.clear().await.expect("the field is editable");
    app.click("open-system-prompt").await;
    app.write("system-prompt", "Be polite.").await;
    app.write("model", "demo").await;
    app.write("prompt", "Half a thought").await;

    app.go("runs").await;
    app.click("kept-line").await;
    app.picture("runs-reading-failed").await;
    app.click("run-edit").await;
    app.see("home").await;
    app.shows("prompt", "{\n  \"a\": 1\n}").await;
    let focused = app.page.active_element().await.unwrap().attr("data-testid").await.unwrap();
    assert_eq!(focused.as_deref(), Some("prompt"), "it is there to be changed");
    app.shows("model", &model).await;
    app.shows("system-prompt", "Be brief.").await;
    app.click("open-options").await;
    app.shows("temperature", "0.25").await;
    app.wait_for("prompt-input", "data-value", "json").await;
    app.see("run-item").await;
    assert!(app.text("put-aside").await.contains("Half a thought"));
    app.picture("prompt-put-aside").await;
    app.write("model", "demo").await;
    app.click("run").await;
    app.wait_for("history", "data-runs", "2").await;

    // What was put aside comes back with all that goes with it.
    app.click("put-aside-back").await;
    app.shows("prompt", "Half a thought").await;
    app.wait_for("prompt-input", "data-value", "text").await;
    app.see("runs-empty").await;
    assert!(!app.sees("put-aside").await);
    app.click("open-system-prompt").await;
    app.shows("system-prompt", "Be polite.").await;

    // Run again as it was, it is a new run of its conversation, and the prompt stays as it is.
    app.go("runs").await;
    let lines = async || app.page.find_all(By::Testid("kept-line")).await.ok();
    let lines = until("two lines", async || lines().await.filter(|lines| lines.len() == 2)).await;
    lines[1].click().await.unwrap();
    let again = By::Css(".is-read [data-testid='run-again']");
    until("it can be run again", async || app.page.find(again.clone()).await.ok()?.click().await.ok()).await;
    app.see("home").await;
    let items = || async { app.page.find_all(By::Testid("run-item")).await.ok().map(|items| items.len()) };
    until("a third run", async || (items().await == Some(3)).then_some(())).await;
    app.shows("prompt", "Half a thought").await;
    until("it has failed, too", async || {
        let failed = app.page.find_all(By::Css("[data-testid='home'] [data-outcome='failed']")).await.ok()?;
        (failed.len() == 2).then_some(())
    })
    .await;
    app.close().await;

    let requests = requests(stack, &model).await;
    assert_eq!((requests.len(), &requests[0]["messages"]), (2, &requests[1]["messages"]));
    assert_eq!(requests[0]["temperature"], requests[1]["temperature"]);
}
