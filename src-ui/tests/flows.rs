//! Flows on the page: how the store takes them in, and what the components draw.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use flowmeter_domain::flow::{Change, Difference, Fault, Flow, Layout, Mode, NotApplied};
use flowmeter_domain::ipc::{
    FlowEntry, FlowId, FlowShelf, FlowView, ModifyState, Modifying, Origin, PlanEnd, PlanNews, PlanOutcome,
    PlanStep, Planning,
};
use flowmeter_domain::{Charged, Code, Counter, UiError};
use flowmeter_ui::components::*;
use flowmeter_ui::locales::{Language, Translator};
use flowmeter_ui::stores::{FlowAction, Flows};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;
use yew::prelude::*;
use yew::{BaseComponent, ServerRenderer};

async fn render<C: BaseComponent>(props: impl FnOnce() -> C::Properties + Send + 'static) -> String {
    let html = ServerRenderer::<C>::with_props(props).hydratable(false).render().await;
    html.replace("><", ">\n<")
}

fn branch() -> Flow {
    serde_json::from_value(json!({
        "title": "Poems",
        "nodes": [
            {"id": "in", "type": "input", "data": {"label": "Topic", "greeting": "Which topic?"}},
            {"id": "write", "type": "llm", "data": {"label": "Writer", "model": "deepseek-chat", "prompt": "A poem about {{Topic.user_input}}"}},
            {"id": "check", "type": "branch", "data": {"label": "Good?", "condition": "{{Writer.response}} is good"}},
            {"id": "out", "type": "output", "data": {"label": "Shown"}},
            {"id": "again", "type": "tool", "data": {}},
        ],
        "edges": [
            {"id": "1", "source": "in", "target": "write"},
            {"id": "2", "source": "write", "target": "check"},
            {"id": "3", "source": "check", "target": "out", "sourceHandle": "true"},
            {"id": "4", "source": "check", "target": "again", "sourceHandle": "false"},
        ],
    }))
    .expect("a flow")
}

fn canvas(flow: Flow) -> FlowCanvasProps {
    let layout = Layout::plain(&flow).into();
    FlowCanvasProps {
        flow: flow.into(),
        layout,
        selected: None,
        marks: Rc::default(),
        statuses: Rc::default(),
        faulty: Rc::default(),
        on_select: Callback::noop(),
    }
}

fn id(number: u128) -> FlowId {
    FlowId(Uuid::from_u128(number))
}

fn view(number: u128, name: &str) -> FlowView {
    FlowView {
        flow_id: id(number),
        name: name.into(),
        flow: branch(),
        layout: Layout::plain(&branch()),
        faults: vec![],
        origin: Origin::Duplicated,
        can_undo: false,
        can_redo: false,
        modifying: None,
    }
}

fn after(actions: impl IntoIterator<Item = FlowAction>) -> Flows {
    let mut flows = Flows::default();
    actions.into_iter().for_each(|action| flows.reduce(action));
    flows
}

#[test]
fn only_the_flow_that_is_looked_at_is_shown_anew() {
    let told = |number, name| FlowAction::View(view(number, name).into());
    let flows = after([FlowAction::Opening(id(1)), told(2, "another"), told(1, "first"), told(1, "newer")]);
    assert_eq!(flows.open.map(|view| view.name.clone()), Some("newer".into()));
    assert_eq!(after([told(1, "first")]).open, None);
    assert_eq!(after([FlowAction::Opening(id(1)), FlowAction::Closed, told(1, "late")]).open, None);
}

#[test]
fn a_deleted_flow_is_no_longer_shown_and_can_be_wanted_back() {
    let opened = [FlowAction::Opening(id(1)), FlowAction::View(view(1, "first").into())];
    let flows = after(opened.into_iter().chain([FlowAction::Deleted(id(1), "first".into())]));
    assert_eq!((flows.open, flows.deleted), (None, Some((id(1), "first".into()))));
}

#[test]
fn a_flow_that_was_made_is_told_until_somebody_read_it_or_another_is_planned() {
    let made = || FlowAction::Made(id(1), Charged::Yes);
    assert_eq!(after([made()]).made, Some((id(1), Charged::Yes)));
    assert_eq!(after([made(), FlowAction::MadeSeen]).made, None);
    assert_eq!(after([made(), FlowAction::Deleted(id(1), "n".into())]).made, None);
    let shown =
        [FlowAction::Opening(id(1)), made(), FlowAction::View(view(1, "n").into()), FlowAction::Closed];
    assert_eq!(after(shown).made, None, "it was seen");
    let planning = Planning { prompt: "p".into(), steps: vec![], end: None };
    assert_eq!(after([made(), FlowAction::Plan(PlanNews { planning: Some(planning) })]).made, None);
    let put_away = FlowAction::Plan(PlanNews { planning: None });
    assert_eq!(after([made(), put_away]).made, Some((id(1), Charged::Yes)));
}

#[test]
fn a_plan_is_told_apart_from_the_list_and_a_refused_import_says_why() {
    let planning = Planning { prompt: "p".into(), steps: vec![], end: None };
    let entry = FlowEntry { flow_id: id(1), name: "n".into(), nodes: 3, changed_at: Timestamp::UNIX_EPOCH };
    let shelf = FlowShelf { flows: vec![entry.clone()], planning: None };
    let news = FlowAction::Plan(PlanNews { planning: Some(planning.clone()) });
    let flows = after([FlowAction::Shelf(shelf), news]);
    assert_eq!(*flows.shelf.expect("a shelf"), FlowShelf { flows: vec![entry], planning: Some(planning) });
    let error = UiError::new(Code::InvalidInput, "node \"a\": missing field `type`");
    let flows = after([FlowAction::Importing, FlowAction::NotImported(error.clone())]);
    assert_eq!((flows.importing, flows.not_imported), (false, Some(error)));
    assert!(after([FlowAction::Importing]).importing);
}

#[tokio::test]
async fn a_picture_says_in_words_what_it_shows_in_lines() {
    let html = render::<FlowCanvas>(|| canvas(branch())).await;
    insta::assert_snapshot!(html);
}

#[tokio::test]
async fn from_far_away_only_kind_and_name_are_left() {
    let chain: Vec<_> = (0..40).map(|id| json!({"id": id.to_string(), "type": "llm", "data": {"label": "A name of many words", "model": "m"}})).collect();
    let edges: Vec<_> =
        (1..40).map(|id| json!({"source": (id - 1).to_string(), "target": id.to_string()})).collect();
    let flow: Flow = serde_json::from_value(json!({"nodes": chain, "edges": edges})).expect("a flow");
    let html = render::<FlowCanvas>(|| canvas(flow)).await;
    assert!(
        html.contains("is-far") && html.contains(">A name of<") && !html.contains("node-setting"),
        "{html}"
    );
}

#[tokio::test]
async fn a_run_is_told_on_the_picture_by_sign_and_word() {
    let status = |state, text: &'static str| NodeStatus { state, text: text.into() };
    let props = move || FlowCanvasProps {
        statuses: Rc::new(BTreeMap::from([
            ("in".to_owned(), status(NodeState::Done, "0.1 s")),
            ("write".to_owned(), status(NodeState::Running, "")),
            ("check".to_owned(), status(NodeState::Waiting, "")),
            ("out".to_owned(), status(NodeState::Skipped, "")),
            ("again".to_owned(), status(NodeState::Failed, "no key")),
        ])),
        ..canvas(branch())
    };
    let html = render::<FlowCanvas>(props).await;
    for words in ["✓ Done · 0.1 s", "▸ Running", "○ Waiting", "– Skipped", "× Failed · no key"] {
        assert!(html.contains(&format!(">{words}<")), "{words} in {html}");
    }
    assert!(html.contains("<title>Running: Writer, Language model."), "{html}");
}

#[tokio::test]
async fn a_fault_is_marked_on_its_node() {
    let faulty = || Rc::new(BTreeSet::from(["write".to_owned()]));
    let html = render::<FlowCanvas>(move || FlowCanvasProps { faulty: faulty(), ..canvas(branch()) }).await;
    assert!(html.contains("is-faulty") && html.contains(">! Fault<"), "{html}");
}

fn change(json: serde_json::Value) -> Difference {
    let change: Change = serde_json::from_value(json).expect("a change");
    Difference::between(&branch(), &change.apply(&branch()).expect("it can be made"))
}

fn modifying(state: ModifyState, charged: Charged) -> ChangePanelProps {
    ChangePanelProps {
        modifying: Modifying { prompt: "In rhyme".into(), mode: Mode::Patch, state, charged: Some(charged) },
        counter: Some(Counter { used: 20, limit: 20 }),
        on_decide: Callback::noop(),
        on_select: Callback::noop(),
        on_whole: Callback::noop(),
        on_remedy: Callback::noop(),
        is_inside: true,
    }
}

#[tokio::test]
async fn a_change_is_told_field_by_field_and_edge_by_edge_before_it_is_taken() {
    let mut difference = change(
        json!({"action": "add", "nodeType": "llm", "nodeData": {"label": "Rhymer"}, "connectAfter": "write"}),
    );
    difference.nodes.extend(
        change(json!({"patches": [{"nodeId": "write", "data": {"prompt": "In rhyme", "temperature": 1}}]}))
            .nodes,
    );
    let state = ModifyState::Proposed { layout: Layout::plain(&difference.picture), difference };
    insta::assert_snapshot!(render::<ChangePanel>(move || modifying(state, Charged::Yes)).await);
}

#[tokio::test]
async fn a_change_that_is_none_says_that_nothing_changed_and_what_it_cost() {
    let broken = Fault::UnknownVariable { node: "out".into(), variable: "Writer.response".into() };
    let refused = UiError::new(Code::QuotaExceeded, "20/20");
    let table = [
        (
            ModifyState::NotApplied { cause: NotApplied::NotUnderstood },
            Charged::No,
            "The model did not understand this",
            "Nothing was charged.",
        ),
        (
            ModifyState::NoDifference,
            Charged::Yes,
            "This would change nothing",
            "1 flow generation was charged.",
        ),
        (
            ModifyState::Broken { faults: vec![broken], flow: branch() },
            Charged::Yes,
            "{{Writer.response}} in Shown names no node.",
            "Nothing changed.",
        ),
        (
            ModifyState::Failed { cause: refused },
            Charged::No,
            "20 of 20 flow generations are used.",
            "Nothing changed.",
        ),
        (ModifyState::Cancelled, Charged::Unknown, "Stopped", "It may have been charged."),
    ];
    for (state, charged, title, note) in table {
        let html = render::<ChangePanel>(move || modifying(state, charged)).await;
        assert!(html.contains(title) && html.contains(note), "{title} and {note} in {html}");
    }
}

fn plan(steps: Vec<PlanStep>, end: Option<PlanEnd>) -> PlanProgressProps {
    PlanProgressProps {
        planning: Planning { prompt: "Write a poem".into(), steps, end },
        counter: Some(Counter { used: 20, limit: 20 }),
        on_stop: Callback::noop(),
        on_close: Callback::noop(),
        on_edit: Callback::noop(),
        on_remedy: Callback::noop(),
        is_inside: true,
    }
}

#[tokio::test]
async fn a_plan_shows_its_steps_and_the_last_is_under_way() {
    let steps = || {
        vec![
            PlanStep::Thinking { characters: 12, labels: vec![] },
            PlanStep::Retrying { attempt: 2, model: "deepseek-chat".into() },
            PlanStep::Fallback { model: "gpt-4o-mini".into() },
            PlanStep::Thinking { characters: 240, labels: ["Topic", "Writer"].map(str::to_owned).into() },
            PlanStep::Checked { faults: vec![Fault::NoOutputReached] },
        ]
    };
    let html = render::<PlanProgress>(move || plan(steps(), None)).await;
    for words in [
        "12 characters so far",
        "attempt 2 with deepseek-chat",
        "another model: gpt-4o-mini",
        "Writing: Topic, Writer",
        "No output can be reached",
    ] {
        assert!(html.contains(words), "{words} in {html}");
    }
    assert!(html.contains("plan-stop") && html.matches("spinner").count() == 1, "{html}");
}

#[tokio::test]
async fn a_plan_that_made_nothing_says_why_and_what_it_cost() {
    let failed = |code| PlanOutcome::Failed { cause: UiError::new(code, "") };
    let table = [
        (PlanOutcome::Nothing, Charged::No, "No flow came of this sentence", "Nothing was charged."),
        (PlanOutcome::Cancelled, Charged::Unknown, "Stopped", "It may have been charged."),
        (failed(Code::ExecutionFailed), Charged::No, "The model could not answer", "Nothing was charged."),
        (
            failed(Code::QuotaExceeded),
            Charged::No,
            "This quota is used up",
            "20 of 20 flow generations are used.",
        ),
    ];
    for (outcome, charged, title, note) in table {
        let html = render::<PlanProgress>(move || plan(vec![], Some(PlanEnd { outcome, charged }))).await;
        assert!(
            html.contains(title) && html.contains(note) && html.contains("plan-edit"),
            "{title} and {note} in {html}"
        );
    }
}

/// As run, plan and change offer it after each failure.
#[tokio::test]
async fn after_a_failure_the_quota_is_shown_and_what_helps_is_offered() {
    let later = Timestamp::MAX;
    let limited = UiError { retry_at: Some(later), ..UiError::new(Code::RateLimited, "slow down") };
    let table = [
        (
            UiError::new(Code::QuotaExceeded, ""),
            true,
            vec!["quota-flow_generations", "run-read"],
            "run-again",
        ),
        (limited, true, vec!["run-again", "Try again in", "disabled"], "quota-flow_generations"),
        (UiError::new(Code::Unreachable, ""), true, vec!["run-again"], "disabled"),
        (UiError::new(Code::NotSignedIn, ""), false, vec!["run-sign-in"], "run-again"),
        (UiError::new(Code::InvalidInput, ""), true, vec![], "run-again"),
    ];
    for (cause, is_inside, shown, not_shown) in table {
        let outcome = PlanOutcome::Failed { cause: cause.clone() };
        let end = PlanEnd { outcome, charged: Charged::No };
        let planned =
            render::<PlanProgress>(move || PlanProgressProps { is_inside, ..plan(vec![], Some(end)) });
        let state = ModifyState::Failed { cause: cause.clone() };
        let changed =
            render::<ChangePanel>(move || ChangePanelProps { is_inside, ..modifying(state, Charged::No) });
        for html in [planned.await, changed.await] {
            assert!(!html.contains(not_shown), "{:?}: {not_shown} in {html}", cause.code);
            for part in &shown {
                assert!(html.contains(part), "{:?}: no {part} in {html}", cause.code);
            }
        }
    }
}

fn sentence(draft: String, used: i64) -> SentenceBoxProps {
    SentenceBoxProps {
        id: "plan-prompt",
        label: "What?".into(),
        placeholder: "Say".into(),
        action: "Make".into(),
        draft: draft.into(),
        counter: Some(Counter { used, limit: 20 }),
        busy: false,
        held: false,
        field: NodeRef::default(),
        on_draft: Callback::noop(),
        on_send: Callback::noop(),
    }
}

#[tokio::test]
async fn a_sentence_tells_its_length_and_its_cost_and_ends_at_a_thousand() {
    let html = render::<SentenceBox>(|| sentence("写诗".into(), 17)).await;
    assert!(html.contains(">2 / 1000<") && html.contains("uses 1 of 3 flow generations"), "{html}");
    assert!(!html.contains("disabled"), "{html}");
    let html = render::<SentenceBox>(|| sentence("x".repeat(1001), 17)).await;
    assert!(html.contains("count is-over") && html.contains("disabled"), "{html}");
    let html = render::<SentenceBox>(|| sentence("x".into(), 20)).await;
    assert!(html.contains("All 20 flow generations are used up") && !html.contains("disabled"), "{html}");
}

#[tokio::test]
async fn every_fault_names_its_node_as_people_call_it_in_both_languages() {
    let fault = || Fault::UnknownField { node: "write".into(), variable: "Topic.response".into() };
    let props =
        move || FlowFaultsProps { flow: branch().into(), faults: vec![fault()], on_select: Callback::noop() };
    let html = render::<FlowFaults>(props).await;
    assert!(
        html.contains("{{Topic.response}} in Writer names a field that its node does not have."),
        "{html}"
    );
    assert!(html.contains("One thing keeps this flow from working"), "{html}");
    let chinese = Translator::new(Language::Chinese);
    assert_eq!(chinese.node_kind(flowmeter_domain::flow::NodeKind::Branch), "分支");
    assert_eq!(chinese.field("systemPrompt"), "系统提示词");
    assert_eq!(chinese.field("theirs"), "theirs");
}
