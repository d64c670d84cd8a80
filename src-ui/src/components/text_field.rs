//! One line of text with its label above it.

use web_sys::{HtmlElement, HtmlInputElement};
use yew::prelude::*;

use crate::browser;

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
    /// Below the field: what to know before typing.
    #[prop_or_default]
    pub hint: Option<AttrValue>,
    /// Beside the label: a way out for whoever cannot fill it.
    #[prop_or_default]
    pub aside: Html,
    /// Which keys a screen keyboard offers.
    #[prop_or_default]
    pub inputmode: Option<&'static str>,
    /// Whether the cursor goes here when the field appears.
    #[prop_or_default]
    pub focused: bool,
    /// Something was typed.
    pub on_change: Callback<String>,
}

/// A field.
#[component]
pub fn TextField(props: &TextFieldProps) -> Html {
    let oninput =
        props.on_change.reform(|event: InputEvent| event.target_unchecked_into::<HtmlInputElement>().value());
    let field = use_node_ref();
    use_effect_with((props.focused, field.clone()), |(focused, field)| {
        field.cast::<HtmlElement>().filter(|_| *focused).iter().for_each(browser::focus);
    });
    let hint = props.hint.as_ref().map(|_| format!("{}-hint", props.id));
    html! {
        <div class="field">
            <label for={props.id}>{ &props.label }</label>
            <input ref={field} id={props.id} name={props.id} type={props.kind} autocomplete={props.autocomplete} required=true
                spellcheck="false" autocapitalize="none" value={&props.value} disabled={props.disabled}
                inputmode={props.inputmode} aria-invalid={props.invalid.then_some("true")} aria-describedby={hint.clone()}
                data-testid={props.id} {oninput} />
            // Seen beside the label, and come to after what most people want, which is to type.
            <span class="field-aside">{ props.aside.clone() }</span>
            if let Some(text) = &props.hint { <div class="hint" id={hint}>{ text }</div> }
        </div>
    }
}
