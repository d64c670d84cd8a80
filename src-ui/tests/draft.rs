//! What is typed at home stays, whatever takes its place.

use flowmeter_domain::{ConversationId, RunChoices};
use flowmeter_ui::stores::{Draft, DraftAction, Setting};

fn typed(text: &'static str) -> DraftAction {
    DraftAction::Typed(text.into())
}

/// Another prompt takes the place, and nothing else.
fn fetched(text: &'static str) -> DraftAction {
    DraftAction::Fetched { text: text.into(), before: Setting::default(), now: Setting::default() }
}

fn back() -> DraftAction {
    DraftAction::Back(Setting::default())
}

fn after(actions: impl IntoIterator<Item = DraftAction>) -> Draft {
    let mut draft = Draft::default();
    actions.into_iter().for_each(|action| draft.take(action));
    draft
}

fn aside(draft: &Draft) -> Vec<&str> {
    draft.aside.iter().map(|aside| aside.text.as_str()).collect()
}

#[test]
fn what_was_typed_is_put_aside_and_comes_back() {
    let draft = after([typed("half a thought"), fetched("from a run")]);
    assert_eq!((draft.text.as_str(), aside(&draft)), ("from a run", vec!["half a thought"]));
    let draft = after([typed("half a thought"), fetched("from a run"), back()]);
    assert_eq!((draft.text.as_str(), aside(&draft)), ("half a thought", vec![]));
}

#[test]
fn nothing_that_can_be_had_again_is_put_aside() {
    for nothing in [vec![], vec![typed(" ")], vec![typed("sent"), DraftAction::Sent], vec![fetched("a")]] {
        let draft = after(nothing.into_iter().chain([fetched("b")]));
        assert_eq!((draft.text.as_str(), aside(&draft)), ("b", vec![]));
    }
    assert_eq!(aside(&after([typed("same"), fetched("same")])), Vec::<&str>::new());
}

#[test]
fn a_fetched_prompt_that_was_changed_is_kept_in_its_turn() {
    let steps = || [typed("one"), fetched("two"), typed("two, changed"), fetched("three")];
    assert_eq!(aside(&after(steps())), ["one", "two, changed"]);
    let draft = after(steps().into_iter().chain([typed("three, changed"), back()]));
    assert_eq!((draft.text.as_str(), aside(&draft)), ("two, changed", vec!["one", "three, changed"]));
    let draft = after(steps().into_iter().chain([DraftAction::AsideClosed, back()]));
    assert_eq!((draft.text.as_str(), aside(&draft)), ("one", vec![]));
}

#[test]
fn instructions_that_were_typed_are_put_aside_with_all_that_goes_with_them() {
    let setting = |system_prompt: &str, temperature| {
        let choices =
            RunChoices { system_prompt: system_prompt.into(), temperature, ..RunChoices::default() };
        Setting { choices, conversation: Some(ConversationId::random()) }
    };
    let fetch = |before: &Setting, now: &Setting| {
        let (before, now) = (before.clone(), now.clone());
        after([DraftAction::Fetched { text: "a".into(), before, now }])
    };
    let (none, brief, warm) = (setting("", None), setting("Be brief.", None), setting("", Some(0.9)));
    for lost in [&brief, &warm] {
        assert_eq!(fetch(lost, &none).aside.last().map(|aside| &aside.setting), Some(lost));
    }
    // What came with one run and was left as it was is not put aside for the next.
    let fetched = |before: &Setting, now: &Setting| {
        let (before, now) = (before.clone(), now.clone());
        DraftAction::Fetched { text: "a".into(), before, now }
    };
    assert_eq!(after([fetched(&none, &brief), fetched(&brief, &warm)]).aside, []);
    assert_eq!(
        after([fetched(&none, &brief), DraftAction::Sent, DraftAction::Back(brief.clone())]).aside,
        []
    );
    // What the person had before an example was picked is still theirs.
    assert_eq!(after([fetched(&brief, &brief), fetched(&brief, &none)]).aside.len(), 1);
    for kept in [(&none, &brief), (&brief, &brief), (&none, &none)] {
        assert!(fetch(kept.0, kept.1).aside.is_empty());
    }
}
