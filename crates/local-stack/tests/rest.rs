//! The table API: what a client reads out of statuses, headers and bodies.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use support::{Answer, Api, Person, send};

const OBJECT: &str = "application/vnd.pgrst.object+json";

/// A call on the table, as the server.
async fn call(
    api: &Api,
    method: Method,
    query: &str,
    headers: &[(&str, &str)],
    body: Option<Value>,
) -> Answer {
    let mut request = api.call_as_service(method, &format!("/rest/v1/users_quota?{query}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some(body) = body {
        request = request.json(&body);
    }
    send(request).await
}

async fn get(api: &Api, query: &str) -> Answer {
    call(api, Method::GET, query, &[], None).await
}

#[tokio::test]
async fn a_selection_shows_only_its_columns() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let query = format!("select=llm_executions_used,llm_executions_limit&user_id=eq.{}", person.id);
    let answer = get(&api, &query).await;
    assert_eq!(answer.body, json!([{"llm_executions_used": 0, "llm_executions_limit": 100}]));
    assert_eq!(answer.headers["content-range"], "0-0/*");
}

#[tokio::test]
async fn times_look_as_postgrest_writes_them() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let row = api.quota(person.id).await;
    let time = row["updated_at"].as_str().unwrap();
    assert!(time.contains('T') && time.ends_with("+00:00"), "{time}");
}

#[tokio::test]
async fn filters_orders_and_limits() {
    let api = Api::new();
    let people = [Person::new(&api).await, Person::new(&api).await, Person::new(&api).await];
    for (used, person) in people.iter().enumerate() {
        api.set_quota(person.id, &json!({"app_usages_used": used})).await;
    }
    let ids = people.iter().map(|person| person.id.to_string()).collect::<Vec<_>>().join(",");
    let used = async |rest: &str| {
        let answer = get(&api, &format!("select=app_usages_used&user_id=in.({ids})&{rest}")).await;
        let rows = answer.body.as_array().unwrap_or_else(|| panic!("{}", answer.body)).clone();
        rows.iter().map(|row| row["app_usages_used"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(used("order=app_usages_used.desc").await, [2, 1, 0]);
    assert_eq!(used("order=app_usages_used&limit=1&offset=1").await, [1]);
    assert_eq!(used("app_usages_used=gt.1").await, [2]);
    assert_eq!(used("app_usages_used=lte.0").await, [0]);
    assert_eq!(used("app_usages_used=is.null").await, [0_i64; 0]);
    assert_eq!(used("app_usages_used=not.is.null&order=app_usages_used").await, [0, 1, 2]);
    assert_eq!(used("app_usages_used=neq.1&order=app_usages_used").await, [0, 2]);
}

#[tokio::test]
async fn one_object_needs_exactly_one_row() {
    let api = Api::new();
    let (one, two) = (Person::new(&api).await, Person::new(&api).await);
    let as_object = async |query: String| call(&api, Method::GET, &query, &[("Accept", OBJECT)], None).await;

    let found = as_object(format!("user_id=eq.{}", one.id)).await;
    assert_eq!(found.body["user_id"], one.id.to_string());

    let none = as_object(format!("user_id=eq.{}", uuid::Uuid::new_v4())).await;
    assert_eq!((none.status.as_u16(), &none.body["code"]), (406, &json!("PGRST116")));
    assert_eq!(none.body["details"], "The result contains 0 rows");

    let both = as_object(format!("user_id=in.({},{})", one.id, two.id)).await;
    assert_eq!(both.body["details"], "The result contains 2 rows");
}

#[tokio::test]
async fn a_change_of_several_rows_as_one_object_is_taken_back() {
    let api = Api::new();
    let (one, two) = (Person::new(&api).await, Person::new(&api).await);
    let query = format!("user_id=in.({},{})", one.id, two.id);
    let headers = [("Accept", OBJECT), ("Prefer", "return=representation")];
    let answer = call(&api, Method::PATCH, &query, &headers, Some(json!({"app_usages_used": 7}))).await;
    assert_eq!(answer.status, StatusCode::NOT_ACCEPTABLE);
    assert_eq!(api.quota(one.id).await["app_usages_used"], 0);
}

#[tokio::test]
async fn a_lock_that_holds_changes_the_row_and_shows_it() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let seen = api.quota(person.id).await["updated_at"].as_str().unwrap().replace('+', "%2B");
    let query = format!("user_id=eq.{}&updated_at=eq.{seen}", person.id);
    let headers = [("Prefer", "return=representation")];
    let answer = call(&api, Method::PATCH, &query, &headers, Some(json!({"llm_executions_used": 1}))).await;
    assert_eq!((answer.status, &answer.body[0]["llm_executions_used"]), (StatusCode::OK, &json!(1)));
}

#[tokio::test]
async fn a_lost_lock_shows_only_to_who_asks_for_the_rows() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let query = format!("user_id=eq.{}&updated_at=eq.2001-01-01T00:00:00%2B00:00", person.id);
    let body = || Some(json!({"llm_executions_used": 1}));

    let blind = call(&api, Method::PATCH, &query, &[], body()).await;
    assert_eq!((blind.status, &blind.body), (StatusCode::NO_CONTENT, &Value::Null));
    assert_eq!(blind.headers["content-range"], "*/*");

    let headers = [("Prefer", "return=representation")];
    let seeing = call(&api, Method::PATCH, &query, &headers, body()).await;
    assert_eq!((seeing.status, seeing.body), (StatusCode::OK, json!([])));
    assert_eq!(api.quota(person.id).await["llm_executions_used"], 0);
}

#[tokio::test]
async fn a_plus_that_was_not_escaped_is_a_space() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let seen = api.quota(person.id).await["updated_at"].as_str().unwrap().to_owned();
    // "…05 00:00" is no time that PostgreSQL reads.
    let answer = get(&api, &format!("user_id=eq.{}&updated_at=eq.{seen}", person.id)).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
    let escaped = seen.replace('+', "%2B");
    let answer = get(&api, &format!("user_id=eq.{}&updated_at=eq.{escaped}", person.id)).await;
    assert_eq!(answer.body.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_does_not_exist_is_named() {
    let api = Api::new();
    let column = get(&api, "secret=eq.1").await;
    assert_eq!((column.status.as_u16(), &column.body["code"]), (400, &json!("42703")));
    let selected = get(&api, "select=secret").await;
    assert_eq!(selected.body["message"], "column users_quota.secret does not exist");
    let written = call(&api, Method::PATCH, "limit=1", &[], Some(json!({"secret": 1}))).await;
    assert_eq!((written.status.as_u16(), &written.body["code"]), (400, &json!("PGRST204")));
    let table = send(api.call_as_service(Method::GET, "/rest/v1/migrations")).await;
    assert_eq!((table.status.as_u16(), &table.body["code"]), (404, &json!("PGRST205")));
}

#[tokio::test]
async fn a_value_of_the_wrong_type_is_a_bad_request() {
    let answer = get(&Api::new(), "user_id=eq.1'%3B drop table users_quota").await;
    assert_eq!((answer.status.as_u16(), &answer.body["code"]), (400, &json!("22P02")));
}

#[tokio::test]
async fn a_bad_token_is_refused_before_the_database_is_asked() {
    let api = Api::new();
    let answer = send(api.call(Method::GET, "/rest/v1/users_quota").bearer_auth("a.b.c")).await;
    assert_eq!((answer.status.as_u16(), &answer.body["code"]), (401, &json!("PGRST301")));
}

#[tokio::test]
async fn functions_are_called_by_argument_names() {
    let api = Api::new();
    let mut database = support::database().await;
    let functions = "
        create or replace function public.test_sum(a integer, b integer default 1) returns integer
            language sql as 'select a + b';
        create or replace function public.test_rows(n integer) returns table (i integer, t text)
            language sql as 'select g, g::text from generate_series(1, n) g';
        create or replace function public.test_nothing() returns void language sql as '';
        create or replace function public.test_who() returns uuid language sql as 'select auth.uid()';
        create or replace function public.test_refuse() returns void language plpgsql as
            'begin raise sqlstate ''PT402'' using message = ''pay first''; end';";
    sqlx::raw_sql(functions).execute(&mut database).await.unwrap();
    let person = Person::new(&api).await;
    let rpc = async |name: &str, body: Value| {
        let request = api.call(Method::POST, &format!("/rest/v1/rpc/{name}"));
        send(request.bearer_auth(person.access_token()).json(&body)).await
    };

    assert_eq!(rpc("test_sum", json!({"a": 2, "b": 3})).await.body, json!(5));
    assert_eq!(rpc("test_sum", json!({"a": 2})).await.body, json!(3));
    assert_eq!(rpc("test_rows", json!({"n": 2})).await.body, json!([{"i": 1, "t": "1"}, {"i": 2, "t": "2"}]));
    assert_eq!(rpc("test_rows", json!({"n": 0})).await.body, json!([]));
    assert_eq!(rpc("test_nothing", json!({})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(rpc("test_who", json!({})).await.body, json!(person.id));
    assert_eq!(rpc("test_refuse", json!({})).await.status.as_u16(), 402);
    for (name, body) in
        [("test_sum", json!({"b": 3})), ("test_sum", json!({"a": 1, "c": 1})), ("none", json!({}))]
    {
        let answer = rpc(name, body).await;
        assert_eq!((answer.status.as_u16(), &answer.body["code"]), (404, &json!("PGRST202")));
    }
}
