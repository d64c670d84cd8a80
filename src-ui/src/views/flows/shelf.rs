//! All flows, and where a person says what another should do.

use flowmeter_domain::ipc::FlowShelf;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::import::Import;
use super::{generations, on_remedy};
use crate::browser;
use crate::components::{
    BrandMark, Button, ErrorNotice, FlowList, FlowWish, Glyph, Look, Notice, PlanProgress, SentenceBox, Tone,
    charged_text,
};
use crate::locales::{Text, Translator, use_translator};
use crate::stores::{App, Note, Sentence, use_app};
use crate::views::notices::Notices;

const EXAMPLES: [Text; 3] = [Text::FlowExampleSupport, Text::FlowExampleTranslate, Text::FlowExampleDigest];

/// What the place keeps while a flow is shown.
#[derive(PartialEq, Properties)]
pub(super) struct ShelfProps {
    /// The sentence so far.
    pub(super) draft: Note<Sentence, AttrValue>,
}

/// The view.
#[component]
pub(super) fn Shelf(props: &ShelfProps) -> Html {
    let (app, texts) = (use_app(), use_translator());
    let field = use_node_ref();
    let on_draft = use_callback((props.draft.clone(), field.clone()), |text: AttrValue, (draft, field)| {
        draft.set(text);
        field.cast::<HtmlElement>().iter().for_each(browser::focus);
    });
    html! {
        <main class="page" tabindex="0" data-testid="flows">
            <div class="column">
                <header class="head"><h1>{ texts.text(Text::FlowsTitle) }</h1><div class="head-end"><Import /></div></header>
                <Notices />
                { news(&app, &texts) }
                { sentence(&app, &texts, props, field) }
                { planning(&app, on_draft.clone()) }
                { content(&app, &texts, on_draft) }
            </div>
        </main>
    }
}

fn sentence(app: &App, texts: &Translator, props: &ShelfProps, field: NodeRef) -> Html {
    let planning = app.flows.shelf.as_ref().and_then(|shelf| shelf.planning.as_ref());
    let draft = props.draft.clone();
    let on_send = Callback::from({
        let app = app.clone();
        move |prompt: AttrValue| app.start_plan(prompt.to_string())
    });
    html! {
        <SentenceBox id="plan-prompt" label={texts.text(Text::PlanLabel)} placeholder={texts.text(Text::PlanPlaceholder)}
            action={texts.text(Text::PlanSend)} draft={props.draft.get()} counter={generations(app)} {field}
            busy={planning.is_some_and(|planning| planning.end.is_none())}
            on_draft={move |text| draft.set(text)} {on_send} />
    }
}

fn planning(app: &App, on_edit: Callback<AttrValue>) -> Html {
    let Some(planning) = app.flows.shelf.as_ref().and_then(|shelf| shelf.planning.clone()) else {
        return html! {};
    };
    let on_stop = Callback::from({
        let app = app.clone();
        move |_: MouseEvent| app.stop_plan()
    });
    let on_close = Callback::from({
        let app = app.clone();
        move |_: MouseEvent| app.close_plan()
    });
    let on_edit = Callback::from({
        let app = app.clone();
        move |prompt| {
            app.close_plan();
            on_edit.emit(prompt);
        }
    });
    let on_remedy = on_remedy(app, {
        let prompt = planning.prompt.clone();
        move |app| app.start_plan(prompt.clone())
    });
    html! {
        <PlanProgress {planning} counter={generations(app)} is_inside={app.is_inside()} {on_stop} {on_close} {on_edit} {on_remedy} />
    }
}

fn content(app: &App, texts: &Translator, on_pick: Callback<AttrValue>) -> Html {
    match (&app.flows.shelf, &app.flows.failure) {
        (Some(shelf), _) if shelf.flows.is_empty() && shelf.planning.is_none() => empty(texts, on_pick),
        (Some(shelf), _) => list(app, shelf),
        (None, Some(error)) => failed(app, texts, error.clone()),
        (None, None) => html! {
            <div class="flow-waiting is-loading" aria-busy="true" role="status" aria-label={texts.text(Text::FlowsLoading)}>
                for _ in 0..3 { <i aria-hidden="true" /> }
            </div>
        },
    }
}

fn failed(app: &App, texts: &Translator, error: flowmeter_domain::UiError) -> Html {
    let on_press = Callback::from({
        let app = app.clone();
        move |_: MouseEvent| app.load_flows()
    });
    html! {
        <ErrorNotice {error} testid="flows-failure">
            <Button label={texts.text(Text::TryAgain)} look={Look::Quiet} testid="flows-again" {on_press} />
        </ErrorNotice>
    }
}

fn list(app: &App, shelf: &FlowShelf) -> Html {
    if shelf.flows.is_empty() {
        return html! {};
    }
    let on_wish = Callback::from({
        let app = app.clone();
        move |wish| match wish {
            FlowWish::Open(flow_id) => app.open_flow(flow_id),
            FlowWish::Rename(flow_id, name) => app.rename_flow(flow_id, name),
            FlowWish::Duplicate(flow_id, name) => app.duplicate_flow(flow_id, name),
            FlowWish::Save(flow_id) => app.save_flow(flow_id),
            FlowWish::Delete(flow_id, name) => app.delete_flow(flow_id, name),
        }
    });
    html! { <FlowList flows={shelf.flows.clone()} now={app.now} {on_wish} /> }
}

fn empty(texts: &Translator, on_pick: Callback<AttrValue>) -> Html {
    html! {
        <section class="empty" data-testid="flows-empty">
            <BrandMark />
            <h2>{ texts.text(Text::FlowsEmptyTitle) }</h2>
            <p>{ texts.text(Text::FlowsEmptyBody) }</p>
            <div class="examples">
                for example in EXAMPLES {
                    <button type="button" class="example" data-testid="flow-example"
                        onclick={let text = texts.text(example); on_pick.reform(move |_| text.clone())}>{ texts.text(example) }</button>
                }
            </div>
        </section>
    }
}

/// What was made, what was deleted, and what was saved.
pub(super) fn news(app: &App, texts: &Translator) -> Html {
    html! { <>{ made(app, texts) }{ deleted(app, texts) }{ saved(app, texts) }</> }
}

/// A flow that was just made: what it cost, and the way to it for somebody who looks at another.
fn made(app: &App, texts: &Translator) -> Html {
    let Some((flow_id, charged)) = app.flows.made else { return html! {} };
    let shelf = app.flows.shelf.as_ref();
    let name = shelf.and_then(|shelf| shelf.flows.iter().find(|flow| flow.flow_id == flow_id));
    let Some(name) = name.map(|flow| flow.name.clone()) else { return html! {} };
    let is_shown = app.flows.open.as_ref().is_some_and(|open| open.flow_id == flow_id);
    let on_open = Callback::from({
        let app = app.clone();
        move |_: MouseEvent| app.open_flow(flow_id)
    });
    let on_close = Callback::from({
        let app = app.clone();
        move |_: MouseEvent| app.close_made()
    });
    let title = match is_shown {
        true => texts.text(Text::PlanMadeHere),
        false => texts.fill(Text::PlanMade, [("name", name.into())]),
    };
    html! {
        <Notice tone={Tone::Info} glyph={Glyph::Check} {title} testid="flow-made">
            <p>{ charged_text(texts, charged) }{ " " }{ generations_left(app, texts) }</p>
            if !is_shown {
                <Button label={texts.text(Text::FlowOpen)} look={Look::Quiet} testid="flow-made-open" on_press={on_open} />
            }
            <Button label={texts.text(Text::Dismiss)} look={Look::Quiet} testid="flow-made-close" on_press={on_close} />
        </Notice>
    }
}

fn generations_left(app: &App, texts: &Translator) -> Option<AttrValue> {
    let left = generations(app)?.remaining().max(0);
    Some(texts.fill(Text::PlanMadeLeft, [("left", left.into())]))
}

fn deleted(app: &App, texts: &Translator) -> Html {
    let Some((flow_id, name)) = app.flows.deleted.clone() else { return html! {} };
    let on_undo = Callback::from({
        let app = app.clone();
        move |_: MouseEvent| app.restore_flow(flow_id)
    });
    let on_close = Callback::from({
        let app = app.clone();
        move |_: MouseEvent| app.close_deleted()
    });
    html! {
        <Notice tone={Tone::Info} glyph={Glyph::Trash} title={texts.fill(Text::FlowDeleted, [("name", name.into())])} testid="flow-deleted">
            <p>{ texts.text(Text::FlowDeletedNext) }</p>
            <Button label={texts.text(Text::ClearUndo)} look={Look::Quiet} glyph={Glyph::Undo} testid="flow-restore" on_press={on_undo} />
            <Button label={texts.text(Text::Dismiss)} look={Look::Quiet} testid="flow-deleted-close" on_press={on_close} />
        </Notice>
    }
}

fn saved(app: &App, texts: &Translator) -> Html {
    let Some(path) = app.flows.saved.clone() else { return html! {} };
    let on_open = Callback::from({
        let app = app.clone();
        move |_: MouseEvent| app.open_downloads()
    });
    let on_close = Callback::from({
        let app = app.clone();
        move |_: MouseEvent| app.close_saved_flow()
    });
    html! {
        <Notice tone={Tone::Info} glyph={Glyph::Check} title={texts.fill(Text::ExportDone, [("path", path.into())])} testid="flow-saved">
            <Button label={texts.text(Text::ExportOpen)} look={Look::Quiet} testid="flow-saved-open" on_press={on_open} />
            <Button label={texts.text(Text::Dismiss)} look={Look::Quiet} testid="flow-saved-close" on_press={on_close} />
        </Notice>
    }
}
