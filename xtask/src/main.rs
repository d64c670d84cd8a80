//! The commands of this repository. Each sets up what it needs, says what it does, asks nothing,
//! and is safe to repeat.

mod bench;
mod bundle;
mod deny;
mod desktop;
mod platforms;
mod process;
mod run;
mod setup;
mod stack;
mod test;
mod ui;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The commands of this repository")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Start the local stack and open the app, connected to it.
    Run(run::Options),
    /// Run every check: formatting, lints, unit, contract, database and end-to-end tests.
    Test {
        /// Leave out what needs a window.
        #[arg(long)]
        fast: bool,
    },
    /// Start only the local stack, in the foreground; prints one line of JSON when all of it answers.
    Stack {
        /// Supabase listens here, the edge, the provider and PostgreSQL on the next ports; 0 means any.
        #[arg(long, default_value_t = stack::DEFAULT_PORT)]
        port: u16,
        /// Also write the line of JSON to this file.
        #[arg(long)]
        state: Option<PathBuf>,
        /// The rules of sign-in, such as '{"autoconfirm": false}'.
        #[arg(long, value_name = "JSON")]
        auth: Option<String>,
    },
    /// Build the interface into `src-ui/dist`.
    Ui,
    /// Run the benchmarks, or the one that is named.
    Bench {
        /// `edge`, `history`, `counting` or `relay`.
        name: Option<String>,
    },
    /// Compile the app for Windows and macOS from here.
    CheckPlatforms,
    /// Build the installer of this system.
    Bundle,
    /// Check the licenses and sources of everything that comes into the build.
    Deny,
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> anyhow::Result<()> {
    process::stop_children_on_signal()?;
    std::env::set_current_dir(root())?;
    match task {
        Task::Run(options) => run::run(&options),
        Task::Test { fast } => test::run(fast),
        Task::Stack { port, state, auth } => stack::run(port, state.as_deref(), auth),
        Task::Ui => setup::wasm_target().and_then(|()| ui::build()),
        Task::Bench { name } => bench::run(name.as_deref()),
        Task::CheckPlatforms => platforms::run(),
        Task::Bundle => bundle::run(),
        Task::Deny => deny::run(),
    }
}

/// The repository, wherever the command was typed.
fn root() -> PathBuf {
    let xtask = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().map(PathBuf::from).unwrap_or(xtask)
}
