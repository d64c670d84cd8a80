//! The sign-in: where to, with what, and what went wrong.

use flowmeter_domain::UiError;
use flowmeter_domain::ipc::{self, Demo};
use yew::prelude::*;

use crate::components::{Brand, Button, ErrorNotice, Glyph, Look, Notice, TextField, Tone};
use crate::locales::{Text, Translator, use_translator};
use crate::stores::SignInForm;

/// What the view knows.
#[derive(PartialEq, Properties)]
pub struct SignInProps {
    /// Host of the project.
    pub project: AttrValue,
    /// An account that is ready to use.
    pub demo: Option<Demo>,
    /// What became of the last attempt.
    pub form: SignInForm,
    /// Why the last session ended, when the person did not ask for it.
    pub cause: Option<UiError>,
    /// The person sent the form.
    pub on_submit: Callback<ipc::SignIn>,
}

/// The view.
#[component]
pub fn SignIn(props: &SignInProps) -> Html {
    let texts = use_translator();
    let demo = props.demo.clone().map_or_else(Default::default, |demo| (demo.email, demo.password));
    let (email, password) = (use_state(|| demo.0), use_state(|| demo.1));
    let request = ipc::SignIn { email: email.trim().to_owned(), password: (*password).clone() };
    let onsubmit = props.on_submit.reform(move |event: SubmitEvent| {
        event.prevent_default();
        request.clone()
    });
    let (busy, invalid) = (props.form.busy, props.form.error.is_some());
    html! {
        <main class="sign-in">
            <form class="sign-in-card" aria-busy={busy.then_some("true")} {onsubmit}>
                <Brand />
                { heading(&texts, &props.project) }
                { notices(&texts, props) }
                <TextField id="email" kind="email" autocomplete="username" label={texts.text(Text::SignInEmail)}
                    value={(*email).clone()} {invalid} disabled={busy} on_change={move |typed| email.set(typed)} />
                <TextField id="password" kind="password" autocomplete="current-password" label={texts.text(Text::SignInPassword)}
                    value={(*password).clone()} {invalid} disabled={busy} on_change={move |typed| password.set(typed)} />
                <Button label={texts.text(if busy { Text::SignInBusy } else { Text::SignInSubmit })} look={Look::Primary}
                    submit=true {busy} testid="sign-in" />
                <p class="fine-print">{ texts.text(Text::SignInPrivacy) }</p>
            </form>
        </main>
    }
}

fn heading(texts: &Translator, project: &str) -> Html {
    html! {
        <header>
            <h1>{ texts.text(Text::SignInTitle) }</h1>
            <p class="project" data-testid="project">{ texts.fill(Text::SignInProject, [("project", project.into())]) }</p>
        </header>
    }
}

/// The newest news only: an attempt that failed takes the place of why the session ended.
fn notices(texts: &Translator, props: &SignInProps) -> Html {
    let demo = props.demo.is_some().then(|| {
        let (title, body) = (texts.text(Text::SignInDemoTitle), texts.text(Text::SignInDemoBody));
        html! { <Notice tone={Tone::Info} glyph={Glyph::Key} {title} testid="demo-note"><p>{ body }</p></Notice> }
    });
    let news = match (&props.form.error, &props.cause) {
        (Some(error), _) => html! { <ErrorNotice error={error.clone()} testid="sign-in-error" alert=true /> },
        (None, Some(cause)) => {
            html! { <ErrorNotice tone={Tone::Warning} error={cause.clone()} testid="signed-out-cause" /> }
        }
        (None, None) => html! {},
    };
    html! { <>{ news }{ demo }</> }
}
