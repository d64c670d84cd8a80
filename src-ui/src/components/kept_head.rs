//! Above a kept run that is read: what it is called, and what can be done with it.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{Button, Glyph, Look};
use crate::locales::{Text, Translator, use_translator};

/// What the person wants with a kept run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeptWish {
    /// Back to the list.
    Back,
    /// Its conversation, at home.
    GoOn,
    /// Another name, or none.
    Rename(String),
    /// It as a file.
    Save,
    /// It gone.
    Delete,
}

/// Which run.
#[derive(PartialEq, Properties)]
pub struct KeptHeadProps {
    /// What it is called.
    pub title: AttrValue,
    /// How many runs its conversation has.
    pub count: usize,
    /// The person wants something.
    pub on_wish: Callback<KeptWish>,
}

/// The head.
#[component]
pub fn KeptHead(props: &KeptHeadProps) -> Html {
    let texts = use_translator();
    let naming = use_state(|| None::<AttrValue>);
    let wish = |wish: KeptWish| props.on_wish.reform(move |_: MouseEvent| wish.clone());
    let count = texts.fill(Text::KeptCount, [("count", (props.count as i64).into())]);
    html! {
        <header class="kept-head">
            <div class="kept-back"><Button label={texts.text(Text::KeptBack)} look={Look::Quiet} glyph={Glyph::Back} testid="kept-back" on_press={wish(KeptWish::Back)} /></div>
            if naming.is_some() { { name_form(&texts, props, &naming) } } else { { title(&texts, props, &naming) } }
            if props.count > 1 { <p class="kept-count">{ count }</p> }
            <div class="kept-actions">
                <Button label={texts.text(Text::KeptGoOn)} look={Look::Primary} testid="kept-go-on" on_press={wish(KeptWish::GoOn)} />
                <Button label={texts.text(Text::KeptSave)} glyph={Glyph::Download} testid="kept-save" on_press={wish(KeptWish::Save)} />
                <Button label={texts.text(Text::KeptDelete)} glyph={Glyph::Trash} testid="kept-delete" on_press={wish(KeptWish::Delete)} />
            </div>
        </header>
    }
}

fn title(texts: &Translator, props: &KeptHeadProps, naming: &UseStateHandle<Option<AttrValue>>) -> Html {
    let on_press = {
        let (naming, title) = (naming.clone(), props.title.clone());
        Callback::from(move |_: MouseEvent| naming.set(Some(title.clone())))
    };
    html! {
        <div class="kept-name">
            // The first heading where the window has no room for the list beside it.
            <h1 data-testid="kept-title">{ &props.title }</h1>
            <Button label={texts.text(Text::KeptRename)} look={Look::Quiet} glyph={Glyph::Pencil} icon_only=true testid="kept-rename" {on_press} />
        </div>
    }
}

fn name_form(texts: &Translator, props: &KeptHeadProps, naming: &UseStateHandle<Option<AttrValue>>) -> Html {
    let close = {
        let naming = naming.clone();
        move || naming.set(None)
    };
    let onsubmit = {
        let (name, close) = ((**naming).clone().unwrap_or_default(), close.clone());
        let on_wish = props.on_wish.clone();
        move |event: SubmitEvent| {
            event.prevent_default();
            on_wish.emit(KeptWish::Rename(name.to_string()));
            close();
        }
    };
    let oninput = {
        let naming = naming.clone();
        move |event: InputEvent| {
            naming.set(Some(event.target_unchecked_into::<HtmlInputElement>().value().into()));
        }
    };
    let onkeydown = {
        let close = close.clone();
        move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                close();
            }
        }
    };
    html! {
        <form class="kept-name" {onsubmit} {onkeydown}>
            <input class="plain-input" aria-label={texts.text(Text::KeptName)} value={(**naming).clone()} maxlength="200" data-testid="kept-name" {oninput} />
            <Button label={texts.text(Text::KeptRenameSave)} submit=true testid="kept-name-save" />
            <Button label={texts.text(Text::Cancel)} look={Look::Quiet} testid="kept-name-cancel" on_press={move |_: MouseEvent| close()} />
        </form>
    }
}
