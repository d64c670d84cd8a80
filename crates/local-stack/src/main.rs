//! `flowmeter-local-stack`: a stack in the foreground.
//!
//! One line of JSON on stdout when everything answers, logs on stderr. It stops on SIGINT, SIGTERM, or when
//! the other end of its stdin is gone, and leaves nothing running.

mod stop;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use flowmeter_local_stack::{AuthRules, LocalStack, Options, Signing, State, privileges};
use tracing_subscriber::EnvFilter;

use stop::Stop;

/// Supabase, the edge and a scripted provider on this machine.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Port of Supabase; the edge, the provider and PostgreSQL get the three after it. 0: any free ports
    #[arg(long, default_value_t = 54820)]
    port: u16,
    /// Keep the database in this directory. Without it the data is thrown away at the end
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Pause of the provider before each delta, in milliseconds
    #[arg(long, value_name = "N", default_value_t = 15)]
    delta_ms: u64,
    /// How access tokens are signed: hs256, with a secret, or es256, with a key that is published
    #[arg(long, value_name = "ALG", default_value = "hs256")]
    jwt: Signing,
    /// How people may sign in, as JSON; what is left out has GoTrue's default. For example
    /// '{"autoconfirm": false, "mail_pause_seconds": 5}'
    #[arg(long, value_name = "JSON", default_value = "{}")]
    auth: AuthRules,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line, whatever is inside.
            let text = format!("{error:#}").split_whitespace().collect::<Vec<_>>().join(" ");
            eprintln!("flowmeter-local-stack: {text}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<()> {
    // Before the runtime: it starts threads.
    let data = privileges::drop_root(arguments.data.as_deref())?;
    log_to_stderr();
    let pace = Duration::from_millis(arguments.delta_ms);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let Arguments { port, jwt: signing, auth, .. } = arguments;
    runtime.block_on(serve(Options { port, data, pace, signing, auth }))
}

async fn serve(options: Options) -> anyhow::Result<()> {
    let mut stop = Stop::listen()?;
    let stack = tokio::select! {
        started = LocalStack::start(options) => started?,
        () = stop.requested() => return Ok(()),
    };
    announce(stack.state())?;
    stop.requested().await;
    Ok(stack.stop().await?)
}

fn announce(state: &State) -> anyhow::Result<()> {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{}", serde_json::to_string(state)?)?;
    Ok(stdout.flush()?)
}

fn log_to_stderr() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        // The owner may be gone, and with it the other end of stderr: that is no reason to die.
        .log_internal_errors(false)
        .init();
}
