//! A button that puts a text into the clipboard and says that it did.

use gloo::timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::{Button, Glyph, Look};
use crate::browser;
use crate::growing::Growing;
use crate::locales::{Text, use_translator};

/// How long it says what came of it.
const SAID_MS: u32 = 2_000;

/// What is copied.
#[derive(PartialEq, Properties)]
pub struct CopyButtonProps {
    /// The text.
    pub text: Growing,
    /// Its name for tests.
    pub testid: AttrValue,
}

/// What came of the last press.
#[derive(Clone, Copy, PartialEq)]
enum Said {
    Nothing,
    Copied,
    Refused,
}

/// The button.
#[component]
pub fn CopyButton(props: &CopyButtonProps) -> Html {
    let texts = use_translator();
    let said = use_state(|| Said::Nothing);
    let on_press = Callback::from({
        let (text, said) = (props.text.clone(), said.setter());
        move |_| {
            let (text, said) = (text.read().to_owned(), said.clone());
            spawn_local(async move {
                let copied = browser::copy(&text).await;
                said.set(if copied { Said::Copied } else { Said::Refused });
            });
        }
    });
    use_effect_with(*said, {
        let setter = said.setter();
        move |said| {
            let back =
                (*said != Said::Nothing).then(|| Timeout::new(SAID_MS, move || setter.set(Said::Nothing)));
            move || drop(back)
        }
    });
    let (label, glyph) = match *said {
        Said::Nothing => (Text::Copy, Glyph::Copy),
        Said::Copied => (Text::Copied, Glyph::Check),
        Said::Refused => (Text::CopyRefused, Glyph::Alert),
    };
    let told = (*said != Said::Nothing).then(|| texts.text(label));
    html! {
        <>
            <Button label={texts.text(label)} look={Look::Quiet} {glyph} testid={&props.testid} {on_press} />
            <span class="unseen" role="status">{ told }</span>
        </>
    }
}
