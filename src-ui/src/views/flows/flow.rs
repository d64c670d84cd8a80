//! One flow: its picture, what is known of the chosen node, and where a person says what should change.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use flowmeter_domain::flow::{Flow, Layout, Mode};
use flowmeter_domain::ipc::{FlowId, FlowView, ModifyState, Origin};
use yew::prelude::*;

use super::shelf::news;
use super::toolbar::{Shown, Toolbar, is_held, step_on_keys};
use super::{generations, on_remedy};
use crate::components::{
    Button, ChangePanel, CopyButton, FlowCanvas, FlowFaults, FlowRepairs, Glyph, Look, Marks, NodeDetails,
    NodeStatus, SentenceBox, statuses,
};
use crate::growing::Growing;
use crate::locales::{Text, Translator, use_translator};
use crate::stores::{App, Note, Sentence, use_app, use_sentence};
use crate::views::FlowRun;
use crate::views::notices::Notices;

/// Which flow.
#[derive(PartialEq, Properties)]
pub(super) struct FlowPageProps {
    /// The flow.
    pub(super) view: Rc<FlowView>,
}

/// What is drawn: the flow, or a proposed change of it.
#[derive(PartialEq)]
struct Picture {
    flow: Rc<Flow>,
    layout: Rc<Layout>,
    marks: Rc<Marks>,
    faulty: Rc<BTreeSet<String>>,
}

impl Picture {
    fn of(view: &FlowView) -> Self {
        let state = view.modifying.as_ref().map(|modifying| &modifying.state);
        if let Some(ModifyState::Proposed { difference, layout }) = state {
            let (flow, layout) = (difference.picture.clone().into(), layout.clone().into());
            return Self { flow, layout, marks: Marks::from(difference).into(), faulty: Rc::default() };
        }
        let faulty = view.faults.iter().flat_map(|fault| fault.nodes()).map(str::to_owned);
        Self {
            flow: view.flow.clone().into(),
            layout: view.layout.clone().into(),
            marks: Rc::default(),
            faulty: Rc::new(faulty.collect()),
        }
    }
}

/// The view.
#[component]
pub(super) fn FlowPage(props: &FlowPageProps) -> Html {
    let (app, texts) = (use_app(), use_translator());
    let (shown, selected) = (use_state(Shown::default), use_state(|| None::<AttrValue>));
    let picture = use_memo(props.view.clone(), |view| Picture::of(view));
    let runs = use_state(|| app.flow_runs.of(props.view.flow_id).is_some());
    let on_runs = Callback::from({
        let runs = runs.clone();
        move |_: MouseEvent| runs.set(!*runs)
    });
    let is_run = *runs && props.view.modifying.is_none();
    let statuses = use_statuses(&app, props.view.flow_id, is_run);
    let on_select = Callback::from({
        let selected = selected.clone();
        move |node| selected.set(node)
    });
    let on_shown = Callback::from({
        let shown = shown.clone();
        move |form| shown.set(form)
    });
    html! {
        <main class={classes!("flow-page", is_run.then_some("is-run"))} data-testid="flow"
            data-origin={origin_name(&props.view.origin)} onkeydown={step_on_keys(&app, &props.view)}>
            <Toolbar view={props.view.clone()} shown={*shown} {on_shown}>{ run_button(&texts, is_run, &on_runs) }</Toolbar>
            <div class="flow-news"><Notices />{ news(&app, &texts) }{ about(&props.view, &picture, &on_select) }</div>
            <div class="flow-stage">
                if *shown == Shown::Json { { json(&texts, &props.view) } } else { { drawn(&picture, statuses, (*selected).clone(), &on_select) } }
                if is_run {
                    <FlowRun flow_id={props.view.flow_id} flow={picture.flow.clone()} selected={(*selected).clone()} on_close={on_runs} />
                } else {
                    { panel(&app, props, &picture, (*selected).clone(), &on_select) }
                }
            </div>
            <div class="flow-dock" hidden={is_run}><SentenceOfChange view={props.view.clone()} /></div>
        </main>
    }
}

fn origin_name(origin: &Origin) -> &'static str {
    match origin {
        Origin::Planned { .. } => "planned",
        Origin::Imported { .. } => "imported",
        Origin::Duplicated => "duplicated",
        Origin::Modified { .. } => "modified",
        Origin::Arranged => "arranged",
        Origin::Renamed => "renamed",
    }
}

/// What is wrong with the flow, and what was put right when it came.
fn about(view: &FlowView, picture: &Picture, on_select: &Callback<Option<AttrValue>>) -> Html {
    let repairs = match &view.origin {
        Origin::Imported { repairs } => repairs.clone(),
        _ => Vec::new(),
    };
    html! {
        <>
            <FlowRepairs flow={picture.flow.clone()} {repairs} />
            <FlowFaults flow={picture.flow.clone()} faults={view.faults.clone()} {on_select} />
        </>
    }
}

/// How the nodes do in the last run, while its panel is open.
#[hook]
fn use_statuses(app: &App, flow_id: FlowId, is_run: bool) -> Rc<BTreeMap<String, NodeStatus>> {
    let run = app.flow_runs.of(flow_id).filter(|_| is_run);
    let all = run.map(|run| statuses(&run.execution)).unwrap_or_default();
    // Text comes many times a second and changes nothing here: the same value keeps the picture as it is.
    use_memo(all, Clone::clone)
}

fn run_button(texts: &Translator, is_run: bool, on_press: &Callback<MouseEvent>) -> Html {
    let look = if is_run { Look::Plain } else { Look::Primary };
    html! { <Button label={texts.text(Text::FlowRunTitle)} {look} glyph={Glyph::Bolt} testid="flow-run-open" {on_press} /> }
}

fn drawn(
    picture: &Picture,
    statuses: Rc<BTreeMap<String, NodeStatus>>,
    selected: Option<AttrValue>,
    on_select: &Callback<Option<AttrValue>>,
) -> Html {
    html! {
        <FlowCanvas flow={picture.flow.clone()} layout={picture.layout.clone()} marks={picture.marks.clone()} {statuses}
            faulty={picture.faulty.clone()} {selected} {on_select} />
    }
}

fn json(texts: &Translator, view: &FlowView) -> Html {
    let text = serde_json::to_string_pretty(&view.flow).unwrap_or_default();
    html! {
        <div class="flow-json">
            <CopyButton text={Growing::from(text.as_str())} testid="flow-json-copy" />
            <pre tabindex="0" role="region" aria-label={texts.text(Text::FlowShowJson)} data-testid="flow-json">{ text }</pre>
        </div>
    }
}

/// A change stands in front of the chosen node, which is then shown on the picture only.
fn panel(
    app: &App,
    props: &FlowPageProps,
    picture: &Picture,
    selected: Option<AttrValue>,
    on_select: &Callback<Option<AttrValue>>,
) -> Html {
    let flow_id = props.view.flow_id;
    if let Some(modifying) = props.view.modifying.clone() {
        let on_decide = Callback::from({
            let app = app.clone();
            move |decision| app.decide_change(flow_id, decision)
        });
        let on_whole = Callback::from({
            let app = app.clone();
            move |prompt: AttrValue| app.modify_flow(flow_id, prompt.to_string(), Mode::Full)
        });
        let on_remedy = on_remedy(app, {
            let (prompt, mode) = (modifying.prompt.clone(), modifying.mode);
            move |app| app.modify_flow(flow_id, prompt.clone(), mode)
        });
        return html! {
            <ChangePanel {modifying} counter={generations(app)} is_inside={app.is_inside()} {on_decide} {on_select} {on_whole} {on_remedy} />
        };
    }
    let Some(id) = selected else { return html! {} };
    html! { <NodeDetails flow={picture.flow.clone()} {id} faults={props.view.faults.clone()} {on_select} /> }
}

/// What should change. Kept when the answer is nothing, so that it can be said better.
#[component]
fn SentenceOfChange(props: &FlowPageProps) -> Html {
    let (app, texts) = (use_app(), use_translator());
    let flow_id = props.view.flow_id;
    let draft = use_sentence(Sentence::Change(flow_id));
    use_taken(&props.view, &draft);
    let on_send = Callback::from({
        let app = app.clone();
        move |prompt: AttrValue| app.modify_flow(flow_id, prompt.to_string(), Mode::Patch)
    });
    let busy = props.view.modifying.as_ref().is_some_and(|change| change.state == ModifyState::Asking);
    html! {
        <SentenceBox id="modify-prompt" label={texts.text(Text::ChangeLabel)} placeholder={texts.text(Text::ChangePlaceholder)}
            action={texts.text(Text::ChangeSend)} draft={draft.get()} counter={generations(&app)} {busy} held={is_held(&props.view)}
            on_draft={move |text| draft.set(text)} {on_send} />
    }
}

/// A sentence is done with once the change that was made from it is taken. One that was written since is not.
#[hook]
fn use_taken(view: &FlowView, draft: &Note<Sentence, AttrValue>) {
    let proposed = view.modifying.as_ref().and_then(|modifying| {
        matches!(modifying.state, ModifyState::Proposed { .. }).then(|| modifying.prompt.clone())
    });
    let waiting = use_mut_ref(|| None::<String>);
    let (draft, origin) = (draft.clone(), view.origin.clone());
    use_effect_with(proposed, move |proposed| {
        let before = waiting.replace(proposed.clone());
        let is_taken = matches!(&origin, Origin::Modified { prompt } if before.as_ref() == Some(prompt));
        if is_taken && before.is_some_and(|prompt| draft.latest().trim() == prompt) {
            draft.set(AttrValue::default());
        }
    });
}
