//! `flowmeter-cli`: the quotas of the account that is signed in in the app, on the command line.
//!
//! Uses the app's store and session without getting in its way: while the app runs, it is asked for a
//! reading; while it does not, the session is refreshed here and put back into the key store. Nobody
//! signs in or out here. Exit codes and the JSON form are in `docs/command-line.md`.

mod admin;
mod exit;
mod help;
mod quota;
mod reading;
mod report;
mod table;
mod texts;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use exit::Exit;

#[derive(Parser)]
#[command(name = "flowmeter-cli", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Quota(quota::Arguments),
    Admin(admin::Arguments),
}

fn main() -> ExitCode {
    let arguments = arguments();
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

/// Read from the command line, which is answered with help in the system's language.
fn arguments() -> Arguments {
    let command = help::translated(Arguments::command(), &texts::of_the_system());
    let read = Arguments::from_arg_matches(&command.get_matches());
    read.unwrap_or_else(|fault| fault.exit())
}
