//! The accounts of this machine: whose numbers are shown, another one's, one more, one less.

use flowmeter_domain::ipc::KnownAccount;
use yew::prelude::*;

use crate::components::{AccountWish, Avatar, Button, Confirm, Glyph, Look, Setting, SettingGroup};
use crate::locales::{Text, Translator, use_translator};
use crate::stores::App;
use crate::views::account_wish::on_wish;

pub(super) fn group(app: &App, texts: &Translator) -> Html {
    let on_wish = on_wish(app);
    html! {
        <SettingGroup title={texts.text(Text::SettingsAccount)}>
            for known in &app.accounts.known {
                <Account key={format!("{}/{}", known.key.project, known.key.user_id)} known={known.clone()} on_wish={&on_wish} />
            }
            <Setting label={texts.text(Text::SettingsAccountMore)} hint={texts.text(Text::SettingsAccountMoreHint)}>
                <Button label={texts.text(Text::AccountAdd)} glyph={Glyph::Plus} testid="settings-add-account"
                    on_press={on_wish.reform(|_: MouseEvent| AccountWish::Add)} />
            </Setting>
        </SettingGroup>
    }
}

#[derive(PartialEq, Properties)]
struct AccountProps {
    known: KnownAccount,
    on_wish: Callback<AccountWish>,
}

/// One account. What its removal deletes is said in its line, where it is asked for.
#[component]
fn Account(props: &AccountProps) -> Html {
    let texts = use_translator();
    let asking = use_state(|| false);
    let KnownAccount { email, .. } = &props.known;
    let (label, hint) = match *asking {
        true => (
            texts.fill(Text::AccountRemoveTitle, [("email", email.as_str().into())]),
            texts.text(Text::AccountRemoveBody),
        ),
        false => (email.clone().into(), standing(&texts, &props.known)),
    };
    html! {
        <Setting {label} {hint} start={html! { <Avatar email={email.clone()} /> }} testid={format!("settings-account-{email}")}>
            <span class="setting-buttons" role="group" aria-label={email.clone()}>
                if !*asking { { show(&texts, props) } }
                { remove(&texts, props, &asking) }
            </span>
        </Setting>
    }
}

/// Where it is signed in, or that it has to sign in again.
fn standing(texts: &Translator, known: &KnownAccount) -> AttrValue {
    if known.ended {
        return texts.text(Text::AccountEnded);
    }
    texts.fill(Text::SettingsProject, [("project", known.key.project.as_str().into())])
}

fn show(texts: &Translator, props: &AccountProps) -> Html {
    let KnownAccount { key, email, is_shown, .. } = props.known.clone();
    if is_shown {
        return html! {
            <>
                <span class="setting-value is-beside">{ texts.text(Text::SettingsAccountShown) }</span>
                <Button label={texts.text(Text::SignOut)} look={Look::Quiet} testid="settings-sign-out"
                    on_press={props.on_wish.reform(|_: MouseEvent| AccountWish::SignOut)} />
            </>
        };
    }
    let on_press = props.on_wish.reform(move |_: MouseEvent| AccountWish::Switch(key.clone()));
    html! { <Button label={texts.text(Text::SettingsAccountShow)} testid={format!("settings-show-{email}")} {on_press} /> }
}

fn remove(texts: &Translator, props: &AccountProps, asking: &UseStateHandle<bool>) -> Html {
    let KnownAccount { key, email, .. } = props.known.clone();
    let setter = asking.setter();
    let on_yes = props.on_wish.reform(move |_: MouseEvent| AccountWish::Remove(key.clone()));
    html! {
        <Confirm asking={**asking} label={texts.text(Text::SettingsAccountRemove)} no={texts.text(Text::Cancel)}
            yes={texts.text(Text::AccountRemoveSubmit)} on_ask={Callback::from(move |yes| setter.set(yes))} {on_yes}
            testids={["ask", "keep", "yes"].map(|step| AttrValue::from(format!("remove-{step}-{email}")))} />
    }
}
