//! A button for what takes something away: it asks once more, beside itself, before anything happens.
//!
//! What will be gone stands in the line that the button is in; whoever draws that line knows whether
//! it is being asked.

use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use super::{Button, Look};
use crate::browser;

/// What is asked.
#[derive(PartialEq, Properties)]
pub struct ConfirmProps {
    /// Whether it is being asked now.
    pub asking: bool,
    /// The button before it is asked.
    pub label: AttrValue,
    /// The button that leaves everything as it is.
    pub no: AttrValue,
    /// The button that does it.
    pub yes: AttrValue,
    /// Whether it is under way.
    #[prop_or_default]
    pub busy: bool,
    /// The names of the three buttons for tests.
    pub testids: [AttrValue; 3],
    /// The person wants to be asked, or thought better of it.
    pub on_ask: Callback<bool>,
    /// The person said yes.
    pub on_yes: Callback<MouseEvent>,
}

/// One button, or two.
#[component]
pub fn Confirm(props: &ConfirmProps) -> Html {
    let place = use_focus_that_follows(props.asking);
    let ConfirmProps { no, yes, label, busy, on_ask, on_yes, .. } = props;
    let [ask_id, no_id, yes_id] = &props.testids;
    let ask = |asking: bool| on_ask.reform(move |_: MouseEvent| asking);
    html! {
        <span class="confirm" ref={place}>
            if props.asking {
                <Button key="no" label={no} look={Look::Quiet} testid={no_id} on_press={ask(false)} />
                <Button key="yes" label={yes} look={Look::Danger} busy={*busy} testid={yes_id} on_press={on_yes} />
            } else {
                <Button key="ask" label={label} busy={*busy} testid={ask_id} on_press={ask(true)} />
            }
        </span>
    }
}

/// The button that was pressed is gone: whoever goes by keyboard finds the focus on what took its place,
/// and that is the answer that changes nothing.
#[hook]
fn use_focus_that_follows(asking: bool) -> NodeRef {
    let place = use_node_ref();
    let before = use_mut_ref(|| asking);
    use_effect_with((asking, place.clone()), move |(asking, place)| {
        if before.replace(*asking) == *asking {
            return;
        }
        let button = place.cast::<Element>().and_then(|place| place.query_selector("button").ok().flatten());
        button
            .and_then(|button| wasm_bindgen::JsCast::dyn_into::<HtmlElement>(button).ok())
            .iter()
            .for_each(browser::focus);
    });
    place
}
