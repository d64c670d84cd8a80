//! Address and password: to sign in, or for a new account.

use yew::prelude::*;

use crate::components::{Button, Look, TextField};
use crate::locales::{Text, Translator, use_translator};
use crate::stores::{Door, Step, Wish};

#[derive(PartialEq, Properties)]
pub(super) struct PasswordFormProps {
    pub(super) door: Door,
    pub(super) email: UseStateHandle<String>,
    pub(super) password: UseStateHandle<String>,
    pub(super) on_wish: Callback<Wish>,
}

#[component]
pub(super) fn PasswordForm(props: &PasswordFormProps) -> Html {
    let texts = use_translator();
    // Where there is something to type; decided once, so that the cursor does not jump while typing.
    let asks_email = *use_state(|| props.email.is_empty());
    let PasswordFormProps { door, email, password, on_wish } = props;
    let is_new = door.step == Step::SignUp;
    let typed = (email.trim().to_owned(), (**password).clone());
    let onsubmit = on_wish.reform(move |event: SubmitEvent| {
        event.prevent_default();
        let (email, password) = typed.clone();
        if is_new { Wish::SignUp { email, password } } else { Wish::SignIn { email, password } }
    });
    let (busy, invalid) = (door.busy, door.error.is_some());
    let (submit, testid) = words(is_new, busy);
    let set = |state: &UseStateHandle<String>| {
        let state = state.clone();
        move |typed| state.set(typed)
    };
    html! {
        <form class="form" {onsubmit}>
            <TextField id="email" kind="email" autocomplete="username" label={texts.text(Text::SignInEmail)} focused={asks_email}
                value={(**email).clone()} {invalid} disabled={busy} on_change={set(email)} />
            <TextField id="password" kind="password" label={texts.text(Text::SignInPassword)}
                autocomplete={if is_new { "new-password" } else { "current-password" }} aside={forgot(&texts, props)} focused={!asks_email}
                value={(**password).clone()} {invalid} disabled={busy} on_change={set(password)} />
            <Button label={texts.text(submit)} look={Look::Primary} submit=true {busy} {testid} />
        </form>
    }
}

fn words(is_new: bool, busy: bool) -> (Text, &'static str) {
    match (is_new, busy) {
        (true, false) => (Text::DoorSignUpSubmit, "sign-up"),
        (true, true) => (Text::DoorSignUpBusy, "sign-up"),
        (false, false) => (Text::SignInSubmit, "sign-in"),
        (false, true) => (Text::SignInBusy, "sign-in"),
    }
}

fn forgot(texts: &Translator, props: &PasswordFormProps) -> Html {
    if props.door.step != Step::Password {
        return html! {};
    }
    let on_press = props.on_wish.reform(|_: MouseEvent| Wish::Go(Step::Reset));
    html! { <Button label={texts.text(Text::DoorForgot)} look={Look::Quiet} testid="door-forgot" {on_press} /> }
}
