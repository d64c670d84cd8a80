//! What a person wants with the accounts of this machine, handed to the store: from the foot of the
//! sidebar and from the settings alike.

use yew::prelude::*;

use crate::components::AccountWish;
use crate::stores::App;

/// Does what is wished.
pub(super) fn on_wish(app: &App) -> Callback<AccountWish> {
    let app = app.clone();
    Callback::from(move |wish| match wish {
        AccountWish::Switch(key) => app.switch_account(key),
        AccountWish::Add => app.add_account(),
        AccountWish::SignOut => app.sign_out(),
        AccountWish::Remove(key) => app.remove_account(key),
    })
}
