//! What is going on at the door: which form, what was mailed, what was refused.
//!
//! Not here: what is typed; that stays in the forms, and a password in nothing else.

use flowmeter_domain::UiError;
use flowmeter_domain::ipc::{CodePurpose, Mailed, WaysIn};
use jiff::{SignedDuration, Timestamp};

/// Which form is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Step {
    /// Address and password.
    #[default]
    Password,
    /// A code by mail.
    Code,
    /// A new account.
    SignUp,
    /// A new password.
    Reset,
    /// Another project.
    Connect,
}

impl Step {
    /// What a code that is asked for here is good for.
    pub fn purpose(self) -> CodePurpose {
        match self {
            Step::SignUp => CodePurpose::SignUp,
            Step::Reset => CodePurpose::Recovery,
            Step::Password | Step::Code | Step::Connect => CodePurpose::SignIn,
        }
    }
}

/// A mail with a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// To whom.
    pub email: String,
    /// What for.
    pub purpose: CodePurpose,
    /// When the server sends the next one, where it named a time.
    pub next: Option<Timestamp>,
}

/// The door.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Door {
    /// Which form is shown.
    pub step: Step,
    /// Whether something was sent that is not answered yet.
    pub busy: bool,
    /// Why the last attempt failed.
    pub error: Option<UiError>,
    /// What the project offers; `None` until it has said so.
    pub ways: Option<WaysIn>,
    /// Why it did not say so.
    pub ways_error: Option<UiError>,
    /// The last mail.
    pub mail: Option<Mail>,
    /// At which provider the browser is.
    pub browser: Option<String>,
    /// Whether the door is open although somebody is signed in: to add an account.
    pub adding: bool,
    /// Whether somebody whose session ended wants to look around first.
    pub later: bool,
    /// Whether who came in last is new here.
    pub greeting: bool,
}

/// Something that happened at the door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DoorAction {
    /// The project said what it offers, or why not.
    Ways(Result<WaysIn, UiError>),
    /// The person went to another form.
    Went(Step),
    /// The person sent a form.
    Sent,
    /// What was sent was refused.
    Refused(UiError),
    /// A code was mailed, or the server asks to wait since the given time.
    Mailed(String, CodePurpose, Mailed, Timestamp),
    /// The browser is at a provider.
    Browsing(String),
    /// Somebody came in; whether they are new.
    Entered(bool),
    /// The next sign-in goes to another project.
    Connected,
    /// The person wants to add an account.
    Adding,
    /// The person wants to sign in again after all.
    Again,
    /// The person left the door without going in.
    Left,
    /// The person read the greeting.
    Greeted,
}

impl Door {
    /// Takes in what happened.
    pub fn reduce(&mut self, action: DoorAction) {
        match action {
            DoorAction::Ways(ways) => self.learn(ways),
            DoorAction::Went(step) => {
                *self = Door { step, adding: self.adding, ..self.anew() };
            }
            DoorAction::Sent => (self.busy, self.error, self.greeting) = (true, None, false),
            DoorAction::Refused(error) => {
                (self.busy, self.browser, self.error) = (false, None, Some(error));
            }
            DoorAction::Mailed(email, purpose, mailed, now) => self.mailed(email, purpose, mailed, now),
            DoorAction::Browsing(provider) => self.browser = Some(provider),
            DoorAction::Entered(is_new) => *self = Door { greeting: is_new, ..self.anew() },
            DoorAction::Connected => *self = Door { ways: None, adding: self.adding, ..self.anew() },
            DoorAction::Adding => *self = Door { adding: true, ..self.anew() },
            DoorAction::Again => self.later = false,
            DoorAction::Left => *self = Door { later: true, ..self.anew() },
            DoorAction::Greeted => self.greeting = false,
        }
    }

    /// The door after somebody went in or out.
    pub fn anew(&self) -> Self {
        Door { ways: self.ways.clone(), greeting: self.greeting, ..Door::default() }
    }

    /// The mail with the code that the form of `step` asks for.
    pub fn mail_for(&self, step: Step) -> Option<&Mail> {
        self.mail.as_ref().filter(|mail| mail.purpose == step.purpose())
    }

    fn learn(&mut self, ways: Result<WaysIn, UiError>) {
        match ways {
            Ok(ways) => (self.ways, self.ways_error) = (Some(ways), None),
            Err(error) => self.ways_error = Some(error),
        }
    }

    fn mailed(&mut self, email: String, purpose: CodePurpose, mailed: Mailed, now: Timestamp) {
        (self.busy, self.error) = (false, None);
        let next = match mailed {
            Mailed::Sent => None,
            Mailed::Wait { seconds } => now.checked_add(SignedDuration::from_secs(seconds.into())).ok(),
        };
        self.mail = Some(Mail { email, purpose, next });
    }
}
