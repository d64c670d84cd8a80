//! Which model runs the prompt: any name can be typed; those that were run, and those that the project
//! lists, are offered.
//!
//! A combobox as WAI-ARIA describes it: the focus stays in the field, the arrows move through the list.

use flowmeter_domain::ipc::Model;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{Glyph, Icon};
use crate::locales::{Text, Translator, use_translator};

/// What there is to choose from.
#[derive(PartialEq, Properties)]
pub struct ModelFieldProps {
    /// Models that were run, the newest first.
    pub recent: Vec<String>,
    /// The models that are known.
    pub models: Vec<Model>,
    /// Whether the project lists them itself.
    pub listed: bool,
    /// The chosen one.
    pub model: AttrValue,
    /// Another one was chosen.
    pub on_change: Callback<String>,
}

/// The list while it is open.
#[derive(Clone, Copy, Default, PartialEq)]
struct Open {
    /// The option that Enter takes.
    active: Option<usize>,
    /// Whether what was typed narrows the list: what stood there before does not.
    typed: bool,
}

/// A model with the group that it is offered in.
struct Offer {
    group: Text,
    model: Model,
}

/// The choice.
#[component]
pub fn ModelField(props: &ModelFieldProps) -> Html {
    let texts = use_translator();
    // Not drawn again for what does not change it: that would put back what is being typed.
    let open = use_state_eq(|| None::<Open>);
    let offers = offers(props, open.is_some_and(|open| open.typed));
    let is_open = open.is_some() && !offers.is_empty();
    let active = open.and_then(|open| open.active).filter(|active| *active < offers.len());
    let oninput = {
        let (open, on_change) = (open.clone(), props.on_change.clone());
        move |event: InputEvent| {
            open.set(Some(Open { active: None, typed: true }));
            on_change.emit(event.target_unchecked_into::<HtmlInputElement>().value());
        }
    };
    let names: Vec<String> = offers.iter().map(|offer| offer.model.name.clone()).collect();
    let onkeydown = on_key(&open, active, names, &props.on_change);
    let onclick = {
        let open = open.clone();
        move |_: MouseEvent| open.set(Some(Open::default()))
    };
    let onblur = {
        let open = open.clone();
        move |_: FocusEvent| open.set(None)
    };
    html! {
        <span class="chip model">
            <input role="combobox" aria-label={texts.text(Text::PromptModel)} aria-expanded={is_open.to_string()}
                aria-autocomplete="list" aria-controls={is_open.then_some("model-options")}
                aria-activedescendant={active.map(option_id)} autocomplete="off" spellcheck="false" autocapitalize="none"
                value={&props.model} size={(props.model.len() + 2).clamp(8, 34).to_string()} data-testid="model"
                {oninput} {onkeydown} {onclick} {onblur} />
            <Icon glyph={Glyph::Chevron} />
            if is_open { { list(&texts, &offers, active, &open, &props.on_change) } }
        </span>
    }
}

fn offers(props: &ModelFieldProps, narrowed: bool) -> Vec<Offer> {
    let known = if props.listed { Text::PromptModelsProject } else { Text::PromptModelsKnown };
    let named = |name: &String| props.models.iter().find(|model| model.name == *name).cloned();
    let recent = props.recent.iter().map(|name| Offer {
        group: Text::PromptModelsRecent,
        model: named(name).unwrap_or_else(|| Model { name: name.clone(), label: None, points: None }),
    });
    let others = props.models.iter().filter(|model| !props.recent.contains(&model.name));
    let others = others.map(|model| Offer { group: known, model: model.clone() });
    let wanted = props.model.trim().to_lowercase();
    let fits = |model: &Model| {
        let label = model.label.as_deref().unwrap_or_default();
        [model.name.as_str(), label].iter().any(|text| text.to_lowercase().contains(&wanted))
    };
    recent.chain(others).filter(|offer| !narrowed || fits(&offer.model)).collect()
}

fn on_key(
    open: &UseStateHandle<Option<Open>>,
    active: Option<usize>,
    names: Vec<String>,
    on_change: &Callback<String>,
) -> Callback<KeyboardEvent> {
    let (open, on_change) = (open.clone(), on_change.clone());
    Callback::from(move |event: KeyboardEvent| {
        let last = names.len().saturating_sub(1);
        let moved = match (event.key().as_str(), active) {
            ("ArrowDown", None) => Some(0),
            ("ArrowDown", Some(at)) => Some(if at == last { 0 } else { at + 1 }),
            ("ArrowUp", None | Some(0)) => Some(last),
            ("ArrowUp", Some(at)) => Some(at - 1),
            _ => None,
        };
        if moved.is_some() {
            event.prevent_default();
            open.set(Some(Open { active: moved, ..open.unwrap_or_default() }));
        } else if event.key() == "Escape" && open.is_some() {
            event.prevent_default();
            open.set(None);
        } else if event.key() == "Enter" && !event.ctrl_key() && !event.meta_key() {
            // Enter in this field chooses; it never sends the prompt.
            event.prevent_default();
            active.and_then(|at| names.get(at)).iter().for_each(|name| on_change.emit((*name).clone()));
            open.set(None);
        }
    })
}

fn list(
    texts: &Translator,
    offers: &[Offer],
    active: Option<usize>,
    open: &UseStateHandle<Option<Open>>,
    on_change: &Callback<String>,
) -> Html {
    let groups = [Text::PromptModelsRecent, Text::PromptModelsProject, Text::PromptModelsKnown];
    let of = |group: Text| offers.iter().enumerate().filter(move |(_, offer)| offer.group == group);
    html! {
        <div class="options" id="model-options" role="listbox" aria-label={texts.text(Text::PromptModels)}>
            for group in groups.into_iter().filter(|group| of(*group).next().is_some()) {
                <div role="group" aria-label={texts.text(group)} key={group.id()}>
                    <div class="options-title" aria-hidden="true">{ texts.text(group) }</div>
                    for (at, offer) in of(group) { { option(texts, &offer.model, at, active, open, on_change) } }
                </div>
            }
        </div>
    }
}

fn option(
    texts: &Translator,
    model: &Model,
    at: usize,
    active: Option<usize>,
    open: &UseStateHandle<Option<Open>>,
    on_change: &Callback<String>,
) -> Html {
    // On press and not on click: by then the field would have lost the focus, and the list would be gone.
    let onmousedown = {
        let (open, on_change, name) = (open.clone(), on_change.clone(), model.name.clone());
        move |event: MouseEvent| {
            event.prevent_default();
            on_change.emit(name.clone());
            open.set(None);
        }
    };
    let points = model.points.map(|points| texts.fill(Text::PromptModelPoints, [("points", points.into())]));
    html! {
        <div class="option" role="option" id={option_id(at)} aria-selected={(active == Some(at)).to_string()}
            key={model.name.clone()} data-testid={format!("model-{}", model.name)} {onmousedown}>
            <span class="option-name">{ model.label.clone().unwrap_or_else(|| model.name.clone()) }</span>
            if model.label.is_some() { <span class="option-note">{ &model.name }</span> }
            if let Some(points) = points { <span class="option-note">{ points }</span> }
        </div>
    }
}

fn option_id(at: usize) -> AttrValue {
    format!("model-option-{at}").into()
}
