//! Signing in, staying signed in, signing out.

use std::process::Command;

use flowmeter_domain::Kind;
use keyring::Entry;
use serde_json::json;

use crate::support::{App, Machine, Person, Stack, stack, until};

#[tokio::test]
async fn signing_in_shows_the_numbers_of_the_database() {
    let (stack, machine) = (stack(), Machine::new().await);
    let mei = stack.person("mei").await;
    let columns = json!({"llm_executions_used": 62, "flow_generations_used": 17, "app_usages_used": 53});
    stack.set_quota(&mei, columns).await;

    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;

    assert_eq!(app.text("account-email").await, mei.email);
    for kind in Kind::ALL {
        let counter = stack.counter(&mei, kind).await;
        for card in [format!("quota-{}", kind.name()), format!("quota-compact-{}", kind.name())] {
            assert_eq!(app.attribute(&card, "data-used").await, counter.used.to_string(), "{card}");
            assert_eq!(app.attribute(&card, "data-limit").await, counter.limit.to_string(), "{card}");
        }
    }
    app.close().await;
}

#[tokio::test]
async fn a_wrong_password_says_so_and_keeps_what_was_typed() {
    let (stack, machine) = (stack(), Machine::new().await);
    let mei = stack.person("mei").await;

    let app = App::start(stack, &machine).await;
    app.write("email", &mei.email).await;
    app.write("password", "not this one").await;
    app.click("sign-in").await;

    app.wait_for("sign-in-error", "data-code", "INVALID_CREDENTIALS").await;
    assert!(!app.text("sign-in-error").await.is_empty());
    assert_eq!(app.see("email").await.prop("value").await.unwrap(), Some(mei.email.clone()));
    app.picture("wrong-password").await;

    app.sign_in(&mei).await;
    app.close().await;
}

#[tokio::test]
async fn a_restart_is_still_signed_in_and_a_sign_out_empties_the_keychain() {
    let (stack, machine) = (stack(), Machine::new().await);
    let mei = stack.person("mei").await;

    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;
    app.wait_for("quota-llm_executions", "data-used", "0").await;
    let token = until("the keychain entry", async || stored(stack, &mei)).await;
    assert!(token.len() < 1200, "more than the refresh token is stored");
    app.close().await;

    let app = App::start(stack, &machine).await;
    app.wait_for("quota-llm_executions", "data-used", "0").await;
    assert!(!app.sees("sign-in").await);
    assert!(!app.sees("not-kept").await);

    app.sign_out().await;
    app.see("sign-in").await;
    until("the keychain entry is gone", async || stored(stack, &mei).is_none().then_some(())).await;
    app.close().await;

    let app = App::start(stack, &machine).await;
    app.see("sign-in").await;
    app.close().await;
}

#[tokio::test]
async fn a_second_person_sees_only_their_own_numbers() {
    let (stack, machine) = (stack(), Machine::new().await);
    let (mei, tom) = stack.two_people().await;

    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;
    app.wait_for("quota-llm_executions", "data-used", "41").await;
    app.ask("demo", "A question of Mei's").await;
    app.wait_for("run-item", "data-outcome", "completed").await;
    app.sign_out().await;

    app.sign_in(&tom).await;
    app.wait_for("quota-llm_executions", "data-used", "7").await;
    assert_eq!(app.text("account-email").await, tom.email);
    assert!(!app.sees("run-item").await, "a run of another account is shown");
    assert!(!app.page.source().await.unwrap().contains(&mei.email));
    app.close().await;
}

#[tokio::test]
async fn without_a_key_store_the_app_works_and_says_that_it_will_forget() {
    let (stack, machine) = (stack(), Machine::new().await);
    let machine = machine.with("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    let mei = stack.person("mei").await;

    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;

    app.see("not-kept").await;
    app.picture("not-kept").await;
    assert_eq!(stored(stack, &mei), None);
    app.close().await;
}

#[tokio::test]
async fn a_second_launch_brings_the_first_window_forward_and_ends() {
    let (stack, machine) = (stack(), Machine::new().await);
    let app = App::start(stack, &machine).await;
    app.see("sign-in").await;

    let mut second = Command::new(env!("CARGO_BIN_EXE_flowmeter"));
    let ended = App::environment(&mut second, stack, &machine).output().expect("a second launch");

    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    app.see("sign-in").await;
    app.close().await;
}

#[tokio::test]
async fn the_demo_account_is_marked_and_one_click_away() {
    let (stack, machine) = (stack(), Machine::new().await);
    let demo = &stack.state["users"][0];
    let account = format!("{}:{}", demo["email"].as_str().unwrap(), demo["password"].as_str().unwrap());
    let machine = machine.with("FLOWMETER_DEMO_ACCOUNT", &account);

    let app = App::start(stack, &machine).await;
    app.see("demo-note").await;
    app.click("sign-in").await;
    app.see("quota-llm_executions").await;
    assert_eq!(app.text("account-email").await, demo["email"].as_str().unwrap());
    app.sign_out().await;
    app.see("sign-in").await;
    app.close().await;
}

/// What the system's key store holds for a person.
pub(crate) fn stored(stack: &Stack, person: &Person) -> Option<String> {
    let url = stack.text("supabase_url");
    let host = url.trim_start_matches("http://");
    let entry = Entry::new("dev.flowmeter.app", &format!("{host}/{}", person.id)).expect("a key store");
    match entry.get_password() {
        Ok(token) => Some(token),
        Err(keyring::Error::NoEntry) => None,
        // It went between being found and being read.
        Err(error) if error.to_string().contains("No such interface") => None,
        Err(error) => panic!("the key store does not answer: {error}"),
    }
}
