//! The tray: numbers without a window, and an app that goes on without one.

use serde_json::json;

use crate::support::{App, Daemon, Machine, Panel, process, stack, until};

#[tokio::test]
async fn the_menu_carries_the_numbers_and_follows_them_in_place() {
    let (stack, machine) = (stack(), Machine::new().await);
    let (panel, mei) = (Panel::open().await, stack.person("mei").await);
    stack.set_quota(&mei, json!({"llm_executions_used": 62, "flow_generations_used": 17})).await;

    let app = App::start(stack, &machine).await;
    panel.reads("Not signed in").await;
    app.sign_in(&mei).await;

    panel.reads("LLM runs: 62 of 100 used").await;
    panel.reads("Flow generations: 17 of 20 used · Getting close").await;
    panel.reads("Updated just now").await;
    let calm = until("an icon", async || panel.icon().await).await;
    stack.set_quota(&mei, json!({"llm_executions_used": 100})).await;
    panel.choose("Refresh").await;
    panel.reads("LLM runs: 100 of 100 used · Used up").await;
    until("another icon", async || panel.icon().await.filter(|icon| *icon != calm)).await;

    app.go("settings").await;
    app.choose("set-figures", "left").await;
    panel.reads("LLM runs: 0 of 100 left · Used up").await;
    app.select("set-language", "zh-CN").await;
    panel.reads("LLM 执行：剩余 0 / 100 · 已用完").await;
    app.sign_out().await;
    panel.reads("尚未登录").await;
    app.close().await;
}

#[tokio::test]
async fn a_closed_window_leaves_the_tray_and_frees_the_memory() {
    let (stack, machine) = (stack(), Machine::new().await);
    let (panel, mei) = (Panel::open().await, stack.person("mei").await);
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;
    app.go("settings").await;
    app.click("set-tray").await;
    app.wait_for("set-tray", "data-on", "true").await;
    let (with_window, processes) = process::memory(&machine);

    until("the window closes", async || process::close_window()).await;
    until("the webview is gone", async || (process::memory(&machine).1 < processes).then_some(())).await;
    assert!(!process::has_window());
    let (without, _) = process::memory(&machine);
    eprintln!("memory: {with_window:.0} MiB with the window, {without:.0} MiB in the tray");
    assert!(without < with_window / 2.0, "{without} of {with_window} MiB");

    // It goes on: the numbers are read, and the window comes back.
    stack.set_quota(&mei, json!({"llm_executions_used": 7})).await;
    panel.choose("Refresh").await;
    panel.reads("LLM runs: 7 of 100 used").await;
    panel.choose("Open Flowmeter").await;
    until("the window is back", async || process::has_window().then_some(())).await;
    app.look_at_the_new_window().await;
    app.wait_for("quota-llm_executions", "data-used", "7").await;
    assert!(app.text("quota-age").await.contains("Updated"));
    panel.choose("Quit").await;
    until("the app has ended", async || (process::memory(&machine).1 == 0).then_some(())).await;
}

#[tokio::test]
async fn without_a_tray_the_window_takes_the_app_with_it() {
    let (stack, machine) = (stack(), Machine::new().await);
    let mei = stack.person("mei").await;
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;
    app.go("settings").await;
    app.click("set-tray").await;
    app.wait_for("set-tray", "data-on", "true").await;
    assert!(app.text("settings").await.contains("This desktop shows no tray right now"));

    until("the window closes", async || process::close_window()).await;
    until("the app has ended", async || (process::memory(&machine).1 == 0).then_some(())).await;
}

#[tokio::test]
async fn a_threshold_is_told_once_and_again_only_when_the_system_did_not_take_it() {
    let (stack, machine) = (stack(), Machine::new().await);
    let (daemon, mei) = (Daemon::open().await, stack.person("mei").await);
    stack.set_quota(&mei, json!({"llm_executions_used": 70})).await;
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;

    // Off until asked for.
    let used = async |used: u32| {
        stack.set_quota(&mei, json!({"llm_executions_used": used})).await;
        app.go("home").await;
        app.click("refresh").await;
        app.wait_for("quota-llm_executions", "data-used", &used.to_string()).await;
    };
    used(75).await;
    assert_eq!(daemon.taken(), []);
    app.go("settings").await;
    app.click("set-told").await;
    app.wait_for("set-told", "data-on", "true").await;
    assert!(!app.sees("told-refused").await);

    daemon.refuse(true);
    used(82).await;
    app.go("settings").await;
    app.see("told-refused").await;
    assert_eq!(daemon.taken(), []);

    daemon.refuse(false);
    used(83).await;
    let told = ("LLM runs at 83 %".to_owned(), "83 of 100 used, 17 left".to_owned());
    until("it is told", async || (daemon.taken() == [told.clone()]).then_some(())).await;
    used(84).await;
    used(91).await;
    let again = ("LLM runs at 91 %".to_owned(), "91 of 100 used, 9 left".to_owned());
    until("it is told again", async || (daemon.taken() == [told.clone(), again.clone()]).then_some(())).await;
    app.close().await;
}

#[tokio::test]
async fn a_click_on_a_notification_opens_the_window() {
    let (stack, machine) = (stack(), Machine::new().await);
    let (panel, daemon) = (Panel::open().await, Daemon::open().await);
    let mei = stack.person("mei").await;
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;
    app.wait_for("quota-llm_executions", "data-used", "0").await;
    app.go("settings").await;
    app.click("set-told").await;
    app.wait_for("set-told", "data-on", "true").await;
    app.click("set-tray").await;
    app.wait_for("set-tray", "data-on", "true").await;
    until("the window closes", async || process::close_window()).await;
    until("the window is gone", async || (!process::has_window()).then_some(())).await;

    stack.set_quota(&mei, json!({"llm_executions_used": 85})).await;
    panel.choose("Refresh").await;
    until("it is told", async || (daemon.taken().len() == 1).then_some(())).await;
    assert_eq!(daemon.actions(), ["default", "Open Flowmeter"]);
    assert!(!process::has_window());
    daemon.click(1).await;
    until("the window is back", async || process::has_window().then_some(())).await;
    panel.choose("Quit").await;
    until("the app has ended", async || (process::memory(&machine).1 == 0).then_some(())).await;
}
