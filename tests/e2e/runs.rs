//! Running a model: text that arrives as it is written, and what it costs.

use std::collections::BTreeSet;

use flowmeter_domain::Kind;
use serde_json::json;
use thirtyfour::By;

use crate::support::{App, Machine, stack, until};

#[tokio::test]
async fn an_answer_arrives_in_steps_and_costs_one_unit() {
    let (stack, machine) = (stack(), Machine::new().await);
    let mei = stack.person("mei").await;
    stack.set_quota(&mei, json!({"llm_executions_used": 61})).await;
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;
    app.wait_for("quota-llm_executions", "data-used", "61").await;

    app.ask("demo-slow", "Explain optimistic locking in two sentences.").await;

    let mut lengths = BTreeSet::new();
    until("the run is complete", async || {
        let answer = app.page.find(By::Testid("run-answer")).await.ok()?.prop("textContent").await.ok()??;
        lengths.insert(answer.len());
        let outcome = app.page.find(By::Testid("run-item")).await.ok()?.attr("data-outcome").await.ok()?;
        (outcome.as_deref() == Some("completed")).then_some(())
    })
    .await;
    assert!(lengths.len() >= 3, "the text came at once: {lengths:?}");
    app.wait_for("run-charged", "data-charged", "yes").await;
    app.wait_for("quota-llm_executions", "data-used", "62").await;
    app.wait_for("quota-compact-llm_executions", "data-used", "62").await;
    assert_eq!(stack.counter(&mei, Kind::LlmExecutions).await.used, 62);
    app.close().await;
}

#[tokio::test]
async fn reasoning_is_folded_apart_from_the_answer_until_somebody_wants_to_read_it() {
    let (stack, machine) = (stack(), Machine::new().await);
    let mei = stack.person("mei").await;
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;

    app.ask("demo", "Explain optimistic locking in two sentences.").await;
    app.wait_for("run-item", "data-outcome", "completed").await;

    let fold = app.see("run-reasoning").await;
    let written = fold.find(By::Css(".think-text")).await.expect("a text of its own");
    let thought = written.prop("textContent").await.unwrap().expect("a text");
    assert!(!thought.is_empty() && !app.text("run-answer").await.contains(&thought), "{thought:?}");
    // The driver takes what is folded for displayed.
    let is_seen = "return document.querySelector('.think-text').checkVisibility()";
    assert_eq!(app.ask_page(is_seen).await, false, "it is folded");
    fold.find(By::Css("summary")).await.expect("a line to press").click().await.unwrap();
    until("it is unfolded", async || (app.ask_page(is_seen).await == true).then_some(())).await;
    app.click("copy-reasoning").await;
    until("it says so", async || app.text("copy-reasoning").await.contains("Copied").then_some(())).await;
    app.click("prompt").await;
    app.press_with_control("v").await;
    app.shows("prompt", &thought).await;
    app.close().await;
}

#[tokio::test]
async fn at_the_limit_a_run_is_refused_with_the_reason_and_nothing_is_charged() {
    let (stack, machine) = (stack(), Machine::new().await);
    let mei = stack.person("mei").await;
    stack.set_quota(&mei, json!({"llm_executions_used": 99})).await;
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;
    app.wait_for("quota-llm_executions", "data-used", "99").await;
    // Used up behind the app's back: the server has to refuse, not the client's old reading.
    stack.set_quota(&mei, json!({"llm_executions_used": 100})).await;

    app.ask("demo", "One more").await;

    app.wait_for("run-item", "data-outcome", "failed").await;
    app.wait_for("run-error", "data-code", "QUOTA_EXCEEDED").await;
    app.wait_for("run-charged", "data-charged", "no").await;
    app.wait_for("quota-llm_executions", "data-used", "100").await;
    app.picture("used-up").await;
    assert_eq!(stack.counter(&mei, Kind::LlmExecutions).await.used, 100);
    app.close().await;
}

#[tokio::test]
async fn stopping_keeps_the_text_and_ends_the_run_at_once() {
    let (stack, machine) = (stack(), Machine::new().await);
    let mei = stack.person("mei").await;
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;

    app.ask("demo-slow", "Tell me a long story").await;
    until("more than that it waits", async || (app.text("run-answer").await.len() > 40).then_some(())).await;
    // It moves with the text above it until that fills the window.
    app.click_to("stop", "run-again").await;

    app.wait_for("run-item", "data-outcome", "cancelled").await;
    assert!(!app.text("run-answer").await.is_empty());
    app.wait_for("run-charged", "data-charged", "unknown").await;
    // Leaving after text came is charged, so that stopping just before the end is not free.
    app.wait_for("quota-llm_executions", "data-used", "1").await;
    app.close().await;
}

#[tokio::test]
async fn a_provider_that_breaks_off_leaves_its_text_and_costs_nothing() {
    let (stack, machine) = (stack(), Machine::new().await);
    let mei = stack.person("mei").await;
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;

    app.ask("demo-fail-midway", "Break off").await;

    app.wait_for("run-item", "data-outcome", "failed").await;
    app.wait_for("run-error", "data-code", "EXECUTION_FAILED").await;
    assert!(!app.text("run-answer").await.is_empty());
    app.wait_for("run-charged", "data-charged", "no").await;
    app.picture("broken-off").await;
    assert_eq!(stack.counter(&mei, Kind::LlmExecutions).await.used, 0);
    app.close().await;
}

#[tokio::test]
async fn a_reloaded_page_comes_back_to_the_whole_run() {
    let (stack, machine) = (stack(), Machine::new().await);
    let mei = stack.person("mei").await;
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;

    app.ask("demo-slow", "Tell me a long story").await;
    until("some text", async || (app.text("run-answer").await.len() > 40).then_some(())).await;
    let before = app.text("run-answer").await;
    app.page.refresh().await.unwrap();

    app.wait_for("run-item", "data-outcome", "completed").await;
    let after = app.text("run-answer").await;
    assert!(after.starts_with(before.trim_end()), "{before:?} is not the beginning of {after:?}");
    app.close().await;
}
