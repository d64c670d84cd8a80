//! Compiles the app for the systems that this machine is not.

use crate::process::{cargo, run as run_to_end};
use crate::{setup, ui};

/// `cargo check` for Windows and macOS, with Debian's cross compilers for the C parts.
pub(crate) fn run() -> anyhow::Result<()> {
    setup::system_packages(&[&["gcc-mingw-w64-x86-64", "clang", "llvm"]])?;
    setup::wasm_target()?;
    ui::build()?;
    for triple in ["x86_64-pc-windows-gnu", "aarch64-apple-darwin"] {
        setup::target(triple)?;
        let mut check = cargo();
        check.args(["check", "--package", "flowmeter", "--target", triple]);
        // clang compiles C for Apple's systems without their SDK as long as no header of theirs is used.
        check.env("CC_aarch64_apple_darwin", "clang").env("AR_aarch64_apple_darwin", "llvm-ar");
        run_to_end(&mut check)?;
    }
    Ok(())
}
