//! On or off, at once.

use web_sys::HtmlInputElement;
use yew::prelude::*;

/// What is switched.
#[derive(PartialEq, Properties)]
pub struct SwitchProps {
    /// Its name on the page, for its label, and for tests.
    pub id: AttrValue,
    /// Whether it is on.
    pub on: bool,
    /// Whether switching makes no sense now.
    #[prop_or_default]
    pub disabled: bool,
    /// The person switched it.
    pub on_switch: Callback<bool>,
}

/// A switch.
#[component]
pub fn Switch(props: &SwitchProps) -> Html {
    let onchange =
        props.on_switch.reform(|event: Event| event.target_unchecked_into::<HtmlInputElement>().checked());
    html! {
        <input id={&props.id} class="switch" type="checkbox" role="switch" checked={props.on} disabled={props.disabled}
            data-testid={&props.id} data-on={props.on.to_string()} {onchange} />
    }
}
