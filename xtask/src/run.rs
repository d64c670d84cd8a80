//! Opens the app: on the local stack, or on a real project.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, bail};
use clap::Args;

use crate::process::{cargo, run as run_to_end, spawn, stopping, wait};
use crate::stack::{self, Stack};
use crate::{desktop, setup, ui};

#[derive(Args)]
pub(crate) struct Options {
    /// Use this Supabase project instead of the local stack.
    #[arg(long, value_name = "SUPABASE_URL", requires_all = ["key", "edge"])]
    against: Option<String>,
    /// The project's publishable or anon key.
    #[arg(long, requires = "against")]
    key: Option<String>,
    /// The address of the edge service.
    #[arg(long, requires = "against")]
    edge: Option<String>,
    /// Where the local stack listens (it takes this port and the next three).
    #[arg(long, default_value_t = stack::DEFAULT_PORT)]
    port: u16,
}

/// Sets up, builds, starts the stack, opens the app; ends when the app does.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    check_display()?;
    setup::for_running()?;
    ui::build()?;
    run_to_end(cargo().args([
        "build",
        "--quiet",
        "--package",
        "flowmeter",
        "--package",
        "flowmeter-local-stack",
    ]))?;

    let mut app = app_command()?;
    let stack = match (&options.against, &options.key, &options.edge) {
        (Some(url), Some(key), Some(edge)) => {
            connect(&mut app, url, key, edge);
            None
        }
        _ => Some(start_stack(&mut app, options.port)?),
    };
    let status = wait(spawn(&mut app)?)?;
    drop(stack);
    if !status.success() && !stopping() {
        bail!("the app ended with {status}; the lines above say why");
    }
    Ok(())
}

/// A stack whose database stays, so that the next start finds the same account and numbers.
fn start_stack(app: &mut Command, port: u16) -> anyhow::Result<Stack> {
    let data = data_folder()?;
    let arguments = ["--port".to_owned(), port.to_string(), "--data".to_owned(), data.display().to_string()];
    eprintln!("» starting the local stack on 127.0.0.1:{port}, database in {}", data.display());
    let stack = Stack::start(&arguments)?;
    eprintln!("» mails of the local stack: {}", stack.field("/mail_url")?);
    connect(app, &stack.field("/supabase_url")?, &stack.field("/anon_key")?, &stack.field("/edge_url")?);
    let (email, password) = (stack.field("/users/0/email")?, stack.field("/users/0/password")?);
    app.env("FLOWMETER_DEMO_ACCOUNT", format!("{email}:{password}"));
    Ok(stack)
}

fn connect(app: &mut Command, url: &str, key: &str, edge: &str) {
    app.env("FLOWMETER_SUPABASE_URL", url).env("FLOWMETER_SUPABASE_KEY", key).env("FLOWMETER_EDGE_URL", edge);
}

/// The app as it is, or on a bus and keyring of its own where the login has none.
fn app_command() -> anyhow::Result<Command> {
    let program =
        crate::root().join("target/debug").join(format!("flowmeter{}", std::env::consts::EXE_SUFFIX));
    if desktop::has_session_bus() {
        return Ok(Command::new(program));
    }
    let keyring = home()?.join(".local/share/flowmeter-demo-keyring");
    eprintln!(
        "» no session bus here: the app gets one of its own, with an unprotected keyring in {}",
        keyring.display()
    );
    Ok(desktop::private_session(program, &keyring))
}

/// Outside `target`, so that `cargo clean` does not sign anybody out. The stack gives up root and
/// must still reach its data, so root's is not below its home.
fn data_folder() -> anyhow::Result<PathBuf> {
    #[cfg(unix)]
    if nix::unistd::Uid::effective().is_root() {
        return Ok(PathBuf::from("/var/lib/flowmeter-local-stack"));
    }
    Ok(home()?.join(".local/share/flowmeter-local-stack"))
}

fn home() -> anyhow::Result<PathBuf> {
    std::env::home_dir().context("this login has no home folder: set HOME")
}

/// Said before minutes of building, not after.
fn check_display() -> anyhow::Result<()> {
    let shown = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    if cfg!(target_os = "linux") && !shown {
        bail!(
            "there is no display to open a window on: start it in a desktop session, or with `xvfb-run -a cargo xtask run`"
        );
    }
    Ok(())
}
