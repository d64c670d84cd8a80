//! The ways in.

use flowmeter_client::Client;
use flowmeter_domain::ipc::{
    CancelSignIn, CheckConnection, Connect, GetWaysIn, ResetPassword, SendCode, SignInWith, SignUp,
    VerifyCode,
};
use flowmeter_domain::{Code, UiError};
use tauri::{AppHandle, Manager};

use super::Reply;
use crate::window;

pub(super) async fn check_connection(client: Client, request: CheckConnection) -> Reply<CheckConnection> {
    Ok(client.check_connection(&request).await)
}

pub(super) async fn connect(client: Client, request: Connect) -> Reply<Connect> {
    client.connect(&request).await
}

pub(super) async fn get_ways_in(client: Client, _: GetWaysIn) -> Reply<GetWaysIn> {
    client.ways_in().await
}

pub(super) async fn sign_up(client: Client, request: SignUp) -> Reply<SignUp> {
    client.sign_up(request).await
}

pub(super) async fn send_code(client: Client, request: SendCode) -> Reply<SendCode> {
    client.send_code(&request).await
}

pub(super) async fn verify_code(client: Client, request: VerifyCode) -> Reply<VerifyCode> {
    client.verify_code(&request).await
}

pub(super) async fn reset_password(client: Client, request: ResetPassword) -> Reply<ResetPassword> {
    client.reset_password(request).await
}

pub(super) async fn sign_in_with(app: AppHandle, request: SignInWith) -> Reply<SignInWith> {
    let client = app.state::<Client>().inner().clone();
    let open = |url: &url::Url| {
        let opened = tauri_plugin_opener::open_url(url.as_str(), None::<&str>);
        opened.map_err(|fault| UiError::new(Code::BrowserFailed, fault.to_string()))
    };
    let entered = client.sign_in_with(request, open).await;
    // The browser is in front, and what it came to is here.
    window::open(&app);
    entered
}

pub(super) async fn cancel_sign_in(client: Client, _: CancelSignIn) -> Reply<CancelSignIn> {
    client.cancel_sign_in();
    Ok(())
}
