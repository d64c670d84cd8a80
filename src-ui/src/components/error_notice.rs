//! A notice about an error: what a code means to a person, and what to do about it.
//!
//! The error's own text is for reports: it is folded away, and shown only where it can help.

use flowmeter_domain::{Code, UiError};
use yew::prelude::*;

use super::{Glyph, Notice, Tone};
use crate::locales::{Text, use_translator};

/// An error and what a notice about it adds.
#[derive(PartialEq, Properties)]
pub struct ErrorNoticeProps {
    /// What went wrong.
    pub error: UiError,
    /// How serious it is here.
    #[prop_or(Tone::Error)]
    pub tone: Tone,
    /// Before what to do: what this means here.
    #[prop_or_default]
    pub lead: Option<AttrValue>,
    /// Whether the error's own text is left to whoever shows the notice.
    #[prop_or_default]
    pub is_brief: bool,
    /// Its name for tests.
    pub testid: AttrValue,
    /// Whether it is spoken at once.
    #[prop_or_default]
    pub alert: bool,
    /// After what to do.
    #[prop_or_default]
    pub children: Html,
}

/// A notice about an error: title and next step by its code, its technical text folded away.
#[component]
pub fn ErrorNotice(props: &ErrorNoticeProps) -> Html {
    let texts = use_translator();
    let code = props.error.code;
    let glyph = matches!(code, Code::Unreachable | Code::TimedOut).then_some(Glyph::Offline);
    html! {
        <Notice tone={props.tone} {glyph} {code} title={texts.code(code)} testid={&props.testid} alert={props.alert}>
            <p>if let Some(lead) = &props.lead { { lead }{ " " } }{ texts.next_step(code) }</p>
            if has_details(code) && !props.is_brief && !props.error.message.is_empty() {
                <details class="fold"><summary>{ texts.text(Text::Details) }</summary><code>{ &props.error.message }</code></details>
            }
            { props.children.clone() }
        </Notice>
    }
}

/// Whether the technical text helps a person, or whoever they ask.
fn has_details(code: Code) -> bool {
    matches!(
        code,
        Code::Internal
            | Code::NotSecure
            | Code::ServerFailed
            | Code::UnexpectedAnswer
            | Code::ExecutionFailed
            | Code::InvalidInput
            | Code::InvalidSettings
            | Code::KeychainRefused
            | Code::StoreFailed
    )
}
