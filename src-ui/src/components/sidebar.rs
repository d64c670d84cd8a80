//! What is always in sight: the brand, the quotas in short, the account and how old its numbers are.

use flowmeter_domain::ipc::{Account, QuotaState};
use jiff::Timestamp;
use yew::prelude::*;

use super::{Brand, Button, Form, Glyph, Look, QuotaAge, QuotaDisplay};
use crate::locales::{Text, use_translator};

/// Whose.
#[derive(PartialEq, Properties)]
pub struct SidebarProps {
    /// Who is signed in.
    pub account: Account,
    /// The latest reading.
    pub quota: QuotaState,
    /// The time by which ages are told.
    pub now: Timestamp,
    /// The person wants to leave.
    pub on_sign_out: Callback<MouseEvent>,
}

/// The sidebar; a strip at the top in a narrow window.
#[component]
pub fn Sidebar(props: &SidebarProps) -> Html {
    let texts = use_translator();
    let label = texts.text(Text::SignOut);
    let email = &props.account.email;
    let initial = email.chars().next().map(|first| first.to_uppercase().to_string());
    html! {
        <aside class="side">
            <Brand />
            <QuotaDisplay quota={props.quota.clone()} now={props.now} form={Form::Compact} />
            <div class="account">
                <span class="avatar" aria-hidden="true">{ initial }</span>
                <div class="account-text">
                    <b title={email.clone()} data-testid="account-email">{ email.clone() }</b>
                    <QuotaAge snapshot={props.quota.snapshot.clone()} now={props.now} testid="account-age" />
                </div>
                <Button {label} look={Look::Quiet} glyph={Glyph::SignOut} icon_only=true testid="sign-out"
                    on_press={&props.on_sign_out} />
            </div>
        </aside>
    }
}
