//! What is seen at a glance: from the first frame on, without a jump, also beyond the limit, also with
//! less motion.

use serde_json::{Value, json};

use crate::offline::started_without_a_network;
use crate::support::{App, Machine, stack, until};

/// When the first state had come, and when something was painted first.
const RECORDS: &str = "
    const time = (type, name) => performance.getEntriesByType(type).find(entry => entry.name === name)?.startTime;
    return [time('mark', 'flowmeter-open'), time('paint', 'first-contentful-paint')];";

/// Writes down where the cards, the compact rows and what comes below stand, at each change of the page.
const WATCH: &str = "
    window.__stood = [];
    const place = one => { const at = one?.getBoundingClientRect(); return at && [at.x, at.y, at.width, at.height].map(Math.round).join(' '); };
    new MutationObserver(() => {
        const cards = document.querySelector('.cards'), rows = document.querySelector('.rows');
        if (!cards || !rows) return;
        const loading = cards.classList.contains('is-loading');
        const card = place(cards.children[0]), row = place(rows.children[0]);
        window.__stood.push({loading, stood: [place(cards), card, place(rows), row].join(' | ')});
    }).observe(document.body, {subtree: true, childList: true, attributes: true});";

#[tokio::test]
async fn the_first_painted_frame_has_the_last_numbers_and_their_age_also_without_a_network() {
    let offline = started_without_a_network(62).await;
    let app = &offline.app;
    assert_eq!(app.attribute("quota-llm_executions", "data-used").await, "62");
    assert!(app.text("quota-age").await.contains("Updated"));
    let records = until("both are on record", async || {
        let records: Value = app.ask_page(RECORDS).await;
        Some((records[0].as_f64()?, records[1].as_f64()?))
    })
    .await;
    // Nothing was painted before: the first frame with anything on it has the numbers, with their age.
    let (open, painted) = records;
    eprintln!("first state after {open} ms, first paint after {painted} ms");
    assert!(open <= painted, "painted after {painted} ms, without the state of {open} ms");
    offline.app.close().await;
}

#[tokio::test]
async fn nothing_moves_when_the_first_numbers_take_the_place_of_the_skeleton() {
    let (stack, machine) = (stack(), Machine::new().await);
    let mei = stack.person("mei").await;
    stack.set_quota(&mei, json!({"llm_executions_used": 62, "app_usages_used": 48})).await;
    let app = App::start(stack, &machine).await;
    app.write("email", &mei.email).await;
    app.write("password", &mei.password).await;
    app.page.execute(WATCH, Vec::new()).await.expect("the page is watched");
    app.click("sign-in").await;
    app.wait_for("quota-llm_executions", "data-used", "62").await;

    let seen = app.ask_page("return window.__stood").await;
    let seen = seen.as_array().expect("a list");
    let places =
        |loading: bool| seen.iter().filter(move |one| one["loading"] == loading).map(|one| &one["stood"]);
    let first = places(true).next().expect("there was a skeleton");
    assert!(places(false).count() > 0, "{seen:?}");
    for place in places(true).chain(places(false)) {
        assert_eq!(place, first, "something moved");
    }
    app.close().await;
}

#[tokio::test]
async fn beyond_the_limit_the_true_number_stands_beside_a_full_bar() {
    let (stack, machine) = (stack(), Machine::new().await);
    let mei = stack.person("mei").await;
    stack
        .set_quota(
            &mei,
            json!({"app_usages_used": 53, "llm_executions_used": -3, "flow_generations_limit": 0}),
        )
        .await;
    let app = App::start(stack, &machine).await;
    app.resize(1120, 760).await;
    app.sign_in(&mei).await;

    let card = app.text("quota-app_usages").await;
    assert!(card.contains("53 / 50") && card.contains("3 over") && card.contains("Used up"), "{card}");
    let bar = "const bar = document.querySelector('[data-testid=quota-app_usages] .bar');
        const [all, value] = [bar, bar.querySelector('.bar-value')].map(one => one.getBoundingClientRect().width);
        return [Math.round(all - value), bar.getAttribute('aria-valuenow'), bar.getAttribute('aria-valuetext')];";
    until("the bar is full, and no fuller", async || {
        (app.ask_page(bar).await == json!([0, "50", "53 of 50 used"])).then_some(())
    })
    .await;
    // A limit of nothing is used up and never looks fine; a counter below nothing is shown as it is.
    assert!(app.text("quota-flow_generations").await.contains("Used up"));
    assert!(app.text("quota-llm_executions").await.contains("-3 / 100"));
    app.picture("en-light-beyond-the-limit").await;
    app.close().await;
}

#[tokio::test]
async fn who_wants_less_motion_sees_none() {
    let (stack, machine) = (stack(), Machine::new().await);
    let settings = machine.home.path().join(".config/gtk-3.0");
    std::fs::create_dir_all(&settings).unwrap();
    std::fs::write(settings.join("settings.ini"), "[Settings]\ngtk-enable-animations=0\n").unwrap();
    let mei = stack.person("mei").await;
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;

    let wanted = app.ask_page("return matchMedia('(prefers-reduced-motion: reduce)').matches").await;
    assert_eq!(wanted, json!(true), "the desktop's choice reaches the page");
    let moving = "return [...document.querySelectorAll('*')].filter(one => {
        const style = getComputedStyle(one);
        return style.animationName !== 'none' || !/^0s(, 0s)*$/.test(style.transitionDuration);
    }).map(one => one.outerHTML.slice(0, 80))";
    assert_eq!(app.ask_page(moving).await, json!([]));
    app.close().await;
}

#[tokio::test]
async fn data_of_a_newer_version_is_named_and_left_as_it_is() {
    let (stack, machine) = (stack(), Machine::new().await);
    let data = machine.home.path().join("data");
    std::fs::create_dir_all(&data).unwrap();
    let store = data.join("flowmeter.sqlite");
    std::fs::write(&store, of_version(99)).unwrap();
    let before = std::fs::read(&store).unwrap();

    let app = App::start(stack, &machine).await;
    app.wait_for("start-error", "data-code", "STORE_NEWER").await;
    assert!(app.text("start-error").await.contains("Update Flowmeter"));
    app.picture("en-light-newer-data").await;
    app.close().await;
    // Its version and its pages; SQLite itself notes there how it is opened.
    let after = std::fs::read(&store).unwrap();
    assert_eq!((&after[60..64], &after[100..]), (&before[60..64], &before[100..]));
}

/// An empty database of SQLite, one page, with this number in its header.
fn of_version(version: u32) -> Vec<u8> {
    let mut page = vec![0; 4096];
    page[..16].copy_from_slice(b"SQLite format 3\0");
    page[16..24].copy_from_slice(&[0x10, 0, 1, 1, 0, 64, 32, 32]);
    page[28..32].copy_from_slice(&1_u32.to_be_bytes());
    page[44..48].copy_from_slice(&4_u32.to_be_bytes());
    page[56..60].copy_from_slice(&1_u32.to_be_bytes());
    page[60..64].copy_from_slice(&version.to_be_bytes());
    page[100..108].copy_from_slice(&[13, 0, 0, 0, 0, 0x10, 0, 0]);
    page
}
