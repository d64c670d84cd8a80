//! What ends a session, what keeps it, and what is asked of the server: on a clock that the test sets.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test a fault ends the test")]

#[expect(dead_code, reason = "each test file uses its part of the world")]
mod support;

use flowmeter_client::secrets::SecretError;
use flowmeter_client::{Client, News};
use flowmeter_domain::Code;
use flowmeter_domain::ipc::SessionState;
use serde_json::{Value, json};
use wiremock::matchers::{body_partial_json, header, method, path};
use wiremock::{Mock, ResponseTemplate};

use support::{World, answer, quota, refreshed};

/// The life of an access token.
const LIFE: i64 = 3600;

fn session(client: &Client) -> SessionState {
    client.start(String::new()).session
}

fn is_signed_in(client: &Client) -> bool {
    matches!(session(client), SessionState::SignedIn { .. })
}

/// Whether the access token still lives when a refresh is due.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Access {
    Valid,
    Expired,
}

const BOTH: [Access; 2] = [Access::Valid, Access::Expired];

/// A world and a client in it whose next request wants a refresh, which gets `refused`.
async fn due(access: Access, refused: Option<ResponseTemplate>) -> (World, Client) {
    let (world, client, _heard) = World::running().await;
    world.until_stored(Some("refresh-one")).await;
    world.server.reset().await;
    world.supabase(answer("GET", "/rest/v1/users_quota", 200, quota(63))).await;
    let token = Mock::given(path("/auth/v1/token"));
    match refused {
        Some(answer) => world.supabase(token.respond_with(answer)).await,
        None => world.supabase(token.respond_with_err(|_: &_| std::io::Error::other("cut"))).await,
    }
    // With 100 seconds left a token is refreshed ahead of time and still serves.
    world.advance(if access == Access::Valid { LIFE - 100 } else { LIFE });
    (world, client)
}

/// Answers of the server that say nothing final about a refresh token, and the code each becomes.
fn passing() -> Vec<(&'static str, Option<ResponseTemplate>, Code)> {
    let json = |status, body: Value| Some(ResponseTemplate::new(status).set_body_json(body));
    let page = |status| Some(ResponseTemplate::new(status).set_body_raw("<html>", "text/html"));
    let coded = |status, code: &str| json(status, json!({"code": code, "message": "…"}));
    vec![
        ("no answer", None, Code::Unreachable),
        ("500", coded(500, "unexpected_failure"), Code::ServerFailed),
        ("501", page(501), Code::ServerFailed),
        ("502", page(502), Code::ServerFailed),
        ("503", page(503), Code::ServerFailed),
        ("504", page(504), Code::ServerFailed),
        ("520", page(520), Code::ServerFailed),
        ("530", page(530), Code::ServerFailed),
        ("409", coded(409, "conflict"), Code::Conflict),
        ("429", coded(429, "over_request_rate_limit"), Code::RateLimited),
        ("another 400", coded(400, "validation_failed"), Code::InvalidInput),
        (
            "an older 400",
            json(400, json!({"code": 400, "error_code": "bad_json", "msg": "…"})),
            Code::InvalidInput,
        ),
        ("a page with 200", page(200), Code::UnexpectedAnswer),
        ("a redirect", page(302), Code::UnexpectedAnswer),
        ("nothing with 200", Some(ResponseTemplate::new(200)), Code::UnexpectedAnswer),
        (
            "no refresh token",
            json(200, json!({"access_token": "a", "user": {"id": support::USER}})),
            Code::UnexpectedAnswer,
        ),
        ("empty tokens", json(200, json!({"access_token": "", "refresh_token": ""})), Code::UnexpectedAnswer),
    ]
}

#[tokio::test]
async fn nothing_but_a_final_code_ends_a_session() {
    for access in BOTH {
        for (what, refused, code) in passing() {
            let (world, client) = due(access, refused).await;

            let read = client.refresh_quota().await.map_err(|error| error.code);

            // A token that lives a little longer still serves.
            let expected = if access == Access::Valid { Ok(()) } else { Err(code) };
            assert_eq!(read, expected, "{what}, {access:?}");
            assert!(is_signed_in(&client), "{what}, {access:?}");
            assert_eq!(world.stored().as_deref(), Some("refresh-one"), "{what}, {access:?}");

            world.server.reset().await;
            world.supabase(answer("GET", "/rest/v1/users_quota", 200, quota(64))).await;
            world.supabase(answer("POST", "/auth/v1/token", 200, refreshed("two"))).await;
            world.advance(LIFE);
            client.refresh_quota().await.unwrap();
            world.until_stored(Some("refresh-two")).await;
        }
    }
}

#[tokio::test]
async fn each_final_code_ends_the_session_with_its_cause_and_empties_the_key_store() {
    let table = [
        ("refresh_token_not_found", Code::SessionEnded),
        ("refresh_token_already_used", Code::SessionEnded),
        ("session_not_found", Code::SessionEnded),
        ("session_expired", Code::SessionEnded),
        ("user_banned", Code::AccountBanned),
        ("user_not_found", Code::SessionEnded),
    ];
    for access in BOTH {
        for (name, code) in table {
            let bodies = [json!({"code": name}), json!({"code": 400, "error_code": name, "msg": "…"})];
            for (body, status) in bodies.into_iter().zip([403, 400]) {
                let refused = ResponseTemplate::new(status).set_body_json(&body);
                let (world, client) = due(access, Some(refused)).await;

                assert_eq!(client.refresh_quota().await.unwrap_err().code, code, "{body}, {access:?}");

                let SessionState::Ended { cause, account } = session(&client) else {
                    panic!("{body}, {access:?} keeps the session")
                };
                assert_eq!((cause.code, account.user_id), (code, support::USER));
                world.until_stored(None).await;
            }
        }
    }
}

#[tokio::test]
async fn a_session_that_ended_keeps_numbers_and_runs_and_a_new_sign_in_goes_on_with_them() {
    let ended = ResponseTemplate::new(400).set_body_json(json!({"code": "session_not_found"}));
    let (world, client) = due(Access::Expired, Some(ended)).await;
    client.refresh_quota().await.unwrap_err();
    assert!(client.start(String::new()).quota.snapshot.is_some());

    world.server.reset().await;
    world.supabase(answer("POST", "/auth/v1/token", 200, refreshed("two"))).await;
    world.supabase(answer("GET", "/rest/v1/users_quota", 200, quota(64))).await;
    client.sign_in(support::sign_in()).await.unwrap();

    assert!(is_signed_in(&client));
    world.until_stored(Some("refresh-two")).await;
}

#[tokio::test]
async fn offline_for_days_is_no_sign_out() {
    let mut world = World::signed_in().await;
    world.go_offline().await;
    let (client, _heard) = world.client();
    for _ in 0..40 {
        world.advance(6 * 3600);
        assert_eq!(client.refresh_quota().await.unwrap_err().code, Code::Unreachable);
    }
    assert!(is_signed_in(&client));
    assert_eq!(world.stored().as_deref(), Some("refresh-one"));

    world.go_online().await;
    world.supabase(answer("POST", "/auth/v1/token", 200, refreshed("two"))).await;
    world.supabase(answer("GET", "/rest/v1/users_quota", 200, quota(64))).await;
    client.refresh_quota().await.unwrap();
}

#[tokio::test]
async fn a_clock_that_jumps_refreshes_and_signs_nobody_out() {
    for jump in [86_400, -86_400, 400 * 86_400, -400 * 86_400] {
        let (world, client, _heard) = World::running().await;
        world.server.reset().await;
        let refreshed = ResponseTemplate::new(200).set_body_json(refreshed("two"));
        let token = Mock::given(path("/auth/v1/token")).respond_with(refreshed).expect(1);
        world.supabase(token).await;
        let served =
            Mock::given(path("/rest/v1/users_quota")).and(header("Authorization", "Bearer access-two"));
        world.supabase(served.respond_with(ResponseTemplate::new(200).set_body_json(quota(64)))).await;

        world.advance(jump);

        client.refresh_quota().await.unwrap();
        client.refresh_quota().await.unwrap();
        assert!(is_signed_in(&client), "a jump of {jump} s");
    }
}

#[tokio::test]
async fn a_clock_that_is_put_right_by_seconds_asks_for_nothing() {
    let (world, client, _heard) = World::running().await;
    world.server.reset().await;
    world.supabase(answer("GET", "/rest/v1/users_quota", 200, quota(64))).await;
    world.advance(-5);
    client.refresh_quota().await.unwrap();
}

#[tokio::test]
async fn from_the_launch_to_a_usable_token_it_is_one_round_trip_and_offline_none() {
    let mut world = World::signed_in().await;
    world.server.reset().await;
    world.supabase(answer("POST", "/auth/v1/token", 200, refreshed("two"))).await;
    world.supabase(answer("GET", "/rest/v1/users_quota", 200, quota(64))).await;

    let (client, mut heard) = world.client();
    assert!(is_signed_in(&client), "shown before anybody is asked");
    assert!(world.server.received_requests().await.unwrap().is_empty());
    let watching = tokio::spawn({
        let client = client.clone();
        async move { client.keep_up_to_date().await }
    });
    let read =
        |news: &News| matches!(news, News::Quota(state) if !state.refreshing && state.failure.is_none());
    heard.until(read).await;

    let requests = world.server.received_requests().await.unwrap();
    let order: Vec<_> = requests.iter().map(|request| request.url.path()).collect();
    assert_eq!(order, ["/auth/v1/token", "/rest/v1/users_quota"]);
    watching.abort();

    world.go_offline().await;
    let (client, _heard) = world.client();
    assert!(is_signed_in(&client) && client.start(String::new()).quota.snapshot.is_some());
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_and_the_request_repeated() {
    let (world, client, _heard) = World::running().await;
    world.server.reset().await;
    let served = |token| {
        Mock::given(path("/rest/v1/users_quota"))
            .and(header("Authorization", format!("Bearer access-{token}")))
    };
    let refused = ResponseTemplate::new(401).set_body_json(json!({"code": "PGRST301"}));
    world.supabase(served("one").respond_with(refused.clone()).expect(1)).await;
    world
        .supabase(served("two").respond_with(ResponseTemplate::new(200).set_body_json(quota(64))).expect(1))
        .await;
    world.supabase(answer("POST", "/auth/v1/token", 200, refreshed("two"))).await;

    client.refresh_quota().await.unwrap();

    assert!(is_signed_in(&client));
}

#[tokio::test]
async fn a_second_refusal_is_final_and_leaves_the_key_store_as_it_is() {
    let (world, client, _heard) = World::running().await;
    world.server.reset().await;
    world.supabase(answer("GET", "/rest/v1/users_quota", 401, json!({"code": "PGRST301"}))).await;
    world.supabase(answer("POST", "/auth/v1/token", 200, refreshed("two"))).await;

    assert_eq!(client.refresh_quota().await.unwrap_err().code, Code::NotSignedIn);

    assert!(matches!(session(&client), SessionState::Ended { .. }));
    world.until_stored(Some("refresh-two")).await;
    assert_eq!(client.refresh_quota().await.unwrap_err().code, Code::SessionEnded);
}

#[tokio::test]
async fn a_token_that_another_program_has_put_in_its_place_is_taken() {
    let (world, client, _heard) = World::running().await;
    world.until_stored(Some("refresh-one")).await;
    world.put_stored("refresh-theirs");
    world.server.reset().await;
    world.supabase(answer("GET", "/rest/v1/users_quota", 200, quota(64))).await;
    let with_theirs = body_partial_json(json!({"refresh_token": "refresh-theirs"}));
    let refreshed = ResponseTemplate::new(200).set_body_json(refreshed("two"));
    let token = Mock::given(method("POST")).and(path("/auth/v1/token")).and(with_theirs);
    world.supabase(token.respond_with(refreshed).expect(1)).await;

    world.advance(LIFE);

    client.refresh_quota().await.unwrap();
}

const FAULTS: [(SecretError, Code); 4] = [
    (SecretError::Absent, Code::KeychainAbsent),
    (SecretError::Locked, Code::KeychainLocked),
    (SecretError::Refused, Code::KeychainRefused),
    (SecretError::TooLarge, Code::KeychainTooLarge),
];

#[tokio::test]
async fn each_fault_of_the_key_store_is_noted_and_the_session_works_in_memory() {
    for (fault, code) in FAULTS {
        let mut world = World::new().await;
        world.secrets = support::Secrets::failing(fault);
        world.supabase(answer("POST", "/auth/v1/token", 200, refreshed("one"))).await;
        world.supabase(answer("GET", "/rest/v1/users_quota", 200, quota(62))).await;
        let (client, mut heard) = world.client();

        client.sign_in(support::sign_in()).await.unwrap();

        let noted = |news: &News| {
            let News::Session(SessionState::SignedIn { not_kept: Some(cause), .. }) = news else {
                return false;
            };
            cause.code == code
        };
        heard.until(noted).await;
        client.refresh_quota().await.unwrap();
        world.advance(LIFE);
        client.refresh_quota().await.unwrap();
    }
}

#[tokio::test]
async fn a_launch_without_a_key_store_asks_to_sign_in_and_any_other_fault_may_pass() {
    for (fault, code) in FAULTS {
        let mut world = World::signed_in().await;
        let kept = std::mem::replace(&mut world.secrets, support::Secrets::failing(fault));
        let (client, _heard) = world.client();

        assert_eq!(client.refresh_quota().await.unwrap_err().code, code);

        assert_eq!(is_signed_in(&client), fault != SecretError::Absent, "{fault}");
        world.secrets = kept;
        let (client, _heard) = world.client();
        client.refresh_quota().await.unwrap();
    }
}
