//! The kept flows, changed last first, each with what can be done to it.

use flowmeter_domain::ipc::{FlowEntry, FlowId};
use jiff::Timestamp;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::components::{Button, Glyph, Icon, Look};
use crate::locales::{Text, Translator, use_translator};

/// Something that is done to a flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FlowWish {
    /// It is shown.
    Open(FlowId),
    /// It gets another name.
    Rename(FlowId, String),
    /// It is copied, under this name.
    Duplicate(FlowId, String),
    /// It is saved as a file.
    Save(FlowId),
    /// It is deleted; the name is for whoever wants it back.
    Delete(FlowId, String),
}

/// Which flows.
#[derive(PartialEq, Properties)]
pub struct FlowListProps {
    /// The flows.
    pub flows: Vec<FlowEntry>,
    /// The time by which ages are told.
    pub now: Timestamp,
    /// The person wants something.
    pub on_wish: Callback<FlowWish>,
}

/// The list.
#[component]
pub fn FlowList(props: &FlowListProps) -> Html {
    let texts = use_translator();
    html! {
        <ul class="panel flow-list" aria-label={texts.text(Text::FlowsTitle)} data-testid="flow-list">
            for entry in &props.flows {
                <FlowRow key={entry.flow_id.to_string()} entry={entry.clone()} now={props.now} on_wish={&props.on_wish} />
            }
        </ul>
    }
}

/// One flow.
#[derive(PartialEq, Properties)]
struct FlowRowProps {
    entry: FlowEntry,
    now: Timestamp,
    on_wish: Callback<FlowWish>,
}

#[component]
fn FlowRow(props: &FlowRowProps) -> Html {
    let texts = use_translator();
    let renaming = use_state(|| false);
    let FlowEntry { flow_id, name, .. } = &props.entry;
    let flow_id = *flow_id;
    if *renaming {
        let on_done = {
            let (renaming, on_wish) = (renaming.clone(), props.on_wish.clone());
            Callback::from(move |name: Option<String>| {
                name.into_iter().for_each(|name| on_wish.emit(FlowWish::Rename(flow_id, name)));
                renaming.set(false);
            })
        };
        return html! { <li class="flow-row"><NameField name={name.clone()} {on_done} /></li> };
    }
    let on_rename = Callback::from(move |_: MouseEvent| renaming.set(true));
    html! {
        <li class="flow-row" data-testid="flow-row" data-name={name.clone()}>
            <button type="button" class="flow-open" data-testid="flow-open" onclick={wish(props, move |_| FlowWish::Open(flow_id))}>
                <Icon glyph={Glyph::Flow} />
                <span class="flow-name">{ name }</span>
                <span class="flow-facts">{ facts(&texts, props) }</span>
            </button>
            { actions(&texts, props, on_rename) }
        </li>
    }
}

fn wish(props: &FlowRowProps, of: impl Fn(String) -> FlowWish + 'static) -> Callback<MouseEvent> {
    let name = props.entry.name.clone();
    props.on_wish.reform(move |_| of(name.clone()))
}

fn facts(texts: &Translator, props: &FlowRowProps) -> AttrValue {
    let FlowEntry { nodes, changed_at, .. } = &props.entry;
    let age = texts.age(props.now.duration_since(*changed_at));
    texts.fill(Text::FlowFacts, [("nodes", i64::from(*nodes).into()), ("age", age.as_str().into())])
}

fn actions(texts: &Translator, props: &FlowRowProps, on_rename: Callback<MouseEvent>) -> Html {
    let FlowEntry { flow_id, name, .. } = &props.entry;
    let (flow_id, copy) =
        (*flow_id, texts.fill(Text::FlowCopyName, [("name", name.as_str().into())]).to_string());
    let button = |text, glyph, testid: &'static str, on_press| {
        let label = texts.fill(text, [("name", name.as_str().into())]);
        html! { <Button {label} {glyph} icon_only=true look={Look::Quiet} {testid} {on_press} /> }
    };
    html! {
        <div class="flow-actions">
            { button(Text::FlowRenameNamed, Glyph::Pencil, "flow-rename", on_rename) }
            { button(Text::FlowDuplicateNamed, Glyph::Copy, "flow-duplicate", wish(props, move |_| FlowWish::Duplicate(flow_id, copy.clone()))) }
            { button(Text::FlowSaveNamed, Glyph::Download, "flow-save", wish(props, move |_| FlowWish::Save(flow_id))) }
            { button(Text::FlowDeleteNamed, Glyph::Trash, "flow-delete", wish(props, move |name| FlowWish::Delete(flow_id, name))) }
        </div>
    }
}

/// A name that is being typed.
#[derive(PartialEq, Properties)]
pub struct NameFieldProps {
    /// The name so far.
    pub name: String,
    /// The new name, or none where the person changed their mind.
    pub on_done: Callback<Option<String>>,
}

/// The field: Enter takes the name, Escape leaves the old one.
#[component]
pub fn NameField(props: &NameFieldProps) -> Html {
    let texts = use_translator();
    let field = use_node_ref();
    use_effect_with(field.clone(), |field| {
        field.cast::<HtmlInputElement>().iter().for_each(|field| {
            crate::browser::focus(field);
            field.select();
        });
    });
    let onsubmit = Callback::from({
        let (field, on_done, name) = (field.clone(), props.on_done.clone(), props.name.clone());
        move |event: SubmitEvent| {
            event.prevent_default();
            let typed = field.cast::<HtmlInputElement>().map(|field| field.value().trim().to_owned());
            on_done.emit(typed.filter(|typed| !typed.is_empty() && *typed != name));
        }
    });
    let onkeydown = {
        let on_done = props.on_done.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                on_done.emit(None);
            }
        })
    };
    html! {
        <form class="name-form" {onsubmit}>
            <input ref={field} class="name-field" aria-label={texts.text(Text::FlowName)} value={props.name.clone()} maxlength="120"
                data-testid="flow-name-field" {onkeydown} />
            <Button label={texts.text(Text::FlowNameTake)} submit=true testid="flow-name-take" />
            <Button label={texts.text(Text::Cancel)} look={Look::Quiet} testid="flow-name-cancel" on_press={props.on_done.reform(|_| None)} />
        </form>
    }
}
