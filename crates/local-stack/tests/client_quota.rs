//! The client and the administrator's functions on the real tables: what is counted, and by whom.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use flowmeter_client::Admin;
use flowmeter_domain::{Code, Counter, Kind};
use serde_json::json;
use support::client::client;
use support::{Api, Person};
use uuid::Uuid;

const APPS: Kind = Kind::AppUsages;

fn admin(api: &Api) -> Admin {
    Admin::open(&api.state.supabase_url, api.state.service_role_key.clone().into()).unwrap()
}

#[tokio::test]
async fn two_machines_of_one_person_never_use_more_than_there_is() {
    let api = Api::new();
    let person = Person::new(&api).await;
    api.set_quota(person.id, &json!({"app_usages_limit": 12})).await;
    let (one, _data) = client(&api, &person).await;
    let (two, _other) = client(&api, &person).await;
    let uses = (0..20).map(|index| if index % 2 == 0 { one.clone() } else { two.clone() });
    let uses: Vec<_> =
        uses.map(|client| tokio::spawn(async move { client.check_and_use(APPS).await })).collect();

    let (mut used, mut refused) = (0, 0);
    for done in uses {
        match done.await.unwrap() {
            Ok(_) => used += 1,
            Err(error) if error.code == Code::QuotaExceeded => refused += 1,
            Err(error) => panic!("{error:?}"),
        }
    }

    assert_eq!((used, refused), (12, 8));
    assert_eq!(api.quota(person.id).await["app_usages_used"], 12);
}

#[tokio::test]
async fn administrators_reset_and_set_limits_and_nobody_else_does() {
    let api = Api::new();
    let (person, other) = (Person::new(&api).await, Person::new(&api).await);
    let used = json!({"llm_executions_used": 90, "app_usages_used": 7});
    api.set_quota(person.id, &used).await;
    api.set_quota(other.id, &used).await;
    let admin = admin(&api);

    let quota = admin.reset(person.id, &[APPS]).await.unwrap();
    assert_eq!((quota.check(APPS).used, quota.check(Kind::LlmExecutions).used), (0, 90));
    let quota = admin.set_limits(person.id, &[(APPS, 70), (Kind::LlmExecutions, 500)]).await.unwrap();
    assert_eq!(quota.get(APPS), Some(Counter { used: 0, limit: 70 }));
    let quota = admin.reset_all(person.id).await.unwrap();
    assert!(quota.0.len() == 4 && quota.0.values().all(|counter| counter.used == 0));
    assert_eq!(quota.check(Kind::LlmExecutions).limit, 500);

    assert_eq!(api.quota(other.id).await["llm_executions_used"], 90);
    assert_eq!(admin.reset_all(Uuid::new_v4()).await.unwrap_err().code, Code::NotFound);
    let person_as_admin =
        Admin::open(&api.state.supabase_url, person.access_token().to_owned().into()).unwrap();
    let refused = person_as_admin.reset_all(person.id).await.unwrap_err();
    assert!(matches!(refused.code, Code::NotSignedIn | Code::NotAllowed), "{refused:?}");
}

#[tokio::test]
async fn a_reset_shows_as_one_in_the_history() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let (client, _data) = client(&api, &person).await;
    for used in [10, 14] {
        api.set_quota(person.id, &json!({"llm_executions_used": used})).await;
        client.refresh_quota().await.unwrap();
    }
    admin(&api).reset_all(person.id).await.unwrap();
    client.refresh_quota().await.unwrap();
    api.set_quota(person.id, &json!({"llm_executions_used": 3})).await;
    client.refresh_quota().await.unwrap();

    let range = flowmeter_domain::ipc::GetHistory { range: Default::default() };
    let history = client.history(range).await.unwrap();

    // Nothing was known before the first reading of this machine, which saw 0 or 10.
    let total = history.totals[&Kind::LlmExecutions];
    assert!(total == 4 + 3 || total == 10 + 4 + 3, "{total}");
}
