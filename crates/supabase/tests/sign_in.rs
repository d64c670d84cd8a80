//! The ways in: what each call sends, and what each answer becomes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::time::Duration;

use flowmeter_domain::Code;
use flowmeter_supabase::pkce::Verifier;
use flowmeter_supabase::{CodeFor, Error, Newcomers, SignUp, Supabase, Weakness};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use support::{client, secret, server, session};
use url::Url;
use wiremock::matchers::{body_json, header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

const EMAIL: &str = "mei@example.com";

/// One call at this path answers so.
async fn answers(server: &MockServer, verb: &str, at: &str, sent: Value, status: u16, body: Value) {
    Mock::given(method(verb))
        .and(path(format!("/auth/v1/{at}")))
        .and(header("apikey", "anon-key"))
        .and(header("X-Supabase-Api-Version", "2024-01-01"))
        .and(body_json(sent))
        .respond_with(ResponseTemplate::new(status).set_body_json(body))
        .expect(1)
        .mount(server)
        .await;
}

/// Whatever is asked for is answered so.
async fn always(answer: ResponseTemplate) -> (MockServer, Supabase) {
    let (server, supabase) = server().await;
    Mock::given(wiremock::matchers::any()).respond_with(answer).mount(&server).await;
    (server, supabase)
}

async fn refused(status: u16, body: Value) -> Error {
    let (_server, supabase) = always(ResponseTemplate::new(status).set_body_json(body)).await;
    supabase.send_code(EMAIL, Newcomers::Welcome).await.unwrap_err()
}

#[tokio::test]
async fn the_settings_say_which_ways_in_there_are() {
    let (server, supabase) = server().await;
    let settings = json!({
        "external": {"email": true, "phone": true, "anonymous_users": true, "web3_solana": true,
                     "google": false, "github": true, "azure": true},
        "disable_signup": true, "mailer_autoconfirm": false, "phone_autoconfirm": false, "sms_provider": "",
    });
    Mock::given(path("/auth/v1/settings"))
        .and(header("apikey", "anon-key"))
        .respond_with(ResponseTemplate::new(200).set_body_json(settings))
        .mount(&server)
        .await;

    let ways = supabase.ways_in().await.unwrap();

    assert_eq!((ways.email(), ways.sign_up(), ways.confirms_by_mail()), (true, false, true));
    assert_eq!(ways.providers(), ["azure", "github"]);
}

#[tokio::test]
async fn an_address_that_is_no_projects_and_a_wrong_key_are_told_apart() {
    let gateway = json!({"message": "Invalid API key", "hint": "Double check your API key."});
    let table = [
        (ResponseTemplate::new(401).set_body_json(gateway), Code::KeyRefused),
        (ResponseTemplate::new(401).set_body_string("<html>Sign in</html>"), Code::UnexpectedAnswer),
        (ResponseTemplate::new(404).set_body_string("<html>Not found</html>"), Code::UnexpectedAnswer),
        (ResponseTemplate::new(404), Code::NotFound),
        (ResponseTemplate::new(200).set_body_string("<html>Hello</html>"), Code::UnexpectedAnswer),
        (ResponseTemplate::new(200).set_body_json(json!({"hello": true})), Code::UnexpectedAnswer),
        (ResponseTemplate::new(302).insert_header("Location", "https://portal"), Code::UnexpectedAnswer),
        (ResponseTemplate::new(503).set_body_string("<html>paused</html>"), Code::ServerFailed),
    ];
    for (answer, code) in table {
        let (_server, supabase) = always(answer).await;
        let error = supabase.ways_in().await.unwrap_err();
        assert_eq!(error.code(), code, "{error}");
    }
}

#[tokio::test]
async fn a_sign_up_is_signed_in_waits_for_its_code_or_finds_the_address_taken() {
    let new = json!({"id": support::USER, "email": EMAIL, "identities": [{"provider": "email"}]});
    let taken = json!({"id": support::USER, "email": EMAIL, "identities": []});
    for (answer, expected) in [(session(), "signed in"), (new, "code sent"), (taken, "taken")] {
        let (server, supabase) = server().await;
        let sent = json!({"email": EMAIL, "password": "correct horse"});
        answers(&server, "POST", "signup", sent, 200, answer).await;

        let outcome = match supabase.sign_up(EMAIL, &secret("correct horse")).await.unwrap() {
            SignUp::SignedIn(session) => {
                assert_eq!(session.refresh_token.expose_secret(), "refresh");
                "signed in"
            }
            SignUp::CodeSent => "code sent",
            SignUp::AddressTaken => "taken",
        };

        assert_eq!(outcome, expected);
    }
}

#[tokio::test]
async fn a_code_is_asked_for_with_and_without_a_new_account() {
    for (newcomers, create) in [(Newcomers::Welcome, true), (Newcomers::Refused, false)] {
        let (server, supabase) = server().await;
        answers(&server, "POST", "otp", json!({"email": EMAIL, "create_user": create}), 200, json!({})).await;
        supabase.send_code(EMAIL, newcomers).await.unwrap();
    }
    let (server, supabase) = server().await;
    answers(&server, "POST", "recover", json!({"email": EMAIL}), 200, json!({})).await;
    answers(
        &server,
        "POST",
        "resend",
        json!({"type": "signup", "email": EMAIL}),
        200,
        json!({"message_id": "7"}),
    )
    .await;
    supabase.recover(EMAIL).await.unwrap();
    supabase.resend_sign_up(EMAIL).await.unwrap();
}

#[tokio::test]
async fn a_code_becomes_a_session_for_each_purpose() {
    let purposes = [(CodeFor::SignIn, "email"), (CodeFor::SignUp, "signup"), (CodeFor::Recovery, "recovery")];
    for (purpose, name) in purposes {
        let (server, supabase) = server().await;
        let sent = json!({"type": name, "email": EMAIL, "token": "123456"});
        answers(&server, "POST", "verify", sent, 200, session()).await;
        // As it was pasted.
        let session = supabase.verify_code(EMAIL, " 123456\n", purpose).await.unwrap();
        assert_eq!(session.access_token.expose_secret(), "access");
    }
}

#[tokio::test]
async fn an_account_is_new_if_it_was_made_with_this_sign_in() {
    let table = [
        ("2026-01-02T03:04:05.678901Z", "2026-01-02T03:05:05.1Z", true),
        ("2025-01-02T03:04:05.678901Z", "2026-01-02T03:05:05.1Z", false),
    ];
    for (created, signed_in, is_new) in table {
        let (server, supabase) = server().await;
        let mut answer = session();
        answer["user"]["created_at"] = json!(created);
        answer["user"]["last_sign_in_at"] = json!(signed_in);
        let sent = json!({"type": "email", "email": EMAIL, "token": "123456"});
        answers(&server, "POST", "verify", sent, 200, answer).await;
        let session = supabase.verify_code(EMAIL, "123456", CodeFor::SignIn).await.unwrap();
        assert_eq!(session.user.is_new(), is_new, "{created}");
    }
}

#[tokio::test]
async fn a_new_password_is_set_by_its_owner() {
    let (server, supabase) = server().await;
    Mock::given(method("PUT"))
        .and(path("/auth/v1/user"))
        .and(header("Authorization", "Bearer access"))
        .and(body_json(json!({"password": "battery staple"})))
        .respond_with(ResponseTemplate::new(200).set_body_json(&session()["user"]))
        .expect(1)
        .mount(&server)
        .await;
    let user = supabase.set_password(&secret("access"), &secret("battery staple")).await.unwrap();
    assert_eq!(user.email.as_deref(), Some(EMAIL));
}

#[tokio::test]
async fn a_browser_is_sent_with_the_challenge_and_its_code_is_exchanged_with_the_verifier() {
    let (server, supabase) = server().await;
    let verifier = Verifier::random();
    let redirect = Url::parse("http://127.0.0.1:4711/callback?state=a b&x").unwrap();

    let url = supabase.authorize_url("github", &redirect, &verifier.challenge());

    assert_eq!(url.path(), "/auth/v1/authorize");
    let pairs: Vec<_> = url.query_pairs().collect();
    let value = |name| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| &**value).unwrap();
    assert_eq!((value("provider"), value("redirect_to")), ("github", redirect.as_str()));
    assert_eq!((value("code_challenge"), value("code_challenge_method")), (&*verifier.challenge(), "s256"));

    Mock::given(path("/auth/v1/token"))
        .and(query_param("grant_type", "pkce"))
        .respond_with(ResponseTemplate::new(200).set_body_json(session()))
        .expect(1)
        .mount(&server)
        .await;
    supabase.exchange_code(&secret("the-code"), &verifier).await.unwrap();
    let sent: Value = server.received_requests().await.unwrap()[0].body_json().unwrap();
    assert_eq!(sent["auth_code"], "the-code");
    assert_ne!(sent["code_verifier"], verifier.challenge());
}

#[tokio::test]
async fn each_refusal_has_its_code_in_both_generations_of_bodies() {
    let table = [
        (403, "otp_expired", Code::CodeExpired),
        (422, "otp_disabled", Code::AccountUnknown),
        (422, "user_already_exists", Code::AccountExists),
        (422, "email_exists", Code::AccountExists),
        (422, "signup_disabled", Code::SignUpDisabled),
        (400, "email_provider_disabled", Code::WayInDisabled),
        (400, "provider_disabled", Code::WayInDisabled),
        (400, "email_address_invalid", Code::EmailRefused),
        (400, "email_not_confirmed", Code::EmailNotConfirmed),
        (422, "weak_password", Code::WeakPassword),
        (422, "same_password", Code::SamePassword),
        (400, "captcha_failed", Code::CaptchaRequired),
        (429, "over_email_send_rate_limit", Code::MailLimited),
        (429, "over_request_rate_limit", Code::RateLimited),
        (404, "flow_state_not_found", Code::SignInExpired),
        (422, "flow_state_expired", Code::SignInExpired),
        (400, "bad_code_verifier", Code::SignInExpired),
        (400, "validation_failed", Code::InvalidInput),
        (500, "unexpected_failure", Code::ServerFailed),
        (500, "hook_timeout", Code::ServerFailed),
        (400, "a_code_of_next_year", Code::InvalidInput),
    ];
    for (status, server_code, code) in table {
        let newer = json!({"code": server_code, "message": "…"});
        let older = json!({"code": status, "error_code": server_code, "msg": "…"});
        for body in [newer, older] {
            let error = refused(status, body.clone()).await;
            assert_eq!((error.code(), error.server_code()), (code, Some(server_code)), "{body}");
        }
    }
}

#[tokio::test]
async fn the_wait_is_read_where_the_server_names_it() {
    let limited = |text: &str| json!({"code": "over_email_send_rate_limit", "message": text});
    let table = [
        ("For security purposes, you can only request this after 42 seconds.", Some(42)),
        ("For security purposes, you can only request this once every 60 seconds", Some(60)),
        ("For security purposes, you can only request this after 1 second.", Some(1)),
        ("email rate limit exceeded", None),
        ("for a few seconds", None),
    ];
    for (text, seconds) in table {
        assert_eq!(refused(429, limited(text)).await.wait(), seconds.map(Duration::from_secs), "{text}");
    }
    let answer = ResponseTemplate::new(429).insert_header("Retry-After", "17").set_body_string("<html>");
    let (_server, supabase) = always(answer).await;
    let error = supabase.recover(EMAIL).await.unwrap_err();
    assert_eq!((error.code(), error.wait()), (Code::RateLimited, Some(Duration::from_secs(17))));
}

#[tokio::test]
async fn a_weak_password_comes_with_its_reasons() {
    let table = [
        (json!({"reasons": ["pwned", "length"]}), Code::PasswordTooShort, 2),
        (json!({"reasons": ["characters"]}), Code::PasswordTooSimple, 1),
        (json!({"reasons": ["pwned"]}), Code::PasswordLeaked, 1),
        (json!({"reasons": ["a reason of next year"]}), Code::WeakPassword, 1),
        (json!({}), Code::WeakPassword, 0),
    ];
    for (weak, code, reasons) in table {
        let body = json!({"code": "weak_password", "message": "…", "weak_password": weak});
        let error = refused(422, body).await;
        assert_eq!((error.code(), error.weaknesses().len()), (code, reasons), "{weak}");
    }
    let body = json!({"code": "weak_password", "message": "…", "weak_password": {"reasons": ["length"]}});
    assert_eq!(refused(422, body).await.weaknesses(), [Weakness::Length]);
}

/// What comes instead of an answer when something is in between, or broken.
fn bad_answers() -> Vec<(&'static str, ResponseTemplate, Code)> {
    let portal = "<!doctype html><title>Free Wi-Fi</title>";
    vec![
        (
            "half a JSON",
            ResponseTemplate::new(200).set_body_string(r#"{"access_token": "#),
            Code::UnexpectedAnswer,
        ),
        ("a portal", ResponseTemplate::new(200).set_body_string(portal), Code::UnexpectedAnswer),
        ("another JSON", ResponseTemplate::new(200).set_body_json(json!(["hello"])), Code::UnexpectedAnswer),
        ("nothing", ResponseTemplate::new(200), Code::UnexpectedAnswer),
        ("a portal's 511", ResponseTemplate::new(511).set_body_string(portal), Code::UnexpectedAnswer),
        ("a proxy's refusal", ResponseTemplate::new(403).set_body_string(portal), Code::UnexpectedAnswer),
        ("a gateway's page", ResponseTemplate::new(502).set_body_string(portal), Code::ServerFailed),
        ("a fault without a word", ResponseTemplate::new(500), Code::ServerFailed),
        ("not its JSON", ResponseTemplate::new(400).set_body_json(json!({"ok": false})), Code::InvalidInput),
        ("bytes", ResponseTemplate::new(200).set_body_bytes([0xff, 0xfe, 0]), Code::UnexpectedAnswer),
    ]
}

/// Every call, and what it came to.
async fn every_call(supabase: &Supabase) -> Vec<(&'static str, Option<Error>)> {
    let (token, verifier) = (secret("access"), Verifier::random());
    vec![
        ("ways_in", supabase.ways_in().await.err()),
        ("sign_in", supabase.sign_in(EMAIL, &token).await.err()),
        ("sign_up", supabase.sign_up(EMAIL, &token).await.err()),
        ("send_code", supabase.send_code(EMAIL, Newcomers::Welcome).await.err()),
        ("resend_sign_up", supabase.resend_sign_up(EMAIL).await.err()),
        ("recover", supabase.recover(EMAIL).await.err()),
        ("verify_code", supabase.verify_code(EMAIL, "1", CodeFor::SignIn).await.err()),
        ("set_password", supabase.set_password(&token, &token).await.err()),
        ("exchange_code", supabase.exchange_code(&token, &verifier).await.err()),
        ("refresh", supabase.refresh(&token).await.err()),
        ("user", supabase.user(&token).await.err()),
        ("published_keys", supabase.published_keys().await.err()),
    ]
}

#[tokio::test]
async fn no_call_takes_a_bad_answer_for_a_good_one_or_for_the_end_of_a_session() {
    for (what, answer, code) in bad_answers() {
        let (_server, supabase) = always(answer).await;
        for (call, error) in every_call(&supabase).await {
            let error = error.unwrap_or_else(|| panic!("{call} took {what} for an answer"));
            assert_eq!(error.code(), code, "{call}: {what}: {error}");
            assert!(!error.ends_session(), "{call}: {what}");
        }
    }
}

#[tokio::test]
async fn no_call_follows_a_redirect_to_another_origin() {
    let elsewhere = MockServer::start().await;
    for status in [301, 302, 303, 307, 308] {
        let target = format!("{}/auth/v1/token", elsewhere.uri());
        let (_server, supabase) =
            always(ResponseTemplate::new(status).insert_header("Location", target)).await;
        for (call, error) in every_call(&supabase).await {
            assert_eq!(error.map(|error| error.code()), Some(Code::UnexpectedAnswer), "{call}: {status}");
        }
    }
    assert_eq!(elsewhere.received_requests().await.unwrap().len(), 0, "somebody followed");
}

#[tokio::test]
async fn no_error_tells_what_was_sent() {
    let (_server, supabase) = always(ResponseTemplate::new(400).set_body_json(json!({"msg": "no"}))).await;
    for (call, error) in every_call(&supabase).await {
        let told = error.map(|error| format!("{error} {error:?}")).unwrap_or_default();
        assert!(!told.contains("access") && !told.contains("anon-key"), "{call}: {told}");
    }
}

#[tokio::test]
async fn an_address_without_a_server_is_unreachable() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(client(&format!("http://{free}")).ways_in().await.unwrap_err().code(), Code::Unreachable);
}
