//! Counting down to a time that a server named.

use gloo::timers::callback::Interval;
use jiff::Timestamp;
use yew::prelude::*;

use crate::browser;

const SECOND_MS: u32 = 1000;

/// Whole seconds until `next`, counted down while this is on the page; 0 once it has come.
#[hook]
pub(super) fn use_countdown(next: Option<Timestamp>) -> i64 {
    let now = use_state(browser::now);
    let setter = now.setter();
    use_effect_with(next, move |next| {
        setter.set(browser::now());
        let ticks = next.map(|_| Interval::new(SECOND_MS, move || setter.set(browser::now())));
        move || drop(ticks)
    });
    next.map_or(0, |next| (next.duration_since(*now).as_millis() + 999).div_euclid(1000).max(0) as i64)
}
