//! The Yew frontend of Flowmeter: it mirrors what the backend tells, and asks it for what a person wants.
//!
//! - [`ipc`]: the only place that knows Tauri.
//! - [`stores`]: the one store; its `reduce` is pure and tested on the host.
//! - [`views`] and [`components`]: a view reads the store, a component gets everything by props.
//! - [`locales`]: every text that a person reads.
//! - [`browser`]: the few things that only a browser knows.
//! - [`growing`]: text that grows without being copied.
//!
//! Deliberately not here: tokens, network, rules about quotas. Those belong to the backend and to `domain`.

pub mod browser;
pub mod components;
pub mod growing;
pub mod ipc;
pub mod locales;
pub mod stores;
pub mod views;

/// Puts the app on the page.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen(start)]
pub fn start() {
    yew::Renderer::<views::App>::new().render();
}
