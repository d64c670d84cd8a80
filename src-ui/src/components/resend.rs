//! Another mail, as soon as the server sends one, or another address.

use jiff::Timestamp;
use yew::prelude::*;

use super::countdown::use_countdown;
use super::{Button, Look};
use crate::locales::{Text, use_translator};

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
