//! The root: the store around everything, the language around every text, and the view that fits.

use flowmeter_domain::ipc::SessionState;
use yew::prelude::*;

use super::{Failed, Shell, SignIn};
use crate::browser;
use crate::components::BrandMark;
use crate::locales::{Language, Translator};
use crate::stores::{AppProvider, Phase, use_app};

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
    let app = use_app();
    match (&app.phase, &app.session) {
        (Phase::Failed(error), _) => html! { <Failed error={error.clone()} /> },
        (Phase::Open, Some(SessionState::SignedIn { .. } | SessionState::Ended { .. })) => {
            html! { <Shell /> }
        }
        (Phase::Open, Some(SessionState::SignedOut { cause })) => {
            let on_submit = Callback::from({
                let app = app.clone();
                move |request| app.sign_in(request)
            });
            html! {
                <SignIn project={app.accounts.project.clone()} demo={app.demo.clone()} form={app.sign_in.clone()}
                    cause={cause.clone().or_else(|| app.notice.clone())} {on_submit} />
            }
        }
        _ => html! { <div class="splash" aria-busy="true"><BrandMark /></div> },
    }
}
