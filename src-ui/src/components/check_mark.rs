//! What is known about a field, beside its label: by shape and word, not by colour alone.

use flowmeter_domain::ipc::Check;
use yew::prelude::*;

use super::{Glyph, Icon};
use crate::locales::{Text, use_translator};

/// About which.
#[derive(PartialEq, Properties)]
pub struct CheckMarkProps {
    /// What is known; `None` while it is asked.
    pub check: Option<Check>,
    /// Whether nothing is typed yet.
    pub is_open: bool,
    /// Its name for tests.
    pub testid: AttrValue,
}

/// The mark; nothing for a field of which nothing can be known.
#[component]
pub fn CheckMark(props: &CheckMarkProps) -> Html {
    let texts = use_translator();
    let (state, glyph, word) = match &props.check {
        _ if props.is_open => ("open", None, None),
        None => ("asking", None, Some(Text::ConnectChecking)),
        Some(Check::Open) => ("open", None, None),
        Some(Check::Good) => ("good", Some(Glyph::Check), Some(Text::ConnectGood)),
        Some(Check::Wrong { .. }) => ("wrong", Some(Glyph::Alert), Some(Text::ConnectWrong)),
    };
    html! {
        <span class="check" role="status" data-state={state} data-testid={&props.testid}>
            if let Some(glyph) = glyph { <Icon {glyph} /> }
            if let Some(word) = word { { texts.text(word) } }
        </span>
    }
}
