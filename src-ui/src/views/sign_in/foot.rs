//! What stands below the form: the way to a new account and back, who else is signed in, and a promise.

use flowmeter_domain::ipc::KnownAccount;
use yew::prelude::*;

use super::SignInProps;
use crate::components::{Avatar, Button, Look};
use crate::locales::{Text, Translator};
use crate::stores::{Step, Wish};

pub(super) fn foot(texts: &Translator, props: &SignInProps) -> Html {
    let promises = matches!(props.door.step, Step::Password | Step::SignUp);
    html! {
        <>
            { ways_on(texts, props) }
            { others(texts, props) }
            if promises { <p class="fine-print">{ texts.text(Text::SignInPrivacy) }</p> }
        </>
    }
}

fn ways_on(texts: &Translator, props: &SignInProps) -> Html {
    let can_sign_up = props.door.ways.as_ref().is_some_and(|ways| ways.sign_up && ways.email);
    let (question, link, step, testid) = match props.door.step {
        Step::SignUp => (Some(Text::DoorHaveAccount), Text::SignInSubmit, Step::Password, "door-sign-in"),
        Step::Reset => (None, Text::DoorBack, Step::Password, "door-sign-in"),
        _ if can_sign_up && props.again.is_none() => {
            (Some(Text::DoorNewHere), Text::DoorSignUpSubmit, Step::SignUp, "door-sign-up")
        }
        _ => return html! {},
    };
    let on_press = props.on_wish.reform(move |_: MouseEvent| Wish::Go(step));
    html! {
        <p class="way-on">
            if let Some(question) = question { <span>{ texts.text(question) }</span> }
            <Button label={texts.text(link)} look={Look::Quiet} {testid} {on_press} />
        </p>
    }
}

/// Whoever is signed in on this machine is one press away.
fn others(texts: &Translator, props: &SignInProps) -> Html {
    let known: Vec<_> = props.accounts.known.iter().filter(|known| !known.is_shown).collect();
    if known.is_empty() || props.again.is_some() || props.door.adding {
        return html! {};
    }
    html! {
        <div class="others">
            <p class="divider"><span>{ texts.text(Text::DoorOthers) }</span></p>
            for known in known { { other(props, known) } }
        </div>
    }
}

fn other(props: &SignInProps, known: &KnownAccount) -> Html {
    let key = known.key.clone();
    let onclick = props.on_wish.reform(move |_: MouseEvent| Wish::Switch(key.clone()));
    html! {
        <button type="button" class="menu-entry" data-testid={format!("other-{}", known.email)} {onclick}>
            <Avatar email={known.email.clone()} />
            <span class="menu-name"><b>{ &known.email }</b><small>{ &known.key.project }</small></span>
        </button>
    }
}
