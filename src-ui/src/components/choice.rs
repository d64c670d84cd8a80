//! One of a few, all in sight: a row of radio buttons that looks like one control.

use yew::prelude::*;

/// What can be chosen.
#[derive(PartialEq, Properties)]
pub struct ChoiceProps {
    /// The name of the group on the page, and for tests.
    pub id: AttrValue,
    /// What is chosen, in words.
    pub label: AttrValue,
    /// The value of each option, and its words.
    pub options: Vec<(AttrValue, AttrValue)>,
    /// The value that holds.
    pub value: AttrValue,
    /// The person chose a value.
    pub on_choose: Callback<AttrValue>,
}

/// A row of options.
#[component]
pub fn Choice(props: &ChoiceProps) -> Html {
    html! {
        <div class="choice" role="radiogroup" aria-label={&props.label} data-testid={&props.id} data-value={&props.value}>
            for (value, words) in &props.options { { option(props, value, words) } }
        </div>
    }
}

fn option(props: &ChoiceProps, value: &AttrValue, words: &AttrValue) -> Html {
    let chosen = value.clone();
    let onchange = props.on_choose.reform(move |_: Event| chosen.clone());
    html! {
        <label class="choice-option" key={value.to_string()}>
            <input type="radio" name={&props.id} value={value} checked={*value == props.value}
                data-testid={format!("{}-{value}", props.id)} {onchange} />
            <span>{ words }</span>
        </label>
    }
}
