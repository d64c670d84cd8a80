//! When the program is asked to stop: by a signal, or by the end of its owner.

use std::io::Read;

use tokio::sync::mpsc;

/// Tells once that a stop was asked for.
pub(crate) struct Stop(mpsc::UnboundedReceiver<()>);

impl Stop {
    /// Begins to listen. Call it before anything is started, so that nothing can be left behind.
    pub(crate) fn listen() -> std::io::Result<Stop> {
        let (sender, receiver) = mpsc::unbounded_channel();
        listen_to_signals(sender.clone())?;
        if stdin_has_owner() {
            // A thread and not a task: a blocked read would keep the runtime from ending.
            std::thread::spawn(move || {
                read_to_end();
                tracing::info!("stdin was closed");
                let _ = sender.send(());
            });
        }
        Ok(Stop(receiver))
    }

    /// Returns when a stop was asked for.
    pub(crate) async fn requested(&mut self) {
        // No sender left means that nobody can ask any more.
        if self.0.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(unix)]
fn listen_to_signals(sender: mpsc::UnboundedSender<()>) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("a signal asks to stop");
        let _ = sender.send(());
    });
    Ok(())
}

#[cfg(not(unix))]
fn listen_to_signals(sender: mpsc::UnboundedSender<()>) -> std::io::Result<()> {
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            let _ = sender.send(());
        }
    });
    Ok(())
}

/// A pipe, a socket or a terminal has somebody at its other end, and closes when they are gone.
///
/// `/dev/null` and files have nobody and are at their end from the start: whoever runs the program in the
/// background with `< /dev/null` does not want it to stop at once.
#[cfg(unix)]
fn stdin_has_owner() -> bool {
    use std::io::IsTerminal;
    use std::os::fd::AsFd;
    use std::os::unix::fs::FileTypeExt;

    let stdin = std::io::stdin();
    let Ok(file) = stdin.as_fd().try_clone_to_owned().map(std::fs::File::from) else { return false };
    let kind = file.metadata().map(|metadata| metadata.file_type());
    stdin.is_terminal() || kind.is_ok_and(|kind| kind.is_fifo() || kind.is_socket())
}

/// Windows does not say what stdin is: everything is taken for an owner.
#[cfg(not(unix))]
fn stdin_has_owner() -> bool {
    true
}

/// What is written to it means nothing.
fn read_to_end() {
    let mut buffer = [0; 256];
    let mut stdin = std::io::stdin().lock();
    while stdin.read(&mut buffer).is_ok_and(|count| count > 0) {}
}
