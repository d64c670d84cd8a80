//! The sign-in: where to, with what, and what went wrong. Everything that a person wants goes out as one
//! [`Wish`], so that each form can be drawn without a backend.

mod code;
mod foot;
mod password;
mod providers;
mod tabs;

use flowmeter_domain::UiError;
use flowmeter_domain::ipc::{Accounts, Demo};
use yew::prelude::*;

use crate::components::{Brand, Button, ErrorNotice, Glyph, Look, Notice, Tone};
use crate::locales::{Text, Translator, use_translator};
use crate::stores::{Door, Step, Wish};
use code::CodeForm;
use foot::foot;
use password::PasswordForm;
use providers::{Providers, at_provider};
use tabs::tabs;

/// What the view knows.
#[derive(Clone, PartialEq, Properties)]
pub struct SignInProps {
    /// Where to, and who else is signed in.
    pub accounts: Accounts,
    /// An account that is ready to use.
    pub demo: Option<Demo>,
    /// What is going on at the door.
    pub door: Door,
    /// Why the last session ended, when the person did not ask for it.
    pub cause: Option<UiError>,
    /// Whose session ended: they only have to prove that they are still the same.
    #[prop_or_default]
    pub again: Option<AttrValue>,
    /// The person wants something.
    pub on_wish: Callback<Wish>,
}

/// The view.
#[component]
pub fn SignIn(props: &SignInProps) -> Html {
    let texts = use_translator();
    let demo = props.demo.clone().filter(|_| props.again.is_none()).unwrap_or_default();
    let start = props.again.as_ref().map_or(demo.email, |email| email.to_string());
    let (email, password) = (use_state(|| start), use_state(|| demo.password));
    use_ways(props);
    html! {
        <div class="sign-in-card" aria-busy={props.door.busy.then_some("true")}>
            { top(&texts, props) }
            { heading(&texts, props) }
            { notices(&texts, props) }
            if props.door.browser.is_some() {
                { at_provider(&texts, props) }
            } else {
                { tabs(&texts, props) }
                { form(props, &email, &password) }
                // An element that is always there: what stands before it is put in place by it.
                <div class="sign-in-rest">
                    <Providers ways={props.door.ways.clone()} step={props.door.step} busy={props.door.busy} on_wish={&props.on_wish} />
                    { foot(&texts, props) }
                </div>
            }
        </div>
    }
}

#[hook]
fn use_ways(props: &SignInProps) {
    let on_wish = props.on_wish.clone();
    use_effect_with(props.accounts.project.clone(), move |project| {
        if !project.is_empty() {
            on_wish.emit(Wish::AskWays);
        }
    });
}

fn form(props: &SignInProps, email: &UseStateHandle<String>, password: &UseStateHandle<String>) -> Html {
    let (door, on_wish) = (props.door.clone(), &props.on_wish);
    if !has_email(&door) {
        return html! {};
    }
    let takes_password =
        matches!(door.step, Step::Password | Step::SignUp) && door.mail_for(door.step).is_none();
    if takes_password {
        html! { <PasswordForm {door} email={email.clone()} password={password.clone()} {on_wish} /> }
    } else {
        let key = format!("{:?}", door.step);
        html! { <CodeForm {key} {door} email={email.clone()} {on_wish} /> }
    }
}

/// Until the project has said what it offers, the usual way is shown.
fn has_email(door: &Door) -> bool {
    door.ways.as_ref().is_none_or(|ways| ways.email)
}

/// The brand, and the way back where somebody is signed in already.
fn top(texts: &Translator, props: &SignInProps) -> Html {
    let on_press = props.on_wish.reform(|_: MouseEvent| Wish::Leave);
    let stays = if props.again.is_some() { Text::DoorLater } else { Text::Cancel };
    html! {
        <div class="sign-in-top">
            <Brand />
            if props.door.adding || props.again.is_some() {
                <Button label={texts.text(stays)} look={Look::Quiet} testid="door-leave" {on_press} />
            }
        </div>
    }
}

fn heading(texts: &Translator, props: &SignInProps) -> Html {
    let title = match props.door.step {
        _ if props.again.is_some() => Text::DoorAgainTitle,
        Step::SignUp => Text::DoorSignUpTitle,
        Step::Reset => Text::DoorResetTitle,
        _ if props.door.adding => Text::DoorAddTitle,
        _ => Text::SignInTitle,
    };
    let project = props.accounts.project.as_str();
    let on_press = props.on_wish.reform(|_: MouseEvent| Wish::Go(Step::Connect));
    html! {
        <header>
            <h1>{ texts.text(title) }</h1>
            <p class="project">
                <span data-testid="project">{ texts.fill(Text::SignInProject, [("project", project.into())]) }</span>
                if props.again.is_none() {
                    <Button label={texts.text(Text::DoorOtherProject)} look={Look::Quiet} testid="door-connect" {on_press} />
                }
            </p>
        </header>
    }
}

/// The newest news only: an attempt that failed takes the place of why the session ended.
fn notices(texts: &Translator, props: &SignInProps) -> Html {
    let is_demo = props.demo.is_some() && props.again.is_none() && props.door.step == Step::Password;
    let demo = is_demo.then(|| {
        let (title, body) = (texts.text(Text::SignInDemoTitle), texts.text(Text::SignInDemoBody));
        html! { <Notice tone={Tone::Info} glyph={Glyph::Key} {title} testid="demo-note"><p>{ body }</p></Notice> }
    });
    let news = match (&props.door.error, &props.cause, &props.door.ways_error) {
        (Some(error), ..) => {
            html! { <ErrorNotice error={error.clone()} testid="sign-in-error" alert=true /> }
        }
        (None, Some(cause), _) => {
            html! { <ErrorNotice tone={Tone::Warning} error={cause.clone()} testid="signed-out-cause" /> }
        }
        (None, None, Some(error)) if props.door.ways.is_none() => no_ways(texts, props, error),
        _ => html! {},
    };
    html! { <>{ news }{ demo }</> }
}

fn no_ways(texts: &Translator, props: &SignInProps, error: &UiError) -> Html {
    let on_press = props.on_wish.reform(|_: MouseEvent| Wish::AskWays);
    html! {
        <ErrorNotice tone={Tone::Warning} error={error.clone()} testid="ways-error">
            <Button label={texts.text(Text::TryAgain)} look={Look::Quiet} testid="ways-again" {on_press} />
        </ErrorNotice>
    }
}
