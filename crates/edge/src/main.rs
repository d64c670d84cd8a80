//! The edge service as a program. Settings come from the environment (see `settings.rs`);
//! `EDGE_LISTEN` says where to listen.

use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::Context;
use flowmeter_edge::Settings;
use tracing_subscriber::EnvFilter;

const DEFAULT_LISTEN: &str = "127.0.0.1:8787";

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("flowmeter-edge: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run() -> anyhow::Result<()> {
    let router = flowmeter_edge::router(Settings::from_env(|name| std::env::var(name).ok())?)?;
    let listen = std::env::var("EDGE_LISTEN").unwrap_or_else(|_| DEFAULT_LISTEN.to_owned());
    let address: SocketAddr = listen
        .parse()
        .with_context(|| format!("EDGE_LISTEN is wrong: {listen:?} is not like {DEFAULT_LISTEN}"))?;
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}; choose another with EDGE_LISTEN"))?;
    tracing::info!(%address, "listening");
    axum::serve(listener, router).with_graceful_shutdown(stop_signal()).await?;
    Ok(())
}

async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    if let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
        return;
    }
    // Without a handler the signal ends the program anyway.
    let _ = interrupt.await;
}
