//! The ways in, by the front door of the client, against a scripted project on this machine.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test a fault ends the test")]

#[expect(dead_code, reason = "each test file uses its part of the world")]
mod support;

use flowmeter_client::Client;
use flowmeter_domain::ipc::{
    Check, CheckConnection, CodePurpose, Connect, ConnectionFields, Farewell, Mailed, ResetPassword,
    SendCode, SignInWith, SignUp, SignedUp, VerifyCode,
};
use flowmeter_domain::{Code, UiError};
use serde_json::json;
use tokio::sync::oneshot;
use url::Url;
use wiremock::matchers::{body_partial_json, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use support::{World, answer, refreshed};

const EMAIL: &str = "mei@example.com";

async fn world() -> (World, Client) {
    let world = World::new().await;
    let (client, _heard) = world.client();
    (world, client)
}

fn is_inside(client: &Client) -> bool {
    client.start(String::new()).session.account().is_some()
}

fn code(email: &str, purpose: CodePurpose) -> SendCode {
    SendCode { email: email.into(), purpose }
}

#[tokio::test]
async fn a_code_by_mail_signs_in_and_says_whether_the_account_is_new() {
    for (created, is_new) in [("2026-01-01T00:00:00Z", true), ("2025-01-01T00:00:00Z", false)] {
        let (world, client) = world().await;
        world.supabase(answer("POST", "/auth/v1/otp", 200, json!({}))).await;
        let mut session = refreshed("one");
        session["user"]["created_at"] = json!(created);
        session["user"]["last_sign_in_at"] = json!("2026-01-01T00:01:00Z");
        let typed = body_partial_json(json!({"type": "email", "email": EMAIL, "token": "123456"}));
        let verified = ResponseTemplate::new(200).set_body_json(session);
        world.supabase(Mock::given(path("/auth/v1/verify")).and(typed).respond_with(verified)).await;

        assert_eq!(client.send_code(&code(EMAIL, CodePurpose::SignIn)).await, Ok(Mailed::Sent));
        let typed = VerifyCode { email: EMAIL.into(), code: " 123456 ".into(), purpose: CodePurpose::SignIn };
        let entered = client.verify_code(&typed).await.unwrap();

        assert_eq!(entered.is_new, is_new);
        assert!(is_inside(&client));
    }
}

#[tokio::test]
async fn the_wait_that_the_server_names_is_an_answer_and_no_error() {
    let (world, client) = world().await;
    let text = "For security purposes, you can only request this after 42 seconds.";
    let limited = json!({"code": "over_email_send_rate_limit", "message": text});
    world.supabase(answer("POST", "/auth/v1/recover", 429, limited)).await;
    let mailed = client.send_code(&code(EMAIL, CodePurpose::Recovery)).await;
    assert_eq!(mailed, Ok(Mailed::Wait { seconds: 42 }));
}

#[tokio::test]
async fn a_sign_up_is_inside_or_waits_for_its_code() {
    let (world, client) = world().await;
    let waiting = json!({"id": support::USER, "email": EMAIL, "identities": [{}]});
    world.supabase(answer("POST", "/auth/v1/signup", 200, waiting)).await;
    let request = SignUp { email: EMAIL.into(), password: "secret".into() };
    assert_eq!(client.sign_up(request.clone()).await, Ok(SignedUp::CodeSent));
    assert!(!is_inside(&client));

    world.server.reset().await;
    world.supabase(answer("POST", "/auth/v1/signup", 200, refreshed("one"))).await;
    assert!(matches!(client.sign_up(request).await, Ok(SignedUp::Entered(_))));
    assert!(is_inside(&client));
}

#[tokio::test]
async fn a_refused_new_password_does_not_use_the_code_up() {
    let (world, client) = world().await;
    let verified = ResponseTemplate::new(200).set_body_json(refreshed("one"));
    world.supabase(Mock::given(path("/auth/v1/verify")).respond_with(verified).expect(1)).await;
    let weak = json!({"code": "weak_password", "message": "…", "weak_password": {"reasons": ["length"]}});
    let too_short = body_partial_json(json!({"password": "short"}));
    let refused = ResponseTemplate::new(422).set_body_json(weak);
    world.supabase(Mock::given(method("PUT")).and(too_short).respond_with(refused)).await;
    let reset = |password: &str| ResetPassword {
        email: EMAIL.into(),
        code: "123456".into(),
        password: password.into(),
    };

    assert_eq!(client.reset_password(reset("short")).await.unwrap_err().code, Code::PasswordTooShort);
    assert!(!is_inside(&client));

    let user = json!({"id": support::USER, "email": EMAIL});
    world.supabase(answer("PUT", "/auth/v1/user", 200, user)).await;
    client.reset_password(reset("long enough by far")).await.unwrap();
    assert!(is_inside(&client));
}

/// Begins to sign in at a provider; gives where the browser was sent, and what becomes of it.
async fn begin(client: &Client) -> (Url, tokio::task::JoinHandle<Result<(), UiError>>) {
    let (sender, opened) = oneshot::channel();
    let farewell = Farewell { language: "en".into(), title: "<Done>".into(), text: "Close me.".into() };
    let request = SignInWith { provider: "github".into(), farewell };
    let client = client.clone();
    let waiting = tokio::spawn(async move {
        let open = |url: &Url| {
            sender.send(url.clone()).unwrap();
            Ok(())
        };
        client.sign_in_with(request, open).await.map(drop)
    });
    (opened.await.unwrap(), waiting)
}

/// Where the project sends the browser back to, with `query` added as the project does it.
fn back(sent_to: &Url, query: &str) -> Url {
    let redirect = sent_to.query_pairs().find(|(name, _)| name == "redirect_to").unwrap().1;
    let mut url = Url::parse(&redirect).unwrap();
    let own = url.query().unwrap().to_owned();
    url.set_query(Some(&format!("{own}&{query}")));
    url
}

#[tokio::test]
async fn a_provider_signs_in_with_the_code_that_the_browser_brings() {
    let (world, client) = world().await;
    let exchange = Mock::given(path("/auth/v1/token")).and(query_param("grant_type", "pkce"));
    let with_code = body_partial_json(json!({"auth_code": "from-the-provider"}));
    let granted = ResponseTemplate::new(200).set_body_json(refreshed("one"));
    world.supabase(exchange.and(with_code).respond_with(granted).expect(1)).await;

    let (sent_to, waiting) = begin(&client).await;
    assert!(
        sent_to.as_str().contains("provider=github")
            && sent_to.as_str().contains("code_challenge_method=s256")
    );
    let back = back(&sent_to, "code=from-the-provider");
    assert_eq!(back.host_str(), Some("127.0.0.1"));
    let page = reqwest::get(back.clone()).await.unwrap();

    assert_eq!(page.status(), 200);
    let page = page.text().await.unwrap();
    assert!(page.contains("&lt;Done&gt;") && !page.contains("<Done>"), "{page}");
    waiting.await.unwrap().unwrap();
    assert!(is_inside(&client));
    let again = reqwest::get(back).await;
    assert!(again.is_err() || !again.unwrap().status().is_success(), "a callback is good once");
}

#[tokio::test]
async fn only_who_knows_the_state_of_this_sign_in_is_listened_to() {
    let (_world, client) = world().await;
    let (sent_to, waiting) = begin(&client).await;
    let mut forged = back(&sent_to, "code=forged");
    for query in [None, Some("code=forged"), Some("state=&code=forged"), Some("state=guess&code=forged")] {
        forged.set_query(query);
        assert_eq!(reqwest::get(forged.clone()).await.unwrap().status(), 400, "{query:?}");
    }
    assert!(!waiting.is_finished());
    client.cancel_sign_in();
    assert_eq!(waiting.await.unwrap().unwrap_err().code, Code::SignInCancelled);
    assert!(!is_inside(&client));
}

#[tokio::test]
async fn a_refusal_at_the_provider_and_a_second_attempt_end_the_first() {
    let (_world, client) = world().await;
    let (sent_to, waiting) = begin(&client).await;
    let refused = "error=access_denied&error_description=The+user+denied";
    reqwest::get(back(&sent_to, refused)).await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap_err().code, Code::SignInCancelled);

    let (_, first) = begin(&client).await;
    let (_, second) = begin(&client).await;
    assert_eq!(first.await.unwrap().unwrap_err().code, Code::SignInCancelled);
    client.cancel_sign_in();
    second.await.unwrap().unwrap_err();
}

async fn project() -> MockServer {
    let server = MockServer::start().await;
    let ways = json!({"external": {"email": true}, "disable_signup": false, "mailer_autoconfirm": true});
    let settings = Mock::given(path("/auth/v1/settings"));
    let known = settings.and(wiremock::matchers::header("apikey", "anon"));
    known.respond_with(ResponseTemplate::new(200).set_body_json(ways)).mount(&server).await;
    let unknown = Mock::given(path("/auth/v1/settings"));
    let refused = ResponseTemplate::new(401).set_body_json(json!({"message": "Invalid API key"}));
    unknown.respond_with(refused).with_priority(9).mount(&server).await;
    answer("POST", "/api/run-node-stream", 401, json!({"error": "请先登录"})).mount(&server).await;
    server
}

fn words(check: &Check) -> Result<&'static str, Code> {
    match check {
        Check::Open => Ok("open"),
        Check::Good => Ok("good"),
        Check::Wrong { fault } => Err(fault.code),
    }
}

#[tokio::test]
async fn each_field_of_a_connection_is_checked_by_the_server_itself() {
    let server = project().await;
    let page = MockServer::start().await;
    let html = ResponseTemplate::new(200).set_body_raw("<html>", "text/html");
    Mock::given(wiremock::matchers::any()).respond_with(html).mount(&page).await;
    let (here, foreign) = (server.uri(), page.uri());
    let nobody = "http://127.0.0.1:9";
    let table = [
        (["", "", ""], [Ok("open"), Ok("open"), Ok("open")]),
        ([&here, "", ""], [Ok("good"), Ok("open"), Ok("open")]),
        ([&here, "anon", &here], [Ok("good"), Ok("good"), Ok("good")]),
        ([&here, "other", ""], [Ok("good"), Err(Code::KeyRefused), Ok("open")]),
        ([&here, "ключ", ""], [Ok("open"), Err(Code::KeyRefused), Ok("open")]),
        (["abcd", "anon", "abcd"], [Err(Code::AddressInvalid), Ok("open"), Err(Code::AddressInvalid)]),
        (
            ["http://example.com", "anon", "http://example.com"],
            [Err(Code::AddressInsecure), Ok("open"), Err(Code::AddressInsecure)],
        ),
        (
            [&foreign, "anon", &foreign],
            [Err(Code::UnexpectedAnswer), Ok("open"), Err(Code::UnexpectedAnswer)],
        ),
        ([nobody, "anon", nobody], [Err(Code::Unreachable), Ok("open"), Err(Code::Unreachable)]),
    ];
    let (_world, client) = world().await;
    for (typed, expected) in table {
        let [supabase_url, key, edge_url] = typed.map(str::to_owned);
        let fields = ConnectionFields { supabase_url, key, edge_url };
        let checks = client.check_connection(&CheckConnection { fields }).await;
        let seen = [&checks.supabase_url, &checks.key, &checks.edge_url].map(words);
        assert_eq!(seen, expected, "{typed:?}");
    }
}

#[tokio::test]
async fn a_connection_that_is_not_good_is_not_kept() {
    let server = project().await;
    let (world, client) = world().await;
    let fields =
        |key: &str| ConnectionFields { supabase_url: server.uri(), key: key.into(), edge_url: server.uri() };
    let before = client.start(String::new()).project;
    assert_eq!(before, world.host());

    let refused = client.connect(&Connect { fields: fields("other") }).await;
    assert_eq!(refused.unwrap_err().code, Code::KeyRefused);
    assert_eq!(client.start(String::new()).project, before);

    client.connect(&Connect { fields: fields("anon") }).await.unwrap();
    assert_eq!(client.start(String::new()).project, server.uri().replace("http://", ""));
}
