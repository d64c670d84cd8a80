//! A calm message beside what it is about: what happened, and what to do.

use flowmeter_domain::Code;
use yew::prelude::*;

use super::{Glyph, Icon};

/// How serious a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Good to know.
    Info,
    /// Something works less well.
    Warning,
    /// Something did not happen.
    Error,
}

/// What a notice says.
#[derive(PartialEq, Properties)]
pub struct NoticeProps {
    /// How serious it is.
    pub tone: Tone,
    /// Instead of the tone's own icon.
    #[prop_or_default]
    pub glyph: Option<Glyph>,
    /// What happened, in a few words.
    pub title: AttrValue,
    /// The code behind it, for tests.
    #[prop_or_default]
    pub code: Option<Code>,
    /// Its name for tests.
    pub testid: AttrValue,
    /// Whether it is spoken at once: only for the answer to what a person just did.
    #[prop_or_default]
    pub alert: bool,
    /// What to do, and buttons for it.
    #[prop_or_default]
    pub children: Html,
}

/// A notice.
#[component]
pub fn Notice(props: &NoticeProps) -> Html {
    let (class, glyph) = match props.tone {
        Tone::Info => ("notice-info", Glyph::Info),
        Tone::Warning => ("notice-warning", Glyph::Alert),
        Tone::Error => ("notice-error", Glyph::Alert),
    };
    html! {
        <div class={classes!("notice", class)} role={if props.alert { "alert" } else { "status" }}
            data-testid={&props.testid} data-code={props.code.and_then(wire_name)}>
            <Icon glyph={props.glyph.unwrap_or(glyph)} />
            <div class="notice-text"><strong>{ &props.title }</strong>{ props.children.clone() }</div>
        </div>
    }
}

/// The code as it travels.
fn wire_name(code: Code) -> Option<String> {
    serde_json::to_value(code).ok()?.as_str().map(str::to_owned)
}
