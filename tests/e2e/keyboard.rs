//! The keyboard reaches everything in a sensible order, and the focus is seen at each stop.

use flowmeter_domain::Kind;
use serde_json::json;
use thirtyfour::Key;

use crate::support::{App, Machine, stack, until};

/// The name of what has the focus, and whether it is seen: as an outline of its own, of what is drawn in
/// its place, or of the box that it is typed into.
const FOCUSED: &str = "
    const one = document.activeElement, box = one.closest('.prompt');
    const outlined = each => each && getComputedStyle(each).outlineStyle !== 'none';
    const accent = getComputedStyle(document.querySelector('.mark-value') || one).stroke;
    const seen = outlined(one) || outlined(one.nextElementSibling)
        || Boolean(box) && getComputedStyle(box).borderTopColor === accent;
    return [one.dataset.testid || one.tagName, seen];";

/// A click before leaves a place from which Tab goes on, also when nothing has the focus any more.
const FROM_THE_TOP: &str = "
    const page = document.body;
    page.tabIndex = -1;
    page.focus();
    page.removeAttribute('tabindex');";

/// Goes on by Tab from the top of the page through `wanted`.
async fn goes_through(app: &App, wanted: &[&str]) {
    app.page.execute(FROM_THE_TOP, Vec::new()).await.expect("the page itself has the focus");
    for id in wanted {
        app.press_tab().await;
        // A colour takes a moment to change.
        let stop = json!([id, true]);
        let reached = async || (app.ask_page(FOCUSED).await == stop).then_some(());
        until(&format!("Tab stops at {id}, and that is seen"), reached).await;
    }
}

#[tokio::test]
async fn the_door_is_gone_through_from_the_top() {
    let (stack, machine) = (stack(), Machine::new().await);
    let app = App::start(stack, &machine).await;
    app.see("with-github").await;
    let wanted = [
        "door-connect",
        "way-password",
        "way-code",
        "email",
        "password",
        "door-forgot",
        "sign-in",
        "with-github",
        "door-sign-up",
    ];
    goes_through(&app, &wanted).await;
    app.close().await;
}

#[tokio::test]
async fn every_place_is_gone_through_from_the_top() {
    let (stack, machine) = (stack(), Machine::new().await);
    let mei = stack.person("mei").await;
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;
    app.wait_for("quota-llm_executions", "data-used", "0").await;
    stack.set_quota(&mei, json!({"llm_executions_used": 12})).await;
    app.click("refresh").await;
    app.wait_for("quota-llm_executions", "data-used", "12").await;
    let frame = ["go-home", "go-runs", "go-flows", "go-history", "go-settings", "account-menu"];

    let home = [
        "DIV",
        "refresh",
        "example",
        "example",
        "example",
        "prompt",
        "model",
        "open-system-prompt",
        "open-options",
    ];
    goes_through(&app, &[&frame[..], &home].concat()).await;

    app.go("runs").await;
    app.see("kept-empty").await;
    goes_through(&app, &[&frame[..], &["kept-search", "kept-empty-go"]].concat()).await;

    app.go("history").await;
    app.see("chart-llm_executions").await;
    let history = ["history", "history-range-30", "history-form-charts", "export-csv", "export-json"];
    goes_through(&app, &[&frame[..], &history].concat()).await;

    app.go("settings").await;
    app.see("open-data").await;
    let remove = format!("remove-ask-{}", mei.email);
    let settings = [
        "settings",
        "set-language",
        "set-theme-system",
        "set-figures-used",
        "set-login",
        "set-tray",
        "set-pace",
        "set-silence",
        "set-told",
        "settings-sign-out",
        &remove,
        "settings-add-account",
        "open-data",
        "clear-history",
    ];
    goes_through(&app, &[&frame[..], &settings].concat()).await;
    app.close().await;
}

#[tokio::test]
async fn whoever_is_asked_once_more_stands_on_the_answer_that_changes_nothing() {
    let (stack, machine) = (stack(), Machine::new().await);
    let mei = stack.person("mei").await;
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;
    app.go("settings").await;
    let stands_on = async |id: &str| {
        let focused = "return document.activeElement.dataset.testid";
        until(&format!("the focus is on {id}"), async || (app.ask_page(focused).await == id).then_some(()))
            .await;
    };

    app.click("clear-history").await;
    stands_on("clear-keep").await;
    app.click("clear-keep").await;
    stands_on("clear-history").await;
    app.click(&format!("remove-ask-{}", mei.email)).await;
    stands_on(&format!("remove-keep-{}", mei.email)).await;
    app.close().await;
}

#[tokio::test]
async fn a_run_begins_by_ctrl_and_enter_and_not_by_enter_alone() {
    let (stack, machine) = (stack(), Machine::new().await);
    let mei = stack.person("mei").await;
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;
    app.choose_model("demo-echo").await;
    app.write("prompt", "Hello.").await;

    for field in ["model", "prompt"] {
        app.focus(field).await;
        app.page.action_chain().send_keys(Key::Enter).perform().await.expect("the key is pressed");
    }
    app.shows("prompt", "Hello.\n").await;
    assert!(!app.sees("run-item").await);
    app.press_with_control(Key::Enter).await;

    app.wait_for("run-item", "data-outcome", "completed").await;
    assert_eq!(stack.counter(&mei, Kind::LlmExecutions).await.used, 1);
    app.close().await;
}
