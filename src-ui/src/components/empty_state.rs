//! What stands where runs will be: an invitation with prompts to start from.

use yew::prelude::*;

use super::BrandMark;
use crate::locales::{Text, use_translator};

const EXAMPLES: [Text; 3] = [Text::ExampleLocking, Text::ExampleNames, Text::ExampleRetry];

/// What happens with an example.
#[derive(PartialEq, Properties)]
pub struct EmptyStateProps {
    /// The person picked one.
    pub on_pick: Callback<AttrValue>,
}

/// The invitation.
#[component]
pub fn EmptyState(props: &EmptyStateProps) -> Html {
    let texts = use_translator();
    html! {
        <section class="empty" data-testid="runs-empty">
            <BrandMark />
            <h2>{ texts.text(Text::RunsEmptyTitle) }</h2>
            <p>{ texts.text(Text::RunsEmptyBody) }</p>
            <div class="examples">
                for example in EXAMPLES {
                    <button type="button" class="example" data-testid="example"
                        onclick={let text = texts.text(example); props.on_pick.reform(move |_| text.clone())}>
                        { texts.text(example) }
                    </button>
                }
            </div>
        </section>
    }
}
