//! What fills the window: the sign-in, or the places of somebody who is signed in.

mod app;
mod failed;
mod home;
mod notices;
mod prompt;
mod shell;
mod sign_in;

pub use app::App;
pub use failed::{Failed, FailedProps};
pub use home::Home;
pub use shell::Shell;
pub use sign_in::{SignIn, SignInProps};
