//! The foot of the sidebar: who is signed in, and what can be done about it: another account, one more,
//! out, or gone from this machine.

use flowmeter_domain::ipc::{AccountKey, Accounts, KnownAccount};
use yew::prelude::*;

use super::{Avatar, Button, Glyph, Icon, Look};
use crate::locales::{Text, Translator, use_translator};

/// What a person wants with the accounts of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountWish {
    /// This one on the screen.
    Switch(AccountKey),
    /// One more.
    Add,
    /// The one on the screen out.
    SignOut,
    /// This one gone from this machine.
    Remove(AccountKey),
}

/// Whose.
#[derive(PartialEq, Properties)]
pub struct AccountMenuProps {
    /// The address of the account on the screen.
    pub email: AttrValue,
    /// Everybody who is signed in on this machine.
    pub accounts: Accounts,
    /// Below the address.
    pub children: Html,
    /// The person wants something.
    pub on_wish: Callback<AccountWish>,
}

/// How far the menu is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Menu {
    Closed,
    Open,
    /// Asks once more before an account is removed.
    Removing,
}

/// The menu and the button that opens it.
#[component]
pub fn AccountMenu(props: &AccountMenuProps) -> Html {
    let texts = use_translator();
    let menu = use_state(|| Menu::Closed);
    let is_open = *menu != Menu::Closed;
    let to = |next: Menu| {
        let menu = menu.clone();
        Callback::from(move |_: MouseEvent| menu.set(next))
    };
    let onkeydown = {
        let menu = menu.clone();
        move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                menu.set(Menu::Closed);
            }
        }
    };
    html! {
        <div class="account" {onkeydown}>
            <button type="button" class="account-face" aria-expanded={if is_open { "true" } else { "false" }}
                data-testid="account-menu" onclick={to(if is_open { Menu::Closed } else { Menu::Open })}>
                <span class="unseen">{ texts.text(Text::AccountMenu) }</span>
                <Avatar email={&props.email} />
                <span class="account-text">
                    <b title={&props.email} data-testid="account-email">{ &props.email }</b>{ props.children.clone() }
                </span>
                <Icon glyph={Glyph::Chevron} />
            </button>
            if is_open {
                <div class="menu-shade" aria-hidden="true" onclick={to(Menu::Closed)} />
                <div class="menu" role="group" aria-label={texts.text(Text::AccountMenu)}>{ entries(&texts, props, &menu) }</div>
            }
        </div>
    }
}

fn entries(texts: &Translator, props: &AccountMenuProps, menu: &UseStateHandle<Menu>) -> Html {
    if **menu == Menu::Removing {
        return confirmation(texts, props, menu);
    }
    let wish = |wish: AccountWish| {
        let menu = menu.clone();
        props.on_wish.reform(move |_: MouseEvent| {
            menu.set(Menu::Closed);
            wish.clone()
        })
    };
    let removing = {
        let menu = menu.clone();
        Callback::from(move |_: MouseEvent| menu.set(Menu::Removing))
    };
    html! {
        <>
            for known in &props.accounts.known { { account(texts, known, wish(AccountWish::Switch(known.key.clone()))) } }
            { entry(texts.text(Text::AccountAdd), Glyph::Plus, "add-account", wish(AccountWish::Add)) }
            <hr />
            { entry(texts.text(Text::SignOut), Glyph::SignOut, "sign-out", wish(AccountWish::SignOut)) }
            { entry(texts.text(Text::AccountRemove), Glyph::Cross, "remove-account", removing) }
        </>
    }
}

fn account(texts: &Translator, known: &KnownAccount, onclick: Callback<MouseEvent>) -> Html {
    let below = if known.ended { texts.text(Text::AccountEnded) } else { known.key.project.clone().into() };
    html! {
        <button type="button" class="menu-entry" aria-current={known.is_shown.then_some("true")} {onclick}
            data-testid={format!("account-{}", known.email)}>
            <Avatar email={known.email.clone()} />
            <span class="menu-name"><b>{ &known.email }</b><small>{ below }</small></span>
            if known.is_shown { <Icon glyph={Glyph::Check} /> }
        </button>
    }
}

fn entry(label: AttrValue, glyph: Glyph, testid: &'static str, onclick: Callback<MouseEvent>) -> Html {
    html! {
        <button type="button" class="menu-entry" data-testid={testid} {onclick}><Icon {glyph} /><span>{ label }</span></button>
    }
}

/// What a removal deletes cannot be brought back, so it is asked for.
fn confirmation(texts: &Translator, props: &AccountMenuProps, menu: &UseStateHandle<Menu>) -> Html {
    let close = |menu: &UseStateHandle<Menu>, next: Menu| {
        let menu = menu.clone();
        Callback::from(move |_: MouseEvent| menu.set(next))
    };
    let shown = props.accounts.known.iter().find(|known| known.is_shown).map(|known| known.key.clone());
    let remove = {
        let (menu, on_wish) = (menu.clone(), props.on_wish.clone());
        Callback::from(move |_: MouseEvent| {
            menu.set(Menu::Closed);
            shown.iter().for_each(|key| on_wish.emit(AccountWish::Remove(key.clone())));
        })
    };
    html! {
        <div class="menu-question">
            <strong>{ texts.fill(Text::AccountRemoveTitle, [("email", props.email.as_str().into())]) }</strong>
            <p>{ texts.text(Text::AccountRemoveBody) }</p>
            <div class="menu-answers">
                <Button label={texts.text(Text::Cancel)} testid="remove-cancel" on_press={close(menu, Menu::Open)} />
                <Button label={texts.text(Text::AccountRemoveSubmit)} look={Look::Danger} testid="remove-confirm" on_press={remove} />
            </div>
        </div>
    }
}
