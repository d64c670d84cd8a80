//! Who may do what with the quotas: decided by the migrations, asked through the API.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use support::{Answer, Api, Person, send};

const TABLE: &str = "/rest/v1/users_quota";

async fn as_person(api: &Api, person: &Person, method: Method, query: &str, body: Option<Value>) -> Answer {
    let mut request = api.call(method, &format!("{TABLE}{query}")).bearer_auth(person.access_token());
    if let Some(body) = body {
        request = request.json(&body);
    }
    send(request).await
}

#[tokio::test]
async fn a_new_person_has_a_row_with_the_defaults() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let row = api.quota(person.id).await;
    let limits =
        [("llm_executions", 100), ("flow_generations", 20), ("app_usages", 50), ("image_gen_executions", 20)];
    for (kind, limit) in limits {
        assert_eq!(row[format!("{kind}_used")], 0, "{row}");
        assert_eq!(row[format!("{kind}_limit")], limit, "{row}");
    }
}

#[tokio::test]
async fn people_read_their_own_row_and_no_other() {
    let api = Api::new();
    let (one, two) = (Person::new(&api).await, Person::new(&api).await);
    let all = as_person(&api, &one, Method::GET, "", None).await;
    assert_eq!(all.body.as_array().unwrap().len(), 1);
    assert_eq!(all.body[0]["user_id"], one.id.to_string());
    let others = as_person(&api, &one, Method::GET, &format!("?user_id=eq.{}", two.id), None).await;
    assert_eq!((others.status, others.body), (StatusCode::OK, json!([])));
}

#[tokio::test]
async fn people_cannot_change_their_own_quota() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let own = format!("?user_id=eq.{}", person.id);
    let before = api.quota(person.id).await;
    let update = Some(json!({"llm_executions_limit": 9999}));
    let insert = Some(json!({"user_id": person.id, "llm_executions_limit": 9999}));
    for (method, query, body) in
        [(Method::PATCH, &*own, update), (Method::POST, "", insert), (Method::DELETE, &*own, None)]
    {
        let answer = as_person(&api, &person, method.clone(), query, body).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{method}: {}", answer.body);
        assert_eq!(answer.body["code"], "42501");
    }
    assert_eq!(api.quota(person.id).await, before);
}

#[tokio::test]
async fn nobody_without_a_session_sees_anything() {
    let api = Api::new();
    Person::new(&api).await;
    let answer = send(api.call(Method::GET, TABLE)).await;
    assert_eq!((answer.status, &answer.body["code"]), (StatusCode::UNAUTHORIZED, &json!("42501")));
}

#[tokio::test]
async fn the_service_role_may_do_everything() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let path = format!("{TABLE}?user_id=eq.{}", person.id);
    let deleted = send(api.call_as_service(Method::DELETE, &path)).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT);
    let row = json!({"user_id": person.id, "llm_executions_limit": 5});
    let inserted = send(api.call_as_service(Method::POST, TABLE).json(&row)).await;
    assert_eq!(inserted.status, StatusCode::CREATED, "{}", inserted.body);
    api.set_quota(person.id, &json!({"llm_executions_used": 3})).await;
    let row = api.quota(person.id).await;
    assert_eq!((&row["llm_executions_used"], &row["llm_executions_limit"]), (&json!(3), &json!(5)));
}

#[tokio::test]
async fn every_update_moves_updated_at_whatever_the_writer_says() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let before = api.quota(person.id).await;
    let old = "2001-01-01T00:00:00+00:00";
    api.set_quota(person.id, &json!({"llm_executions_used": 1, "updated_at": old})).await;
    let after = api.quota(person.id).await;
    // The same format and zone: text order is time order.
    assert!(after["updated_at"].as_str().unwrap() > before["updated_at"].as_str().unwrap(), "{after}");
}

#[tokio::test]
async fn a_row_goes_with_its_person() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let mut database = support::database().await;
    sqlx::query("delete from auth.users where id = $1").bind(person.id).execute(&mut database).await.unwrap();
    let rows = send(api.call_as_service(Method::GET, &format!("{TABLE}?user_id=eq.{}", person.id))).await;
    assert_eq!(rows.body, json!([]));
}
