//! The functions that count, asked through the API as the edge asks them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use support::{Answer, Api, Person, send};
use uuid::Uuid;

const KIND: &str = "llm_executions";

async fn rpc(api: &Api, name: &str, body: &Value) -> Answer {
    send(api.call_as_service(Method::POST, &format!("/rest/v1/rpc/{name}")).json(body)).await
}

async fn reserve(api: &Api, person: &Person, request: Uuid) -> Value {
    let body = json!({"p_user": person.id, "p_kind": KIND, "p_request": request, "p_lease": "10 minutes"});
    let answer = rpc(api, "quota_reserve", &body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.body
}

async fn settle(api: &Api, name: &str, request: Uuid) -> Value {
    rpc(api, name, &json!({"p_request": request})).await.body
}

/// A person with this many units.
async fn person(api: &Api, limit: i64) -> Person {
    let person = Person::new(api).await;
    api.set_quota(person.id, &json!({"llm_executions_limit": limit, "app_usages_limit": limit})).await;
    person
}

/// Used and reserved.
async fn numbers(api: &Api, person: &Person) -> (i64, i64) {
    let row = api.quota(person.id).await;
    let number = |what: &str| row[format!("{KIND}_{what}")].as_i64().unwrap();
    (number("used"), number("reserved"))
}

/// As if this much time had passed for a request.
async fn age(request: Uuid, by: &str) {
    let sql = "update public.quota_requests set due = due - $2::interval where request = $1";
    let query = sqlx::query(sql).bind(request).bind(by);
    assert_eq!(query.execute(&mut support::database().await).await.unwrap().rows_affected(), 1);
}

#[tokio::test]
async fn a_reserved_unit_is_gone_for_others_and_counted_once() {
    let api = Api::new();
    let (person, request) = (person(&api, 1).await, Uuid::new_v4());
    let reserved = reserve(&api, &person, request).await;
    assert_eq!(
        (&reserved["allowed"], &reserved["used"], &reserved["limit"]),
        (&json!(true), &json!(0), &json!(1))
    );
    let other = reserve(&api, &person, Uuid::new_v4()).await;
    assert_eq!(
        (&other["allowed"], &other["state"], &other["reserved"]),
        (&json!(false), &json!("refused"), &json!(1))
    );
    for counted in [true, false] {
        let commit = settle(&api, "quota_commit", request).await;
        assert_eq!((&commit["counted"], &commit["state"]), (&json!(counted), &json!("committed")));
        assert_eq!(commit["duplicate"], !counted);
    }
    assert_eq!(numbers(&api, &person).await, (1, 0));
}

#[tokio::test]
async fn a_released_unit_is_there_again_and_release_after_commit_changes_nothing() {
    let api = Api::new();
    let person = person(&api, 1).await;
    let (first, second) = (Uuid::new_v4(), Uuid::new_v4());
    reserve(&api, &person, first).await;
    assert_eq!(settle(&api, "quota_release", first).await, json!({"released": true, "state": "released"}));
    assert_eq!(settle(&api, "quota_release", first).await, json!({"released": false, "state": "released"}));
    assert_eq!(reserve(&api, &person, second).await["allowed"], true);
    settle(&api, "quota_commit", second).await;
    assert_eq!(settle(&api, "quota_release", second).await, json!({"released": false, "state": "committed"}));
    assert_eq!(numbers(&api, &person).await, (1, 0));
    assert_eq!(settle(&api, "quota_release", Uuid::new_v4()).await["state"], "unknown");
    assert_eq!(settle(&api, "quota_commit", Uuid::new_v4()).await["state"], "unknown");
}

#[tokio::test]
async fn the_same_request_is_recognised_for_24_hours_and_reserves_once() {
    let api = Api::new();
    let (person, request) = (person(&api, 5).await, Uuid::new_v4());
    reserve(&api, &person, request).await;
    let again = reserve(&api, &person, request).await;
    assert_eq!((&again["duplicate"], &again["state"]), (&json!(true), &json!("reserved")));
    assert_eq!(numbers(&api, &person).await, (0, 1));
    settle(&api, "quota_commit", request).await;
    // From the end of its lease of ten minutes.
    age(request, "24 hours 9 minutes").await;
    assert_eq!(reserve(&api, &person, request).await["state"], "committed");
    age(request, "1 minute").await;
    let fresh = reserve(&api, &person, request).await;
    assert_eq!((&fresh["duplicate"], &fresh["allowed"]), (&json!(false), &json!(true)));
    assert_eq!(numbers(&api, &person).await, (1, 1));
}

#[tokio::test]
async fn an_ended_lease_gives_its_unit_back_and_a_late_commit_still_counts_once() {
    let api = Api::new();
    let person = person(&api, 2).await;
    let late = [Uuid::new_v4(), Uuid::new_v4()];
    for request in late {
        reserve(&api, &person, request).await;
        age(request, "11 minutes").await;
    }
    let other = Uuid::new_v4();
    assert_eq!(reserve(&api, &person, other).await["allowed"], true);
    assert_eq!(numbers(&api, &person).await, (0, 1));
    assert_eq!(settle(&api, "quota_commit", late[0]).await["counted"], true);
    assert_eq!(settle(&api, "quota_commit", late[0]).await["counted"], false);
    assert_eq!(numbers(&api, &person).await, (1, 1));
    assert_eq!(settle(&api, "quota_release", late[1]).await["state"], "expired");
}

#[tokio::test]
async fn a_request_is_looked_at_when_its_lease_ends_and_forgotten_24_hours_later() {
    let api = Api::new();
    let person = person(&api, 5).await;
    let [counted, left] = [Uuid::new_v4(), Uuid::new_v4()];
    for request in [counted, left] {
        reserve(&api, &person, request).await;
    }
    settle(&api, "quota_commit", counted).await;
    let sweep = async || rpc(&api, "quota_sweep", &json!({"p_user": person.id, "p_most": null})).await;
    let state = async |request: Uuid| settle(&api, "quota_release", request).await["state"].clone();
    for request in [counted, left] {
        age(request, "11 minutes").await;
    }
    sweep().await;
    assert_eq!(numbers(&api, &person).await, (1, 0));
    assert_eq!((state(counted).await, state(left).await), (json!("committed"), json!("expired")));
    sweep().await;
    assert_eq!(state(left).await, "expired", "it is not due yet");
    for request in [counted, left] {
        age(request, "24 hours").await;
    }
    sweep().await;
    assert_eq!((state(counted).await, state(left).await), (json!("unknown"), json!("unknown")));
    assert_eq!(numbers(&api, &person).await, (1, 0));
}

#[tokio::test]
async fn null_counts_as_zero_and_no_row_is_refused() {
    let api = Api::new();
    let person = person(&api, 1).await;
    api.set_quota(person.id, &json!({"llm_executions_used": null})).await;
    let request = Uuid::new_v4();
    assert_eq!(reserve(&api, &person, request).await["allowed"], true);
    settle(&api, "quota_commit", request).await;
    assert_eq!(numbers(&api, &person).await, (1, 0));
    let path = format!("/rest/v1/users_quota?user_id=eq.{}", person.id);
    send(api.call_as_service(Method::DELETE, &path)).await;
    let refused = reserve(&api, &person, Uuid::new_v4()).await;
    assert_eq!((&refused["allowed"], &refused["limit"]), (&json!(false), &json!(0)));
}

#[tokio::test]
async fn a_reservation_leaves_the_lock_of_older_clients_alone_and_a_count_breaks_it() {
    let api = Api::new();
    let (person, request) = (person(&api, 5).await, Uuid::new_v4());
    let lock = async || api.quota(person.id).await["updated_at"].clone();
    let before = lock().await;
    reserve(&api, &person, request).await;
    assert_eq!(lock().await, before);
    settle(&api, "quota_commit", request).await;
    assert_ne!(lock().await, before);
}

#[tokio::test]
async fn what_cannot_be_reserved_is_named() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let body = |kind: &str, lease: &str| json!({"p_user": person.id, "p_kind": kind, "p_request": Uuid::new_v4(), "p_lease": lease});
    for (body, named) in
        [(body("points", "1 hour"), "p_kind: 'points'"), (body(KIND, "0 seconds"), "p_lease")]
    {
        let answer = rpc(&api, "quota_reserve", &body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.body["message"].as_str().unwrap().starts_with(named), "{}", answer.body);
    }
}

#[tokio::test]
async fn people_may_neither_call_the_functions_nor_see_the_requests() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let calls = [
        (
            "quota_reserve",
            json!({"p_user": person.id, "p_kind": KIND, "p_request": Uuid::new_v4(), "p_lease": "1 hour"}),
        ),
        ("quota_commit", json!({"p_request": Uuid::new_v4()})),
        ("quota_release", json!({"p_request": Uuid::new_v4()})),
        ("quota_sweep", json!({"p_user": person.id, "p_most": 1})),
        ("quota_numbers", json!({"p_user": person.id, "p_kind": KIND})),
    ];
    for (name, body) in calls {
        let call = || api.call(Method::POST, &format!("/rest/v1/rpc/{name}")).json(&body);
        let signed_in = send(call().bearer_auth(person.access_token())).await;
        assert_eq!(
            (signed_in.status, &signed_in.body["code"]),
            (StatusCode::FORBIDDEN, &json!("42501")),
            "{name}"
        );
        assert_eq!(send(call()).await.status, StatusCode::UNAUTHORIZED, "{name}");
    }
    let table = api.call(Method::GET, "/rest/v1/quota_requests").bearer_auth(person.access_token());
    assert_eq!(send(table).await.status, StatusCode::FORBIDDEN);
    let anonymous = api.call(Method::POST, "/rest/v1/rpc/consume_app_usage").json(&json!({}));
    assert_eq!(send(anonymous).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn consume_app_usage_takes_one_of_the_callers_own_and_never_past_the_limit() {
    let api = Api::new();
    let (one, two) = (person(&api, 5).await, person(&api, 5).await);
    let use_app = || {
        let call = api.call(Method::POST, "/rest/v1/rpc/consume_app_usage").json(&json!({}));
        send(call.bearer_auth(one.access_token()))
    };
    let answers = futures_util::future::join_all((0..16).map(|_| use_app())).await;
    assert_eq!(answers.iter().filter(|answer| answer.body["allowed"] == true).count(), 5);
    let last = use_app().await.body;
    assert_eq!(last, json!({"allowed": false, "used": 5, "limit": 5, "remaining": 0}));
    assert_eq!(api.quota(one.id).await["app_usages_used"], 5);
    assert_eq!(api.quota(two.id).await["app_usages_used"], 0);
}
