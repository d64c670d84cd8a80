//! The mark and the name: a gauge that is nearly full, with the eye in its middle.

use yew::prelude::*;

use crate::locales::{Text, use_translator};

/// The mark alone.
#[component]
pub fn BrandMark() -> Html {
    html! {
        <svg class="mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path class="mark-track" d="M4.5 17a9 9 0 1 1 15 0" />
            <path class="mark-value" d="M4.5 17A9 9 0 0 1 15.5 4.2" />
            <circle class="mark-eye" cx="12" cy="12.5" r="2.2" />
        </svg>
    }
}

/// The mark and the name.
#[component]
pub fn Brand() -> Html {
    let texts = use_translator();
    html! { <div class="brand"><BrandMark /><span>{ texts.text(Text::AppName) }</span></div> }
}
