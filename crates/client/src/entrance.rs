//! The front door to the ways in.

use flowmeter_domain::UiError;
use flowmeter_domain::ipc::{
    Account, CheckConnection, Checks, Connect, Entered, Mailed, ResetPassword, SendCode, SignIn, SignInWith,
    SignUp, SignedUp, VerifyCode, WaysIn,
};
use url::Url;

use crate::Client;

impl Client {
    /// What the servers themselves say about a project, its key and an edge.
    pub async fn check_connection(&self, request: &CheckConnection) -> Checks {
        self.door.check(&request.fields).await
    }

    /// Sends the next sign-in to another project.
    ///
    /// # Errors
    /// The first fault that [`Client::check_connection`] finds; `STORE_FAILED` when it cannot be
    /// remembered.
    pub async fn connect(&self, request: &Connect) -> Result<(), UiError> {
        self.door.connect(&request.fields).await
    }

    /// The ways in that the project of the next sign-in offers.
    ///
    /// # Errors
    /// `UNREACHABLE`, … when it does not say.
    pub async fn ways_in(&self) -> Result<WaysIn, UiError> {
        self.door.ways_in().await
    }

    /// Signs in with email and password; reads the quotas at once.
    ///
    /// # Errors
    /// `INVALID_CREDENTIALS`, `UNREACHABLE`, … Whoever was signed in before stays so on an error, here
    /// and in every other way in.
    pub async fn sign_in(&self, request: SignIn) -> Result<Account, UiError> {
        let account = self.door.sign_in(request).await?;
        self.refresh_behind();
        Ok(account)
    }

    /// Makes an account, and signs it in where nothing has to be confirmed.
    ///
    /// # Errors
    /// `ACCOUNT_EXISTS`, `SIGN_UP_DISABLED`, the codes of a weak password, …
    pub async fn sign_up(&self, request: SignUp) -> Result<SignedUp, UiError> {
        let signed_up = self.door.sign_up(request).await?;
        self.refresh_behind();
        Ok(signed_up)
    }

    /// Mails a code, or says how long to wait for the next one.
    ///
    /// # Errors
    /// `SIGN_UP_DISABLED`, `EMAIL_REFUSED`, …
    pub async fn send_code(&self, request: &SendCode) -> Result<Mailed, UiError> {
        self.door.send_code(request).await
    }

    /// Signs in with a mailed code.
    ///
    /// # Errors
    /// `CODE_EXPIRED` for a wrong one as well.
    pub async fn verify_code(&self, request: &VerifyCode) -> Result<Entered, UiError> {
        self.entered(self.door.verify_code(request).await)
    }

    /// Chooses a new password with a mailed code, and signs in.
    ///
    /// # Errors
    /// `CODE_EXPIRED`; the codes of a weak password, after which the same code still serves.
    pub async fn reset_password(&self, request: ResetPassword) -> Result<Entered, UiError> {
        self.entered(self.door.reset_password(request).await)
    }

    /// Signs in at a provider; `open` shows an address in the system's browser. Answers when the person
    /// is back, or after five minutes.
    ///
    /// # Errors
    /// `SIGN_IN_CANCELLED`, `SIGN_IN_EXPIRED`, and what `open` says.
    pub async fn sign_in_with(
        &self,
        request: SignInWith,
        open: impl FnOnce(&Url) -> Result<(), UiError>,
    ) -> Result<Entered, UiError> {
        self.entered(self.door.sign_in_with(request, open).await)
    }

    /// Gives up waiting for the browser.
    pub fn cancel_sign_in(&self) {
        self.door.cancel();
    }

    fn entered(&self, entered: Result<Entered, UiError>) -> Result<Entered, UiError> {
        if entered.is_ok() {
            self.refresh_behind();
        }
        entered
    }
}
