//! The real app in a real webview, with a real key store, on a real database.
//!
//! What only these tests can see: that the page loads under its content security policy, that the
//! capability list suffices, that events arrive, that the keychain is used, and what it looks like.
//! They need a display, a session bus with an unlocked keyring, `tauri-driver` and `WebKitWebDriver`;
//! `cargo xtask test` brings them all.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test a fault ends the test")]

mod accessibility;
mod accounts;
mod answers;
mod command_line;
mod door;
mod flow_runs;
mod flows;
mod glance;
mod kept_runs;
mod keyboard;

mod killed;
mod leaks;
mod offline;
mod relay;
mod runs;
mod screenshots;
mod sessions;
mod settings;
mod support;
mod tray;
