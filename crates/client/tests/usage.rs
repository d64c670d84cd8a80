//! Preferences, history, notifications and the pace of readings, by the client's front door.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test a fault ends the test")]

#[expect(dead_code, reason = "each test file uses its part of the world")]
mod support;

use flowmeter_client::{Client, News};
use flowmeter_domain::history::{Format, Range};
use flowmeter_domain::ipc::{GetHistory, SaveHistory, SetPreferences};
use flowmeter_domain::notification::Happened;
use flowmeter_domain::preferences::{Figures, Notifications, Pace};
use flowmeter_domain::{Cause, Code, Counter, Forecast, Freshness, Kind, Notification, Preferences};
use serde_json::json;
use wiremock::matchers::{body_json, method, path};
use wiremock::{Mock, ResponseTemplate};

use support::{Heard, World, answer, quota};

const RUNS: Kind = Kind::LlmExecutions;
const HOUR: i64 = 3_600;

/// The world of a person who signed in and read 62 of 100.
async fn running() -> (World, Client, Heard) {
    World::running().await
}

async fn read(world: &World, client: &Client, used: i64) {
    world.set_quota(quota(used)).await;
    client.refresh_quota().await.unwrap();
}

fn with_notifications() -> SetPreferences {
    let notifications = Notifications { enabled: true, ..Notifications::default() };
    SetPreferences { preferences: Preferences { notifications, ..Preferences::default() } }
}

fn told(what: Happened, used: i64) -> Notification {
    Notification { kind: RUNS, what, counter: Counter { used, limit: 100 } }
}

#[tokio::test]
async fn preferences_hold_at_once_are_told_and_survive_a_restart() {
    let world = World::new().await;
    let (client, mut heard) = world.client();
    let preferences = Preferences { figures: Figures::Left, ..Preferences::default() };

    client.set_preferences(SetPreferences { preferences: preferences.clone() }).unwrap();

    assert_eq!(client.preferences(), preferences);
    heard.until(|news| *news == News::Preferences(preferences.clone())).await;
    assert_eq!(world.client().0.start(String::new()).preferences, preferences);
}

#[tokio::test]
async fn preferences_that_cannot_be_meant_change_nothing() {
    let world = World::new().await;
    let (client, _heard) = world.client();
    let preferences = Preferences { pace: Pace::Every { minutes: 0 }, ..Preferences::default() };
    let refused = client.set_preferences(SetPreferences { preferences }).unwrap_err();
    assert_eq!(refused.code, Code::InvalidInput);
    assert_eq!(client.preferences(), Preferences::default());
}

#[tokio::test]
async fn what_is_used_goes_to_its_day_and_out_as_a_file() {
    let (world, client, _heard) = running().await;
    for used in [62, 64, 70] {
        world.advance(24 * HOUR);
        read(&world, &client, used).await;
    }

    let history = client.history(GetHistory { range: Range::Week }).await.unwrap();

    let used: Vec<_> = history.days.iter().map(|day| day.kinds.get(&RUNS).map(|day| day.used)).collect();
    assert_eq!(used, [None, None, None, Some(0), Some(0), Some(2), Some(6)]);
    assert_eq!(history.totals[&RUNS], 8);
    let exported = client.export_history(SaveHistory { range: None, format: Format::Csv }).await.unwrap();
    assert_eq!(exported.text.lines().count(), 1 + 4);
    assert!(
        exported.text.lines().last().unwrap().ends_with(",llm_executions,6,1,70,100"),
        "{}",
        exported.text
    );
}

#[tokio::test]
async fn a_cleared_history_is_gone_and_can_be_brought_back_once() {
    let (world, client, _heard) = running().await;
    world.advance(HOUR);
    read(&world, &client, 65).await;
    let used =
        async || client.history(GetHistory { range: Range::Month }).await.unwrap().totals.get(&RUNS).copied();
    assert_eq!(used().await, Some(3));

    client.clear_history().await.unwrap();
    assert_eq!(used().await, None);
    client.restore_history().await.unwrap();
    assert_eq!(used().await, Some(3));
    assert_eq!(client.restore_history().await.unwrap_err().code, Code::NotFound);
}

#[tokio::test]
async fn a_history_belongs_to_whoever_is_signed_in() {
    let world = World::new().await;
    let (client, _heard) = world.client();
    let refused = client.history(GetHistory { range: Range::Week }).await.unwrap_err();
    assert_eq!(refused.code, Code::NotSignedIn);
}

#[tokio::test]
async fn a_reading_comes_with_its_forecast() {
    let (world, client, _heard) = running().await;
    let forecast = |client: &Client| client.start(String::new()).quota.forecasts.get(&RUNS).copied();
    assert_eq!(forecast(&client), Some(Forecast::Thin { in_days: 5 }));
    for day in 1..=7 {
        world.advance(24 * HOUR);
        read(&world, &client, 62 + 2 * day).await;
    }
    let Some(Forecast::Lasts { days, .. }) = forecast(&client) else { panic!("{:?}", forecast(&client)) };
    assert!((10..=13).contains(&days), "24 are left at 2 a day: {days}");
    // Also before anybody is asked.
    assert_eq!(forecast(&world.client().0), forecast(&client));
}

#[tokio::test]
async fn an_edge_is_told_until_the_system_takes_it_and_not_again_after_a_restart() {
    let (world, client, _heard) = running().await;
    client.set_preferences(with_notifications()).unwrap();
    world.screen.refuse(true);
    read(&world, &client, 81).await;
    world.screen.until_shown(&[told(Happened::Warning, 81)]).await;

    world.screen.refuse(false);
    read(&world, &client, 82).await;
    let both = [told(Happened::Warning, 81), told(Happened::Warning, 82)];
    world.screen.until_shown(&both).await;

    let (client, _heard) = world.client();
    read(&world, &client, 83).await;
    read(&world, &client, 100).await;
    world.screen.until_shown(&[both[0], both[1], told(Happened::UsedUp, 100)]).await;
}

#[tokio::test]
async fn nothing_is_told_before_a_person_asks_for_it() {
    let (world, client, _heard) = running().await;
    read(&world, &client, 85).await;
    read(&world, &client, 95).await;
    client.set_preferences(with_notifications()).unwrap();
    // The edge that nobody listened to, and nothing before it.
    read(&world, &client, 95).await;
    world.screen.until_shown(&[told(Happened::Urgent, 95)]).await;
}

#[tokio::test]
async fn a_damaged_store_is_put_aside_named_and_the_app_goes_on() {
    let world = World::signed_in().await;
    // The log beside it holds every page of so young a store, and would mend it.
    let _ = std::fs::remove_file(world.folder().join("flowmeter.sqlite-wal"));
    std::fs::write(world.folder().join("flowmeter.sqlite"), "damage".repeat(2_000)).unwrap();

    let (client, _heard) = world.client();

    let start = client.start(String::new());
    let put_aside = start.put_aside.unwrap();
    assert!(put_aside.ends_with("flowmeter.damaged-1.sqlite"), "{put_aside}");
    assert!(std::path::Path::new(&put_aside).exists());
    client.sign_in(support::sign_in()).await.unwrap();
    assert!(client.refresh_quota().await.is_ok());
    assert_eq!(world.client().0.start(String::new()).put_aside, None);
}

#[tokio::test]
async fn the_first_failure_is_silent_and_the_second_marks_the_numbers() {
    let (world, client, _heard) = running().await;
    world.server.reset().await;
    world.supabase(answer("GET", "/rest/v1/users_quota", 503, json!({}))).await;
    let standing = |client: &Client| {
        let quota = client.start(String::new()).quota;
        quota.standing(quota.snapshot.as_ref().unwrap().taken_at)
    };
    client.refresh_quota().await.unwrap_err();
    assert_eq!((standing(&client).freshness, standing(&client).cause), (Some(Freshness::Fresh), None));
    client.refresh_quota().await.unwrap_err();
    assert_eq!(
        (standing(&client).freshness, standing(&client).cause),
        (Some(Freshness::Outdated), Some(Cause::Server))
    );
}

#[tokio::test]
async fn numbers_return_with_the_network_by_themselves() {
    let mut world = World::signed_in().await;
    world.go_offline().await;
    let (client, mut heard) = world.client();
    let watching = tokio::spawn({
        let client = client.clone();
        async move { client.keep_up_to_date().await }
    });
    heard
        .until(|news| matches!(news, News::Quota(state) if state.failure.is_some() && !state.refreshing))
        .await;

    world.go_online().await;
    world.set_quota(quota(63)).await;
    // The clock of this world stands still, so the wait is over when it is moved on.
    world.advance(5);
    heard
        .until(|news| {
            let News::Quota(state) = news else { return false };
            state.failure.is_none()
                && state.snapshot.as_ref().is_some_and(|read| read.quota.check(RUNS).used == 63)
        })
        .await;
    watching.abort();
}

#[tokio::test]
async fn a_machine_that_wakes_up_reads_at_once() {
    let (world, client, mut heard) = running().await;
    let preferences = Preferences { pace: Pace::Every { minutes: 120 }, ..Preferences::default() };
    client.set_preferences(SetPreferences { preferences }).unwrap();
    let watching = tokio::spawn({
        let client = client.clone();
        async move { client.keep_up_to_date().await }
    });
    // The sign-in has read: none is due for two hours.
    world.set_quota(quota(70)).await;
    // The machine sleeps for a minute each time that the watch has looked at the clock again.
    let sleeping = async {
        loop {
            world.advance(60);
            world.until_the_clock_is_read(2).await;
        }
    };
    tokio::select! {
        () = sleeping => {}
        _ = heard.until(|news| {
            let News::Quota(state) = news else { return false };
            state.snapshot.as_ref().is_some_and(|read| read.quota.check(RUNS).used == 70)
        }) => {}
    }
    watching.abort();
}

#[tokio::test]
async fn many_clicks_at_once_share_readings() {
    let (world, client, _heard) = running().await;
    world.set_quota(quota(63)).await;
    let clicks: Vec<_> = (0..20)
        .map(|_| client.clone())
        .map(|client| tokio::spawn(async move { client.refresh_quota().await }))
        .collect();
    for click in clicks {
        click.await.unwrap().unwrap();
    }
    let requests = world.server.received_requests().await.unwrap();
    let readings = requests.iter().filter(|request| request.url.path() == "/rest/v1/users_quota").count();
    assert!((1..=2).contains(&readings), "{readings}");
}

#[tokio::test]
async fn another_program_asks_the_app_and_finds_the_reading_in_the_store() {
    let (world, app, _heard) = running().await;
    let watching = tokio::spawn({
        let app = app.clone();
        async move { app.keep_up_to_date().await }
    });
    let (beside, _heard) = world.client();
    let claimed = async {
        while beside.claim().unwrap().is_some() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), claimed).await.expect("the app's claim");
    world.set_quota(quota(77)).await;
    world.advance(5);

    assert_eq!(beside.ask_the_app(std::time::Duration::from_secs(20)).await, Ok(true));

    assert_eq!(beside.stored().unwrap().snapshot.unwrap().quota.check(RUNS).used, 77);
    watching.abort();
}

fn app_row(used: i64, updated_at: &str) -> serde_json::Value {
    json!({"app_usages_used": used, "app_usages_limit": 50, "updated_at": updated_at})
}

async fn without_function(world: &World) {
    world.supabase(answer("POST", "/rest/v1/rpc/consume_app_usage", 404, json!({"code": "PGRST202"}))).await;
}

#[tokio::test]
async fn an_app_use_goes_through_the_function_of_the_project() {
    let (world, client, _heard) = running().await;
    let answers = [
        json!({"allowed": true, "used": 50, "limit": 50, "remaining": 0}),
        json!({"allowed": false, "used": 50, "limit": 50, "remaining": 0}),
    ];
    for body in &answers {
        let once = answer("POST", "/rest/v1/rpc/consume_app_usage", 200, body.clone());
        world.supabase(once.up_to_n_times(1)).await;
    }
    assert_eq!(client.check_and_use(Kind::AppUsages).await.unwrap().used, 50);
    let refused = client.check_and_use(Kind::AppUsages).await.unwrap_err();
    assert_eq!((refused.code, refused.message.as_str()), (Code::QuotaExceeded, "app_usages: 50/50"));
    assert_eq!(client.check_and_use(RUNS).await.unwrap_err().code, Code::InvalidInput);
}

#[tokio::test]
async fn without_the_function_a_lost_race_is_run_again_with_the_new_row() {
    let (world, client, _heard) = running().await;
    world.set_quota(app_row(7, "2026-01-01T00:00:00.123456+00:00")).await;
    without_function(&world).await;
    let patch = || {
        Mock::given(method("PATCH"))
            .and(path("/rest/v1/users_quota"))
            .and(body_json(json!({"app_usages_used": 8})))
    };
    patch()
        .respond_with(ResponseTemplate::new(200).set_body_json(json!([])))
        .up_to_n_times(2)
        .mount(&world.server)
        .await;
    let row = json!([app_row(8, "later")]);
    patch().respond_with(ResponseTemplate::new(200).set_body_json(row)).expect(1).mount(&world.server).await;

    let check = client.check_and_use(Kind::AppUsages).await.unwrap();

    assert_eq!((check.allowed, check.used), (true, 8));
    let requests = world.server.received_requests().await.unwrap();
    let patches: Vec<_> = requests.iter().filter(|request| request.method.as_str() == "PATCH").collect();
    assert_eq!(patches.len(), 3);
    for patch in patches {
        assert!(
            patch.url.query().unwrap().contains("updated_at=eq.2026-01-01T00%3A00%3A00.123456%2B00%3A00")
        );
        assert_eq!(patch.headers["prefer"], "return=representation");
    }
}

#[tokio::test]
async fn three_lost_races_are_a_conflict_and_an_empty_quota_is_not_written() {
    let (world, client, _heard) = running().await;
    world.set_quota(app_row(7, "now")).await;
    without_function(&world).await;
    let lost = answer("PATCH", "/rest/v1/users_quota", 200, json!([]));
    world.supabase(lost.expect(3)).await;
    assert_eq!(client.check_and_use(Kind::AppUsages).await.unwrap_err().code, Code::Conflict);
    world.server.verify().await;

    world.set_quota(app_row(50, "now")).await;
    without_function(&world).await;
    world.supabase(answer("PATCH", "/rest/v1/users_quota", 200, json!([])).expect(0)).await;
    assert_eq!(client.check_and_use(Kind::AppUsages).await.unwrap_err().code, Code::QuotaExceeded);
}

#[tokio::test]
async fn odd_rows_are_shown_as_they_are_or_named_and_never_a_wrong_green() {
    use flowmeter_domain::Level;
    let row = |used: serde_json::Value, limit: serde_json::Value| json!({"llm_executions_used": used, "llm_executions_limit": limit, "updated_at": "x"});
    let table = [
        (row(json!(-3), json!(20)), Some((-3, 20, Level::Normal))),
        (row(json!(null), json!(20)), Some((0, 20, Level::Normal))),
        (row(json!(5), json!(null)), Some((5, 0, Level::Exhausted))),
        (row(json!(53), json!(50)), Some((53, 50, Level::Exhausted))),
        (row(json!(0), json!(0)), Some((0, 0, Level::Exhausted))),
        (row(json!(1), json!(-1)), Some((1, -1, Level::Exhausted))),
        (json!({"llm_executions_used": 3, "updated_at": "x"}), None),
        (json!({"brand_new_used": 3, "brand_new_limit": 4, "points_balance": 12.5}), None),
    ];
    let (world, client, _heard) = running().await;
    for (row, shown) in table {
        world.set_quota(row.clone()).await;
        client.refresh_quota().await.unwrap();
        let counter = client.start(String::new()).quota.snapshot.unwrap().quota.get(RUNS);
        let seen = counter.map(|counter| (counter.used, counter.limit, counter.level()));
        assert_eq!(seen, shown, "{row}");
    }
    for row in [row(json!("3"), json!(20)), row(json!(1.5), json!(20)), json!([]), json!("<html>")] {
        world.set_quota(row.clone()).await;
        assert_eq!(client.refresh_quota().await.unwrap_err().code, Code::UnexpectedAnswer, "{row}");
    }
}
