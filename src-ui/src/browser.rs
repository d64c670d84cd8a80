//! What only a browser knows: the clock, the language, local times, the scroll position, the clipboard.
//!
//! On the host, where components are rendered for tests, the answers are fixed. Not here: IPC.

mod picture;

pub use picture::{Scroll, SizeWatch, focus_drawn, hold_pointer, on_resize, on_wheel};

use jiff::Timestamp;
use jiff::civil::Date;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlElement};

/// How far from the end, in CSS pixels, a view still counts as following it.
const NEAR_END: i32 = 64;

/// The current time.
pub fn now() -> Timestamp {
    if cfg!(target_arch = "wasm32") {
        Timestamp::from_millisecond(js_sys::Date::now() as i64).unwrap_or_default()
    } else {
        Timestamp::UNIX_EPOCH
    }
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

/// Tells screen readers and hyphenation which language the page is in.
pub fn set_document_language(tag: &str) {
    if let Some(root) = gloo::utils::document().document_element() {
        // An attribute name that is always valid cannot be refused.
        let _ = root.set_attribute("lang", tag);
    }
}

/// Whether the end of `element`'s content is in sight.
pub fn is_at_end(element: &Element) -> bool {
    element.scroll_height() - element.scroll_top() - element.client_height() < NEAR_END
}

/// Scrolls `element` to the end of its content.
pub fn scroll_to_end(element: &Element) {
    element.set_scroll_top(element.scroll_height());
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
    !clipboard.is_undefined() && JsFuture::from(clipboard.write_text(text)).await.is_ok()
}

/// Puts the cursor into `element`.
pub fn focus(element: &HtmlElement) {
    // An element that cannot be focused keeps the focus where it is.
    let _ = element.focus();
}
