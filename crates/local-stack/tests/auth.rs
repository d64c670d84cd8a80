//! The sign-in API, call by call and error by error.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::Connection;
use support::{Answer, Api, Person, assert_refused, database, send};

async fn user(api: &Api, token: &str) -> Answer {
    let request = api.call(Method::GET, "/auth/v1/user").header("X-Supabase-Api-Version", "2024-01-01");
    send(request.bearer_auth(token)).await
}

async fn log_out(api: &Api, token: &str, scope: &str) -> StatusCode {
    let path = format!("/auth/v1/logout?scope={scope}");
    send(api.call(Method::POST, &path).bearer_auth(token)).await.status
}

/// As if these tokens had been used a minute ago: the reuse interval is over.
async fn let_a_minute_pass(person: &Person) {
    let mut database = database().await;
    sqlx::query(
        "update auth.refresh_tokens set updated_at = updated_at - interval '1 minute' where user_id = $1",
    )
    .bind(person.id)
    .execute(&mut database)
    .await
    .unwrap();
    database.close().await.unwrap();
}

fn refresh_token(answer: &Answer) -> &str {
    answer.body["refresh_token"].as_str().unwrap_or_else(|| panic!("{}", answer.body))
}

#[tokio::test]
async fn a_password_gives_a_session() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let session = &person.session;
    assert_eq!(session["token_type"], "bearer");
    assert_eq!(session["expires_in"], 3600);
    assert!(session["expires_at"].as_i64().unwrap() > 1_700_000_000);
    assert_eq!(person.refresh_token().len(), 12);
    assert_eq!(session["user"]["email"], person.email);
    assert_eq!(session["user"]["role"], "authenticated");
}

#[tokio::test]
async fn the_address_is_read_without_case() {
    let api = Api::new();
    let person = Person::new(&api).await;
    api.sign_in(&person.email.to_uppercase(), &person.password).await;
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_the_same() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let wrong = api.token("password", &json!({"email": person.email, "password": "wrong"})).await;
    let unknown = api.token("password", &json!({"email": "nobody@example.com", "password": "wrong"})).await;
    assert_refused(&wrong, 400, "invalid_credentials");
    assert_eq!(wrong.body, unknown.body);
}

#[tokio::test]
async fn an_address_that_was_not_confirmed_may_not_sign_in() {
    let api = Api::new();
    let email = format!("{}@example.com", uuid::Uuid::new_v4());
    let body = json!({"email": email, "password": "correct horse"});
    send(api.call_as_service(Method::POST, "/auth/v1/admin/users").json(&body)).await;
    assert_refused(&api.token("password", &body).await, 400, "email_not_confirmed");
}

#[tokio::test]
async fn without_a_version_the_older_error_body_comes() {
    let api = Api::new();
    let body = json!({"email": "nobody@example.com", "password": "wrong"});
    let answer = send(api.call(Method::POST, "/auth/v1/token?grant_type=password").json(&body)).await;
    assert_eq!(
        answer.body,
        json!({"code": 400, "error_code": "invalid_credentials", "msg": "Invalid login credentials"})
    );
    assert_eq!(answer.headers["x-sb-error-code"], "invalid_credentials");
}

#[tokio::test]
async fn every_call_needs_an_api_key() {
    let api = Api::new();
    let url = format!("{}/auth/v1/health", api.state.supabase_url);
    assert_eq!(send(api.http.get(&url)).await.status, StatusCode::UNAUTHORIZED);
    let wrong = send(api.http.get(&url).header("apikey", "sb_publishable_wrong")).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert_eq!(wrong.body["message"], "Invalid API key");
}

#[tokio::test]
async fn a_page_of_any_origin_may_call_and_may_read_the_version_of_an_error() {
    let api = Api::new();
    let url = format!("{}/auth/v1/token?grant_type=password", api.state.supabase_url);
    let asked = api.http.request(Method::OPTIONS, &url).header("Origin", "http://localhost:3000");
    let asked = send(asked.header("Access-Control-Request-Headers", "apikey, authorization")).await;
    assert_eq!(asked.status, StatusCode::NO_CONTENT);
    assert_eq!(asked.headers["access-control-allow-origin"], "*");
    assert_eq!(asked.headers["access-control-allow-headers"], "apikey, authorization");
    let refused = api.token("password", &json!({"email": "nobody@example.com", "password": "wrong"})).await;
    assert_eq!(refused.headers["access-control-allow-origin"], "*");
    let exposed = refused.headers["access-control-expose-headers"].to_str().unwrap();
    assert!(exposed.contains("x-supabase-api-version"), "{exposed}");
    // Also without a key: a page has to see why it was refused.
    assert_eq!(send(api.http.get(&url)).await.headers["access-control-allow-origin"], "*");
}

#[tokio::test]
async fn a_refresh_token_is_exchanged_for_another() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let refreshed = api.refresh(person.refresh_token()).await;
    assert_eq!(refreshed.status, StatusCode::OK);
    assert_ne!(refresh_token(&refreshed), person.refresh_token());
    assert_eq!(user(&api, refreshed.body["access_token"].as_str().unwrap()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_used_token_whose_answer_was_lost_gives_the_active_one_again() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let lost = api.refresh(person.refresh_token()).await;
    // However late: the client never got the answer and has nothing else.
    let_a_minute_pass(&person).await;
    let again = api.refresh(person.refresh_token()).await;
    assert_eq!(refresh_token(&again), refresh_token(&lost));
}

#[tokio::test]
async fn an_older_token_is_good_again_within_the_reuse_interval() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let second = api.refresh(person.refresh_token()).await;
    api.refresh(refresh_token(&second)).await;
    assert_eq!(api.refresh(person.refresh_token()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_older_token_after_the_interval_ends_the_whole_family() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let second = api.refresh(person.refresh_token()).await;
    let third = api.refresh(refresh_token(&second)).await;
    let_a_minute_pass(&person).await;
    assert_refused(&api.refresh(person.refresh_token()).await, 400, "refresh_token_already_used");
    // The refusal itself is recent, and a token that was revoked just now has its interval as well.
    let_a_minute_pass(&person).await;
    assert_refused(&api.refresh(refresh_token(&third)).await, 400, "refresh_token_already_used");
}

#[tokio::test]
async fn two_refreshes_at_once_both_succeed() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let (one, two) = tokio::join!(api.refresh(person.refresh_token()), api.refresh(person.refresh_token()));
    assert_eq!((one.status, two.status), (StatusCode::OK, StatusCode::OK));
    assert_eq!(refresh_token(&one), refresh_token(&two));
}

#[tokio::test]
async fn an_unknown_refresh_token_is_not_found() {
    let api = Api::new();
    assert_refused(&api.refresh("aaaaaaaaaaaa").await, 400, "refresh_token_not_found");
}

#[tokio::test]
async fn a_banned_person_is_refused_at_both_grants() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let mut database = database().await;
    let ban = "update auth.users set banned_until = now() + interval '1 day' where id = $1";
    sqlx::query(ban).bind(person.id).execute(&mut database).await.unwrap();
    let body = json!({"email": person.email, "password": person.password});
    assert_refused(&api.token("password", &body).await, 400, "user_banned");
    assert_refused(&api.refresh(person.refresh_token()).await, 400, "user_banned");
}

#[tokio::test]
async fn an_unknown_grant_and_a_broken_body_are_refused() {
    let api = Api::new();
    assert_refused(&api.token("magic", &json!({})).await, 400, "unsupported_grant_type");
    let request = api.call(Method::POST, "/auth/v1/token?grant_type=password");
    let answer = send(request.header("X-Supabase-Api-Version", "2024-01-01").body("{")).await;
    assert_refused(&answer, 400, "bad_json");
}

#[tokio::test]
async fn a_token_is_asked_for_in_the_words_of_oauth() {
    let answer = Api::new().token("refresh_token", &json!({})).await;
    let body = json!({"error": "invalid_request", "error_description": "refresh_token required"});
    assert_eq!((answer.status.as_u16(), answer.body), (400, body));
}

#[tokio::test]
async fn a_refresh_that_cannot_get_at_its_session_is_a_conflict_and_costs_nothing() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let mut holder = database().await;
    let mut transaction = holder.begin().await.unwrap();
    let lock = "select from auth.sessions where user_id = $1 for update";
    sqlx::query(lock).bind(person.id).fetch_one(&mut *transaction).await.unwrap();
    assert_refused(&api.refresh(person.refresh_token()).await, 409, "conflict");
    transaction.rollback().await.unwrap();
    assert_eq!(api.refresh(person.refresh_token()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn people_keep_what_they_like_beside_their_account() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let request = api.call(Method::PUT, "/auth/v1/user").bearer_auth(person.access_token());
    let answer = send(request.json(&json!({"data": {"name": "Ада", "theme": {"dark": true}}}))).await;
    assert_eq!(answer.body["user_metadata"], json!({"name": "Ада", "theme": {"dark": true}}));
    let claims = api.refresh(person.refresh_token()).await.body["user"]["user_metadata"].clone();
    assert_eq!(claims["name"], "Ада");
}

#[tokio::test]
async fn the_user_is_answered_bare() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let answer = user(&api, person.access_token()).await;
    assert_eq!(answer.body["id"], person.id.to_string());
    assert_eq!(answer.body["app_metadata"]["provider"], "email");
}

#[tokio::test]
async fn the_user_without_a_token_and_with_a_foreign_one() {
    let api = Api::new();
    let request = api.call(Method::GET, "/auth/v1/user").header("X-Supabase-Api-Version", "2024-01-01");
    assert_refused(&send(request).await, 401, "no_authorization");
    assert_refused(&user(&api, "a.b.c").await, 403, "bad_jwt");
    // A key of the project is signed as well, but is nobody's session.
    assert_refused(&user(&api, &api.state.anon_key).await, 403, "bad_jwt");
}

#[tokio::test]
async fn a_local_log_out_ends_this_session_and_no_other() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let other = api.sign_in(&person.email, &person.password).await;
    assert_eq!(log_out(&api, person.access_token(), "local").await, StatusCode::NO_CONTENT);
    assert_refused(&user(&api, person.access_token()).await, 403, "session_not_found");
    assert_refused(&api.refresh(person.refresh_token()).await, 400, "refresh_token_not_found");
    assert_eq!(user(&api, other["access_token"].as_str().unwrap()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_log_out_of_the_others_keeps_this_session() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let other = api.sign_in(&person.email, &person.password).await;
    log_out(&api, person.access_token(), "others").await;
    assert_eq!(user(&api, person.access_token()).await.status, StatusCode::OK);
    assert_refused(&user(&api, other["access_token"].as_str().unwrap()).await, 403, "session_not_found");
}

#[tokio::test]
async fn a_global_log_out_ends_every_session() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let other = api.sign_in(&person.email, &person.password).await;
    log_out(&api, person.access_token(), "global").await;
    for token in [person.access_token(), other["access_token"].as_str().unwrap()] {
        assert_refused(&user(&api, token).await, 403, "session_not_found");
    }
}

#[tokio::test]
async fn an_unknown_scope_is_refused() {
    let api = Api::new();
    let person = Person::new(&api).await;
    assert_eq!(log_out(&api, person.access_token(), "everywhere").await, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_sign_up_is_signed_in_and_its_address_is_taken() {
    let api = Api::new();
    let body = json!({"email": format!("{}@example.com", uuid::Uuid::new_v4()), "password": "correct horse"});
    let answer = send(api.call(Method::POST, "/auth/v1/signup").json(&body)).await;
    assert_eq!(user(&api, answer.body["access_token"].as_str().unwrap()).await.status, StatusCode::OK);
    let again = send(api.call(Method::POST, "/auth/v1/signup").json(&body)).await;
    assert_eq!(
        (again.status.as_u16(), &again.body["error_code"]),
        (422, &Value::from("user_already_exists"))
    );
}

#[tokio::test]
async fn only_the_service_role_makes_users() {
    let api = Api::new();
    let body = json!({"email": "a@example.com", "password": "correct horse"});
    let answer = send(api.call(Method::POST, "/auth/v1/admin/users").json(&body)).await;
    assert_eq!((answer.status.as_u16(), &answer.body["error_code"]), (403, &Value::from("not_admin")));
}

#[tokio::test]
async fn the_settings_say_that_email_works() {
    let answer = send(Api::new().call(Method::GET, "/auth/v1/settings")).await;
    assert_eq!(answer.body["external"]["email"], true);
    assert_eq!(answer.body["disable_signup"], false);
}

#[tokio::test]
async fn the_seeded_people_can_sign_in() {
    let api = Api::new();
    for user in &api.state.users {
        let session = api.sign_in(&user.email, &user.password).await;
        assert_eq!(session["user"]["id"], user.id.to_string());
    }
}
