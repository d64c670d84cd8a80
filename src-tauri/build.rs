//! Builds what Tauri generates: the context, the capability tables, the Windows resource.

use std::path::Path;

const PAGE: &str = "src-ui/dist/index.html";
/// Lets `cargo check` and editors work before the interface was built for the first time.
const PLACEHOLDER: &str =
    "<!doctype html><title>Flowmeter</title>Run `cargo xtask ui` to build the interface.";

fn main() {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    println!("cargo:rerun-if-changed=src-ui/dist");
    if !Path::new(PAGE).exists() {
        let folder = Path::new(PAGE).parent().expect("a folder");
        std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(PAGE, PLACEHOLDER))
            .expect("a placeholder page");
    }
    let attributes =
        tauri_build::Attributes::new().capabilities_path_pattern("./src-tauri/capabilities/**/*");
    tauri_build::try_build(attributes).expect("tauri-build");
}
