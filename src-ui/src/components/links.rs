//! Links of an answer: data until they are pressed; then whoever shows the answer is told where they lead.

use yew::prelude::*;

use crate::browser;

/// Where a link keeps what it leads to.
const ADDRESS: &str = "data-address";

/// What an element listens with to hear of the links within it.
#[hook]
pub(super) fn use_links(on_link: &Callback<String>) -> (Callback<MouseEvent>, Callback<KeyboardEvent>) {
    let onclick = use_callback(on_link.clone(), |event: MouseEvent, on_link| {
        browser::attribute_around(&event, ADDRESS).into_iter().for_each(|address| on_link.emit(address));
    });
    let onkeydown = use_callback(on_link.clone(), |event: KeyboardEvent, on_link| {
        let address = browser::attribute_around(&event, ADDRESS).filter(|_| event.key() == "Enter");
        address.into_iter().for_each(|address| on_link.emit(address));
    });
    (onclick, onkeydown)
}
