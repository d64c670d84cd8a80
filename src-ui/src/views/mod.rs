//! What fills the window: the sign-in, or the places of somebody who is signed in.

mod account_wish;
mod app;
mod connect;
mod failed;
mod flow_run;
mod flows;
mod follow;
mod history;
mod home;
mod notices;
mod prompt;
mod runs;
mod saved;
mod settings;
mod shell;
mod sign_in;

pub use app::App;
pub use connect::Connect;
pub use failed::{Failed, FailedProps};
pub use flow_run::{FlowRun, FlowRunProps};
pub use flows::Flows;
pub use history::History;
pub use home::Home;
pub use runs::Runs;
pub use settings::Settings;
pub use shell::Shell;
pub use sign_in::{SignIn, SignInProps};
