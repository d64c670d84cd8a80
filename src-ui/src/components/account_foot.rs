//! Who is signed in, how old their numbers are, and the way out.

use flowmeter_domain::ipc::{Account, QuotaState};
use jiff::Timestamp;
use yew::prelude::*;

use super::{Button, Glyph, Look, QuotaAge};
use crate::locales::{Text, use_translator};

/// Whose.
#[derive(PartialEq, Properties)]
pub struct AccountFootProps {
    /// Who is signed in.
    pub account: Account,
    /// Their latest reading.
    pub quota: QuotaState,
    /// The time by which ages are told.
    pub now: Timestamp,
    /// The person wants to leave.
    pub on_sign_out: Callback<MouseEvent>,
}

/// The foot of the sidebar.
#[component]
pub fn AccountFoot(props: &AccountFootProps) -> Html {
    let texts = use_translator();
    let label = texts.text(Text::SignOut);
    let email = &props.account.email;
    let initial = email.chars().next().map(|first| first.to_uppercase().to_string());
    html! {
        <div class="account">
            <span class="avatar" aria-hidden="true">{ initial }</span>
            <div class="account-text">
                <b title={email.clone()} data-testid="account-email">{ email.clone() }</b>
                <QuotaAge quota={props.quota.clone()} now={props.now} testid="account-age" />
            </div>
            <Button {label} look={Look::Quiet} glyph={Glyph::SignOut} icon_only=true testid="sign-out"
                on_press={&props.on_sign_out} />
        </div>
    }
}
