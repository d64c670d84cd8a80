//! What a person does at the door and with the accounts of this machine.

use flowmeter_domain::UiError;
use flowmeter_domain::ipc::{
    AccountKey, CancelSignIn, CheckConnection, Checks, CodePurpose, Command, Connect, ConnectionFields,
    Entered, Farewell, GetWaysIn, RemoveAccount, ResetPassword, SendCode, SignIn, SignInWith, SignUp,
    SignedUp, SwitchAccount, VerifyCode,
};
use wasm_bindgen_futures::spawn_local;

use super::door::{DoorAction, Step};
use super::hook::App;
use super::state::Action;
use crate::{browser, ipc};

/// What a person wants at the door.
#[derive(Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are what was typed")]
pub enum Wish {
    /// Another form.
    Go(Step),
    /// In, with a password.
    SignIn { email: String, password: String },
    /// A new account.
    SignUp { email: String, password: String },
    /// A code by mail.
    SendCode { email: String, purpose: CodePurpose },
    /// In, with the code.
    Verify { email: String, code: String, purpose: CodePurpose },
    /// In, with the code and a new password.
    Reset { email: String, code: String, password: String },
    /// In by way of a provider.
    With(String, Farewell),
    /// No longer in by way of a provider.
    Cancel,
    /// To know the ways in.
    AskWays,
    /// Another account of this machine.
    Switch(AccountKey),
    /// To stay outside, or where they were.
    Leave,
}

impl App {
    /// Does what a person wants at the door.
    pub fn at_door(&self, wish: Wish) {
        match wish {
            Wish::Go(step) => self.note(DoorAction::Went(step)),
            Wish::SignIn { email, password } => {
                self.send(SignIn { email, password }, |_| Some(DoorAction::Entered(false)));
            }
            Wish::SignUp { email, password } => self.sign_up(email, password),
            Wish::SendCode { email, purpose } => self.send_code(email, purpose),
            Wish::Verify { email, code, purpose } => self.send(VerifyCode { email, code, purpose }, entered),
            Wish::Reset { email, code, password } => {
                self.send(ResetPassword { email, code, password }, entered);
            }
            Wish::With(provider, farewell) => self.sign_in_with(provider, farewell),
            Wish::Cancel => self.ask(CancelSignIn {}, Action::Refused),
            Wish::AskWays => self.ask_ways(),
            Wish::Switch(key) => self.switch_account(key),
            Wish::Leave => self.note(DoorAction::Left),
        }
    }

    /// Shows another account; who is shown arrives as an event.
    pub fn switch_account(&self, key: AccountKey) {
        self.ask(SwitchAccount { key }, Action::Refused);
    }

    /// Removes an account from this machine.
    pub fn remove_account(&self, key: AccountKey) {
        self.ask(RemoveAccount { key }, Action::Refused);
    }

    /// Opens the door beside the account that is shown.
    pub fn add_account(&self) {
        self.note(DoorAction::Adding);
    }

    /// Opens the door for whose session has ended.
    pub fn sign_in_again(&self) {
        self.note(DoorAction::Again);
    }

    /// Closes the greeting.
    pub fn close_greeting(&self) {
        self.note(DoorAction::Greeted);
    }

    /// Tells what the servers say about what was typed.
    pub fn check_connection(&self, fields: ConnectionFields, told: impl FnOnce(Checks) + 'static) {
        spawn_local(async move {
            // Without an answer nothing is known; the button asks again.
            told(ipc::call(CheckConnection { fields }).await.unwrap_or_default());
        });
    }

    /// Sends the next sign-in to another project.
    pub fn connect(&self, fields: ConnectionFields) {
        self.send(Connect { fields }, |()| Some(DoorAction::Connected));
    }

    fn sign_up(&self, email: String, password: String) {
        let to = email.clone();
        self.send(SignUp { email, password }, move |signed_up| match signed_up {
            SignedUp::Entered(who) => entered(who),
            SignedUp::CodeSent => {
                let sent = flowmeter_domain::ipc::Mailed::Sent;
                Some(DoorAction::Mailed(to, CodePurpose::SignUp, sent, browser::now()))
            }
        });
    }

    fn send_code(&self, email: String, purpose: CodePurpose) {
        let to = email.clone();
        self.send(SendCode { email, purpose }, move |mailed| {
            Some(DoorAction::Mailed(to, purpose, mailed, browser::now()))
        });
    }

    fn sign_in_with(&self, provider: String, farewell: Farewell) {
        self.send(SignInWith { provider: provider.clone(), farewell }, entered);
        self.note(DoorAction::Browsing(provider));
    }

    fn ask_ways(&self) {
        let app = self.clone();
        spawn_local(async move { app.note(DoorAction::Ways(ipc::call(GetWaysIn {}).await)) });
    }

    /// Sends a form; a refusal shows in it.
    fn send<C: Command>(
        &self,
        request: C,
        on_answer: impl FnOnce(C::Response) -> Option<DoorAction> + 'static,
    ) {
        let app = self.clone();
        app.note(DoorAction::Sent);
        spawn_local(async move {
            let next: Result<_, UiError> = ipc::call(request).await.map(on_answer);
            if let Some(action) = next.unwrap_or_else(|error| Some(DoorAction::Refused(error))) {
                app.note(action);
            }
        });
    }

    fn note(&self, action: DoorAction) {
        self.dispatch(Action::Door(action));
    }
}

fn entered(who: Entered) -> Option<DoorAction> {
    Some(DoorAction::Entered(who.is_new))
}
