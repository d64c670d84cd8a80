//! Which model runs the prompt: a choice where the models are known, free text with suggestions elsewhere.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::{Glyph, Icon};
use crate::locales::{Text, use_translator};

/// What there is to choose from.
#[derive(PartialEq, Properties)]
pub struct ModelFieldProps {
    /// The models that are known.
    pub models: &'static [&'static str],
    /// Whether others can be typed.
    pub is_open: bool,
    /// The chosen one.
    pub model: AttrValue,
    /// Another one was chosen.
    pub on_change: Callback<String>,
}

/// The choice.
#[component]
pub fn ModelField(props: &ModelFieldProps) -> Html {
    let texts = use_translator();
    let label = texts.text(Text::PromptModel);
    if props.is_open { typed(props, &label) } else { chosen(props, &label) }
}

fn typed(props: &ModelFieldProps, label: &AttrValue) -> Html {
    let oninput =
        props.on_change.reform(|event: InputEvent| event.target_unchecked_into::<HtmlInputElement>().value());
    html! {
        <span class="chip chip-text">
            <input list="models" aria-label={label} spellcheck="false" autocapitalize="none" value={&props.model}
                size={(props.model.len() + 4).clamp(12, 36).to_string()} data-testid="model" {oninput} />
            <datalist id="models">for model in props.models { <option value={*model} /> }</datalist>
        </span>
    }
}

fn chosen(props: &ModelFieldProps, label: &AttrValue) -> Html {
    let onchange =
        props.on_change.reform(|event: Event| event.target_unchecked_into::<HtmlSelectElement>().value());
    html! {
        <span class="chip">
            <select aria-label={label} data-testid="model" {onchange}>
                for model in props.models {
                    <option value={*model} selected={props.model == *model}>{ *model }</option>
                }
            </select>
            <Icon glyph={Glyph::Chevron} />
        </span>
    }
}
