//! The two functions that Tauri puts on every page. The global `__TAURI__` stays off.

use js_sys::Function;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Sends a command; resolves or rejects with the backend's answer.
    #[wasm_bindgen(js_namespace = ["window", "__TAURI_INTERNALS__"], catch)]
    pub(super) async fn invoke(command: &str, arguments: JsValue) -> Result<JsValue, JsValue>;

    /// Registers a function under a number that the backend can call.
    #[wasm_bindgen(js_namespace = ["window", "__TAURI_INTERNALS__"], js_name = transformCallback, catch)]
    pub(super) fn transform_callback(callback: &Function, once: bool) -> Result<JsValue, JsValue>;
}
