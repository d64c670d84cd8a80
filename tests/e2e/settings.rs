//! Settings: every change applies at once, and is there after a restart.

use serde_json::json;

use crate::support::{App, Machine, stack, until};

#[tokio::test]
async fn language_theme_and_numbers_change_at_once_and_stay() {
    let (stack, machine) = (stack(), Machine::new().await);
    let mei = stack.person("mei").await;
    stack.set_quota(&mei, json!({"llm_executions_used": 62})).await;
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;
    app.go("settings").await;

    let light = app.style("body", "backgroundColor").await;
    app.choose("set-theme", "dark").await;
    until("it is dark", async || (app.style("body", "backgroundColor").await != light).then_some(())).await;
    app.select("set-language", "zh-CN").await;
    until("it is Chinese", async || app.text("settings").await.contains("设置").then_some(())).await;
    app.choose("set-figures", "left").await;
    app.picture("settings-dark-zh").await;
    app.go("home").await;
    until("what is left comes first", async || {
        app.text("quota-llm_executions").await.contains("38 / 100").then_some(())
    })
    .await;
    app.close().await;

    let app = App::start(stack, &machine).await;
    app.go("settings").await;
    app.wait_for("set-theme", "data-value", "dark").await;
    app.wait_for("set-figures", "data-value", "left").await;
    assert!(app.text("settings").await.contains("设置"));
    assert_ne!(app.style("body", "backgroundColor").await, light);
    app.choose("set-theme", "light").await;
    until("it is light again", async || (app.style("body", "backgroundColor").await == light).then_some(()))
        .await;
    app.close().await;
}

#[tokio::test]
async fn starting_at_login_is_the_systems_to_know() {
    let (stack, machine) = (stack(), Machine::new().await);
    let mei = stack.person("mei").await;
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;
    app.go("settings").await;
    let entries = || std::fs::read_dir(machine.home.path().join(".config/autostart")).into_iter().flatten();

    app.click("set-login").await;
    let entry = until("an entry", async || entries().flatten().next()).await;
    let text = std::fs::read_to_string(entry.path()).unwrap();
    assert!(text.contains("--hidden"), "{text}");
    app.click("set-login").await;
    until("no entry", async || entries().next().is_none().then_some(())).await;
    app.close().await;
}

#[tokio::test]
async fn what_is_used_becomes_history_that_can_be_saved_cleared_and_brought_back() {
    let (stack, machine) = (stack(), Machine::new().await);
    let machine = machine.with("XDG_CONFIG_HOME", "/nonexistent");
    let mei = stack.person("mei").await;
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;
    app.wait_for("quota-llm_executions", "data-used", "0").await;
    stack.set_quota(&mei, json!({"llm_executions_used": 12, "app_usages_used": 3})).await;
    app.click("refresh").await;
    app.wait_for("quota-llm_executions", "data-used", "12").await;

    app.go("history").await;
    app.wait_for("chart-llm_executions", "data-total", "12").await;
    app.wait_for("chart-app_usages", "data-total", "3").await;
    app.choose("history-form", "table").await;
    assert!(app.text("history-table").await.contains("12"));
    app.click("export-csv").await;
    let said =
        until("a path", async || Some(app.text("export-path").await).filter(|text| !text.is_empty())).await;
    let path = said.strip_prefix("Saved to ").expect("where it is");
    assert!(path.starts_with(&*machine.home.path().to_string_lossy()), "{path}");
    let saved = std::fs::read_to_string(path).unwrap();
    assert!(saved.lines().any(|line| line.contains("llm_executions,12")), "{saved}");

    app.go("settings").await;
    app.click("clear-history").await;
    app.click("clear-yes").await;
    app.see("undo-clear").await;
    app.go("history").await;
    app.see("history-empty").await;
    app.go("settings").await;
    app.click("undo-clear").await;
    app.see("clear-history").await;
    app.go("history").await;
    app.wait_for("chart-llm_executions", "data-total", "12").await;
    app.close().await;
}
