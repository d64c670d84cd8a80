//! One of several, behind a button: for lists that are too long to show.

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::{Glyph, Icon};

/// What can be chosen.
#[derive(PartialEq, Properties)]
pub struct SelectProps {
    /// Its name on the page, for its label, and for tests.
    pub id: AttrValue,
    /// The value of each option, and its words.
    pub options: Vec<(AttrValue, AttrValue)>,
    /// The value that holds.
    pub value: AttrValue,
    /// Whether choosing makes no sense now.
    #[prop_or_default]
    pub disabled: bool,
    /// The person chose a value.
    pub on_choose: Callback<AttrValue>,
}

/// A list of options.
#[component]
pub fn Select(props: &SelectProps) -> Html {
    let onchange = props
        .on_choose
        .reform(|event: Event| AttrValue::from(event.target_unchecked_into::<HtmlSelectElement>().value()));
    html! {
        <span class="select">
            <select id={&props.id} disabled={props.disabled} data-testid={&props.id} {onchange}>
                for (value, words) in &props.options {
                    <option key={value.to_string()} value={value} selected={*value == props.value}>{ words }</option>
                }
            </select>
            <Icon glyph={Glyph::Chevron} />
        </span>
    }
}
