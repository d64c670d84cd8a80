//! Several runs at once, what goes wrong with one, and what a person can do about it.

use flowmeter_domain::Kind;
use serde_json::json;
use thirtyfour::{By, WebElement};
use uuid::Uuid;

use crate::accessibility::look;
use crate::support::{App, LiveEdge, Machine, Panel, Person, Talk, process, stack, until};

/// A model of the scripted provider that no other test uses.
fn mine(model: &str) -> String {
    format!("{model}+{}", Uuid::new_v4().simple())
}

/// Asks once more with the model that is chosen already.
async fn ask_again(app: &App, prompt: &str) {
    app.write("prompt", prompt).await;
    app.click("run").await;
}

async fn runs(app: &App) -> Vec<WebElement> {
    app.page.find_all(By::Testid("run-item")).await.unwrap_or_default()
}

/// Waits until the run at `place` has this outcome.
async fn until_run(app: &App, place: usize, outcome: &str) {
    until(&format!("run {place} is {outcome}"), async || {
        let seen = runs(app).await.get(place)?.attr("data-outcome").await.ok()?;
        (seen.as_deref() == Some(outcome)).then_some(())
    })
    .await;
}

/// Somebody who signed in to an app whose edge is written by the test.
async fn at(edge: &LiveEdge) -> (App, Person, Machine) {
    let (stack, machine) = (stack(), Machine::new().await.with("FLOWMETER_EDGE_URL", &edge.url));
    let mei = stack.person("mei").await;
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;
    (app, mei, machine)
}

/// Asks, and gives the answer that is being written, of which "Hello" is on the page.
async fn begun(app: &App, edge: &mut LiveEdge) -> Talk {
    app.ask("demo", "Hello?").await;
    let talk = edge.call().await.stream();
    talk.say("Hello");
    until_answer(app, "Hello").await;
    talk
}

/// Waits until the newest answer is exactly this.
async fn until_answer(app: &App, text: &str) {
    until(&format!("the answer is {text:?}"), async || {
        let answer = app.page.find_all(By::Testid("run-answer")).await.ok()?.pop()?;
        let seen = answer.prop("textContent").await.ok()??;
        (seen.trim_end() == text).then_some(())
    })
    .await;
}

#[tokio::test]
async fn eight_runs_go_on_side_by_side_and_each_has_its_own_stop() {
    let (stack, machine) = (stack(), Machine::new().await);
    let (mei, model) = (stack.person("mei").await, mine("demo-slow-drip"));
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;

    app.ask(&model, "Story 1").await;
    for number in 2..=8 {
        ask_again(&app, &format!("Story {number}")).await;
    }
    until("all are open", async || (stack.provider_count(&model, "open").await == 8).then_some(())).await;
    app.write("prompt", "Story 9").await;
    app.see("full").await;
    assert!(!app.see("run").await.is_enabled().await.unwrap());
    app.picture("eight-runs").await;

    runs(&app).await[2].find(By::Testid("stop")).await.unwrap().click().await.unwrap();
    until_run(&app, 2, "cancelled").await;
    until("the provider is let go", async || {
        (stack.provider_count(&model, "aborted").await == 1).then_some(())
    })
    .await;
    assert_eq!(stack.provider_count(&model, "open").await, 7);
    app.click("run").await;
    until_run(&app, 8, "running").await;

    // The others stop one by one, each by its own button.
    for _ in 0..8 {
        app.click("stop").await;
    }
    until("all are let go", async || (stack.provider_count(&model, "open").await == 0).then_some(())).await;
    for place in 0..9 {
        until_run(&app, place, "cancelled").await;
    }
    assert_eq!(stack.counter(&mei, Kind::LlmExecutions).await.used, 0);
    app.close().await;
}

#[tokio::test]
async fn a_stopped_run_keeps_its_text_hangs_up_and_can_be_run_again() {
    let mut edge = LiveEdge::open().await;
    let (app, _mei, _machine) = at(&edge).await;
    let talk = begun(&app, &mut edge).await;

    app.click("stop").await;

    until_run(&app, 0, "cancelled").await;
    talk.until_gone().await;
    until_answer(&app, "Hello").await;
    app.click("run-again").await;
    let again = edge.call().await;
    // The same question, and not its half answer.
    assert!(!again.body.to_string().contains("assistant"), "{}", again.body);
    again.stream().done();
    until_run(&app, 1, "completed").await;
    app.close().await;
}

#[tokio::test]
async fn a_page_that_is_loaded_anew_in_the_middle_comes_back_to_every_letter() {
    let mut edge = LiveEdge::open().await;
    let (app, _mei, _machine) = at(&edge).await;
    let talk = begun(&app, &mut edge).await;

    app.page.refresh().await.unwrap();
    talk.say(", while you");
    talk.say(" were away");

    until_answer(&app, "Hello, while you were away").await;
    talk.say(" and back.");
    talk.done();
    until_answer(&app, "Hello, while you were away and back.").await;
    until_run(&app, 0, "completed").await;
    app.close().await;
}

#[tokio::test]
async fn a_window_that_is_closed_in_the_middle_comes_back_to_every_letter() {
    let mut edge = LiveEdge::open().await;
    let panel = Panel::open().await;
    let (app, _mei, machine) = at(&edge).await;
    app.go("settings").await;
    app.click("set-tray").await;
    app.wait_for("set-tray", "data-on", "true").await;
    app.go("home").await;
    let talk = begun(&app, &mut edge).await;
    let (_, processes) = process::memory(&machine);

    until("the window closes", async || process::close_window()).await;
    until("the webview is gone", async || (process::memory(&machine).1 < processes).then_some(())).await;
    talk.say(", while the window was closed");
    assert!(talk.is_heard(), "the run goes on without a window");
    panel.choose("Open Flowmeter").await;
    until("the window is back", async || process::has_window().then_some(())).await;

    until("the driver finds it", async || {
        let window = app.page.windows().await.ok()?.pop()?;
        app.page.switch_to_window(window).await.ok()
    })
    .await;
    until_answer(&app, "Hello, while the window was closed").await;
    talk.say(".");
    talk.done();
    until_answer(&app, "Hello, while the window was closed.").await;
    panel.choose("Quit").await;
}

#[tokio::test]
async fn an_app_whose_window_is_closed_ends_when_its_last_run_has_ended() {
    let mut edge = LiveEdge::open().await;
    let (app, _mei, machine) = at(&edge).await;
    let talk = begun(&app, &mut edge).await;
    let (_, processes) = process::memory(&machine);

    until("the window closes", async || process::close_window()).await;
    until("the webview is gone", async || (process::memory(&machine).1 < processes).then_some(())).await;
    talk.say(", while the window was closed");
    assert!(talk.is_heard(), "the run goes on without a window");
    talk.done();

    until("the app ends", async || (process::memory(&machine).1 == 0).then_some(())).await;
}

#[tokio::test]
async fn an_answer_can_be_copied() {
    let mut edge = LiveEdge::open().await;
    let (app, _mei, _machine) = at(&edge).await;
    let talk = begun(&app, &mut edge).await;
    talk.say(" **world**");
    // What breaks off takes along what nobody has heard yet.
    until_answer(&app, "Hello world").await;
    talk.break_off();
    until_run(&app, 0, "incomplete").await;

    app.click("run-copy").await;
    until("it says so", async || app.text("run-copy").await.contains("Copied").then_some(())).await;

    assert_eq!(
        process::clipboard().as_deref(),
        Some("Hello **world**"),
        "as it was written, to be used elsewhere"
    );
    app.close().await;
}

#[tokio::test]
async fn a_rate_limit_is_counted_down_and_then_the_same_is_asked_again() {
    let mut edge = LiveEdge::open().await;
    let (app, _mei, _machine) = at(&edge).await;
    app.ask("demo", "Hello?").await;
    let call = edge.call().await;
    let asked = call.body.clone();
    call.say(429, &[("retry-after", "4")], "<html>slow down</html>");

    app.wait_for("run-error", "data-code", "RATE_LIMITED").await;
    assert!(!app.see("run-again").await.is_enabled().await.unwrap());
    assert!(app.text("run-again").await.contains("Try again in"));
    app.picture("rate-limited").await;
    until("the wait is over", async || app.see("run-again").await.is_enabled().await.ok()?.then_some(()))
        .await;
    app.click("run-again").await;

    let again = edge.call().await;
    assert_eq!(again.body, asked);
    again.stream().done();
    until_run(&app, 1, "completed").await;
    until_run(&app, 0, "failed").await;
    app.close().await;
}

#[tokio::test]
async fn another_try_says_beforehand_that_the_last_may_have_been_charged() {
    let mut edge = LiveEdge::open().await;
    let (app, _mei, _machine) = at(&edge).await;
    begun(&app, &mut edge).await.break_off();

    app.wait_for("run-error", "data-code", "INTERRUPTED").await;
    app.see("run-again-costs").await;
    app.wait_for("run-charged", "data-charged", "unknown").await;
    until_answer(&app, "Hello").await;
    app.picture("cut-off").await;
    assert_eq!(edge.waiting(), 0, "nothing was sent again by itself");
    app.click("run-again").await;

    edge.call().await.stream().done();
    until_run(&app, 1, "completed").await;
    app.close().await;
}

#[tokio::test]
async fn each_refusal_has_its_words_and_its_way_on() {
    let mut edge = LiveEdge::open().await;
    let (app, _mei, _machine) = at(&edge).await;
    let json = &[("content-type", "application/json")][..];
    let page = &[("content-type", "text/html")][..];
    // status, headers, body, code, the server's words, whether the same can be asked again
    let table = [
        (400, json, r#"{"error": "Model is required"}"#, "INVALID_INPUT", Some("Model is required"), false),
        (
            500,
            json,
            r#"{"error": "API key for openai is not configured"}"#,
            "EXECUTION_FAILED",
            Some("API key for openai is not configured"),
            true,
        ),
        (429, json, r#"{"error": "积分已用完", "code": "POINTS_EXCEEDED"}"#, "POINTS_EXCEEDED", None, true),
        (200, page, "<html>Sign in to the network</html>", "UNEXPECTED_ANSWER", None, true),
        (503, page, "<html>down</html>", "SERVER_FAILED", None, true),
        (429, json, r#"{"error": "…", "code": "QUOTA_EXCEEDED"}"#, "QUOTA_EXCEEDED", None, true),
        (429, &[("retry-after", "900")], "<html>slow down</html>", "RATE_LIMITED", None, true),
    ];
    for (place, (status, headers, body, code, words, again)) in table.into_iter().enumerate() {
        app.ask("demo", &format!("Question {place}")).await;
        edge.call().await.say(status, headers, body);
        let run = until(code, async || {
            let run = runs(&app).await.into_iter().nth(place)?;
            let error = run.find(By::Testid("run-error")).await.ok()?;
            (error.attr("data-code").await.ok()?.as_deref() == Some(code)).then_some(run)
        })
        .await;
        assert_eq!(run.find(By::Testid("run-again")).await.is_ok(), again, "{code}");
        assert!(run.find(By::Testid("run-edit")).await.is_ok(), "{code}");
        if let Some(words) = words {
            let said = run.find(By::Testid("run-said")).await.unwrap().text().await.unwrap();
            assert!(said.contains(words), "{said}");
        }
    }
    let talk = begun(&app, &mut edge).await;
    look(&app, "en-light", "refusals").await;
    app.resize(1120, 760).await;
    app.go("settings").await;
    app.select("set-language", "zh-CN").await;
    app.choose("set-theme", "dark").await;
    app.go("home").await;
    look(&app, "zh-dark", "refusals").await;
    talk.done();
    app.click("run-edit").await;
    app.shows("prompt", "Question 0").await;
    app.close().await;
}

#[tokio::test]
async fn whoever_has_to_sign_in_again_loses_nothing_and_runs_again() {
    let mut edge = LiveEdge::open().await;
    let (app, mei, _machine) = at(&edge).await;
    app.ask("demo", "A question that took long to write").await;
    for _ in 0..2 {
        edge.call().await.say(401, &[("content-type", "application/json")], r#"{"error": "请先登录"}"#);
    }

    // The door opens over the page; somebody may look around first.
    app.see("password").await;
    app.picture("sign-in-again").await;
    app.click("door-leave").await;
    app.wait_for("run-error", "data-code", "NOT_SIGNED_IN").await;
    until("the door is gone", async || (!app.sees("password").await).then_some(())).await;
    app.picture("run-needs-sign-in").await;
    app.click("run-sign-in").await;
    app.write("password", &mei.password).await;
    app.click("sign-in").await;
    app.click("run-again").await;

    let again = edge.call().await;
    assert_eq!(again.body["input"], "A question that took long to write");
    again.stream().done();
    until_run(&app, 1, "completed").await;
    app.close().await;
}

#[tokio::test]
async fn without_a_network_a_run_says_so_and_cost_nothing() {
    let (stack, machine) = (stack(), Machine::new().await.with("FLOWMETER_EDGE_URL", "http://127.0.0.1:9"));
    let mei = stack.person("mei").await;
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;

    app.ask("demo", "Hello?").await;

    app.wait_for("run-error", "data-code", "UNREACHABLE").await;
    app.wait_for("run-charged", "data-charged", "no").await;
    app.see("run-again").await;
    assert!(!app.sees("run-again-costs").await);
    app.picture("no-network").await;
    app.close().await;
}

#[tokio::test]
async fn a_used_up_quota_is_shown_in_place_until_somebody_raised_it() {
    let (stack, machine) = (stack(), Machine::new().await);
    let mei = stack.person("mei").await;
    stack.set_quota(&mei, json!({"llm_executions_used": 100})).await;
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;
    app.ask("demo", "One more").await;

    app.wait_for("run-error", "data-code", "QUOTA_EXCEEDED").await;
    let card = app.see("run-error").await.find(By::Testid("quota-llm_executions")).await.unwrap();
    assert_eq!(card.attr("data-used").await.unwrap().as_deref(), Some("100"));
    app.picture("used-up-in-place").await;
    stack.set_quota(&mei, json!({"llm_executions_limit": 120})).await;
    app.click("run-read").await;
    app.click("run-again").await;

    until_run(&app, 1, "completed").await;
    until("it says what it left", async || {
        let left = runs(&app).await[1].find(By::Testid("run-left")).await.ok()?;
        (left.attr("data-left").await.ok()?.as_deref() == Some("19")).then_some(())
    })
    .await;
    assert_eq!(stack.counter(&mei, Kind::LlmExecutions).await.used, 101);
    app.close().await;
}
