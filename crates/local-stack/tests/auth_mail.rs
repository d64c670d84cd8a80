//! Ways in by mail: sign-up, codes and new passwords, call by call and error by error.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::time::Duration;

use flowmeter_domain::Code;
use flowmeter_local_stack::State;
use flowmeter_supabase::{CodeFor, Newcomers, Project, SignUp, Supabase};
use reqwest::{Method, StatusCode};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use sqlx::Connection;
use support::mail::new_address;
use support::{Answer, Api, Shared, assert_refused, database_of, send};

const PASSWORD: &str = "correct horse 7";

/// A stack whose people confirm their addresses and choose their passwords with care.
fn state() -> &'static State {
    static STACK: Shared = Shared::new();
    STACK.state(&[
        "--auth",
        r#"{"autoconfirm": false, "mails_per_hour": 1000000, "password_length": 8,
            "password_characters": ["abcdefghijklmnopqrstuvwxyz", "0123456789"],
            "leaked_passwords": ["password1"]}"#,
    ])
}

fn api() -> Api {
    Api::of(state())
}

async fn sign_up(api: &Api, email: &str) -> Answer {
    api.auth("signup", &json!({"email": email, "password": PASSWORD})).await
}

async fn verify(api: &Api, kind: &str, email: &str, code: &str) -> Answer {
    api.auth("verify", &json!({"type": kind, "email": email, "token": code})).await
}

/// Somebody with a confirmed account.
async fn resident(api: &Api) -> String {
    let email = new_address();
    api.create_user(&email, PASSWORD).await;
    email
}

/// As if every mail to this person had been sent so long ago.
async fn let_pass(email: &str, time: &str) {
    let mut database = database_of(state()).await;
    let sql = "
        update auth.one_time_tokens set sent_at = sent_at - $2::interval
        where user_id = (select id from auth.users where email = $1)";
    sqlx::query(sql).bind(email).bind(time).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
}

/// What the refused one could not do: the code of a mail that is none of the person's.
fn another(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

#[tokio::test]
async fn a_sign_up_is_nobody_until_its_address_is_confirmed() {
    let (api, email) = (api(), new_address());
    let answer = sign_up(&api, &email.to_uppercase()).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!((&answer.body["email"], &answer.body["access_token"]), (&json!(email), &Value::Null));
    assert_eq!(answer.body["identities"][0]["provider"], "email");
    assert!(answer.body["confirmation_sent_at"].is_string());
    let body = json!({"email": email, "password": PASSWORD});
    assert_refused(&api.token("password", &body).await, 400, "email_not_confirmed");

    let code = api.code(&email).await;
    assert_refused(&verify(&api, "signup", &email, &another(&code)).await, 403, "otp_expired");
    let session = verify(&api, "signup", &email, &code).await;
    assert_eq!(session.body["user"]["email"], email);
    assert!(session.body["user"]["email_confirmed_at"].is_string());
    assert_refused(&verify(&api, "signup", &email, &code).await, 403, "otp_expired");
    api.sign_in(&email, PASSWORD).await;
}

#[tokio::test]
async fn a_taken_address_looks_new_and_gets_no_mail() {
    let api = api();
    let email = resident(&api).await;
    let answer = sign_up(&api, &email).await;
    assert_eq!((answer.status, &answer.body["identities"]), (StatusCode::OK, &json!([])));
    assert!(answer.body["email_confirmed_at"].is_null());
    assert!(api.mails(&email).await.is_empty());
}

#[tokio::test]
async fn who_signs_up_again_before_confirming_changes_nothing_and_waits_for_the_next_mail() {
    let (api, email) = (api(), new_address());
    sign_up(&api, &email).await;
    assert_refused(&sign_up(&api, &email).await, 429, "over_email_send_rate_limit");
    let_pass(&email, "61 seconds").await;
    let again = api.auth("signup", &json!({"email": email, "password": "another horse 8"})).await;
    assert_eq!(again.status, StatusCode::OK);
    verify(&api, "signup", &email, &api.code(&email).await).await;
    api.sign_in(&email, PASSWORD).await;
}

#[tokio::test]
async fn a_code_signs_in_whom_it_was_sent_to_new_or_not() {
    let api = api();
    for (email, kinds) in
        [(new_address(), ["email", "signup"]), (resident(&api).await, ["email", "magiclink"])]
    {
        for kind in kinds {
            let asked = api.auth("otp", &json!({"email": email})).await;
            assert_eq!((asked.status, asked.body), (StatusCode::OK, json!({})));
            // As people copy it.
            let code = api.code(&email).await;
            let session = verify(&api, kind, &email, &format!("{}-{}", &code[..3], &code[3..])).await;
            assert_eq!(session.status, StatusCode::OK, "{kind}: {}", session.body);
            assert_eq!(session.body["user"]["email"], email);
            if kind == "email" && kinds[1] == "signup" {
                break;
            }
            let_pass(&email, "61 seconds").await;
        }
    }
}

#[tokio::test]
async fn no_account_is_made_for_whom_the_app_did_not_ask_for_one() {
    let (api, email) = (api(), new_address());
    let answer = api.auth("otp", &json!({"email": email, "create_user": false})).await;
    assert_refused(&answer, 422, "otp_disabled");
    assert!(api.mails(&email).await.is_empty());
}

#[tokio::test]
async fn a_code_is_good_for_a_day_once_and_only_the_newest() {
    let api = api();
    let email = resident(&api).await;
    let ask = async || api.auth("otp", &json!({"email": email})).await.status;
    assert_eq!(ask().await, StatusCode::OK);
    let first = api.code(&email).await;
    let_pass(&email, "61 seconds").await;
    assert_eq!(ask().await, StatusCode::OK);
    let second = api.code(&email).await;
    if first != second {
        assert_refused(&verify(&api, "email", &email, &first).await, 403, "otp_expired");
    }
    let_pass(&email, "24 hours").await;
    assert_refused(&verify(&api, "email", &email, &second).await, 403, "otp_expired");
}

#[tokio::test]
async fn the_server_names_the_wait_before_the_next_mail_also_after_the_first_was_used() {
    let api = api();
    let email = resident(&api).await;
    api.auth("otp", &json!({"email": email})).await;
    verify(&api, "email", &email, &api.code(&email).await).await;
    for path in ["otp", "recover"] {
        let answer = api.auth(path, &json!({"email": email})).await;
        assert_refused(&answer, 429, "over_email_send_rate_limit");
        let text = answer.body["message"].as_str().unwrap();
        let seconds = text.strip_prefix("For security purposes, you can only request this after ");
        let seconds: u32 = seconds.unwrap().strip_suffix(" seconds.").unwrap().parse().unwrap();
        assert!((1..=60).contains(&seconds), "{text}");
    }
}

#[tokio::test]
async fn a_new_password_takes_a_code_and_puts_everybody_else_out() {
    let api = api();
    let email = resident(&api).await;
    let elsewhere = api.sign_in(&email, PASSWORD).await;
    assert_eq!(api.auth("recover", &json!({"email": email})).await.body, json!({}));
    assert_eq!(api.mails(&email).await[0]["purpose"], "recovery");
    let session = verify(&api, "recovery", &email, &api.code(&email).await).await.body;

    let set = async |password: &str| {
        let request = api.call(Method::PUT, "/auth/v1/user").header("X-Supabase-Api-Version", "2024-01-01");
        let token = session["access_token"].as_str().unwrap();
        send(request.bearer_auth(token).json(&json!({"password": password}))).await
    };
    assert_refused(&set(PASSWORD).await, 422, "same_password");
    assert_refused(&set("short").await, 422, "weak_password");
    let changed = set("battery staple 9").await;
    assert_eq!((changed.status, &changed.body["email"]), (StatusCode::OK, &json!(email)));

    api.sign_in(&email, "battery staple 9").await;
    let old = json!({"email": email, "password": PASSWORD});
    assert_refused(&api.token("password", &old).await, 400, "invalid_credentials");
    let refresh = elsewhere["refresh_token"].as_str().unwrap();
    assert_refused(&api.refresh(refresh).await, 400, "refresh_token_not_found");
    assert_eq!(api.refresh(session["refresh_token"].as_str().unwrap()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn nobody_learns_from_a_recovery_or_a_resend_who_has_an_account() {
    let api = api();
    let (resident, stranger) = (resident(&api).await, new_address());
    for email in [&resident, &stranger] {
        let answer = api.auth("resend", &json!({"type": "signup", "email": email})).await;
        assert_eq!((answer.status, answer.body), (StatusCode::OK, json!({})));
        assert!(api.mails(email).await.is_empty());
    }
    let answer = api.auth("recover", &json!({"email": stranger})).await;
    assert_eq!((answer.status, answer.body), (StatusCode::OK, json!({})));
    assert!(api.mails(&stranger).await.is_empty());
}

#[tokio::test]
async fn a_confirmation_is_sent_again_after_the_pause() {
    let (api, email) = (api(), new_address());
    sign_up(&api, &email).await;
    let again = json!({"type": "signup", "email": email});
    assert_refused(&api.auth("resend", &again).await, 429, "over_email_send_rate_limit");
    let_pass(&email, "61 seconds").await;
    assert_eq!(api.auth("resend", &again).await.status, StatusCode::OK);
    assert_eq!(api.mails(&email).await.len(), 2);
    let session = verify(&api, "signup", &email, &api.code(&email).await).await;
    assert_eq!(session.status, StatusCode::OK);
    assert_refused(&api.auth("resend", &json!({"email": email})).await, 400, "validation_failed");
}

#[tokio::test]
async fn a_weak_password_is_refused_with_its_reasons_in_both_versions() {
    let api = api();
    let table = [
        ("abc1", json!(["length"])),
        ("ABCDEFGH", json!(["characters"])),
        ("ABC", json!(["length", "characters"])),
        ("password1", json!(["pwned"])),
    ];
    for (password, reasons) in table {
        let body = json!({"email": new_address(), "password": password});
        let newer = api.auth("signup", &body).await;
        assert_refused(&newer, 422, "weak_password");
        assert_eq!(newer.body["weak_password"]["reasons"], reasons, "{password}");
        let older = send(api.call(Method::POST, "/auth/v1/signup").json(&body)).await;
        assert_eq!((older.status.as_u16(), &older.body["code"]), (422, &json!(422)));
        assert_eq!(older.body["error_code"], "weak_password");
        assert_eq!(older.body["weak_password"]["reasons"], reasons, "{password}");
    }
    let endless = json!({"email": new_address(), "password": "a1".repeat(37)});
    assert_refused(&api.auth("signup", &endless).await, 400, "validation_failed");
}

#[tokio::test]
async fn what_is_no_request_is_refused() {
    let api = api();
    let email = new_address();
    let table = [
        ("signup", json!({"email": email}), "validation_failed"),
        ("signup", json!({"email": "nobody", "password": PASSWORD}), "validation_failed"),
        ("otp", json!({}), "validation_failed"),
        ("otp", json!({"phone": "123"}), "phone_provider_disabled"),
        ("otp", json!({"email": email, "phone": "123"}), "validation_failed"),
        ("recover", json!({}), "validation_failed"),
        ("verify", json!({"email": email, "token": "1"}), "validation_failed"),
        ("verify", json!({"type": "magic", "email": email, "token": "1"}), "validation_failed"),
        ("verify", json!({"type": "email", "email": email}), "validation_failed"),
        ("verify", json!({"type": "email", "token": "1"}), "validation_failed"),
        ("verify", json!({"type": "email", "email": email, "token_hash": "1"}), "validation_failed"),
    ];
    for (path, body, code) in table {
        let answer = api.auth(path, &body).await;
        assert_eq!((answer.status.as_u16(), &answer.body["code"]), (400, &json!(code)), "{path} {body}");
    }
}

#[tokio::test]
async fn a_code_can_be_given_as_its_hash_and_a_banned_person_by_no_code() {
    let api = api();
    let (one, banned) = (resident(&api).await, resident(&api).await);
    for email in [&one, &banned] {
        api.auth("otp", &json!({"email": email})).await;
    }
    let mut database = database_of(state()).await;
    let sql = "
        select token_hash from auth.one_time_tokens
        where user_id = (select id from auth.users where email = $1)";
    let hash: String = sqlx::query_scalar(sql).bind(&one).fetch_one(&mut database).await.unwrap();
    let session = api.auth("verify", &json!({"type": "email", "token_hash": hash})).await;
    assert_eq!(session.body["user"]["email"], one);

    let ban = "update auth.users set banned_until = now() + interval '1 day' where email = $1";
    sqlx::query(ban).bind(&banned).execute(&mut database).await.unwrap();
    let code = api.code(&banned).await;
    assert_refused(&verify(&api, "email", &banned, &code).await, 403, "user_banned");
}

#[tokio::test]
async fn the_mail_page_shows_the_newest_first_and_trusts_nobody() {
    let (api, name) = (api(), new_address());
    let email = format!("<b>{name}");
    sign_up(&api, &email).await;
    let_pass(&email, "61 seconds").await;
    api.auth("otp", &json!({"email": email})).await;
    let codes: Vec<_> = api.mails(&email).await.into_iter().map(|mail| mail["code"].clone()).collect();

    let response = api.http.get(&state().mail_url).query(&[("to", &email)]).send().await.unwrap();
    assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    let page = response.text().await.unwrap();

    let at = |code: &Value| page.find(&format!("<code>{}</code>", code.as_str().unwrap())).unwrap();
    assert!(at(&codes[0]) <= at(&codes[1]));
    assert!(page.contains(&format!("&lt;b&gt;{name}")) && !page.contains("<b>"), "{page}");
    assert!(page.contains("<html lang=\"en\">") && !page.contains("<script"));
    let empty = api.http.get(&state().mail_url).query(&[("to", "nobody")]).send().await.unwrap();
    assert!(empty.text().await.unwrap().contains("No mail yet"));
}

#[tokio::test]
async fn our_transport_comes_in_by_sign_up_by_code_and_by_a_new_password() {
    let (api, email) = (api(), new_address());
    let project = Project::new(&state().supabase_url, &state().anon_key).unwrap();
    let supabase = Supabase::new(project);
    let (password, next) = (PASSWORD.to_owned().into(), "battery staple 9".to_owned().into());
    let ways = supabase.ways_in().await.unwrap();
    assert!(ways.email() && ways.sign_up() && ways.confirms_by_mail());
    assert_eq!(ways.providers(), ["github"]);

    let unknown = supabase.send_code(&email, Newcomers::Refused).await.unwrap_err();
    assert_eq!(unknown.code(), Code::AccountUnknown);
    let weak = supabase.sign_up(&email, &"short".to_owned().into()).await.unwrap_err();
    assert_eq!((weak.code(), weak.weaknesses().len()), (Code::PasswordTooShort, 2));
    assert!(matches!(supabase.sign_up(&email, &password).await.unwrap(), SignUp::CodeSent));
    let again = supabase.resend_sign_up(&email).await.unwrap_err();
    assert_eq!(again.code(), Code::MailLimited);
    assert!(again.wait().is_some_and(|wait| wait > Duration::ZERO && wait <= Duration::from_secs(60)));
    assert_eq!(supabase.sign_in(&email, &password).await.unwrap_err().code(), Code::EmailNotConfirmed);
    let code = api.code(&email).await;
    let wrong = supabase.verify_code(&email, &another(&code), CodeFor::SignUp).await.unwrap_err();
    assert_eq!(wrong.code(), Code::CodeExpired);
    let session = supabase.verify_code(&email, &code, CodeFor::SignUp).await.unwrap();
    assert!(session.user.is_new());

    assert!(matches!(supabase.sign_up(&email, &password).await.unwrap(), SignUp::AddressTaken));
    supabase.send_code(&email, Newcomers::Refused).await.unwrap();
    supabase.verify_code(&email, &api.code(&email).await, CodeFor::SignIn).await.unwrap();
    let_pass(&email, "61 seconds").await;
    supabase.recover(&email).await.unwrap();
    let recovered = supabase.verify_code(&email, &api.code(&email).await, CodeFor::Recovery).await.unwrap();
    supabase.set_password(&recovered.access_token, &next).await.unwrap();
    let signed_in = supabase.sign_in(&email, &next).await.unwrap();
    assert_eq!(signed_in.user.id, session.user.id);
    assert_ne!(signed_in.refresh_token.expose_secret(), session.refresh_token.expose_secret());
}
