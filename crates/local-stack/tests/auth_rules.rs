//! What can be chosen about sign-in, and the limits of how often.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use flowmeter_local_stack::{AuthRules, State};
use reqwest::{Method, StatusCode};
use serde_json::json;
use support::mail::new_address;
use support::process::Running;
use support::{Answer, Api, Person, Shared, assert_refused, database_of, send};

/// A closed project with small limits.
fn state() -> &'static State {
    static STACK: Shared = Shared::new();
    STACK.state(&[
        "--auth",
        r#"{"disable_signup": true, "providers": ["google"], "mail_pause_seconds": 0, "mails_per_hour": 2,
            "token_limit": 3, "verify_limit": 1, "jwt_seconds": 45, "session_seconds": 3600}"#,
    ])
}

/// By password, as one client among many behind a gateway.
async fn sign_in_from(client: &str, api: &Api, person: &Person) -> Answer {
    let request = api.call(Method::POST, "/auth/v1/token?grant_type=password");
    let request = request.header("X-Supabase-Api-Version", "2024-01-01").header("X-Forwarded-For", client);
    send(request.json(&json!({"email": person.email, "password": person.password}))).await
}

#[tokio::test]
async fn the_settings_tell_what_was_chosen() {
    let api = Api::of(state());
    let settings = send(api.call(Method::GET, "/auth/v1/settings")).await.body;
    assert_eq!(settings["disable_signup"], true);
    assert_eq!(settings["mailer_autoconfirm"], true);
    assert_eq!(settings["external"]["google"], true);
    assert_eq!(settings["external"]["github"], false);
    assert_eq!(settings["external"]["email"], true);
}

#[tokio::test]
async fn a_closed_project_takes_nobody_new_by_any_way() {
    let (api, email) = (Api::of(state()), new_address());
    let body = json!({"email": email, "password": "correct horse"});
    assert_refused(&api.auth("signup", &body).await, 422, "signup_disabled");
    assert_refused(&api.auth("otp", &json!({"email": email})).await, 422, "signup_disabled");
}

#[tokio::test]
async fn a_client_that_asks_too_often_is_refused_and_no_other() {
    let api = Api::of(state());
    let person = Person::new(&api).await;
    for _ in 0..3 {
        assert_eq!(sign_in_from("203.0.113.7", &api, &person).await.status, StatusCode::OK);
    }
    assert_refused(&sign_in_from("203.0.113.7", &api, &person).await, 429, "over_request_rate_limit");
    assert_eq!(sign_in_from("203.0.113.8", &api, &person).await.status, StatusCode::OK);
    for _ in 0..5 {
        api.sign_in(&person.email, &person.password).await;
    }
}

#[tokio::test]
async fn all_people_together_get_so_many_mails_an_hour() {
    let api = Api::of(state());
    let people = [Person::new(&api).await, Person::new(&api).await, Person::new(&api).await];
    let mut answers = Vec::new();
    for person in &people {
        answers.push(api.auth("recover", &json!({"email": person.email})).await);
    }
    assert_eq!([answers[0].status, answers[1].status], [StatusCode::OK; 2]);
    assert_refused(&answers[2], 429, "over_email_send_rate_limit");
    assert_eq!(answers[2].body["message"], "email rate limit exceeded");
}

#[tokio::test]
async fn tokens_and_sessions_live_as_long_as_was_chosen() {
    let api = Api::of(state());
    let person = Person::new(&api).await;
    assert_eq!(person.session["expires_in"], 45);
    let refreshed = api.refresh(person.refresh_token()).await;
    assert_eq!(refreshed.status, StatusCode::OK);
    let mut database = database_of(state()).await;
    let age = "update auth.sessions set created_at = now() - interval '1 hour' where user_id = $1";
    sqlx::query(age).bind(person.id).execute(&mut database).await.unwrap();
    let token = refreshed.body["refresh_token"].as_str().unwrap();
    assert_refused(&api.refresh(token).await, 400, "session_expired");
}

#[tokio::test]
async fn a_project_without_email_refuses_every_way_by_email() {
    static STACK: Shared = Shared::new();
    let api = Api::of(STACK.state(&["--auth", r#"{"email": false}"#]));
    let body = json!({"email": new_address(), "password": "correct horse"});
    assert_refused(&api.auth("signup", &body).await, 400, "email_provider_disabled");
    assert_refused(&api.auth("otp", &body).await, 422, "email_provider_disabled");
    assert_refused(&api.token("password", &body).await, 422, "email_provider_disabled");
}

#[test]
fn a_rule_that_there_is_not_is_named_at_the_start() {
    let (status, _, said) = Running::start(&["--port", "0", "--auth", r#"{"autoconfirn": true}"#]).wait();
    assert!(!status.success());
    assert!(said.iter().any(|line| line.contains("autoconfirn")), "{said:?}");
    assert!(r#"{"autoconfirm": 1}"#.parse::<AuthRules>().is_err());
}
