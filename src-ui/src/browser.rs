//! What only a browser knows: the clock, the language, local times, the scroll position, the clipboard.
//!
//! On the host, where components are rendered for tests, the answers are fixed. Not here: IPC.

mod picture;

pub use picture::{Scroll, SizeWatch, focus_drawn, hold_pointer, on_resize, on_wheel};

use flowmeter_domain::ipc::Step;
use jiff::Timestamp;
use jiff::civil::Date;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlElement, HtmlInputElement, HtmlTextAreaElement, KeyboardEvent, Window};

/// How far from the end, in CSS pixels, a view still counts as following it.
pub const NEAR_END: i32 = 64;

/// The current time.
pub fn now() -> Timestamp {
    if cfg!(target_arch = "wasm32") {
        Timestamp::from_millisecond(js_sys::Date::now() as i64).unwrap_or_default()
    } else {
        Timestamp::UNIX_EPOCH
    }
}

/// Milliseconds of a clock, for what passes between two of its readings.
pub fn milliseconds() -> f64 {
    js_sys::Date::now()
}

/// Waits until the next frame begins, or for so many milliseconds where none does: nobody sees the window.
pub async fn next_frame(most_ms: f64) {
    wait(|window, done| {
        // One of the two comes, and a promise is kept once.
        let _ = window.request_animation_frame(done);
        let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(done, most_ms as i32);
    })
    .await;
}

/// Waits for so many milliseconds.
pub async fn sleep(milliseconds: f64) {
    wait(|window, done| {
        let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(done, milliseconds as i32);
    })
    .await;
}

/// Waits until the window calls what it is given.
async fn wait(ask: impl Fn(&Window, &js_sys::Function)) {
    let window = gloo::utils::window();
    let called = js_sys::Promise::new(&mut |done, _| ask(&window, &done));
    // A promise that nobody can break.
    let _ = JsFuture::from(called).await;
}

/// The browser's language as a BCP 47 tag: used until the backend has told the person's own.
pub fn language() -> String {
    if cfg!(target_arch = "wasm32") {
        gloo::utils::window().navigator().language().unwrap_or_default()
    } else {
        String::new()
    }
}

/// `time` in the words of `language` and the local time zone.
pub fn local_time(time: Timestamp, language: &str) -> String {
    if cfg!(target_arch = "wasm32") {
        let date = js_sys::Date::new(&(time.as_millisecond() as f64).into());
        date.to_locale_string(language, &JsValue::UNDEFINED).into()
    } else {
        time.to_string()
    }
}

/// A day in the words of `language`, without its year.
pub fn local_date(date: Date, language: &str) -> String {
    if !cfg!(target_arch = "wasm32") {
        return date.to_string();
    }
    let (year, month, day) = (date.year(), date.month(), date.day());
    let noon = js_sys::Date::new_with_year_month_day_hr(
        u32::try_from(year).unwrap_or_default(),
        i32::from(month) - 1,
        i32::from(day),
        12,
    );
    let wanted = js_sys::Object::new();
    for (name, value) in [("month", "short"), ("day", "numeric")] {
        // A plain object takes every property.
        let _ = js_sys::Reflect::set(&wanted, &name.into(), &value.into());
    }
    noon.to_locale_date_string(language, &wanted).into()
}

/// How the keys for "run" are printed on this system's keyboards.
pub fn run_keys() -> &'static str {
    let apple = cfg!(target_arch = "wasm32")
        && gloo::utils::window().navigator().user_agent().is_ok_and(|agent| agent.contains("Mac OS"));
    if apple { "⌘↵" } else { "Ctrl ↵" }
}

/// Whether the keys for "run" were pressed.
pub fn is_run_keys(event: &KeyboardEvent) -> bool {
    event.key() == "Enter" && (event.ctrl_key() || event.meta_key())
}

/// The step in time that a key asks for, outside of a field: there the keys are about what is typed.
pub fn step_of(event: &KeyboardEvent) -> Option<Step> {
    let field = event.target().is_some_and(|target| {
        target.has_type::<HtmlTextAreaElement>() || target.has_type::<HtmlInputElement>()
    });
    if field || event.alt_key() || !(event.ctrl_key() || event.meta_key()) {
        return None;
    }
    match (event.key().to_lowercase().as_str(), event.shift_key()) {
        ("z", false) => Some(Step::Undo),
        ("z", true) | ("y", false) => Some(Step::Redo),
        _ => None,
    }
}

/// Tells screen readers and hyphenation which language the page is in.
pub fn set_document_language(tag: &str) {
    if let Some(root) = gloo::utils::document().document_element() {
        // An attribute name that is always valid cannot be refused.
        let _ = root.set_attribute("lang", tag);
    }
}

/// Whether less than `pixels` of `element`'s content are below what is seen.
pub fn is_at_end(element: &Element, pixels: i32) -> bool {
    element.scroll_height() - element.scroll_top() - element.client_height() < pixels
}

/// Scrolls `element` to the end of its content.
pub fn scroll_to_end(element: &Element) {
    element.set_scroll_top(element.scroll_height());
}

/// Scrolls to the first element inside of `element` that `selector` names, if there is one.
pub fn scroll_to(element: &Element, selector: &str) {
    if let Ok(Some(found)) = element.query_selector(selector) {
        found.scroll_into_view();
    }
}

/// Notes in the browser's own records that `what` has happened, for whoever measures.
pub fn mark(what: &str) {
    let get = |from: &JsValue, name: &str| js_sys::Reflect::get(from, &name.into());
    let records = get(&gloo::utils::window(), "performance");
    // Records that are full, or not kept, measure nothing; nothing else is lost.
    let _ = records.and_then(|records| {
        let mark: js_sys::Function = get(&records, "mark")?.dyn_into()?;
        mark.call1(&records, &what.into())
    });
}

/// Loads the page anew.
pub fn reload() {
    // Nothing can be told to a page that will not even reload.
    let _ = gloo::utils::window().location().reload();
}

/// Puts `text` into the clipboard; whether the system took it.
pub async fn copy(text: &str) -> bool {
    let clipboard = gloo::utils::window().navigator().clipboard();
    // Absent where a page may not use it.
    let written = !clipboard.is_undefined() && JsFuture::from(clipboard.write_text(text)).await.is_ok();
    written || copy_as_selected(text).unwrap_or(false)
}

/// Puts the cursor into `element`.
pub fn focus(element: &HtmlElement) {
    // An element that cannot be focused keeps the focus where it is.
    let _ = element.focus();
}

/// Whether the person asked the system for less movement.
pub fn wants_less_motion() -> bool {
    const QUERY: &str = "(prefers-reduced-motion: reduce)";
    cfg!(target_arch = "wasm32")
        && gloo::utils::window().match_media(QUERY).ok().flatten().is_some_and(|query| query.matches())
}

/// The nearest element around what an event happened on, itself included, that has `attribute`; and its value.
pub fn attribute_around(event: &web_sys::Event, attribute: &str) -> Option<String> {
    let on = event.target()?.dyn_into::<Element>().ok()?;
    on.closest(&format!("[{attribute}]")).ok()??.get_attribute(attribute)
}

/// The old way, which some webviews allow where they refuse the new one: by a field that is selected.
fn copy_as_selected(text: &str) -> Result<bool, JsValue> {
    let document = gloo::utils::document();
    let before = document.active_element().and_then(|element| element.dyn_into::<HtmlElement>().ok());
    let field: HtmlTextAreaElement = document.create_element("textarea")?.dyn_into()?;
    field.set_class_name("unseen");
    field.set_value(text);
    gloo::utils::body().append_child(&field)?;
    field.select();
    let copied = exec_command("copy");
    field.remove();
    before.iter().for_each(focus);
    copied
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = document, js_name = execCommand, catch)]
    fn exec_command(command: &str) -> Result<bool, JsValue>;
}
