//! Starts Flowmeter. A fault at the start is one line on standard error and a non-zero exit.

// No console window beside the app on Windows.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    match flowmeter::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("flowmeter: {error:#}");
            ExitCode::FAILURE
        }
    }
}
