//! Each call against a local HTTP server: what is sent, and what each status becomes.

mod support;

use flowmeter_domain::{Code, Counter, Kind};
use flowmeter_supabase::{Caller, Error};
use secrecy::ExposeSecret;
use serde_json::json;
use support::{USER, client, secret, server, session};
use wiremock::matchers::{body_json, header, header_exists, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

#[tokio::test]
async fn a_sign_in_sends_the_key_and_the_api_version() {
    let (server, supabase) = server().await;
    Mock::given(method("POST"))
        .and(path("/auth/v1/token"))
        .and(query_param("grant_type", "password"))
        .and(header("apikey", "anon-key"))
        .and(header("X-Supabase-Api-Version", "2024-01-01"))
        .and(body_json(json!({"email": "mei@example.com", "password": "secret"})))
        .respond_with(ResponseTemplate::new(200).set_body_json(session()))
        .expect(1)
        .mount(&server)
        .await;

    let session = supabase.sign_in("mei@example.com", &secret("secret")).await.unwrap();

    assert_eq!(session.access_token.expose_secret(), "access");
    assert_eq!(session.user.email.as_deref(), Some("mei@example.com"));
    assert!(!format!("{session:?}").contains("refresh\""), "a token is printed");
}

#[tokio::test]
async fn each_status_of_a_refresh_has_its_code_and_only_final_ones_end_the_session() {
    let table = [
        (400, json!({"code": "refresh_token_not_found"}), Code::SessionEnded, true),
        (400, json!({"code": "refresh_token_already_used"}), Code::SessionEnded, true),
        (400, json!({"code": 400, "error_code": "session_expired", "msg": "…"}), Code::SessionEnded, true),
        (403, json!({"code": "user_banned"}), Code::AccountBanned, true),
        (400, json!({"error": "invalid_request", "error_description": "…"}), Code::InvalidInput, false),
        (409, json!({"code": "conflict"}), Code::Conflict, false),
        (429, json!({"code": "over_request_rate_limit"}), Code::RateLimited, false),
        (500, json!("<html>"), Code::ServerFailed, false),
        (503, json!(null), Code::ServerFailed, false),
        (200, json!({"access_token": "", "refresh_token": ""}), Code::UnexpectedAnswer, false),
        (302, json!("<html>"), Code::UnexpectedAnswer, false),
    ];
    for (status, body, code, ends) in table {
        let (server, supabase) = server().await;
        let answer = ResponseTemplate::new(status).set_body_json(&body);
        Mock::given(path("/auth/v1/token")).respond_with(answer).mount(&server).await;

        let error = supabase.refresh(&secret("old")).await.unwrap_err();

        assert_eq!((error.code(), error.ends_session()), (code, ends), "{status} {body}");
    }
}

#[tokio::test]
async fn a_redirect_with_credentials_is_not_followed() {
    let (server, supabase) = server().await;
    let elsewhere = MockServer::start().await;
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(200)).expect(0).mount(&elsewhere).await;
    let answer = ResponseTemplate::new(302).insert_header("Location", elsewhere.uri());
    Mock::given(path("/auth/v1/user")).respond_with(answer).mount(&server).await;

    let error = supabase.user(&secret("access")).await.unwrap_err();

    assert!(matches!(error, Error::UnexpectedAnswer { status: 302 }), "{error}");
}

#[tokio::test]
async fn a_sign_out_is_local_and_an_ended_session_counts_as_signed_out() {
    for (status, fine) in [(204, true), (401, true), (403, true), (404, true), (500, false), (429, false)] {
        let (server, supabase) = server().await;
        Mock::given(method("POST"))
            .and(path("/auth/v1/logout"))
            .and(query_param("scope", "local"))
            .and(header("Authorization", "Bearer access"))
            .respond_with(ResponseTemplate::new(status))
            .expect(1)
            .mount(&server)
            .await;
        assert_eq!(supabase.sign_out(&secret("access")).await.is_ok(), fine, "{status}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unreachable_and_its_address_is_not_told() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let supabase = client(&address);

    let error = supabase.user(&secret("access")).await.unwrap_err();

    assert_eq!(error.code(), Code::Unreachable);
    assert!(!error.to_string().contains(&address), "{error}");
}

#[tokio::test]
async fn a_quota_row_is_asked_for_as_one_object() {
    let (server, supabase) = server().await;
    let row = json!({"llm_executions_used": 3, "llm_executions_limit": 100, "updated_at": "2026-01-02T03:04:05.67+00:00"});
    Mock::given(path("/rest/v1/users_quota"))
        .and(query_param("user_id", format!("eq.{USER}")))
        .and(header("Accept", "application/vnd.pgrst.object+json"))
        .and(header("Authorization", "Bearer access"))
        .respond_with(ResponseTemplate::new(200).set_body_json(row))
        .mount(&server)
        .await;

    let row = supabase.quota_row(Caller::User(&secret("access")), USER).await.unwrap().unwrap();

    assert_eq!(row.quota.get(Kind::LlmExecutions), Some(Counter { used: 3, limit: 100 }));
    assert_eq!(row.quota.get(Kind::ImageGenExecutions), None);
}

#[tokio::test]
async fn no_row_is_none_and_a_failed_read_is_an_error() {
    let table = [
        (406, json!({"code": "PGRST116", "details": "The result contains 0 rows"}), Ok(())),
        (401, json!({"code": "PGRST301"}), Err(Code::NotSignedIn)),
        (403, json!({"code": "42501"}), Err(Code::NotAllowed)),
        (503, json!({"code": "PGRST001"}), Err(Code::ServerFailed)),
        (200, json!({"app_usages_used": "3", "app_usages_limit": 1}), Err(Code::UnexpectedAnswer)),
        (200, json!("portal"), Err(Code::UnexpectedAnswer)),
    ];
    for (status, body, expected) in table {
        let (server, supabase) = server().await;
        let answer = ResponseTemplate::new(status).set_body_json(&body);
        Mock::given(path("/rest/v1/users_quota")).respond_with(answer).mount(&server).await;
        let read = supabase.quota_row(Caller::User(&secret("access")), USER).await;
        let seen = read.map(|row| assert_eq!(row, None)).map_err(|error| error.code());
        assert_eq!(seen, expected, "{status} {body}");
    }
}

#[tokio::test]
async fn counting_sends_the_lock_back_as_it_came_and_asks_for_the_rows() {
    let (server, supabase) = server().await;
    let lock = "2026-01-02T03:04:05.678901+00:00";
    let row = json!({"llm_executions_used": null, "llm_executions_limit": 100, "updated_at": lock});
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(200).set_body_json(row))
        .mount(&server)
        .await;
    Mock::given(method("PATCH"))
        .and(query_param("updated_at", format!("eq.{lock}")))
        .and(query_param("user_id", format!("eq.{USER}")))
        .and(header("Prefer", "return=representation"))
        .and(header("apikey", "service-key"))
        .and(body_json(json!({"llm_executions_used": 1})))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!([])))
        .expect(1)
        .mount(&server)
        .await;
    let key = secret("service-key");
    let caller = Caller::ServiceRole(&key);
    let row = supabase.quota_row(caller, USER).await.unwrap().unwrap();

    let counted = supabase.count_one(caller, USER, &row, Kind::LlmExecutions).await.unwrap();

    assert_eq!(counted, None, "a lost race looked like success");
}

#[tokio::test]
async fn a_new_style_secret_key_never_goes_into_authorization() {
    let (server, supabase) = server().await;
    Mock::given(header_exists("Authorization")).respond_with(ResponseTemplate::new(500)).mount(&server).await;
    let answer = ResponseTemplate::new(406).set_body_json(json!({"code": "PGRST116"}));
    Mock::given(header("apikey", "sb_secret_x")).respond_with(answer).mount(&server).await;

    let row = supabase.quota_row(Caller::ServiceRole(&secret("sb_secret_x")), USER).await;

    assert_eq!(row.unwrap(), None);
}
