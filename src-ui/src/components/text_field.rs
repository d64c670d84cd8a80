//! One line of text with its label above it.

use web_sys::HtmlInputElement;
use yew::prelude::*;

/// What is asked for.
#[derive(PartialEq, Properties)]
pub struct TextFieldProps {
    /// The name of the field on the page, for tests, and for its label.
    pub id: &'static str,
    /// What to type, in words.
    pub label: AttrValue,
    /// `email`, `password`, `text`.
    pub kind: &'static str,
    /// What a password store may fill in.
    pub autocomplete: &'static str,
    /// What is typed.
    pub value: AttrValue,
    /// Whether the form was refused.
    #[prop_or_default]
    pub invalid: bool,
    /// Whether typing makes no sense now.
    #[prop_or_default]
    pub disabled: bool,
    /// Something was typed.
    pub on_change: Callback<String>,
}

/// A field.
#[component]
pub fn TextField(props: &TextFieldProps) -> Html {
    let oninput =
        props.on_change.reform(|event: InputEvent| event.target_unchecked_into::<HtmlInputElement>().value());
    html! {
        <div class="field">
            <label for={props.id}>{ &props.label }</label>
            <input id={props.id} name={props.id} type={props.kind} autocomplete={props.autocomplete} required=true
                spellcheck="false" autocapitalize="none" value={&props.value} disabled={props.disabled}
                aria-invalid={props.invalid.then_some("true")} data-testid={props.id} {oninput} />
        </div>
    }
}
