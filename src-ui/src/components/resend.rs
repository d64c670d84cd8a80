//! Another mail, as soon as the server sends one, or another address.

use gloo::timers::callback::Interval;
use jiff::Timestamp;
use yew::prelude::*;

use super::{Button, Look};
use crate::browser;
use crate::locales::{Text, use_translator};

const SECOND_MS: u32 = 1000;

/// When and what.
#[derive(PartialEq, Properties)]
pub struct ResendProps {
    /// When the server sends the next mail, where it named a time.
    pub next: Option<Timestamp>,
    /// Whether something is under way.
    pub busy: bool,
    /// The person wants another mail.
    pub on_send: Callback<()>,
    /// The address was wrong.
    pub on_change: Callback<()>,
}

/// Two ways on for whoever waits for a mail.
#[component]
pub fn Resend(props: &ResendProps) -> Html {
    let texts = use_translator();
    let left = use_countdown(props.next);
    let (on_send, on_change) =
        (props.on_send.reform(|_: MouseEvent| ()), props.on_change.reform(|_: MouseEvent| ()));
    let label = match left {
        0 => texts.text(Text::DoorResend),
        seconds => texts.fill(Text::DoorResendIn, [("seconds", seconds.into())]),
    };
    html! {
        <div class="resend">
            <Button {label} look={Look::Quiet} disabled={props.busy || left > 0} testid="resend" on_press={on_send} />
            <Button label={texts.text(Text::DoorOtherAddress)} look={Look::Quiet} disabled={props.busy} testid="other-address"
                on_press={on_change} />
        </div>
    }
}

/// Whole seconds until `next`, counted down while this is on the page.
#[hook]
fn use_countdown(next: Option<Timestamp>) -> i64 {
    let now = use_state(browser::now);
    let setter = now.setter();
    use_effect_with(next, move |next| {
        setter.set(browser::now());
        let ticks = next.map(|_| Interval::new(SECOND_MS, move || setter.set(browser::now())));
        move || drop(ticks)
    });
    next.map_or(0, |next| (next.duration_since(*now).as_millis() + 999).div_euclid(1000).max(0) as i64)
}
