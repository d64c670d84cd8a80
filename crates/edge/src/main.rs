//! The edge service as a program. Settings come from the environment: see `settings.rs` and
//! `limits.rs`. It ends on SIGTERM and SIGINT, after the answers that still run.

use std::process::ExitCode;

use anyhow::Context;
use flowmeter_edge::{LogFormat, Settings};
use tokio::net::TcpListener;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("flowmeter-edge: {error:#}");
            ExitCode::FAILURE
        }
    }
}

// The lanes do the work; this thread accepts connections and waits for the signal.
#[tokio::main(flavor = "current_thread")]
async fn run() -> anyhow::Result<()> {
    let settings = Settings::from_env(|name| std::env::var(name).ok())?;
    log(settings.log());
    let address = settings.listen();
    // Before anything else: from here on a signal is an orderly end.
    let stop = stop_signal()?;
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}; choose another with EDGE_LISTEN"))?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    Ok(flowmeter_edge::serve(listener, settings, stop).await?)
}

fn log(format: LogFormat) {
    // By target and level alone: a filter that can also tell spans apart locks at each of their steps.
    let wanted = std::env::var("RUST_LOG").ok().and_then(|text| text.parse::<Targets>().ok());
    let filter = wanted.unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO));
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()));
    match format {
        LogFormat::Text => tracing_subscriber::registry().with(filter).with(lines).init(),
        LogFormat::Json => {
            let lines = lines.json().flatten_event(true).with_span_list(false);
            tracing_subscriber::registry().with(filter).with(lines).init();
        }
    }
}

#[cfg(unix)]
fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
    })
}

#[cfg(not(unix))]
fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    Ok(async {
        // Without a handler the signal ends the program anyway.
        let _ = tokio::signal::ctrl_c().await;
    })
}
