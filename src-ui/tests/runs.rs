//! Conversations, choices and kept runs: how the store keeps them apart, and what their components draw.

use flowmeter_domain::ipc::{
    Account, Found, KeptRun, Model, RunView as Whole, SessionState, Start, StartRun,
};
use flowmeter_domain::{Code, ConversationId, Delta, NodeRequest, Outcome, RunChoices, RunId, UiError};
use flowmeter_ui::components::*;
use flowmeter_ui::stores::{Action, Clearing, Kept, KeptAction, Place, State};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;
use yew::prelude::*;
use yew::{BaseComponent, ServerRenderer};

const NOW: i64 = 1_790_000_000;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a time within a few thousand years")
}

async fn render<C: BaseComponent>(props: impl FnOnce() -> C::Properties + Send + 'static) -> String {
    let html = ServerRenderer::<C>::with_props(props).hydratable(false).render().await;
    html.replace("><", ">\n<")
}

fn session(name: &str) -> SessionState {
    let user_id = Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes());
    SessionState::SignedIn { account: Account { user_id, email: name.into() }, not_kept: None }
}

fn page(runs: Vec<Whole>) -> State {
    let mut state = State::opening(at(NOW), "en".into());
    state.reduce(Action::Opened(Start {
        session: session("mei"),
        quota: Default::default(),
        runs,
        flow_runs: Vec::new(),
        locale: "en".into(),
        project: "abcd.supabase.co".into(),
        accounts: Default::default(),
        demo: None,
        preferences: Default::default(),
        choices: RunChoices { model: "demo".into(), ..RunChoices::default() },
        put_aside: None,
    }));
    state
}

fn ended(prompt: &str, second: i64, conversation: ConversationId) -> Whole {
    let request = NodeRequest { input: Some(prompt.into()), ..NodeRequest::default() };
    let start = StartRun { conversation, ..StartRun::new(RunId::random(), request) };
    let text = Delta { content: format!("{prompt}!"), reasoning: String::new() };
    Whole { text, end: Some(Outcome::Completed.into()), ..Whole::started(start, at(second)) }
}

fn shown(state: &State) -> Vec<String> {
    state.conversation_runs().map(|run| run.prompt()).collect()
}

#[test]
fn a_page_opens_with_the_newest_conversation_and_sends_it_along() {
    let (old, new) = (ConversationId::random(), ConversationId::random());
    let state = page(vec![ended("a", 1, old), ended("b", 2, new), ended("c", 3, new)]);
    assert_eq!(shown(&state), ["b", "c"]);
    let turns: Vec<_> = state.earlier().turns().into_iter().map(|turn| turn.content).collect();
    assert_eq!(turns, ["b", "b!", "c", "c!"]);
}

#[test]
fn a_new_conversation_is_empty_until_a_run_starts_in_it() {
    let mut state = page(vec![ended("a", 1, ConversationId::random())]);
    state.reduce(Action::ConversationLeft);
    assert!(shown(&state).is_empty() && state.earlier().runs.is_empty());
    let request = NodeRequest { input: Some("b".into()), ..NodeRequest::default() };
    state.reduce(Action::RunStarted(StartRun::new(RunId::random(), request), at(2)));
    assert_eq!((shown(&state), state.runs.len()), (vec!["b".to_owned()], 2));
}

#[test]
fn an_older_conversation_is_taken_up_in_order_and_only_once() {
    let old = ConversationId::random();
    let mut state = page(vec![ended("new", 9, ConversationId::random())]);
    let runs = vec![ended("a", 1, old), ended("b", 2, old)];
    state.reduce(Action::ConversationTakenUp(runs.clone()));
    state.reduce(Action::ConversationTakenUp(runs));
    assert_eq!((shown(&state), state.runs.len()), (vec!["a".to_owned(), "b".to_owned()], 3));
}

#[test]
fn a_prompt_is_taken_home_with_its_conversation_and_as_it_was_run() {
    let mut state = page(vec![ended("new", 9, ConversationId::random())]);
    state.reduce(Action::Went(Place::Runs));
    let before = state.setting();
    let mut run = ended("{}", 1, ConversationId::random());
    run.request = NodeRequest {
        model: "old".into(),
        system_prompt: Some("Be brief.".into()),
        input: Some(json!({})),
        temperature: Some(0.2),
        conversation_history: Vec::new(),
    };
    for count in 1..=2 {
        state.reduce(Action::PromptTaken(vec![run.clone()], run.request.clone(), "{}".into()));
        assert_eq!(state.taken_home.as_ref().map(|taken| taken.count), Some(count));
    }
    assert_eq!((state.place, shown(&state)), (Place::Home, vec!["{}".to_owned()]));
    let RunChoices { model, system_prompt, temperature, json, .. } = state.choices.clone();
    assert_eq!(
        (model.as_str(), system_prompt.as_str(), temperature, json),
        ("old", "Be brief.", Some(0.2), true)
    );
    assert_eq!(state.chosen, 2, "it stays chosen, as if it was chosen by hand");

    state.reduce(Action::SettingBack(before.clone()));
    assert_eq!((state.setting(), shown(&state)), (before, vec!["new".to_owned()]));
}

#[test]
fn a_prompt_of_the_conversation_at_home_is_changed_there_and_run_as_it_was() {
    let conversation = ConversationId::random();
    let mut state = page(vec![ended("a", 1, conversation), ended("b", 2, conversation)]);
    let request = NodeRequest { model: "old".into(), temperature: Some(0.2), ..NodeRequest::default() };
    state.reduce(Action::PromptTaken(Vec::new(), request, "a".into()));
    assert_eq!((state.setting().conversation, shown(&state).len()), (Some(conversation), 2));
    assert_eq!((state.choices.model.as_str(), state.choices.temperature), ("old", Some(0.2)));
    assert_eq!(state.taken_home.map(|taken| taken.prompt).as_deref(), Some("a"));
}

#[test]
fn a_deleted_run_is_gone_from_its_conversation_and_clearing_takes_all_that_ended() {
    let conversation = ConversationId::random();
    let (a, b) = (ended("a", 1, conversation), ended("b", 2, conversation));
    let mut state = page(vec![a.clone(), b]);
    state.reduce(Action::Kept(KeptAction::Deleted(a.run_id)));
    assert_eq!((shown(&state), state.kept.undo), (vec!["b".to_owned()], Some(a.run_id)));
    state.reduce(Action::Clearing(Clearing::Cleared));
    assert!(shown(&state).is_empty());
}

#[test]
fn another_account_sees_neither_the_conversation_nor_the_choices() {
    let mut state = page(vec![ended("a", 1, ConversationId::random())]);
    state.reduce(Action::Chose(RunChoices { system_prompt: "Mei's".into(), ..RunChoices::default() }));
    assert_eq!(state.chosen, 1);
    state.reduce(Action::Session(session("ben")));
    assert_eq!((state.conversation, state.choices.clone(), state.chosen), (None, RunChoices::default(), 0));
    state.reduce(Action::Choices(RunChoices { model: "ben's".into(), ..RunChoices::default() }));
    assert_eq!((state.choices.model.as_str(), state.chosen), ("ben's", 0), "what was told is not kept again");
}

fn kept(prompt: &str, outcome: Option<Outcome>) -> KeptRun {
    KeptRun {
        run_id: RunId(Uuid::from_u128(7)),
        conversation: ConversationId(Uuid::from_u128(8)),
        name: None,
        prompt: prompt.into(),
        model: "demo".into(),
        started_at: at(NOW - 7200),
        end: outcome.map(Into::into),
        found: None,
    }
}

#[test]
fn what_was_done_to_kept_runs_is_laid_over_the_list() {
    let run = kept("One", Some(Outcome::Completed));
    let mut done = Kept::default();
    done.reduce(KeptAction::Renamed(run.run_id, "First".into()));
    assert_eq!(done.over(std::slice::from_ref(&run))[0].name.as_deref(), Some("First"));
    done.reduce(KeptAction::Renamed(run.run_id, String::new()));
    assert_eq!(done.over(std::slice::from_ref(&run))[0].name, None);
    done.reduce(KeptAction::Deleted(run.run_id));
    assert!(done.over(std::slice::from_ref(&run)).is_empty());
    done.reduce(KeptAction::Restored(run.run_id));
    assert_eq!((done.over(&[run]).len(), done.undo), (1, None));
}

fn line(run: KeptRun) -> KeptLineProps {
    KeptLineProps { run, is_open: true, now: at(NOW), on_open: Callback::noop() }
}

#[tokio::test]
async fn a_line_tells_what_was_asked_how_it_ended_and_where_a_word_is() {
    let found = || Found { before: "…a ".into(), hit: "Needle".into(), after: " in".into() };
    let run = move || KeptRun { found: Some(found()), ..kept("\nOne\ntwo", Some(Outcome::Completed)) };
    insta::assert_snapshot!(render::<KeptLine>(move || line(run())).await);
}

#[tokio::test]
async fn a_line_says_that_a_run_still_runs_and_goes_by_its_name() {
    let run = || KeptRun { name: Some("Mine".into()), ..kept("One", None) };
    let html = render::<KeptLine>(move || line(run())).await;
    assert!(html.contains("Running") && html.contains(">Mine<") && !html.contains(">One<"), "{html}");
    let html = render::<KeptLine>(|| line(kept(" ", Some(Outcome::Cancelled)))).await;
    assert!(html.contains("Run without a prompt") && html.contains("Stopped"), "{html}");
}

#[tokio::test]
async fn the_head_of_a_kept_run_offers_what_can_be_done_with_it() {
    let head = |count| KeptHeadProps { title: "Mine".into(), count, on_wish: Callback::noop() };
    insta::assert_snapshot!(render::<KeptHead>(move || head(3)).await);
    let alone = render::<KeptHead>(move || head(1)).await;
    assert!(!alone.contains("in this conversation"), "{alone}");
}

fn model(name: &str, label: Option<&str>, points: Option<i64>) -> Model {
    Model { name: name.into(), label: label.map(str::to_owned), points }
}

#[tokio::test]
async fn a_model_can_always_be_typed() {
    let field = || ModelFieldProps {
        recent: vec!["gpt-x".into()],
        models: vec![model("demo", Some("Demo"), Some(3))],
        listed: true,
        model: "anything".into(),
        on_change: Callback::noop(),
    };
    let html = render::<ModelField>(field).await;
    assert!(html.contains("role=\"combobox\"") && html.contains("value=\"anything\""), "{html}");
    assert!(html.contains("aria-expanded=\"false\"") && !html.contains("listbox"), "{html}");
}

fn prompt(draft: &'static str, json: bool) -> PromptBoxProps {
    PromptBoxProps {
        draft: draft.into(),
        json: json.then(|| JsonCheck::of(draft)),
        has_model: true,
        panel: html! {},
        children: html! {},
        counter: None,
        under_way: 0,
        field: NodeRef::default(),
        on_draft: Callback::noop(),
        on_run: Callback::noop(),
    }
}

#[tokio::test]
async fn json_that_is_none_yet_says_where_and_cannot_be_run() {
    let table = [
        ("{\"a\": 1}", "", false),
        ("{\"a\":\n  oops}", "Line 2, column 3: this is not JSON.", true),
        ("{\"a\":", "Line 1, column 5: the JSON ends too early.", true),
        ("\"\\ud83d\"", "Line 1", true),
        ("1e999", "Line 1", true),
        ("", "", true),
    ];
    for (draft, told, disabled) in table {
        let html = render::<PromptBox>(move || prompt(draft, true)).await;
        assert!(html.contains(told) && html.contains("Line") != told.is_empty(), "{html}");
        assert_eq!(html.contains("disabled"), disabled, "{html}");
        assert_eq!(html.contains("aria-invalid"), !told.is_empty(), "{html}");
    }
    let text = render::<PromptBox>(|| prompt("{oops", false)).await;
    assert!(!text.contains("Line") && !text.contains("disabled"), "{text}");
}

fn chips(along: Along) -> PromptChipsProps {
    PromptChipsProps {
        panel: None,
        has_system: true,
        has_options: false,
        along,
        in_conversation: along.runs > 0,
        on_wish: Callback::noop(),
    }
}

#[tokio::test]
async fn the_chips_say_what_is_sent_along() {
    let table = [
        (Along { runs: 1, left_out: 0, on: true }, "With 1 earlier run<"),
        (Along { runs: 3, left_out: 0, on: true }, "With 3 earlier runs<"),
        (Along { runs: 3, left_out: 2, on: true }, "With the last 3 of 5 earlier runs<"),
        (Along { runs: 3, left_out: 0, on: false }, "Without earlier runs<"),
    ];
    for (along, words) in table {
        let html = render::<PromptChips>(move || chips(along)).await;
        assert!(html.contains(words) && html.contains("New conversation"), "{html}");
    }
    let first = render::<PromptChips>(|| chips(Along::default())).await;
    assert!(!first.contains("earlier") && !first.contains("New conversation"), "{first}");
}

#[tokio::test]
async fn the_rarer_choices_are_in_a_panel() {
    let choices = || RunChoices { temperature: Some(0.2), json: true, ..RunChoices::default() };
    let panel =
        move || PromptPanelProps { panel: Panel::Options, choices: choices(), on_choose: Callback::noop() };
    insta::assert_snapshot!(render::<PromptPanel>(panel).await);
}

#[tokio::test]
async fn a_run_of_json_with_instructions_shows_both() {
    let run = || {
        let request = NodeRequest {
            model: "demo".into(),
            system_prompt: Some("Be brief.".into()),
            input: Some(json!({"a": [1]})),
            ..NodeRequest::default()
        };
        let failed = Outcome::Failed { cause: UiError::new(Code::ExecutionFailed, "500") };
        let begun = Whole::started(StartRun::new(RunId::random(), request), at(NOW));
        let view = Whole { end: Some(failed.into()), ..begun };
        RunViewProps {
            run: std::rc::Rc::new(view.into()),
            counter: None,
            figures: Default::default(),
            is_inside: true,
            is_kept: false,
            on_wish: Callback::noop(),
        }
    };
    let html = render::<RunView>(run).await;
    assert!(html.contains("is-json") && html.contains("Be brief."), "{html}");
}
