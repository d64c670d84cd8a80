//! What a picture that is panned and zoomed asks of the browser.

use flowmeter_domain::flow::Point;
use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::prelude::*;
use web_sys::{Element, ResizeObserver, SvgElement, WheelEvent};

/// A turn of the wheel by one line, in pixels.
const LINE: f64 = 16.0;

/// A turn of the wheel, or two fingers on a touchpad.
#[derive(Clone, Copy, Debug)]
pub struct Scroll {
    /// How far, in pixels.
    pub by: Point,
    /// Where the pointer is, in the element.
    pub at: Point,
    /// Whether it zooms: with Ctrl held, which is how a pinch arrives, too.
    pub zooms: bool,
}

/// Calls `resized` with the size of `element`, now and whenever it changes; until it is dropped.
pub fn on_resize(element: &Element, resized: impl Fn(f64, f64) + 'static) -> SizeWatch {
    let watched = element.clone();
    let told = Closure::<dyn Fn()>::new(move || {
        resized(watched.client_width().into(), watched.client_height().into());
    });
    let observer = ResizeObserver::new(told.as_ref().unchecked_ref()).ok();
    if let Some(observer) = &observer {
        observer.observe(element);
    }
    SizeWatch { observer, _told: told }
}

/// Watching ends when this is dropped.
#[must_use = "watching ends when it is dropped"]
pub struct SizeWatch {
    observer: Option<ResizeObserver>,
    _told: Closure<dyn Fn()>,
}

impl Drop for SizeWatch {
    fn drop(&mut self) {
        self.observer.iter().for_each(ResizeObserver::disconnect);
    }
}

/// Calls `scrolled` for each turn of the wheel over `element`, which then scrolls nothing else; until it
/// is dropped. Yew listens at the body, where browsers do not let the wheel be taken.
pub fn on_wheel(element: &Element, scrolled: impl Fn(Scroll) + 'static) -> EventListener {
    let over = element.clone();
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(element, "wheel", options, move |event| {
        let Some(event) = event.dyn_ref::<WheelEvent>() else { return };
        event.prevent_default();
        let unit = if event.delta_mode() == WheelEvent::DOM_DELTA_PIXEL { 1.0 } else { LINE };
        let (x, y) = (event.delta_x() * unit, event.delta_y() * unit);
        // A wheel turns one way only; with Shift it goes sideways.
        let by = if event.shift_key() && x == 0.0 { Point { x: y, y: 0.0 } } else { Point { x, y } };
        let frame = over.get_bounding_client_rect();
        let at = Point {
            x: f64::from(event.client_x()) - frame.left(),
            y: f64::from(event.client_y()) - frame.top(),
        };
        scrolled(Scroll { by, at, zooms: event.ctrl_key() || event.meta_key() });
    })
}

/// Sends what the pointer does to `element`, wherever it goes, until it is let go.
pub fn hold_pointer(element: &Element, pointer: i32) {
    // One that is gone already cannot be held.
    let _ = element.set_pointer_capture(pointer);
}

/// Puts the focus on a part of a drawing.
pub fn focus_drawn(element: &SvgElement) {
    // One that cannot be focused leaves the focus where it is.
    let _ = element.focus();
}
