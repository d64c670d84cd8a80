//! Several accounts in one window, and a session that ends while somebody works.

use serde_json::json;

use crate::support::{App, Machine, Stack, stack, until};

/// Access tokens that have to be refreshed before each request, so that the end of a session shows.
fn impatient() -> Stack {
    Stack::with_rules(json!({"jwt_seconds": 100}))
}

#[tokio::test]
async fn a_second_account_is_added_switched_to_and_removed() {
    let (stack, machine) = (stack(), Machine::new().await);
    let (mei, tom) = stack.two_people().await;
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;
    app.wait_for("quota-llm_executions", "data-used", "41").await;

    app.click("account-menu").await;
    app.click("add-account").await;
    app.see("door-leave").await;
    app.write("email", &tom.email).await;
    app.write("password", &tom.password).await;
    app.click("sign-in").await;
    app.wait_for("quota-llm_executions", "data-used", "7").await;
    assert_eq!(app.text("account-email").await, tom.email);
    assert!(!app.sees("door-leave").await);

    app.click("account-menu").await;
    app.click(&format!("account-{}", mei.email)).await;
    app.wait_for("quota-llm_executions", "data-used", "41").await;
    assert_eq!(app.text("account-email").await, mei.email);
    app.close().await;

    // Both are there after a restart, and the one that was shown is shown.
    let app = App::start(stack, &machine).await;
    app.wait_for("quota-llm_executions", "data-used", "41").await;
    app.click("account-menu").await;
    app.see(&format!("account-{}", tom.email)).await;
    app.click("remove-account").await;
    app.click("remove-cancel").await;
    app.click("remove-account").await;
    app.click("remove-confirm").await;
    app.see("sign-in").await;
    app.click(&format!("other-{}", tom.email)).await;
    app.wait_for("quota-llm_executions", "data-used", "7").await;
    assert!(!app.page.source().await.unwrap().contains(&mei.email), "a removed account is still named");
    app.close().await;
}

#[tokio::test]
async fn a_session_that_ends_asks_to_sign_in_again_and_loses_nothing_that_was_typed() {
    let (stack, machine) = (impatient(), Machine::new().await);
    let mei = stack.person("mei").await;
    stack.set_quota(&mei, json!({"llm_executions_used": 41})).await;
    let app = App::start(&stack, &machine).await;
    app.sign_in(&mei).await;
    app.ask("demo", "A question before").await;
    app.wait_for("run-item", "data-outcome", "completed").await;
    app.write("prompt", "Words that were not sent yet").await;

    stack.sign_out_everywhere(&mei).await;
    app.click("refresh").await;

    app.wait_for("signed-out-cause", "data-code", "SESSION_ENDED").await;
    assert_eq!(app.see("email").await.prop("value").await.unwrap(), Some(mei.email.clone()));
    app.picture("en-light-signed-in-again").await;
    app.click("door-leave").await;
    app.see("session-ended").await;
    app.wait_for("quota-llm_executions", "data-used", "42").await;
    app.click("sign-in-again").await;
    app.write("password", &mei.password).await;
    app.click("sign-in").await;

    until("the door is closed", async || (!app.sees("signed-out-cause").await).then_some(())).await;
    let draft = app.see("prompt").await.prop("value").await.unwrap();
    assert_eq!(draft.as_deref(), Some("Words that were not sent yet"));
    assert!(app.sees("run-item").await, "the run is gone");
    app.click("run").await;
    app.wait_for("quota-llm_executions", "data-used", "43").await;
    app.close().await;
}
