//! Several accounts and projects on one machine: each with its own session, numbers and runs.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test a fault ends the test")]

#[expect(dead_code, reason = "each test file uses its part of the world")]
mod support;

use std::time::Duration;

use flowmeter_client::{Client, News};
use flowmeter_domain::ipc::{
    AccountKey, Connect, ConnectionFields, RemoveAccount, SessionState, SignIn, StartRun, SwitchAccount,
};
use flowmeter_domain::{Code, Kind, NodeRequest, RunId};
use serde_json::{Value, json};
use uuid::Uuid;
use wiremock::matchers::{body_partial_json, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use support::{Heard, World, answer, quota};

const MEI: Uuid = Uuid::from_u128(1);
const BEN: Uuid = Uuid::from_u128(2);

fn session(user: Uuid, name: &str) -> Value {
    json!({
        "access_token": format!("access-{name}"), "refresh_token": format!("refresh-{name}"),
        "token_type": "bearer", "expires_in": 3600, "user": {"id": user, "email": format!("{name}@example.com")},
    })
}

/// Two people with passwords: Mei has used 41, Ben 7.
async fn two_people(server: &MockServer) {
    for (user, name, used) in [(MEI, "mei", 41), (BEN, "ben", 7)] {
        let by_email = body_partial_json(json!({"email": format!("{name}@example.com")}));
        let by_token = body_partial_json(json!({"refresh_token": format!("refresh-{name}")}));
        let granted = ResponseTemplate::new(200).set_body_json(session(user, name));
        Mock::given(path("/auth/v1/token")).and(by_email).respond_with(granted.clone()).mount(server).await;
        Mock::given(path("/auth/v1/token")).and(by_token).respond_with(granted).mount(server).await;
        Mock::given(path("/rest/v1/users_quota"))
            .and(header("Authorization", format!("Bearer access-{name}")))
            .respond_with(ResponseTemplate::new(200).set_body_json(quota(used)))
            .mount(server)
            .await;
    }
    Mock::given(path("/auth/v1/logout")).respond_with(ResponseTemplate::new(204)).mount(server).await;
    let ways = json!({"external": {"email": true}, "disable_signup": false, "mailer_autoconfirm": true});
    answer("GET", "/auth/v1/settings", 200, ways).mount(server).await;
}

async fn sign_in(client: &Client, name: &str) {
    let email = format!("{name}@example.com");
    client.sign_in(SignIn { email, password: "secret".into() }).await.unwrap();
}

fn used(client: &Client) -> Option<i64> {
    let snapshot = client.start(String::new()).quota.snapshot?;
    Some(snapshot.quota.check(Kind::LlmExecutions).used)
}

fn key(world: &World, user_id: Uuid) -> AccountKey {
    AccountKey { project: world.host(), user_id }
}

fn shown(client: &Client) -> Option<Uuid> {
    client.start(String::new()).session.account().map(|account| account.user_id)
}

/// Mei and Ben are signed in; Ben came last and is shown.
async fn both() -> (World, Client, Heard) {
    let world = World::new().await;
    two_people(&world.server).await;
    let (client, mut heard) = world.client();
    for name in ["mei", "ben"] {
        sign_in(&client, name).await;
        heard.until(|news| matches!(news, News::Quota(state) if state.snapshot.is_some())).await;
    }
    (world, client, heard)
}

#[tokio::test]
async fn a_second_account_is_added_beside_the_first_and_both_survive_a_restart() {
    let (world, client, _heard) = both().await;
    let known = client.start(String::new()).accounts.known;
    let names: Vec<_> = known.iter().map(|known| (known.email.as_str(), known.is_shown)).collect();
    assert_eq!(names, [("ben@example.com", true), ("mei@example.com", false)]);
    for (user, token) in [(MEI, "refresh-mei"), (BEN, "refresh-ben")] {
        while world.stored_of(user).as_deref() != Some(token) {
            tokio::task::yield_now().await;
        }
    }

    let (client, _heard) = world.client();

    assert_eq!((shown(&client), used(&client)), (Some(BEN), Some(7)));
    assert_eq!(client.start(String::new()).accounts.known.len(), 2);
}

#[tokio::test]
async fn a_switch_tells_whose_the_numbers_are_before_it_tells_numbers() {
    let (world, client, mut heard) = both().await;
    heard.drain();

    client.switch_account(&SwitchAccount { key: key(&world, MEI) }).unwrap();

    assert_eq!((shown(&client), used(&client)), (Some(MEI), Some(41)));
    let first = heard.until(|_| true).await;
    let News::Session(SessionState::SignedIn { account, .. }) = first else { panic!("first came {first:?}") };
    assert_eq!(account.user_id, MEI);
    let second = heard.until(|_| true).await;
    let News::Quota(state) = second else { panic!("then came {second:?}") };
    assert_eq!(state.snapshot.unwrap().quota.check(Kind::LlmExecutions).used, 41);
}

#[tokio::test]
async fn an_answer_for_the_account_before_is_kept_for_it_and_told_to_nobody() {
    let (world, client, mut heard) = both().await;
    world.server.reset().await;
    let late = ResponseTemplate::new(200).set_body_json(quota(8)).set_delay(Duration::from_millis(300));
    Mock::given(path("/rest/v1/users_quota"))
        .and(header("Authorization", "Bearer access-ben"))
        .respond_with(late)
        .mount(&world.server)
        .await;
    let reading = tokio::spawn({
        let client = client.clone();
        async move { client.refresh_quota().await }
    });
    world.until_requested("/rest/v1/users_quota").await;
    client.switch_account(&SwitchAccount { key: key(&world, MEI) }).unwrap();
    heard.drain();

    reading.await.unwrap().unwrap();

    assert_eq!(used(&client), Some(41));
    for news in heard.drain() {
        if let News::Quota(state) = news {
            let used = state.snapshot.unwrap().quota.check(Kind::LlmExecutions).used;
            assert_eq!(used, 41, "a number of Ben's stands under Mei");
        }
    }
    client.switch_account(&SwitchAccount { key: key(&world, BEN) }).unwrap();
    assert_eq!(used(&client), Some(8));
}

#[tokio::test]
async fn a_run_goes_on_behind_another_account_and_is_whole_when_its_own_comes_back() {
    let (world, client, mut heard) = both().await;
    let stream = "data: {\"content\":\"for Ben\"}\n\ndata: [DONE]\n\n";
    let slow = ResponseTemplate::new(200).set_body_raw(stream, "text/event-stream");
    world.edge(slow.set_delay(Duration::from_millis(200))).await;
    let request = NodeRequest { model: "demo".into(), ..NodeRequest::default() };
    let run_id = RunId::random();
    client.start_run(StartRun::new(run_id, request)).unwrap();
    world.until_requested("/api/run-node-stream").await;

    client.switch_account(&SwitchAccount { key: key(&world, MEI) }).unwrap();
    heard.drain();
    assert!(client.start(String::new()).runs.is_empty(), "a run of Ben's stands under Mei");
    let foreign = client.run(flowmeter_domain::ipc::GetRun { run_id });
    assert_eq!(foreign.unwrap_err().code, Code::NotFound);

    let whole = async {
        loop {
            client.switch_account(&SwitchAccount { key: key(&world, BEN) }).unwrap();
            let runs = client.start(String::new()).runs;
            if runs[0].end.is_some() {
                return runs;
            }
            client.switch_account(&SwitchAccount { key: key(&world, MEI) }).unwrap();
            tokio::task::yield_now().await;
        }
    };
    let runs = tokio::time::timeout(Duration::from_secs(20), whole).await.unwrap();
    assert_eq!(runs[0].text.content, "for Ben");
    heard.until(|news| matches!(news, News::RunWhole(view) if view.end.is_some())).await;
}

#[tokio::test]
async fn a_sign_out_leaves_the_other_account_alone() {
    let (world, client, _heard) = both().await;

    client.sign_out().await.unwrap();

    assert_eq!((shown(&client), used(&client)), (None, None));
    assert_eq!(world.stored_of(BEN), None);
    assert_eq!(client.refresh_quota().await.unwrap_err().code, Code::NotSignedIn);
    client.switch_account(&SwitchAccount { key: key(&world, MEI) }).unwrap();
    assert_eq!((shown(&client), used(&client)), (Some(MEI), Some(41)));
    let gone = client.switch_account(&SwitchAccount { key: key(&world, BEN) });
    assert_eq!(gone.unwrap_err().code, Code::NotFound);
}

#[tokio::test]
async fn what_was_signed_out_shows_its_numbers_again_and_what_was_removed_begins_anew() {
    let (world, client, _heard) = both().await;
    client.sign_out().await.unwrap();
    client.remove_account(&RemoveAccount { key: key(&world, MEI) }).await.unwrap();
    assert!(client.start(String::new()).accounts.known.is_empty());
    while world.stored_of(MEI).is_some() {
        tokio::task::yield_now().await;
    }
    world.server.reset().await;
    for (user, name) in [(MEI, "mei"), (BEN, "ben")] {
        let by_email = body_partial_json(json!({"email": format!("{name}@example.com")}));
        let granted = ResponseTemplate::new(200).set_body_json(session(user, name));
        world.supabase(Mock::given(method("POST")).and(by_email).respond_with(granted)).await;
    }

    sign_in(&client, "ben").await;
    assert_eq!(used(&client), Some(7));
    sign_in(&client, "mei").await;
    assert_eq!(used(&client), None, "a removed account left its numbers behind");
}

#[tokio::test]
async fn the_same_person_at_two_projects_is_two_accounts() {
    let (world, client, _heard) = both().await;
    let elsewhere = MockServer::start().await;
    let granted = ResponseTemplate::new(200).set_body_json(session(BEN, "ben"));
    Mock::given(path("/auth/v1/token")).respond_with(granted).mount(&elsewhere).await;
    answer("GET", "/rest/v1/users_quota", 200, quota(99)).mount(&elsewhere).await;
    let ways = json!({"external": {"email": true}, "disable_signup": false, "mailer_autoconfirm": true});
    answer("GET", "/auth/v1/settings", 200, ways).mount(&elsewhere).await;
    answer("POST", "/api/run-node-stream", 401, json!({"error": "请先登录"})).mount(&elsewhere).await;
    let fields =
        ConnectionFields { supabase_url: elsewhere.uri(), key: "anon".into(), edge_url: elsewhere.uri() };
    client.connect(&Connect { fields }).await.unwrap();
    assert_eq!(used(&client), Some(7), "another project at the door changes nothing inside");

    sign_in(&client, "ben").await;
    client.refresh_quota().await.unwrap();

    assert_eq!(used(&client), Some(99));
    client.switch_account(&SwitchAccount { key: key(&world, BEN) }).unwrap();
    assert_eq!(used(&client), Some(7));
    assert_eq!(client.start(String::new()).accounts.known.len(), 3);
}
