//! Who gets past the edge's door: every line of the rules, over HTTP, for each way to verify a token.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flowmeter_local_stack::{JWT_SECRET, State};
use flowmeter_supabase::cookie;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};
use support::edge::Edge;
use support::{Api, Person, Shared, send};
use uuid::Uuid;

const ES256_KEY: &[u8] = include_bytes!("../src/es256.der");
const ES256_ID: &str = "local-stack-es256";

/// Whoever is let in is told that the body lacks a model; nobody is charged for that.
async fn is_let_in(request: RequestBuilder) -> bool {
    let answer = send(request).await;
    match answer.status {
        StatusCode::BAD_REQUEST => assert_eq!(answer.body["error"], "Model is required", "{}", answer.body),
        StatusCode::UNAUTHORIZED => {
            assert_eq!(answer.body["error"], "请先登录");
            assert_eq!(answer.body["code"], "NOT_SIGNED_IN");
        }
        status => panic!("{status}: {}", answer.body),
    }
    answer.status == StatusCode::BAD_REQUEST
}

fn call(api: &Api, edge: &str) -> RequestBuilder {
    api.http.post(format!("{edge}/api/run-node-stream")).json(&json!({}))
}

fn with_token(api: &Api, edge: &str, token: &str) -> RequestBuilder {
    call(api, edge).bearer_auth(token)
}

/// The claims of a person's real token.
fn claims(person: &Person) -> Value {
    let payload = person.access_token().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

fn changed(claims: &Value, name: &str, value: Value) -> Value {
    let mut claims = claims.clone();
    match value {
        Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
        value => claims[name] = value,
    }
    claims
}

fn hs256(claims: &Value, secret: &[u8]) -> String {
    encode(&Header::new(Algorithm::HS256), claims, &EncodingKey::from_secret(secret)).unwrap()
}

fn es256(claims: &Value, id: Option<&str>, key: &[u8]) -> String {
    let header = Header { kid: id.map(str::to_owned), ..Header::new(Algorithm::ES256) };
    encode(&header, claims, &EncodingKey::from_ec_der(key)).unwrap()
}

fn unsigned(claims: &Value) -> String {
    let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    format!("{}.{}.", part(&json!({"alg": "none", "typ": "JWT"})), part(claims))
}

/// What no claims may say, whatever signed them.
fn bad_claims(good: &Value) -> Vec<(&'static str, Value)> {
    let now = good["iat"].as_i64().unwrap();
    vec![
        ("expired beyond the skew", changed(good, "exp", json!(now - 60))),
        ("without an end", changed(good, "exp", Value::Null)),
        ("not yet", changed(good, "nbf", json!(now + 600))),
        ("for another audience", changed(good, "aud", json!("anon"))),
        ("for other audiences", changed(good, "aud", json!(["a", "b"]))),
        ("for no audience", changed(good, "aud", Value::Null)),
        ("of the service role", changed(good, "role", json!("service_role"))),
        ("of no role", changed(good, "role", Value::Null)),
        ("of nobody", changed(good, "sub", Value::Null)),
        ("of somebody who is no uuid", changed(good, "sub", json!("admin"))),
        ("of another project", changed(good, "iss", json!("https://other.supabase.co/auth/v1"))),
    ]
}

/// What is no token of this project at all.
fn forgeries(api: &Api, person: &Person) -> Vec<(&'static str, String)> {
    let (token, claims) = (person.access_token(), claims(person));
    let (body, signature) = token.rsplit_once('.').unwrap();
    let header = body.split_once('.').unwrap().0;
    let other = URL_SAFE_NO_PAD.encode(changed(&claims, "sub", json!(Uuid::new_v4())).to_string());
    vec![
        ("nothing", String::new()),
        ("garbage", "garbage".to_owned()),
        ("three dots", "...".to_owned()),
        ("without a signature", format!("{body}.")),
        ("with another's claims under its signature", format!("{header}.{other}.{signature}")),
        ("alg none", unsigned(&claims)),
        ("another project's secret", hs256(&claims, b"another secret of another project")),
        ("the public key as a secret", hs256(&claims, &public_key())),
        ("the key's coordinates as a secret", hs256(&claims, &public_key()[27..])),
        ("an unknown key", es256(&claims, Some("unknown"), ES256_KEY)),
        ("no key named", es256(&claims, None, ES256_KEY)),
        ("the anon key", api.state.anon_key.clone()),
        ("the service key", api.state.service_role_key.clone()),
    ]
}

/// The DER of the public half, as an attacker has it from the published coordinates.
fn public_key() -> Vec<u8> {
    let prefix = [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
        0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
    ];
    [&prefix[..], &ES256_KEY[ES256_KEY.len() - 64..]].concat()
}

async fn all_are_refused(api: &Api, edge: &str, tokens: &[(&'static str, String)]) {
    for (what, token) in tokens {
        assert!(!is_let_in(with_token(api, edge, token)).await, "{what}");
    }
}

/// A stack that signs with a published key.
fn es256_state() -> &'static State {
    static STACK: Shared = Shared::new();
    STACK.state(&["--jwt", "es256"])
}

#[tokio::test]
async fn by_the_secret_good_tokens_are_let_in_and_all_others_refused() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let (edge, good) = (&api.state.edge_url, claims(&person));
    let sign = |claims: &Value| hs256(claims, JWT_SECRET.as_bytes());
    let now = good["iat"].as_i64().unwrap();
    for (what, token) in [
        ("as it came", person.access_token().to_owned()),
        ("expired within the skew", sign(&changed(&good, "exp", json!(now - 5)))),
        ("without an issuer", sign(&changed(&good, "iss", Value::Null))),
        ("for several audiences", sign(&changed(&good, "aud", json!(["other", "authenticated"])))),
    ] {
        assert!(is_let_in(with_token(&api, edge, &token)).await, "{what}");
    }
    let bad: Vec<_> = bad_claims(&good).iter().map(|(what, claims)| (*what, sign(claims))).collect();
    all_are_refused(&api, edge, &bad).await;
    all_are_refused(&api, edge, &forgeries(&api, &person)).await;
}

#[tokio::test]
async fn by_the_published_keys_good_tokens_are_let_in_and_all_others_refused() {
    let api = Api::of(es256_state());
    let person = Person::new(&api).await;
    let (edge, good) = (&api.state.edge_url, claims(&person));
    let sign = |claims: &Value| es256(claims, Some(ES256_ID), ES256_KEY);
    assert!(is_let_in(with_token(&api, edge, person.access_token())).await);
    assert!(is_let_in(with_token(&api, edge, &sign(&changed(&good, "iss", Value::Null)))).await);
    let bad: Vec<_> = bad_claims(&good).iter().map(|(what, claims)| (*what, sign(claims))).collect();
    all_are_refused(&api, edge, &bad).await;
    all_are_refused(&api, edge, &forgeries(&api, &person)).await;
}

#[tokio::test]
async fn by_the_published_keys_without_a_secret_too() {
    let api = Api::of(es256_state());
    let person = Person::new(&api).await;
    let edge = Edge::start(api.state, &[("SUPABASE_JWT_SECRET", "")]);
    assert!(is_let_in(with_token(&api, &edge.url, person.access_token())).await);
    all_are_refused(&api, &edge.url, &forgeries(&api, &person)).await;
}

#[tokio::test]
async fn by_the_servers_word_good_tokens_are_let_in_and_all_others_refused() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let edge = Edge::start(api.state, &[("SUPABASE_JWT_SECRET", "")]);
    assert!(is_let_in(with_token(&api, &edge.url, person.access_token())).await);
    let sign = |claims: &Value| hs256(claims, JWT_SECRET.as_bytes());
    let bad: Vec<_> =
        bad_claims(&claims(&person)).iter().map(|(what, claims)| (*what, sign(claims))).collect();
    // The stand-in for the auth server, as the original, does not look at "not before".
    let bad: Vec<_> = bad.into_iter().filter(|(what, _)| *what != "not yet").collect();
    all_are_refused(&api, &edge.url, &bad).await;
    all_are_refused(&api, &edge.url, &forgeries(&api, &person)).await;
}

#[tokio::test]
async fn nobody_is_told_that_they_are_signed_out_when_the_auth_server_is_away() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let away = [("SUPABASE_JWT_SECRET", ""), ("SUPABASE_URL", "http://127.0.0.1:9")];
    let edge = Edge::start(api.state, &away);
    let answer = send(with_token(&api, &edge.url, person.access_token())).await;
    assert_eq!(
        (answer.status, &answer.body["code"]),
        (StatusCode::SERVICE_UNAVAILABLE, &json!("SERVER_FAILED"))
    );
    assert_eq!(answer.body["retryable"], true);
}

/// The cookies of a session under the project's name.
fn cookies(person: &Person, padding: usize) -> Vec<(String, String)> {
    let json =
        json!({"access_token": person.access_token(), "refresh_token": "r", "user": "x".repeat(padding)});
    cookie::encode("sb-127-auth-token", &json.to_string())
}

fn header(cookies: &[(String, String)]) -> String {
    let pairs: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("theme=dark; {}; last=1", pairs.join("; "))
}

#[tokio::test]
async fn a_cookie_is_read_in_every_form_that_a_browser_sends() {
    let api = Api::new();
    let (person, other) = (Person::new(&api).await, Person::new(&api).await);
    let edge = &api.state.edge_url;
    let (bare, chunked) = (cookies(&person, 0), cookies(&person, 5000));
    assert_eq!((bare.len(), chunked.len()), (1, 3));
    let mut stale_chunks = cookies(&other, 5000);
    stale_chunks.truncate(2);
    stale_chunks.extend(bare.clone());
    let mut empty_name = chunked.clone();
    empty_name.push(("sb-127-auth-token".to_owned(), String::new()));
    for (what, cookies) in [
        ("bare", &bare),
        ("chunked", &chunked),
        ("bare, old chunks", &stale_chunks),
        ("emptied", &empty_name),
    ] {
        assert!(is_let_in(call(&api, edge).header("Cookie", header(cookies))).await, "{what}");
    }
    let mut split = call(&api, edge);
    for (name, value) in &chunked {
        split = split.header("Cookie", format!("{name}={value}"));
    }
    assert!(is_let_in(split).await, "one header a chunk");
}

#[tokio::test]
async fn a_cookie_that_holds_no_session_is_nobody() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let mut gap = cookies(&person, 9000);
    gap.remove(1);
    let encoded =
        |json: &Value| format!("sb-127-auth-token=base64-{}", URL_SAFE_NO_PAD.encode(json.to_string()));
    for cookie in [
        String::new(),
        "theme=dark".to_owned(),
        "sb-127-auth-token=".to_owned(),
        "sb-127-auth-token=base64-%%%".to_owned(),
        format!("sb-127-auth-token={}", person.access_token()),
        format!("sb-other-auth-token={}", cookies(&person, 0)[0].1),
        encoded(&json!({"access_token": ""})),
        encoded(&json!({"access_token": 7})),
        encoded(&json!([])),
        header(&gap),
    ] {
        assert!(!is_let_in(call(&api, &api.state.edge_url).header("Cookie", &cookie)).await, "{cookie}");
    }
    assert!(!is_let_in(call(&api, &api.state.edge_url)).await, "no credentials at all");
}

#[tokio::test]
async fn the_bearer_token_wins_over_the_cookie() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let cookie = header(&cookies(&person, 0));
    let edge = &api.state.edge_url;
    assert!(!is_let_in(with_token(&api, edge, "garbage").header("Cookie", &cookie)).await);
    // A scheme for somebody in between says nothing about the person.
    let basic = call(&api, edge).basic_auth("gateway", Some("x")).header("Cookie", &cookie);
    assert!(is_let_in(basic).await);
}

#[tokio::test]
async fn a_page_of_another_origin_cannot_use_the_cookie() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let edge =
        Edge::start(api.state, &[("EDGE_ALLOWED_ORIGINS", "https://app.example.com, http://localhost:3000")]);
    let by_cookie = || call(&api, &edge.url).header("Cookie", header(&cookies(&person, 0)));
    for origin in ["https://app.example.com", "http://localhost:3000"] {
        assert!(is_let_in(by_cookie().header("Origin", origin)).await, "{origin}");
    }
    for origin in
        ["https://evil.example", "https://app.example.com.evil.org", "http://app.example.com", "null"]
    {
        let answer = send(by_cookie().header("Origin", origin)).await;
        let got = (answer.status, &answer.body["code"]);
        assert_eq!(got, (StatusCode::FORBIDDEN, &json!("NOT_ALLOWED")), "{origin}");
        assert!(answer.body["error"].is_string(), "{}", answer.body);
        // No page can send a bearer token that it was not given.
        let by_token = with_token(&api, &edge.url, person.access_token()).header("Origin", origin);
        assert!(is_let_in(by_token).await, "{origin}");
    }
}

#[tokio::test]
async fn a_form_cannot_use_the_cookie() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let url = format!("{}/api/run-node-stream", api.state.edge_url);
    let by_cookie = || api.http.post(&url).header("Cookie", header(&cookies(&person, 0))).body("{}");
    for kind in
        [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("application/jsonp")]
    {
        let mut request = by_cookie();
        if let Some(kind) = kind {
            request = request.header("Content-Type", kind);
        }
        let answer = send(request).await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{kind:?}");
        assert_eq!(answer.body["error"], "Content-Type should be application/json");
    }
    assert!(is_let_in(by_cookie().header("Content-Type", "application/JSON; charset=utf-8")).await);
}
