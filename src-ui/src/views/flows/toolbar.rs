//! What can be done with the flow that is shown.

use flowmeter_domain::ipc::{FlowView, ModifyState, Step};
use yew::prelude::*;

use crate::browser;
use crate::components::{Button, Choice, Glyph, Look, NameField};
use crate::locales::{Text, Translator, use_translator};
use crate::stores::{App, use_app};

/// How the flow is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Shown {
    /// As a picture.
    #[default]
    Picture,
    /// As its JSON.
    Json,
}

/// Which flow.
#[derive(PartialEq, Properties)]
pub(super) struct ToolbarProps {
    /// The flow.
    pub(super) view: std::rc::Rc<FlowView>,
    /// How it is shown.
    pub(super) shown: Shown,
    /// It is to be shown differently.
    pub(super) on_shown: Callback<Shown>,
    /// Further buttons, before those of the versions.
    #[prop_or_default]
    pub(super) children: Html,
}

/// The head of the page: the way back, the name, and the tools.
#[component]
pub(super) fn Toolbar(props: &ToolbarProps) -> Html {
    let (app, texts) = (use_app(), use_translator());
    let on_back = Callback::from({
        let app = app.clone();
        move |_: MouseEvent| app.close_flow()
    });
    html! {
        <header class="flow-head">
            <Button label={texts.text(Text::FlowsBack)} glyph={Glyph::Back} icon_only=true look={Look::Quiet} testid="flow-back" on_press={on_back} />
            <Name view={props.view.clone()} />
            <div class="flow-tools" role="group" aria-label={texts.text(Text::FlowTools)}>
                { props.children.clone() }
                { versions(&app, &texts, &props.view) }
                { forms(&texts, props) }
            </div>
        </header>
    }
}

/// A flow of which a change waits stays as it is until then.
pub(super) fn is_held(view: &FlowView) -> bool {
    let state = view.modifying.as_ref().map(|modifying| &modifying.state);
    matches!(state, Some(ModifyState::Asking | ModifyState::Proposed { .. }))
}

/// What the keys of every editor do: undo and redo. In a field they are about what is typed there.
pub(super) fn step_on_keys(app: &App, view: &FlowView) -> Callback<KeyboardEvent> {
    let (app, flow_id, held) = (app.clone(), view.flow_id, is_held(view));
    let (can_undo, can_redo) = (view.can_undo && !held, view.can_redo && !held);
    Callback::from(move |event: KeyboardEvent| {
        let step = match browser::step_of(&event) {
            Some(Step::Undo) if can_undo => Step::Undo,
            Some(Step::Redo) if can_redo => Step::Redo,
            _ => return,
        };
        event.prevent_default();
        app.step_flow(flow_id, step);
    })
}

fn versions(app: &App, texts: &Translator, view: &FlowView) -> Html {
    let (flow_id, held) = (view.flow_id, is_held(view));
    let tool = |text, glyph, testid: &'static str, enabled: bool, act: fn(&App, _)| {
        let app = app.clone();
        let on_press = Callback::from(move |_: MouseEvent| act(&app, flow_id));
        html! {
            <Button label={texts.text(text)} {glyph} icon_only=true look={Look::Quiet} {testid} disabled={!enabled} {on_press} />
        }
    };
    html! {
        <>
            { tool(Text::FlowUndo, Glyph::Undo, "flow-undo", view.can_undo && !held, |app, id| app.step_flow(id, Step::Undo)) }
            { tool(Text::FlowRedo, Glyph::Redo, "flow-redo", view.can_redo && !held, |app, id| app.step_flow(id, Step::Redo)) }
            { tool(Text::FlowArrange, Glyph::Layers, "flow-arrange", !held, App::arrange_flow) }
            { tool(Text::FlowSave, Glyph::Download, "flow-export", true, App::save_flow) }
        </>
    }
}

fn forms(texts: &Translator, props: &ToolbarProps) -> Html {
    let options = vec![
        ("picture".into(), texts.text(Text::FlowShowPicture)),
        ("json".into(), texts.text(Text::FlowShowJson)),
    ];
    let value = if props.shown == Shown::Json { "json" } else { "picture" };
    let on_choose =
        props.on_shown.reform(|value: AttrValue| if value == "json" { Shown::Json } else { Shown::Picture });
    html! { <Choice id="flow-form" label={texts.text(Text::FlowForm)} {options} {value} {on_choose} /> }
}

#[derive(PartialEq, Properties)]
struct NameProps {
    view: std::rc::Rc<FlowView>,
}

/// The name; pressed, it can be changed.
#[component]
fn Name(props: &NameProps) -> Html {
    let (app, texts) = (use_app(), use_translator());
    let renaming = use_state(|| false);
    let (flow_id, name) = (props.view.flow_id, props.view.name.clone());
    if *renaming {
        let on_done = Callback::from(move |name: Option<String>| {
            name.into_iter().for_each(|name| app.rename_flow(flow_id, name));
            renaming.set(false);
        });
        return html! { <NameField {name} {on_done} /> };
    }
    let on_press = Callback::from(move |_: MouseEvent| renaming.set(true));
    html! {
        <div class="flow-title">
            <h1 data-testid="flow-name">{ &name }</h1>
            <Button label={texts.text(Text::FlowRename)} glyph={Glyph::Pencil} icon_only=true look={Look::Quiet} testid="flow-rename"
                disabled={is_held(&props.view)} {on_press} />
        </div>
    }
}
