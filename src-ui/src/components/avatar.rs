//! The first letter of an address, to tell accounts apart at a glance.

use yew::prelude::*;

/// Whose.
#[derive(PartialEq, Properties)]
pub struct AvatarProps {
    /// The address; empty for an account without one.
    pub email: AttrValue,
}

/// The letter; the address stands beside it, so it is not spoken.
#[component]
pub fn Avatar(props: &AvatarProps) -> Html {
    let initial: String = props.email.chars().take(1).flat_map(char::to_uppercase).collect();
    html! { <span class="avatar" aria-hidden="true">{ initial }</span> }
}
