//! What is shown when the backend does not answer at all: rare, but never an empty window.

use flowmeter_domain::UiError;
use yew::prelude::*;

use crate::browser;
use crate::components::{Brand, Button, ErrorNotice, Look};
use crate::locales::{Text, use_translator};

/// Why.
#[derive(PartialEq, Properties)]
pub struct FailedProps {
    /// What went wrong.
    pub error: UiError,
}

/// The view.
#[component]
pub fn Failed(props: &FailedProps) -> Html {
    let texts = use_translator();
    let label = texts.text(Text::TryAgain);
    let on_press = Callback::from(|_| browser::reload());
    html! {
        <main class="sign-in">
            <div class="sign-in-card">
                <Brand />
                <ErrorNotice error={props.error.clone()} testid="start-error" alert=true />
                if props.error.retryable { <Button {label} look={Look::Primary} testid="try-again" {on_press} /> }
            </div>
        </main>
    }
}
