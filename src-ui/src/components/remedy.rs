//! What a person can do about a failure, there and then; and how serious it is.
//!
//! Runs, plans, changes and flows fail for the same reasons, and the same helps.

use flowmeter_domain::preferences::Figures;
use flowmeter_domain::{Code, Counter, Kind, UiError};
use yew::prelude::*;

use super::{AgainButton, Button, Glyph, QuotaCard, Tone};
use crate::locales::{Text, use_translator};

/// What helps first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Whoever is asking has to say so again; what was asked waits.
    SignIn,
    /// Somebody may have raised the limit.
    Read,
    /// The same may work now, or once the server's time is over.
    Again,
}

impl Remedy {
    /// `None` where the same would be refused again: it has to be changed.
    fn of(code: Code, is_inside: bool, counter: Option<Counter>) -> Option<Self> {
        let is_used_up = counter.is_some_and(|counter| counter.remaining() <= 0);
        match code {
            _ if !is_inside => Some(Self::SignIn),
            Code::QuotaExceeded if is_used_up => Some(Self::Read),
            Code::InvalidInput | Code::NotAllowed | Code::NotFound => None,
            _ => Some(Self::Again),
        }
    }
}

/// For which failure.
#[derive(PartialEq, Properties)]
pub struct RemedyButtonProps {
    /// What went wrong.
    pub cause: UiError,
    /// The quota that it counts against, by the last reading.
    pub counter: Option<Counter>,
    /// Whether nobody has to sign in first.
    pub is_inside: bool,
    /// The person wants it.
    pub on_press: Callback<Remedy>,
}

/// The button; where a server named a time it counts down to it.
#[component]
pub fn RemedyButton(props: &RemedyButtonProps) -> Html {
    let texts = use_translator();
    let Some(remedy) = Remedy::of(props.cause.code, props.is_inside, props.counter) else { return html! {} };
    let on_press = props.on_press.reform(move |_: MouseEvent| remedy);
    match remedy {
        Remedy::SignIn => html! {
            <Button label={texts.text(Text::DoorAgainTitle)} glyph={Glyph::Key} testid="run-sign-in" {on_press} />
        },
        Remedy::Read => html! {
            <Button label={texts.text(Text::RunCheckAgain)} glyph={Glyph::Refresh} testid="run-read" {on_press} />
        },
        Remedy::Again => html! { <AgainButton from={props.cause.retry_at} {on_press} /> },
    }
}

/// Which quota refused something.
#[derive(PartialEq, Properties)]
pub struct RefusedByProps {
    /// Why it failed.
    pub code: Code,
    /// What it counts against.
    pub kind: Kind,
    /// Its numbers, by the last reading.
    pub counter: Option<Counter>,
    /// Which of them comes first.
    #[prop_or_default]
    pub figures: Figures,
}

/// The card of the quota that is used up; nothing for another failure.
#[component]
pub fn RefusedBy(props: &RefusedByProps) -> Html {
    let RefusedByProps { code, kind, counter, figures } = *props;
    let Some(counter) = counter.filter(|_| code == Code::QuotaExceeded) else { return html! {} };
    html! { <ul class="said"><QuotaCard {kind} {counter} {figures} forecast={None} /></ul> }
}

/// What only has to be waited for, or has a way out that is named, is no error.
pub(super) fn tone(code: Code) -> Tone {
    let waits = matches!(
        code,
        Code::QuotaExceeded
            | Code::PointsExceeded
            | Code::RateLimited
            | Code::TooManyRuns
            | Code::NotSignedIn
            | Code::SessionEnded
    );
    if waits { Tone::Warning } else { Tone::Error }
}
