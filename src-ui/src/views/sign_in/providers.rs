//! The providers that a project lets people sign in with, and waiting for the browser.

use flowmeter_domain::ipc::{Farewell, WaysIn};
use yew::prelude::*;

use super::SignInProps;
use crate::components::{Button, Glyph, Look, Notice, Tone};
use crate::locales::{Text, Translator, use_translator};
use crate::stores::{Step, Wish};

#[derive(PartialEq, Properties)]
pub(super) struct ProvidersProps {
    pub(super) ways: Option<WaysIn>,
    pub(super) step: Step,
    pub(super) busy: bool,
    pub(super) on_wish: Callback<Wish>,
}

/// One button a provider.
#[component]
pub(super) fn Providers(props: &ProvidersProps) -> Html {
    let texts = use_translator();
    let Some(ways) = props.ways.as_ref().filter(|_| props.step != Step::Reset) else { return html! {} };
    if ways.providers.is_empty() && ways.email {
        return html! {};
    }
    if ways.providers.is_empty() {
        let (title, body) = (texts.text(Text::DoorNoWays), texts.text(Text::DoorNoWaysNext));
        return html! { <Notice tone={Tone::Warning} {title} testid="no-ways"><p>{ body }</p></Notice> };
    }
    html! {
        <div class="providers">
            if ways.email { <p class="divider"><span>{ texts.text(Text::DoorOr) }</span></p> }
            for provider in &ways.providers { { button(&texts, props, provider) } }
        </div>
    }
}

fn button(texts: &Translator, props: &ProvidersProps, provider: &str) -> Html {
    let farewell = Farewell {
        language: texts.language().tag().to_owned(),
        title: texts.text(Text::DoorFarewellTitle).to_string(),
        text: texts.text(Text::DoorFarewellBody).to_string(),
    };
    let name = provider.to_owned();
    let on_press = props.on_wish.reform(move |_: MouseEvent| Wish::With(name.clone(), farewell.clone()));
    let label = texts.fill(Text::DoorWith, [("provider", name_of(provider).into())]);
    html! {
        <Button {label} glyph={Glyph::External} disabled={props.busy} testid={format!("with-{provider}")} {on_press} />
    }
}

/// What is shown while the browser is at a provider: what to do there, and two ways out.
pub(super) fn at_provider(texts: &Translator, props: &SignInProps) -> Html {
    let provider = name_of(props.door.browser.as_deref().unwrap_or_default());
    let (title, body) = (
        texts.text(Text::DoorBrowserTitle),
        texts.fill(Text::DoorBrowserBody, [("provider", provider.into())]),
    );
    let on_cancel = props.on_wish.reform(|_: MouseEvent| Wish::Cancel);
    let on_code = Callback::from({
        let on_wish = props.on_wish.clone();
        move |_: MouseEvent| {
            on_wish.emit(Wish::Cancel);
            on_wish.emit(Wish::Go(Step::Code));
        }
    });
    let by_mail = props.door.ways.as_ref().is_some_and(|ways| ways.email);
    html! {
        <div class="form">
            <div class="waiting-for" role="status" data-testid="at-provider">
                <span class="spinner" aria-hidden="true" /><div><strong>{ title }</strong><p>{ body }</p></div>
            </div>
            <Button label={texts.text(Text::Cancel)} testid="browser-cancel" on_press={on_cancel} />
            if by_mail {
                <Button label={texts.text(Text::DoorBrowserCode)} look={Look::Quiet} testid="browser-code" on_press={on_code} />
            }
        </div>
    }
}

/// How a provider writes itself; names are the same in every language.
fn name_of(provider: &str) -> String {
    match provider {
        "github" => "GitHub".to_owned(),
        "gitlab" => "GitLab".to_owned(),
        "linkedin_oidc" => "LinkedIn".to_owned(),
        "workos" => "WorkOS".to_owned(),
        other => {
            let mut letters = other.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
        }
    }
}
