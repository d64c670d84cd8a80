//! A code by mail: to sign in, to confirm a new account, or to choose a new password. First to whom, then
//! the code.

use flowmeter_domain::ipc::CodePurpose;
use yew::prelude::*;

use crate::components::{Button, Look, Resend, TextField};
use crate::locales::{Text, Translator, use_translator};
use crate::stores::{Door, Mail, Wish};

#[derive(PartialEq, Properties)]
pub(super) struct CodeFormProps {
    pub(super) door: Door,
    pub(super) email: UseStateHandle<String>,
    pub(super) on_wish: Callback<Wish>,
}

#[component]
pub(super) fn CodeForm(props: &CodeFormProps) -> Html {
    let texts = use_translator();
    let (code, password) = (use_state(String::new), use_state(String::new));
    match props.door.mail_for(props.door.step) {
        None => ask(&texts, props),
        Some(mail) => answer(&texts, props, mail, &code, &password),
    }
}

/// To whom.
fn ask(texts: &Translator, props: &CodeFormProps) -> Html {
    let CodeFormProps { door, email, on_wish } = props;
    let purpose = door.step.purpose();
    let to = email.trim().to_owned();
    let onsubmit = on_wish.reform(move |event: SubmitEvent| {
        event.prevent_default();
        Wish::SendCode { email: to.clone(), purpose }
    });
    let set = {
        let email = email.clone();
        move |typed| email.set(typed)
    };
    let label = texts.text(if door.busy { Text::DoorCodeSending } else { Text::DoorCodeSend });
    let hint =
        texts.text(if purpose == CodePurpose::Recovery { Text::DoorResetHint } else { Text::DoorCodeHint });
    html! {
        <form class="form" {onsubmit}>
            <TextField id="email" kind="email" autocomplete="username" label={texts.text(Text::SignInEmail)} {hint}
                value={(**email).clone()} invalid={door.error.is_some()} disabled={door.busy} on_change={set} />
            <Button {label} look={Look::Primary} submit=true busy={door.busy} testid="send-code" />
        </form>
    }
}

/// The code, and for a recovery the new password.
fn answer(
    texts: &Translator,
    props: &CodeFormProps,
    mail: &Mail,
    code: &UseStateHandle<String>,
    password: &UseStateHandle<String>,
) -> Html {
    let door = &props.door;
    // Another mail may be under way before any code is typed.
    let (busy, invalid) = (door.busy && !code.is_empty(), door.error.is_some());
    let wish = wish(mail, code, password);
    let onsubmit = props.on_wish.reform(move |event: SubmitEvent| {
        event.prevent_default();
        wish.clone()
    });
    let set = |state: &UseStateHandle<String>| {
        let state = state.clone();
        move |typed| state.set(typed)
    };
    let chooses = mail.purpose == CodePurpose::Recovery;
    let submit = match (chooses, busy) {
        (_, true) => Text::SignInBusy,
        (true, false) => Text::DoorResetSubmit,
        (false, false) => Text::DoorCodeSubmit,
    };
    html! {
        <form class="form" {onsubmit}>
            <p class="mailed" role="status" data-testid="mailed">
                { texts.fill(Text::DoorCodeSent, [("email", mail.email.as_str().into())]) }
            </p>
            <TextField id="code" kind="text" autocomplete="one-time-code" inputmode="numeric" focused=true
                label={texts.text(Text::DoorCode)} value={(**code).clone()} {invalid} disabled={busy} on_change={set(code)} />
            if chooses {
                <TextField id="new-password" kind="password" autocomplete="new-password" label={texts.text(Text::DoorNewPassword)}
                    value={(**password).clone()} {invalid} disabled={busy} on_change={set(password)} />
            }
            <Button label={texts.text(submit)} look={Look::Primary} submit=true {busy} testid="verify-code" />
            { again(props, mail) }
        </form>
    }
}

fn wish(mail: &Mail, code: &str, password: &str) -> Wish {
    let (email, code) = (mail.email.clone(), code.trim().to_owned());
    match mail.purpose {
        CodePurpose::Recovery => Wish::Reset { email, code, password: password.to_owned() },
        purpose => Wish::Verify { email, code, purpose },
    }
}

/// Another mail, or another address.
fn again(props: &CodeFormProps, mail: &Mail) -> Html {
    let step = props.door.step;
    let (email, purpose) = (mail.email.clone(), mail.purpose);
    let on_send = props.on_wish.reform(move |()| Wish::SendCode { email: email.clone(), purpose });
    let on_change = props.on_wish.reform(move |()| Wish::Go(step));
    html! { <Resend next={mail.next} busy={props.door.busy} {on_send} {on_change} /> }
}
