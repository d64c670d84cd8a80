//! Uses of an app on a project that began elsewhere: without the function that counts them, and with people
//! who may write their own row. There the client counts by the optimistic lock, on a real PostgreSQL.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use flowmeter_domain::{Code, Kind};
use serde_json::json;
use sqlx::Connection;
use support::client::client;
use support::{Api, Person, database, until};
use tokio::sync::OnceCell;

const APPS: Kind = Kind::AppUsages;
const OLDER: &str = "
    drop function public.consume_app_usage();
    grant update on public.users_quota to authenticated;
    create policy \"Users can update their own quota\" on public.users_quota for update to authenticated
        using (user_id = auth.uid());";

/// The stack of this file, turned into such a project.
async fn older_project() -> Api {
    static TURNED: OnceCell<()> = OnceCell::const_new();
    let turn = async || {
        sqlx::raw_sql(OLDER).execute(&mut database().await).await.unwrap();
    };
    TURNED.get_or_init(turn).await;
    Api::new()
}

/// Somebody who may use an app `limit` times and did so `used` times.
async fn person(api: &Api, used: u32, limit: u32) -> Person {
    let person = Person::new(api).await;
    api.set_quota(person.id, &json!({"app_usages_used": used, "app_usages_limit": limit})).await;
    person
}

async fn counted(api: &Api, person: &Person) -> u64 {
    api.quota(person.id).await["app_usages_used"].as_u64().unwrap()
}

#[tokio::test]
async fn each_use_is_counted_up_to_the_limit_and_none_beyond() {
    let api = older_project().await;
    let person = person(&api, 48, 50).await;
    let (client, _data) = client(&api, &person).await;

    assert_eq!(client.check_and_use(APPS).await.unwrap().used, 49);
    assert_eq!(client.check_and_use(APPS).await.unwrap().used, 50);
    let refused = client.check_and_use(APPS).await.unwrap_err();

    assert_eq!((refused.code, refused.message.as_str()), (Code::QuotaExceeded, "app_usages: 50/50"));
    assert_eq!(counted(&api, &person).await, 50);
}

#[tokio::test]
async fn who_is_overtaken_between_reading_and_writing_counts_on_the_new_row() {
    let api = older_project().await;
    let person = person(&api, 5, 50).await;
    let (client, _data) = client(&api, &person).await;
    let mut other = database().await;
    let mut overtaking = other.begin().await.unwrap();
    let update = "update public.users_quota set app_usages_used = app_usages_used + 1 where user_id = $1";
    sqlx::query(update).bind(person.id).execute(&mut *overtaking).await.unwrap();

    // It reads the row as it was, and its write waits for the one that is not committed yet.
    let using = tokio::spawn(async move { client.check_and_use(APPS).await });
    until("its write waits", async || a_write_waits().await).await;
    overtaking.commit().await.unwrap();

    let check = using.await.unwrap().unwrap();
    assert_eq!((check.allowed, check.used), (true, 7));
    assert_eq!(counted(&api, &person).await, 7);
}

/// Whether somebody waits for a row that another one is writing.
async fn a_write_waits() -> bool {
    let waiting = "select count(*) > 0 from pg_stat_activity
        where wait_event_type = 'Lock' and query ilike '%update%users_quota%'";
    sqlx::query_scalar(waiting).fetch_one(&mut database().await).await.unwrap()
}

#[tokio::test]
async fn two_machines_at_once_lose_no_use_and_never_pass_the_limit() {
    let api = older_project().await;
    let person = person(&api, 0, 12).await;
    let (one, _data) = client(&api, &person).await;
    let (two, _other) = client(&api, &person).await;
    let uses = (0..20).map(|index| if index % 2 == 0 { one.clone() } else { two.clone() });
    let uses: Vec<_> =
        uses.map(|client| tokio::spawn(async move { client.check_and_use(APPS).await })).collect();

    let (mut used, mut lost) = (0, 0);
    for done in uses {
        match done.await.unwrap() {
            Ok(_) => used += 1,
            Err(error) if error.code == Code::Conflict => lost += 1,
            Err(error) => assert_eq!(error.code, Code::QuotaExceeded, "{error:?}"),
        }
    }

    // Whoever lost three races used nothing and was told so; what was used is what is counted.
    assert!(used <= 12 && used + lost >= 12, "{used} used, {lost} lost");
    assert_eq!(counted(&api, &person).await, used);
    while used < 12 {
        one.check_and_use(APPS).await.unwrap();
        used += 1;
    }
    assert_eq!(two.check_and_use(APPS).await.unwrap_err().code, Code::QuotaExceeded);
    assert_eq!(counted(&api, &person).await, 12);
}
