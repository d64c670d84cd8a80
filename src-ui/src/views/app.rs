//! The root: the store around everything, the language around every text, and the view that fits.

use flowmeter_domain::UiError;
use flowmeter_domain::ipc::SessionState;
use gloo::timers::callback::Timeout;
use yew::prelude::*;

use super::{Connect, Failed, Shell, SignIn};
use crate::browser;
use crate::components::BrandMark;
use crate::locales::{Language, Text, Translator, use_translator};
use crate::stores::{App as Store, AppProvider, Phase, Step, use_app};

/// How long the first state may take before the page says that it is being opened.
const SPLASH_AFTER_MS: u32 = 1_000;

/// The app.
#[component]
pub fn App() -> Html {
    html! { <AppProvider><Page /></AppProvider> }
}

#[component]
fn Page() -> Html {
    let app = use_app();
    let translator = use_memo(Language::for_tag(app.preferences.language.tag(&app.locale)), |language| {
        Translator::new(*language)
    });
    use_effect_with(translator.language(), |language| browser::set_document_language(language.tag()));
    html! { <ContextProvider<Translator> context={(*translator).clone()}><View /></ContextProvider<Translator>> }
}

#[component]
fn View() -> Html {
    let (app, texts) = (use_app(), use_translator());
    match (&app.phase, &app.session) {
        (Phase::Failed(error), _) => html! { <Failed error={error.clone()} /> },
        (Phase::Open, Some(SessionState::SignedOut { cause })) => {
            let cause = cause.clone().or_else(|| app.notice.clone());
            html! { <main class="sign-in">{ door(&app, cause, None) }</main> }
        }
        (Phase::Open, Some(session)) => inside(&app, &texts, session),
        _ => html! { <Splash /> },
    }
}

/// Nothing is painted while the first state is on its way: it comes within a frame or two, asks nobody,
/// and the first thing on the screen is the numbers. Only who waits for long sees that it is being opened.
#[component]
fn Splash() -> Html {
    let is_late = use_state(|| false);
    let setter = is_late.setter();
    use_effect_with((), move |()| {
        let late = Timeout::new(SPLASH_AFTER_MS, move || setter.set(true));
        move || drop(late)
    });
    html! { <div class="splash" aria-busy="true">if *is_late { <BrandMark /> }</div> }
}

/// The door stands over what is open behind it, so that nothing that was typed there is lost. Nothing
/// of one account stays for another: its name is the key of all that is drawn.
fn inside(app: &Store, texts: &Translator, session: &SessionState) -> Html {
    let id = session.account().map(|account| account.user_id.to_string()).unwrap_or_default();
    let over = match session {
        _ if app.door.adding => Some(door(app, None, None)),
        SessionState::Ended { account, cause } if !app.door.later => {
            Some(door(app, Some(cause.clone()), Some(account.email.clone().into())))
        }
        _ => None,
    };
    html! {
        <>
            <div class="behind" key={id} inert={over.is_some()}><Shell /></div>
            if let Some(door) = over { <div class="over" role="dialog" aria-modal="true" aria-label={texts.text(Text::SignInTitle)}>{ door }</div> }
        </>
    }
}

fn door(app: &Store, cause: Option<UiError>, again: Option<AttrValue>) -> Html {
    if app.accounts.project.is_empty() || app.door.step == Step::Connect {
        return html! { <Connect /> };
    }
    let on_wish = Callback::from({
        let app = app.clone();
        move |wish| app.at_door(wish)
    });
    html! {
        <SignIn accounts={app.accounts.clone()} demo={app.demo.clone()} door={app.door.clone()} {cause} {again} {on_wish} />
    }
}
