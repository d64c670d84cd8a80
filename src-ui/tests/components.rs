//! What components draw in each state, rendered on the host without a browser.

use std::rc::Rc;

use flowmeter_domain::forecast::Forecast;
use flowmeter_domain::history::{Day, DayUse, History};
use flowmeter_domain::ipc::{
    AccountKey, Accounts, CodePurpose, Demo, KnownAccount, Left, QuotaState, RunView as View, StartRun,
    WaysIn,
};
use flowmeter_domain::preferences::Figures;
use flowmeter_domain::{
    Code, Counter, Delta, Kind, Measured, NodeRequest, Outcome, Quota, RunId, Snapshot, UiError,
};
use flowmeter_ui::components::*;
use flowmeter_ui::locales::{Language, Translator};
use flowmeter_ui::stores::{Door, Mail, Step};
use flowmeter_ui::views::{SignIn, SignInProps};
use jiff::Timestamp;
use yew::prelude::*;
use yew::{BaseComponent, ServerRenderer};

const NOW: i64 = 1_790_000_000;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a time within a few thousand years")
}

/// The markup of a component, one element a line, so that a snapshot shows what changed.
async fn render<C: BaseComponent>(props: impl FnOnce() -> C::Properties + Send + 'static) -> String {
    let html = ServerRenderer::<C>::with_props(props).hydratable(false).render().await;
    html.replace("><", ">\n<")
}

fn reading(counters: &[(Kind, i64, i64)]) -> QuotaState {
    let counters = counters.iter().map(|&(kind, used, limit)| (kind, Counter { used, limit }));
    let taken_at = at(NOW - 120);
    QuotaState {
        snapshot: Some(Snapshot { quota: Quota(counters.collect()), taken_at }),
        ..QuotaState::default()
    }
}

fn every_level() -> QuotaState {
    reading(&[
        (Kind::LlmExecutions, 62, 100),
        (Kind::FlowGenerations, 17, 20),
        (Kind::AppUsages, 48, 50),
        (Kind::ImageGenExecutions, 20, 20),
    ])
}

fn display(quota: QuotaState, form: Form) -> QuotaDisplayProps {
    QuotaDisplayProps { quota, now: at(NOW), form, figures: Figures::Used }
}

fn offline() -> UiError {
    UiError::new(Code::Unreachable, "connection refused")
}

#[tokio::test]
async fn quotas_in_full_show_each_level_by_number_shape_and_word() {
    insta::assert_snapshot!(render::<QuotaDisplay>(|| display(every_level(), Form::Full)).await);
}

#[tokio::test]
async fn quotas_in_short_show_each_level() {
    insta::assert_snapshot!(render::<QuotaDisplay>(|| display(every_level(), Form::Compact)).await);
}

#[tokio::test]
async fn over_the_limit_shows_the_true_number_with_a_full_bar() {
    let over = || reading(&[(Kind::AppUsages, 53, 50)]);
    insta::assert_snapshot!(render::<QuotaDisplay>(move || display(over(), Form::Full)).await);
}

#[tokio::test]
async fn whoever_wants_to_know_what_is_left_reads_that_first() {
    let left = |form| QuotaDisplayProps { figures: Figures::Left, ..display(every_level(), form) };
    insta::assert_snapshot!(render::<QuotaDisplay>(move || left(Form::Full)).await);
}

#[tokio::test]
async fn odd_numbers_stand_there_as_they_are_and_never_look_fine() {
    let odd =
        || reading(&[(Kind::LlmExecutions, -3, 20), (Kind::FlowGenerations, 0, 0), (Kind::AppUsages, 1, -1)]);
    let html = render::<QuotaDisplay>(move || display(odd(), Form::Full)).await;
    let cards: Vec<&str> = html.split("<li ").skip(1).collect();
    let [below_nothing, no_limit, below_no_limit] = cards[..] else { panic!("{html}") };
    assert!(below_nothing.contains("-3") && below_nothing.contains("23 left"), "{below_nothing}");
    for card in [no_limit, below_no_limit] {
        assert!(
            card.contains("is-exhausted") && card.contains("Used up") && !card.contains("is-normal"),
            "{card}"
        );
        assert!(card.contains(r#"width="100.00%""#), "{card}");
    }
}

#[tokio::test]
async fn that_there_is_no_forecast_yet_is_said_once_and_on_a_card_where_others_have_one() {
    let with = |first, second| {
        let mut quota = reading(&[(Kind::LlmExecutions, 62, 100), (Kind::AppUsages, 48, 50)]);
        quota.forecasts = [(Kind::LlmExecutions, first), (Kind::AppUsages, second)].into();
        move || display(quota, Form::Full)
    };
    let (thin, plenty) = (Forecast::Thin { in_days: 3 }, Forecast::Plenty);
    for (first, second) in [(thin, Forecast::Thin { in_days: 5 }), (thin, Forecast::Spent)] {
        let html = render::<QuotaDisplay>(with(first, second)).await;
        assert_eq!(html.matches("Forecasts appear after 3 more days of use.").count(), 1, "{html}");
        assert!(!html.contains(r#"data-testid="forecast""#), "{html}");
    }
    let html = render::<QuotaDisplay>(with(plenty, thin)).await;
    assert!(html.contains("Lasts over a year") && html.contains("Forecast in 3 days of use"), "{html}");
    assert!(!html.contains("Forecasts appear"), "{html}");
}

#[tokio::test]
async fn what_takes_something_away_is_asked_once_more_and_no_stands_first() {
    let props = |asking| ConfirmProps {
        asking,
        label: "Remove…".into(),
        no: "Cancel".into(),
        yes: "Remove".into(),
        busy: false,
        testids: ["ask", "no", "yes"].map(AttrValue::from),
        on_ask: Callback::noop(),
        on_yes: Callback::noop(),
    };
    let html = render::<Confirm>(move || props(false)).await;
    assert!(html.contains("Remove…") && !html.contains("Cancel"), "{html}");
    let html = render::<Confirm>(move || props(true)).await;
    assert!(html.find("Cancel") < html.find("button-danger"), "{html}");
}

#[tokio::test]
async fn a_forecast_is_said_with_its_range_and_only_where_there_is_one() {
    let lasts = Forecast::Lasts { days: 9, soonest: 6, latest: Some(14), per_week: 30 };
    let table = [
        (lasts, "About 9 days at this pace", "At your recent pace of 30 a week: 6 to 14 days"),
        (
            Forecast::Lasts { days: 200, soonest: 120, latest: None, per_week: 1 },
            "About 200 days at this pace",
            "At your recent pace of 1 a week: 120 days or more",
        ),
        (
            Forecast::Lasts { days: 0, soonest: 0, latest: Some(1), per_week: 70 },
            "May end today",
            "At your recent pace of 70 a week: 0 to 1 days",
        ),
        (
            Forecast::Thin { in_days: 3 },
            "Forecast in 3 days of use",
            "Too little history for a forecast yet: it takes 3 more days of use.",
        ),
        (
            Forecast::Thin { in_days: 1 },
            "Forecast in one day of use",
            "Too little history for a forecast yet: it takes one more day of use.",
        ),
        (Forecast::Quiet, "Hardly used lately", "Hardly used lately"),
        (Forecast::Plenty, "Lasts over a year", "Lasts over a year"),
    ];
    for (forecast, words, title) in table {
        let html = render::<QuotaForecast>(move || QuotaForecastProps { forecast: Some(forecast) }).await;
        assert!(
            html.contains(&format!(">{words}<")) && html.contains(&format!("title=\"{title}\"")),
            "{html}"
        );
    }
    for silent in [None, Some(Forecast::Spent)] {
        let html = render::<QuotaForecast>(move || QuotaForecastProps { forecast: silent }).await;
        assert!(html.ends_with("</p>") && !html.contains("title"), "{html}");
    }
}

#[tokio::test]
async fn a_first_failure_is_silent_while_the_numbers_are_young() {
    let failed = |missed| QuotaState { failure: Some(offline()), missed, ..every_level() };
    let once = render::<QuotaDisplay>(move || display(failed(1), Form::Full)).await;
    assert!(!once.contains("quota-failure"), "{once}");
    let twice = render::<QuotaDisplay>(move || display(failed(2), Form::Full)).await;
    assert!(twice.contains("History and settings work without it"), "{twice}");
}

fn week() -> History {
    let first: jiff::civil::Date = "2026-09-15".parse().expect("a date");
    let days = (0..7).map(|day| {
        let date = first.checked_add(jiff::Span::new().days(day)).expect("a day of that week");
        let use_of = |used, over_days| DayUse { used, over_days, closing: Counter { used: 60, limit: 100 } };
        let kinds = match day {
            1 => [(Kind::LlmExecutions, use_of(12, 1)), (Kind::AppUsages, use_of(0, 1))].into(),
            5 => [(Kind::LlmExecutions, use_of(6, 3))].into(),
            _ => Default::default(),
        };
        Day { date, kinds }
    });
    let totals = [(Kind::LlmExecutions, 18), (Kind::AppUsages, 0)].into();
    History { since: Some(at(NOW)), days: days.collect(), totals }
}

#[tokio::test]
async fn a_chart_tells_its_gist_and_each_day_in_words() {
    insta::assert_snapshot!(
        render::<HistoryChart>(|| HistoryChartProps { kind: Kind::LlmExecutions, history: week() }).await
    );
}

#[tokio::test]
async fn a_chart_without_use_has_no_bars_and_says_so() {
    let html = render::<HistoryChart>(|| HistoryChartProps { kind: Kind::AppUsages, history: week() }).await;
    assert!(html.contains("App uses: nothing used in 7 days") && !html.contains("<rect"), "{html}");
}

#[tokio::test]
async fn the_table_has_the_same_numbers_newest_first() {
    insta::assert_snapshot!(render::<HistoryTable>(|| HistoryTableProps { history: week() }).await);
}

#[tokio::test]
async fn before_the_first_reading_there_is_a_skeleton() {
    insta::assert_snapshot!(render::<QuotaDisplay>(|| display(QuotaState::default(), Form::Full)).await);
}

#[tokio::test]
async fn a_failed_first_reading_says_why() {
    let failed = || QuotaState { failure: Some(offline()), ..QuotaState::default() };
    insta::assert_snapshot!(render::<QuotaDisplay>(move || display(failed(), Form::Full)).await);
}

#[tokio::test]
async fn a_failed_refresh_keeps_the_numbers_and_says_how_old_they_are() {
    let failed =
        || QuotaState { failure: Some(offline()), missed: 2, ..reading(&[(Kind::LlmExecutions, 62, 100)]) };
    insta::assert_snapshot!(render::<QuotaDisplay>(move || display(failed(), Form::Full)).await);
}

#[tokio::test]
async fn an_account_without_quotas_is_told_so() {
    insta::assert_snapshot!(render::<QuotaDisplay>(|| display(reading(&[]), Form::Full)).await);
}

#[tokio::test]
async fn a_reading_older_than_ten_minutes_is_marked() {
    let props = |age| {
        move || QuotaAgeProps { quota: reading(&[]), now: at(NOW - 120 + age), testid: "quota-age".into() }
    };
    assert!(!render::<QuotaAge>(props(600)).await.contains("Outdated"));
    insta::assert_snapshot!(render::<QuotaAge>(props(7_200)).await);
}

fn sign_in(demo: Option<Demo>, door: Door, cause: Option<UiError>) -> SignInProps {
    let accounts = Accounts { project: "abcd.supabase.co".into(), known: vec![] };
    SignInProps { accounts, demo, door, cause, again: None, on_wish: Callback::noop() }
}

fn ways(sign_up: bool, providers: &[&str]) -> Option<WaysIn> {
    let providers = providers.iter().map(|name| (*name).to_owned()).collect();
    Some(WaysIn { email: true, sign_up, providers })
}

fn demo() -> Option<Demo> {
    Some(Demo { email: "mei@example.com".into(), password: "demo".into() })
}

#[tokio::test]
async fn the_sign_in_shows_where_to_and_what_is_asked() {
    insta::assert_snapshot!(render::<SignIn>(|| sign_in(None, Door::default(), None)).await);
}

#[tokio::test]
async fn a_demo_account_is_filled_in_and_marked_as_one() {
    insta::assert_snapshot!(render::<SignIn>(|| sign_in(demo(), Door::default(), None)).await);
}

#[tokio::test]
async fn a_wrong_password_is_told_beside_the_fields() {
    let error = || Some(UiError::new(Code::InvalidCredentials, "invalid_credentials"));
    insta::assert_snapshot!(
        render::<SignIn>(move || sign_in(None, Door { error: error(), ..Door::default() }, None)).await
    );
}

#[tokio::test]
async fn a_session_that_ended_by_itself_says_why() {
    let html =
        render::<SignIn>(|| sign_in(None, Door::default(), Some(UiError::new(Code::SessionEnded, "")))).await;
    assert!(html.contains("data-code=\"SESSION_ENDED\""), "{html}");
    assert!(html.contains("Your session has ended"), "{html}");
}

#[tokio::test]
async fn the_sign_in_offers_what_the_project_offers() {
    let door = || Door { ways: ways(true, &["github"]), ..Door::default() };
    let html = render::<SignIn>(move || sign_in(None, door(), None)).await;
    for id in ["way-password", "way-code", "with-github", "door-sign-up", "door-forgot"] {
        assert!(html.contains(&format!("data-testid=\"{id}\"")), "{id}: {html}");
    }
    let closed = || Door { ways: ways(false, &[]), ..Door::default() };
    let html = render::<SignIn>(move || sign_in(None, closed(), None)).await;
    assert!(!html.contains("door-sign-up") && !html.contains("with-"), "{html}");

    let none = || Door { ways: Some(WaysIn::default()), ..Door::default() };
    let html = render::<SignIn>(move || sign_in(None, none(), None)).await;
    assert!(html.contains("no-ways") && !html.contains("id=\"password\""), "{html}");
}

#[tokio::test]
async fn a_mailed_code_is_asked_for_with_a_way_to_another_one() {
    let mail =
        || Mail { email: "mei@example.com".into(), purpose: CodePurpose::Recovery, next: Some(at(40)) };
    let door = move || Door { step: Step::Reset, mail: Some(mail()), ..Door::default() };
    insta::assert_snapshot!(render::<SignIn>(move || sign_in(None, door(), None)).await);
}

#[tokio::test]
async fn somebody_whose_session_ended_proves_who_they_are_with_the_address_filled_in() {
    let cause = || Some(UiError::new(Code::SessionEnded, ""));
    let props = move || SignInProps {
        again: Some("mei@example.com".into()),
        ..sign_in(demo(), Door::default(), cause())
    };
    let html = render::<SignIn>(props).await;
    assert!(html.contains("value=\"mei@example.com\"") && html.contains("Sign in again"), "{html}");
    assert!(!html.contains("demo-note") && !html.contains("door-connect"), "{html}");
}

#[tokio::test]
async fn the_account_menu_is_closed_until_it_is_opened() {
    let known = |email: &str, is_shown| KnownAccount {
        key: AccountKey { project: "abcd.supabase.co".into(), user_id: uuid::Uuid::from_u128(7) },
        email: email.into(),
        is_shown,
        ended: false,
    };
    let accounts = Accounts {
        project: "abcd.supabase.co".into(),
        known: vec![known("mei@example.com", true), known("ben@example.com", false)],
    };
    let props = move || AccountMenuProps {
        email: "mei@example.com".into(),
        accounts,
        children: Html::default(),
        on_wish: Callback::noop(),
    };
    let html = render::<AccountMenu>(props).await;
    assert!(html.contains("aria-expanded=\"false\"") && !html.contains("ben@example.com"), "{html}");
}

fn run(outcome: Option<Outcome>, content: &str, left: Option<i64>) -> RunViewProps {
    let request = NodeRequest { model: "demo".into(), input: Some("Why?".into()), ..NodeRequest::default() };
    let text = Delta { content: content.into(), reasoning: "Let me see.".into() };
    let end = outcome.map(Into::into);
    let left = left.map(|remaining| Left { kind: Kind::LlmExecutions, remaining });
    let begun = View::started(StartRun::new(RunId::random(), request), at(NOW));
    let measured =
        Measured { first_ms: Some(300), answer_ms: Some(1700), total_ms: Some(2300), tokens: None };
    let measured = if end.is_some() { measured } else { Measured { total_ms: None, ..measured } };
    let view = View { text, next_seq: 2, end, left, measured, ..begun };
    RunViewProps {
        run: Rc::new(view.into()),
        counter: Some(Counter { used: 100, limit: 100 }),
        figures: Figures::Used,
        is_inside: true,
        is_kept: false,
        on_wish: Callback::noop(),
    }
}

fn failed(code: Code, message: &str) -> Outcome {
    Outcome::Failed { cause: UiError::new(code, message) }
}

#[tokio::test]
async fn a_run_that_went_well_can_be_run_once_more_where_it_is_kept() {
    let completed = || run(Some(Outcome::Completed), "Because.", None);
    let at_home = render::<RunView>(completed).await;
    assert!(!at_home.contains("run-again") && !at_home.contains("run-edit"), "{at_home}");
    let kept = render::<RunView>(move || RunViewProps { is_kept: true, ..completed() }).await;
    assert!(kept.contains("Run again") && kept.contains("Edit and run again"), "{kept}");
}

#[tokio::test]
async fn a_run_that_waits_for_its_first_words() {
    insta::assert_snapshot!(render::<RunView>(|| run(None, "", None)).await);
}

#[tokio::test]
async fn a_run_that_streams() {
    insta::assert_snapshot!(render::<RunView>(|| run(None, "Because", None)).await);
}

#[tokio::test]
async fn a_completed_run_tells_its_cost_and_what_is_left() {
    insta::assert_snapshot!(render::<RunView>(|| run(Some(Outcome::Completed), "Because.", Some(38))).await);
}

#[tokio::test]
async fn a_stopped_run_keeps_its_text() {
    insta::assert_snapshot!(render::<RunView>(|| run(Some(Outcome::Cancelled), "Becau", None)).await);
}

#[tokio::test]
async fn a_run_that_was_cut_keeps_its_text_and_says_why_and_what_another_costs() {
    let cut = || Outcome::Incomplete { cause: UiError::new(Code::Interrupted, "no end mark") };
    insta::assert_snapshot!(render::<RunView>(move || run(Some(cut()), "Becau", None)).await);
}

#[tokio::test]
async fn a_refused_run_shows_the_quota_in_place() {
    let refused = || failed(Code::QuotaExceeded, "100/100");
    insta::assert_snapshot!(render::<RunView>(move || run(Some(refused()), "", None)).await);
}

#[tokio::test]
async fn a_failed_run_says_what_the_server_said() {
    let failed = || failed(Code::ExecutionFailed, "API key for openai is not configured");
    insta::assert_snapshot!(render::<RunView>(move || run(Some(failed()), "", None)).await);
}

#[tokio::test]
async fn each_failure_offers_what_helps_against_it() {
    let table = [
        (Code::QuotaExceeded, Some("run-read")),
        (Code::PointsExceeded, Some("run-again")),
        (Code::RateLimited, Some("run-again")),
        (Code::TooManyRuns, Some("run-again")),
        (Code::InvalidInput, None),
        (Code::ExecutionFailed, Some("run-again")),
        (Code::ServerFailed, Some("run-again")),
        (Code::Unreachable, Some("run-again")),
        (Code::UnexpectedAnswer, Some("run-again")),
    ];
    for (code, wanted) in table {
        let html = render::<RunView>(move || run(Some(failed(code, "words")), "", None)).await;
        let offered = ["run-read", "run-again", "run-sign-in"]
            .into_iter()
            .filter(|id| html.contains(&format!("data-testid=\"{id}\"")));
        assert_eq!(offered.collect::<Vec<_>>(), wanted.into_iter().collect::<Vec<_>>(), "{code:?}: {html}");
        assert!(html.contains("run-edit") && !html.contains("run-again-costs"), "{code:?}: {html}");
    }
}

#[tokio::test]
async fn whoever_has_to_sign_in_is_asked_to_and_the_run_waits() {
    let props = || RunViewProps { is_inside: false, ..run(Some(failed(Code::NotSignedIn, "")), "", None) };
    let html = render::<RunView>(props).await;
    assert!(html.contains("run-sign-in") && !html.contains("run-again"), "{html}");
}

#[tokio::test]
async fn a_limit_that_was_raised_meanwhile_lets_a_refused_run_be_tried_again() {
    let raised = Some(Counter { used: 100, limit: 120 });
    let refused = || failed(Code::QuotaExceeded, "100/100");
    let html =
        render::<RunView>(move || RunViewProps { counter: raised, ..run(Some(refused()), "", None) }).await;
    assert!(html.contains("run-again") && !html.contains("run-read"), "{html}");
}

#[tokio::test]
async fn a_named_wait_is_counted_down_before_another_try() {
    let cause = || UiError { retry_at: Some(at(17)), ..UiError::new(Code::RateLimited, "") };
    let html = render::<RunView>(move || run(Some(Outcome::Failed { cause: cause() }), "", None)).await;
    assert!(html.contains("Try again in 17 s") && html.contains("disabled"), "{html}");
}

fn prompt(used: i64, draft: &'static str) -> PromptBoxProps {
    PromptBoxProps {
        draft: draft.into(),
        json: None,
        has_model: true,
        panel: html! {},
        children: html! {},
        counter: Some(Counter { used, limit: 100 }),
        under_way: 0,
        field: NodeRef::default(),
        on_draft: Callback::noop(),
        on_run: Callback::noop(),
    }
}

#[tokio::test]
async fn a_prompt_can_be_run_on_an_empty_quota_and_says_what_to_expect() {
    insta::assert_snapshot!(render::<PromptBox>(|| prompt(100, "Why?")).await);
}

#[tokio::test]
async fn an_empty_prompt_cannot_be_run() {
    let html = render::<PromptBox>(|| prompt(62, " ")).await;
    assert!(html.contains("disabled"), "{html}");
    assert!(html.contains("uses 1 of 38 left"), "{html}");
}

#[tokio::test]
async fn a_prompt_without_a_model_says_what_is_missing() {
    let without = |draft| move || PromptBoxProps { has_model: false, ..prompt(62, draft) };
    let html = render::<PromptBox>(without("Why?")).await;
    assert!(html.contains("disabled") && html.contains("Name the model"), "{html}");
    assert!(!render::<PromptBox>(without("")).await.contains("Name the model"), "nothing is wrong yet");
}

#[tokio::test]
async fn a_prompt_waits_while_as_many_runs_as_may_be_are_under_way() {
    let busy = |under_way| move || PromptBoxProps { under_way, ..prompt(62, "Why?") };
    assert!(!render::<PromptBox>(busy(7)).await.contains("disabled"));
    let html = render::<PromptBox>(busy(8)).await;
    assert!(html.contains("disabled") && html.contains("8 runs are under way"), "{html}");
}

#[derive(PartialEq, Properties)]
struct ChineseProps {
    quota: QuotaState,
}

#[component]
fn Chinese(props: &ChineseProps) -> Html {
    let context = use_memo((), |()| Translator::new(Language::Chinese));
    html! {
        <ContextProvider<Translator> context={(*context).clone()}>
            <QuotaDisplay quota={props.quota.clone()} now={at(NOW)} form={Form::Full} figures={Figures::Used} />
        </ContextProvider<Translator>>
    }
}

#[tokio::test]
async fn quotas_speak_chinese_inside_a_chinese_page() {
    insta::assert_snapshot!(render::<Chinese>(|| ChineseProps { quota: every_level() }).await);
}
