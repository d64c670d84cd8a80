//! `flowmeter-cli`: the quotas of the account that is signed in in the app, on the command line.
//!
//! Uses the app's store and session without getting in its way: while the app runs, it is asked for a
//! reading; while it does not, the session is refreshed here and put back into the key store. Nobody
//! signs in or out here. Exit codes and the JSON form are in `docs/command-line.md`.

mod admin;
mod exit;
// One key store, one source: the app's entries are read and written exactly as the app does it.
#[path = "../../../src-tauri/keychain.rs"]
mod keychain;
mod quota;
mod reading;
mod report;
mod table;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use exit::Exit;

#[derive(Parser)]
#[command(name = "flowmeter-cli", version, about = "What is left of a Flowmeter account")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Show what is left. Ends with 0 fine, 10 low, 11 used up, 12 signed out, 13 unreachable.
    Quota(quota::Arguments),
    /// Show and change a person's quota as an administrator.
    ///
    /// Needs the service role's key in SUPABASE_SERVICE_ROLE_KEY; it is taken from nowhere else.
    Admin(admin::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return Exit::failed(&error.into()).into(),
    };
    let done = runtime.block_on(async {
        match arguments.command {
            Command::Quota(arguments) => quota::run(&arguments).await,
            Command::Admin(arguments) => admin::run(&arguments).await,
        }
    });
    // A key store may still wait for a person; nobody waits for it here.
    runtime.shutdown_background();
    done.unwrap_or_else(|error| Exit::failed(&error)).into()
}
