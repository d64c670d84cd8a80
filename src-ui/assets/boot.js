// Starts the app. A file of its own, because the page's security policy allows no inline script.
import init from "./flowmeter_ui.js";

init({ module_or_path: "./flowmeter_ui_bg.wasm" });
