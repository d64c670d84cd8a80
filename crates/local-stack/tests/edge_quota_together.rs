//! The functions that count several units in one call, asked through the API as the edge asks them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::Connection;
use support::{Answer, Api, Person, send};
use uuid::Uuid;

async fn rpc(api: &Api, name: &str, body: &Value) -> Answer {
    send(api.call_as_service(Method::POST, &format!("/rest/v1/rpc/{name}")).json(body)).await
}

/// Reserves one unit for each of `asked`: a person, a kind and a request.
async fn reserve_all(api: &Api, asked: &[(&Person, &str, Uuid)]) -> Answer {
    let asked: Vec<_> = asked
        .iter()
        .map(|(person, kind, request)| json!({"user": person.id, "kind": kind, "request": request}))
        .collect();
    rpc(api, "quota_reserve_all", &json!({"p_asked": asked, "p_lease": "10 minutes"})).await
}

/// What became of each request, in the order of `requests`.
async fn commit_all(api: &Api, requests: &[Uuid]) -> Vec<String> {
    let answer = rpc(api, "quota_commit_all", &json!({"p_requests": requests})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let state = |request: &Uuid| row(&answer.body, *request)["state"].as_str().unwrap().to_owned();
    requests.iter().map(state).collect()
}

/// The row of `request` in an answer.
fn row(answer: &Value, request: Uuid) -> &Value {
    let rows = answer.as_array().unwrap();
    rows.iter().find(|row| row["request"] == json!(request)).unwrap()
}

async fn person(api: &Api, limit: i64) -> Person {
    let person = Person::new(api).await;
    let limits = json!({"llm_executions_limit": limit, "flow_generations_limit": limit});
    api.set_quota(person.id, &limits).await;
    person
}

/// Used and reserved.
async fn numbers(api: &Api, person: &Person, kind: &str) -> (i64, i64) {
    let row = api.quota(person.id).await;
    let number = |what: &str| row[format!("{kind}_{what}")].as_i64().unwrap();
    (number("used"), number("reserved"))
}

#[tokio::test]
async fn each_unit_of_a_call_is_reserved_never_past_the_limit_and_counted_once() {
    let api = Api::new();
    let (one, two) = (person(&api, 2).await, person(&api, 5).await);
    let requests: Vec<_> = (0..5).map(|_| Uuid::new_v4()).collect();
    let asked = [
        (&two, "flow_generations", requests[0]),
        (&one, "llm_executions", requests[1]),
        (&one, "llm_executions", requests[2]),
        (&two, "llm_executions", requests[3]),
        (&one, "llm_executions", requests[4]),
    ];
    let answer = reserve_all(&api, &asked).await.body;
    let allowed = |request: usize| row(&answer, requests[request])["allowed"] == json!(true);
    assert!(allowed(0) && allowed(3));
    assert_eq!([1, 2, 4].into_iter().filter(|request| allowed(*request)).count(), 2, "{answer}");
    let unknown = Uuid::new_v4();
    for _ in 0..2 {
        let states = commit_all(&api, &[requests[0], requests[3], unknown]).await;
        assert_eq!(states, ["committed", "committed", "unknown"]);
    }
    assert_eq!(numbers(&api, &one, "llm_executions").await, (0, 2));
    assert_eq!(numbers(&api, &two, "llm_executions").await, (1, 0));
    assert_eq!(numbers(&api, &two, "flow_generations").await, (1, 0));
}

#[tokio::test]
async fn a_known_request_takes_no_second_unit_and_what_is_wrong_is_named() {
    let api = Api::new();
    let person = person(&api, 5).await;
    let (known, new) = (Uuid::new_v4(), Uuid::new_v4());
    reserve_all(&api, &[(&person, "llm_executions", known)]).await;
    let asked = [known, new].map(|request| (&person, "llm_executions", request));
    let answer = reserve_all(&api, &asked).await.body;
    assert_eq!(row(&answer, known)["duplicate"], json!(true));
    assert_eq!(row(&answer, new)["duplicate"], json!(false));
    assert_eq!(row(&answer, new)["remaining"], json!(5), "of it two are promised");
    assert_eq!(numbers(&api, &person, "llm_executions").await, (0, 2));

    let wrong = [(&person, "llm_executions", Uuid::new_v4()), (&person, "coffee", Uuid::new_v4())];
    let refused = reserve_all(&api, &wrong).await;
    assert_eq!(refused.body["code"], "22023", "{}", refused.body);
    let endless =
        json!({"p_asked": [{"user": person.id, "kind": "llm_executions", "request": new}], "p_lease": "0"});
    assert_eq!(rpc(&api, "quota_reserve_all", &endless).await.body["code"], "22023");
    assert_eq!(numbers(&api, &person, "llm_executions").await, (0, 2), "all or nothing");
}

#[tokio::test]
async fn a_unit_that_went_back_before_is_counted_without_taking_another_reservation() {
    let api = Api::new();
    let person = person(&api, 5).await;
    let requests: Vec<_> = (0..3).map(|_| Uuid::new_v4()).collect();
    let asked: Vec<_> = requests.iter().map(|request| (&person, "llm_executions", *request)).collect();
    reserve_all(&api, &asked).await;
    rpc(&api, "quota_release", &json!({"p_request": requests[0]})).await;
    assert_eq!(numbers(&api, &person, "llm_executions").await, (0, 2));
    assert_eq!(commit_all(&api, &requests[..2]).await, ["committed", "committed"]);
    assert_eq!(numbers(&api, &person, "llm_executions").await, (2, 1));
}

#[tokio::test]
async fn a_row_that_somebody_holds_fails_the_call_as_a_whole_and_soon() {
    let api = Api::new();
    let (held, other) = (person(&api, 5).await, person(&api, 5).await);
    let mut database = support::database().await;
    let mut holder = database.begin().await.unwrap();
    let sql = "select from public.users_quota where user_id = $1 for update";
    sqlx::query(sql).bind(held.id).execute(&mut *holder).await.unwrap();
    let (one, two) = (Uuid::new_v4(), Uuid::new_v4());
    let refused = reserve_all(&api, &[(&held, "llm_executions", one), (&other, "llm_executions", two)]).await;
    assert_eq!(refused.body["code"], "55P03", "{}", refused.body);
    holder.rollback().await.unwrap();
    for person in [&held, &other] {
        assert_eq!(numbers(&api, person, "llm_executions").await, (0, 0));
    }
    assert_eq!(commit_all(&api, &[one, two]).await, ["unknown", "unknown"]);
}

#[tokio::test]
async fn calls_that_meet_at_the_same_people_count_exactly() {
    let api = Api::new();
    let mut people = Vec::new();
    for _ in 0..4 {
        people.push(person(&api, 1000).await);
    }
    // Each call names the people in another order.
    let units = async |number: usize| {
        let asked: Vec<_> = (0..8)
            .map(|step| (&people[(number * (step + 1) + step) % 4], "llm_executions", Uuid::new_v4()))
            .collect();
        let requests: Vec<_> = asked.iter().map(|(.., request)| *request).collect();
        if reserve_all(&api, &asked).await.status != StatusCode::OK {
            return 0;
        }
        let body = json!({"p_requests": requests});
        while rpc(&api, "quota_commit_all", &body).await.status != StatusCode::OK {}
        asked.len()
    };
    let counted: usize = futures_util::future::join_all((0..24).map(units)).await.into_iter().sum();
    assert!(counted > 0);
    let mut used = 0;
    for person in &people {
        let (person_used, reserved) = numbers(&api, person, "llm_executions").await;
        assert_eq!(reserved, 0);
        used += usize::try_from(person_used).unwrap();
    }
    assert_eq!(used, counted);
}

#[tokio::test]
async fn people_may_not_call_them() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let calls = [
        ("quota_reserve_all", json!({"p_asked": [], "p_lease": "1 hour"})),
        ("quota_commit_all", json!({"p_requests": []})),
        ("quota_count", json!({"p_user": person.id, "p_kind": "llm_executions", "p_units": -1, "p_held": 0})),
    ];
    for (name, body) in calls {
        let call = || api.call(Method::POST, &format!("/rest/v1/rpc/{name}")).json(&body);
        let signed_in = send(call().bearer_auth(person.access_token())).await;
        assert_eq!(signed_in.status, StatusCode::FORBIDDEN, "{name}");
        assert_eq!(send(call()).await.status, StatusCode::UNAUTHORIZED, "{name}");
    }
}
