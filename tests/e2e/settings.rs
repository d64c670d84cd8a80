//! Settings: every change applies at once, and is there after a restart.

use serde_json::json;

use crate::screenshots::{NARROW, WIDE};
use crate::support::{App, Daemon, Machine, stack, until};

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

#[tokio::test]
async fn thresholds_and_the_pace_hold_at_once_and_stay() {
    let (stack, machine) = (stack(), Machine::new().await);
    let (daemon, mei) = (Daemon::open().await, stack.person("mei").await);
    stack.set_quota(&mei, json!({"llm_executions_used": 40})).await;
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;
    app.wait_for("quota-llm_executions", "data-used", "40").await;
    app.go("settings").await;
    app.click("set-told").await;
    app.wait_for("set-told", "data-on", "true").await;
    app.select("set-warn-at", "60").await;
    app.select("set-urgent-at", "70").await;
    app.select("set-pace", "15").await;
    app.select("set-silence", "60").await;

    // The thresholds of a moment ago would say nothing yet.
    for (used, title) in [(62, "LLM runs at 62 %"), (71, "LLM runs at 71 %")] {
        stack.set_quota(&mei, json!({"llm_executions_used": used})).await;
        app.go("home").await;
        app.click("refresh").await;
        let told = async || daemon.taken().last().is_some_and(|(told, _)| told == title).then_some(());
        until(title, told).await;
    }
    assert_eq!(daemon.taken().len(), 2);
    app.close().await;

    let app = App::start(stack, &machine).await;
    app.go("settings").await;
    for (list, value) in
        [("set-warn-at", "60"), ("set-urgent-at", "70"), ("set-pace", "15"), ("set-silence", "60")]
    {
        let chosen = async || {
            let chosen = app.see(list).await.prop("value").await.ok().flatten();
            (chosen.as_deref() == Some(value)).then_some(())
        };
        until(&format!("{list} is still {value}"), chosen).await;
    }
    app.close().await;
}

#[tokio::test]
async fn accounts_are_added_shown_and_removed_in_the_settings() {
    let (stack, machine) = (stack(), Machine::new().await);
    let (mei, tom) = stack.two_people().await;
    let app = App::start(stack, &machine).await;
    app.resize(1120, 760).await;
    app.sign_in(&mei).await;
    app.wait_for("quota-llm_executions", "data-used", "41").await;

    app.go("settings").await;
    app.click("settings-add-account").await;
    app.see("door-leave").await;
    app.write("email", &tom.email).await;
    app.write("password", &tom.password).await;
    app.click("sign-in").await;
    app.wait_for("quota-llm_executions", "data-used", "7").await;

    app.go("settings").await;
    app.see(&format!("settings-account-{}", tom.email)).await;
    app.click(&format!("settings-show-{}", mei.email)).await;
    app.wait_for("quota-llm_executions", "data-used", "41").await;
    assert_eq!(app.text("account-email").await, mei.email);

    // What is deleted is said first, and nothing happens to who thinks better of it.
    app.go("settings").await;
    let line = format!("settings-account-{}", tom.email);
    app.click(&format!("remove-ask-{}", tom.email)).await;
    until("what is deleted is said", async || {
        app.text(&line)
            .await
            .contains("history, runs and flows of this account on this device are deleted")
            .then_some(())
    })
    .await;
    for (width, height) in [WIDE, NARROW] {
        app.resize(width, height).await;
        let end =
            "document.querySelector('[data-testid=settings-add-account]').scrollIntoView({block: 'end'})";
        app.page.execute(end, Vec::new()).await.expect("the accounts are in sight");
        app.picture(&format!("settings-remove-account-{width}")).await;
    }
    app.click(&format!("remove-keep-{}", tom.email)).await;
    app.see(&format!("settings-show-{}", tom.email)).await;
    app.click(&format!("remove-ask-{}", tom.email)).await;
    app.click(&format!("remove-yes-{}", tom.email)).await;
    until("the account is gone", async || (!app.sees(&line).await).then_some(())).await;
    assert_eq!(app.text("account-email").await, mei.email, "the other one stays");
    assert!(!app.page.source().await.unwrap().contains(&tom.email), "a removed account is still named");
    app.close().await;
}
