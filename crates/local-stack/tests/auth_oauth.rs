//! Signing in at a provider in a browser: there, back, and every wrong turn.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use flowmeter_domain::Code;
use flowmeter_supabase::pkce::{Verifier, code_from};
use flowmeter_supabase::{Project, Session, Supabase};
use reqwest::{Client, StatusCode, redirect};
use secrecy::SecretString;
use serde_json::json;
use support::mail::new_address;
use support::{Api, Person, assert_refused, database, state};
use url::Url;

/// An address of the app on this machine, as it chooses a new one for each sign-in.
const HOME: &str = "http://127.0.0.1:41234/callback?state=abc";

fn supabase() -> Supabase {
    Supabase::new(Project::new(&state().supabase_url, &state().anon_key).unwrap())
}

/// A browser that shows where it is sent instead of going there.
struct Browser(Client);

impl Browser {
    fn new() -> Browser {
        Browser(Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap())
    }

    async fn is_sent_on_from(&self, url: &Url) -> Url {
        let response = self.0.get(url.clone()).send().await.unwrap();
        let target = response.headers()["location"].to_str().unwrap();
        url.join(target).unwrap()
    }

    /// The provider's page.
    async fn opens(&self, start: &Url) -> Url {
        let page = self.is_sent_on_from(start).await;
        assert!(page.path().starts_with("/provider/"), "{page}");
        page
    }

    /// Presses a button there and gives where the browser ends.
    async fn presses(&self, decision: &str, page: &Url, email: &str) -> Url {
        let state = page.query_pairs().find(|(key, _)| key == "state").unwrap().1.into_owned();
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("state", &*state), ("email", email), ("decision", decision)])
            .finish();
        let response = self.0.post(page.clone()).body(form).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        let callback = page.join(response.headers()["location"].to_str().unwrap()).unwrap();
        self.is_sent_on_from(&callback).await
    }
}

fn start(verifier: &Verifier) -> Url {
    supabase().authorize_url("github", &HOME.parse().unwrap(), &verifier.challenge())
}

/// The code of somebody who went there and allowed it.
async fn allowed(verifier: &Verifier, email: &str) -> SecretString {
    let browser = Browser::new();
    let page = browser.opens(&start(verifier)).await;
    let home = browser.presses("allow", &page, email).await;
    assert!(home.as_str().starts_with(HOME), "{home}");
    code_from(home.query().unwrap()).unwrap()
}

async fn came_in(email: &str) -> Session {
    let verifier = Verifier::random();
    let code = allowed(&verifier, email).await;
    supabase().exchange_code(&code, &verifier).await.unwrap()
}

async fn run(sql: &'static str, email: &str) {
    let mut database = database().await;
    let done = sqlx::query(sql).bind(email).execute(&mut database).await.unwrap();
    assert_eq!(done.rows_affected(), 1, "{sql}");
}

#[tokio::test]
async fn a_person_goes_to_the_provider_and_comes_back_with_a_session() {
    let (email, verifier) = (new_address(), Verifier::random());
    let code = allowed(&verifier, &email).await;

    let session = supabase().exchange_code(&code, &verifier).await.unwrap();

    assert_eq!(session.user.email.as_deref(), Some(&*email));
    assert!(session.user.is_new());
    supabase().refresh(&session.refresh_token).await.unwrap();
    let again = supabase().exchange_code(&code, &verifier).await.unwrap_err();
    assert_eq!((again.server_code(), again.code()), (Some("flow_state_not_found"), Code::SignInExpired));
    assert_eq!(came_in(&email).await.user.id, session.user.id, "the second time they are known");
}

#[tokio::test]
async fn a_code_without_its_verifier_is_worth_nothing_and_stays_good() {
    let (email, verifier) = (new_address(), Verifier::random());
    let code = allowed(&verifier, &email).await;
    let stolen = supabase().exchange_code(&code, &Verifier::random()).await.unwrap_err();
    assert_eq!((stolen.server_code(), stolen.code()), (Some("bad_code_verifier"), Code::SignInExpired));
    supabase().exchange_code(&code, &verifier).await.unwrap();
}

#[tokio::test]
async fn who_cancels_comes_back_with_that() {
    let browser = Browser::new();
    let page = browser.opens(&start(&Verifier::random())).await;
    let home = browser.presses("cancel", &page, "").await;
    assert!(home.as_str().starts_with(HOME), "{home}");
    let refused = code_from(home.query().unwrap()).unwrap_err();
    assert_eq!(refused.code(), Code::SignInCancelled);
    assert!(home.fragment().unwrap().contains("error=access_denied"));
}

#[tokio::test]
async fn a_code_that_is_exchanged_too_late_is_expired() {
    let (email, verifier) = (new_address(), Verifier::random());
    let code = allowed(&verifier, &email).await;
    let age = "update auth.flow_states set created_at = created_at - interval '5 minutes'
               where user_id = (select id from auth.users where email = $1)";
    run(age, &email).await;
    let late = supabase().exchange_code(&code, &verifier).await.unwrap_err();
    assert_eq!((late.server_code(), late.code()), (Some("flow_state_expired"), Code::SignInExpired));
}

#[tokio::test]
async fn who_comes_back_late_twice_or_from_nowhere_is_sent_to_the_site() {
    let browser = Browser::new();
    let late = browser.opens(&start(&Verifier::random())).await;
    let state_of = |page: &Url| page.query_pairs().find(|(key, _)| key == "state").unwrap().1.into_owned();
    let age =
        "update auth.flow_states set created_at = created_at - interval '5 minutes' where id = $1::uuid";
    run(age, &state_of(&late)).await;
    let used = browser.opens(&start(&Verifier::random())).await;
    browser.presses("allow", &used, &new_address()).await;
    let mut nowhere = late.clone();
    nowhere.set_query(Some("state=nothing"));
    for page in [late, used, nowhere] {
        let end = browser.presses("allow", &page, &new_address()).await;
        assert!(end.as_str().starts_with("http://localhost:3000/?error=invalid_request"), "{end}");
        assert_eq!(code_from(end.query().unwrap()).unwrap_err().server_code(), Some("bad_oauth_state"));
    }
}

#[tokio::test]
async fn without_pkce_the_session_comes_behind_the_hash() {
    let (browser, email) = (Browser::new(), new_address());
    let mut start = start(&Verifier::random());
    start.set_query(Some("provider=github&redirect_to=http://127.0.0.1:1/"));
    let page = browser.opens(&start).await;
    let home = browser.presses("allow", &page, &email).await;
    let pairs: Vec<_> = url::form_urlencoded::parse(home.fragment().unwrap().as_bytes()).collect();
    let token = pairs.iter().find(|(key, _)| key == "access_token").unwrap().1.to_string();
    let user = supabase().user(&token.into()).await.unwrap();
    assert_eq!(user.email, Some(email));
    assert!(home.query().is_none());
}

#[tokio::test]
async fn an_address_elsewhere_is_replaced_by_the_site() {
    let browser = Browser::new();
    for asked in ["https://evil.example/", "http://10.0.0.1:80/", "http://localhost.evil.example/"] {
        let verifier = Verifier::random();
        let start = supabase().authorize_url("github", &asked.parse().unwrap(), &verifier.challenge());
        let page = browser.opens(&start).await;
        let end = browser.presses("allow", &page, &new_address()).await;
        assert!(end.as_str().starts_with("http://localhost:3000/?code="), "{asked}: {end}");
    }
}

#[tokio::test]
async fn a_provider_that_is_off_and_a_bad_challenge_are_refused() {
    let api = Api::new();
    let start = |query: &str| format!("{}/auth/v1/authorize?{query}", state().supabase_url);
    let challenge = "x".repeat(43);
    for query in [
        String::new(),
        "provider=google".to_owned(),
        "provider=github&code_challenge_method=s256".to_owned(),
        "provider=github&code_challenge=short&code_challenge_method=s256".to_owned(),
        format!("provider=github&code_challenge={challenge}&code_challenge_method=md5"),
    ] {
        let request = api.http.get(start(&query)).header("X-Supabase-Api-Version", "2024-01-01");
        assert_refused(&support::send(request).await, 400, "validation_failed");
    }
    let page = format!("{}/provider/google?state=x", state().supabase_url);
    assert_eq!(api.http.get(page).send().await.unwrap().status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_known_address_is_the_same_person_and_an_unproved_password_is_worth_nothing() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let session = came_in(&person.email).await;
    assert_eq!(session.user.id, person.id);
    api.sign_in(&person.email, &person.password).await;

    let squatted = new_address();
    let body = json!({"email": squatted, "password": "a squatter's"});
    let request = api.call_as_service(reqwest::Method::POST, "/auth/v1/admin/users");
    support::send(request.json(&body)).await;
    came_in(&squatted).await;
    assert_refused(&api.token("password", &body).await, 400, "invalid_credentials");
}

#[tokio::test]
async fn a_banned_person_comes_back_with_that() {
    let browser = Browser::new();
    let person = Person::new(&Api::new()).await;
    run("update auth.users set banned_until = now() + interval '1 day' where email = $1", &person.email)
        .await;
    let page = browser.opens(&start(&Verifier::random())).await;
    let home = browser.presses("allow", &page, &person.email).await;
    assert_eq!(code_from(home.query().unwrap()).unwrap_err().code(), Code::AccountBanned);
}

#[tokio::test]
async fn the_page_of_the_provider_says_what_it_is_and_trusts_nobody() {
    let url = format!("{}/provider/github?state=%22%3E%3Cscript%3E", state().supabase_url);
    let page = Api::new().http.get(url).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("local stack") && page.contains("Allow") && page.contains("Cancel"), "{page}");
    assert!(!page.contains("<script>"), "{page}");
}
