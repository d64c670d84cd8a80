//! What a signed-in person should know that has no place of its own: a session that will be lost, a refused request.

use flowmeter_domain::Code;
use flowmeter_domain::ipc::SessionState;
use yew::prelude::*;

use crate::components::{Button, ErrorNotice, Glyph, Look, Notice, Tone};
use crate::locales::{Text, Translator, use_translator};
use crate::stores::{App, use_app};

/// The notices at the top of the page.
#[component]
pub(super) fn Notices() -> Html {
    let (app, texts) = (use_app(), use_translator());
    let not_kept = match &app.session {
        Some(SessionState::SignedIn { not_kept, .. }) => not_kept.as_ref(),
        _ => None,
    };
    html! {
        <>
            if let Some(error) = not_kept {
                <Notice tone={Tone::Warning} glyph={Glyph::Key} code={error.code} title={texts.text(Text::NotKeptTitle)}
                    testid="not-kept">
                    <p>{ not_kept_body(&texts, error.code) }</p>
                </Notice>
            }
            { put_aside(&app, &texts) }
            { ended(&app, &texts) }
            { greeting(&app, &texts) }
            { request_notice(&app, &texts) }
        </>
    }
}

/// For somebody who looks around before they sign in again.
fn ended(app: &App, texts: &Translator) -> Html {
    let Some(SessionState::Ended { cause, .. }) = &app.session else { return html! {} };
    let on_press = Callback::from({
        let app = app.clone();
        move |_| app.sign_in_again()
    });
    html! {
        <ErrorNotice error={cause.clone()} tone={Tone::Warning} testid="session-ended">
            <Button label={texts.text(Text::DoorAgainTitle)} look={Look::Quiet} testid="sign-in-again" {on_press} />
        </ErrorNotice>
    }
}

fn greeting(app: &App, texts: &Translator) -> Html {
    if !app.door.greeting {
        return html! {};
    }
    let on_press = Callback::from({
        let app = app.clone();
        move |_| app.close_greeting()
    });
    html! {
        <Notice tone={Tone::Info} glyph={Glyph::Check} title={texts.text(Text::DoorWelcomeTitle)} testid="welcome">
            <p>{ texts.text(Text::DoorWelcomeBody) }</p>
            <Button label={texts.text(Text::Dismiss)} look={Look::Quiet} testid="welcome-close" {on_press} />
        </Notice>
    }
}

fn not_kept_body(texts: &Translator, code: Code) -> AttrValue {
    let (cause, next) = (texts.code(code), texts.next_step(code));
    texts.fill(Text::NotKeptBody, [("cause", cause.as_str().into()), ("next", next.as_str().into())])
}

/// A store that was damaged: the person's history may be in it.
fn put_aside(app: &App, texts: &Translator) -> Html {
    let Some(path) = &app.put_aside else { return html! {} };
    let on_press = Callback::from({
        let app = app.clone();
        move |_| app.close_put_aside()
    });
    html! {
        <Notice tone={Tone::Warning} title={texts.text(Text::PutAsideTitle)} testid="put-aside">
            <p>{ texts.fill(Text::PutAsideBody, [("path", path.as_str().into())]) }</p>
            <Button label={texts.text(Text::Dismiss)} look={Look::Quiet} testid="put-aside-close" {on_press} />
        </Notice>
    }
}

fn request_notice(app: &App, texts: &Translator) -> Html {
    let Some(error) = app.notice.clone() else { return html! {} };
    let on_press = Callback::from({
        let app = app.clone();
        move |_| app.close_notice()
    });
    html! {
        <ErrorNotice {error} testid="notice" alert=true>
            <Button label={texts.text(Text::Dismiss)} look={Look::Quiet} testid="notice-close" {on_press} />
        </ErrorNotice>
    }
}
