//! Who is signed in.

use flowmeter_client::Client;
use flowmeter_domain::ipc::{GetStart, RemoveAccount, SignIn, SignOut, SwitchAccount};

use super::Reply;

pub(super) async fn get_start(client: Client, _: GetStart) -> Reply<GetStart> {
    Ok(client.start(flowmeter_texts::system_locale()))
}

pub(super) async fn sign_in(client: Client, request: SignIn) -> Reply<SignIn> {
    client.sign_in(request).await
}

pub(super) async fn sign_out(client: Client, _: SignOut) -> Reply<SignOut> {
    client.sign_out().await
}

pub(super) async fn switch_account(client: Client, request: SwitchAccount) -> Reply<SwitchAccount> {
    client.switch_account(&request)
}

pub(super) async fn remove_account(client: Client, request: RemoveAccount) -> Reply<RemoveAccount> {
    client.remove_account(&request).await
}
