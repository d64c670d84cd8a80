//! Taking in a flow: a file that the person picks, or JSON that they paste.

use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{File, HtmlElement, HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

use crate::components::{Button, Glyph, Look, Notice, Tone};
use crate::locales::{Text, Translator, use_translator};
use crate::stores::{App, use_app};

/// The button, and the box that it opens.
#[component]
pub(super) fn Import() -> Html {
    let (app, texts) = (use_app(), use_translator());
    let (open, opener) = (use_state(|| false), use_node_ref());
    // Outlives the box: it is closed by a slip as well.
    let pasted = use_state(AttrValue::default);
    let was_importing = use_mut_ref(|| false);
    use_effect_with((app.flows.importing, open.setter(), pasted.setter()), {
        let refused = app.flows.not_imported.is_some();
        move |(importing, open, pasted)| {
            let done = was_importing.replace(*importing) && !importing && !refused;
            if done {
                open.set(false);
                pasted.set(AttrValue::default());
            }
        }
    });
    let on_press = Callback::from({
        let (app, open) = (app.clone(), open.clone());
        move |_: MouseEvent| {
            app.close_import();
            open.set(!*open);
        }
    });
    html! {
        <div class="import" ref={opener}>
            <Button label={texts.text(Text::ImportOpen)} glyph={Glyph::Upload} testid="import" on_press={on_press.clone()} />
            if *open { <ImportBox {pasted} on_close={on_press} /> }
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct ImportBoxProps {
    pasted: UseStateHandle<AttrValue>,
    on_close: Callback<MouseEvent>,
}

#[component]
fn ImportBox(props: &ImportBoxProps) -> Html {
    let (app, texts) = (use_app(), use_translator());
    let (pasted, picker) = (&props.pasted, use_node_ref());
    let on_pick = Callback::from({
        let picker = picker.clone();
        move |_: MouseEvent| picker.cast::<HtmlElement>().iter().for_each(|picker| picker.click())
    });
    let oninput = Callback::from({
        let pasted = pasted.clone();
        move |event: InputEvent| {
            pasted.set(event.target_unchecked_into::<HtmlTextAreaElement>().value().into());
        }
    });
    let on_take = Callback::from({
        let (app, texts, pasted) = (app.clone(), texts.clone(), pasted.clone());
        move |_: MouseEvent| app.import_flow(texts.text(Text::FlowUntitled).to_string(), pasted.to_string())
    });
    html! {
        <section class="import-box" aria-label={texts.text(Text::ImportTitle)} data-testid="import-box">
            <h2>{ texts.text(Text::ImportTitle) }</h2>
            <p>{ texts.text(Text::ImportBody) }</p>
            { refused(&app, &texts) }
            <input ref={picker} class="unseen" type="file" accept=".json,application/json" tabindex="-1" aria-hidden="true"
                data-testid="import-file" onchange={on_file(&app, &texts)} />
            <Button label={texts.text(Text::ImportPick)} glyph={Glyph::Upload} testid="import-pick" busy={app.flows.importing} on_press={on_pick} />
            <textarea class="import-text" aria-label={texts.text(Text::ImportPaste)} placeholder={texts.text(Text::ImportPaste)} spellcheck="false"
                data-testid="import-text" value={(**pasted).clone()} {oninput} />
            <footer class="import-foot">
                <Button label={texts.text(Text::Cancel)} look={Look::Quiet} testid="import-cancel" on_press={&props.on_close} />
                <Button label={texts.text(Text::ImportTake)} look={Look::Primary} testid="import-take" busy={app.flows.importing}
                    disabled={pasted.trim().is_empty()} on_press={on_take} />
            </footer>
        </section>
    }
}

/// The name of the file is that of the flow, where the flow has none.
fn on_file(app: &App, texts: &Translator) -> Callback<Event> {
    let (app, unread) = (app.clone(), texts.text(Text::ImportUnread));
    Callback::from(move |event: Event| {
        let picker: HtmlInputElement = event.target_unchecked_into();
        let file = picker.files().and_then(|files| files.get(0));
        // So that the same file can be picked again.
        picker.set_value("");
        let Some(file) = file else { return };
        let (app, unread) = (app.clone(), unread.clone());
        spawn_local(async move {
            let name = file.name();
            let name = name.strip_suffix(".json").unwrap_or(&name).to_owned();
            match read(&file).await {
                Some(text) => app.import_flow(name, text),
                None => app.refuse_import(&unread),
            }
        });
    })
}

async fn read(file: &File) -> Option<String> {
    JsFuture::from(file.text()).await.ok()?.as_string()
}

fn refused(app: &App, texts: &Translator) -> Html {
    let Some(error) = &app.flows.not_imported else { return html! {} };
    html! {
        <Notice tone={Tone::Error} title={texts.text(Text::ImportRefused)} code={error.code} testid="import-refused" alert=true>
            <ul class="import-faults">for fault in error.message.lines() { <li><code>{ fault.to_owned() }</code></li> }</ul>
            <p>{ texts.text(Text::ImportRefusedNext) }</p>
        </Notice>
    }
}
