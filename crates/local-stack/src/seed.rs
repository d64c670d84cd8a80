//! The accounts that every stack has.

use sqlx::PgPool;
use uuid::Uuid;

use crate::auth::{NewUser, create_user};
use crate::state::User;
use crate::{Error, Result};

/// Both have it; it opens nothing but a stack on this machine.
const PASSWORD: &str = "flowmeter-demo";

/// Two, so that a person can see that one account's numbers are not the other's.
const ACCOUNTS: [(Uuid, &str); 2] = [
    (Uuid::from_u128(0xf10e_3e7e_0000_4000_8000_0000_0000_0001), "ada@flowmeter.local"),
    (Uuid::from_u128(0xf10e_3e7e_0000_4000_8000_0000_0000_0002), "lin@flowmeter.local"),
];

/// Makes the accounts that a kept database does not have yet.
pub(crate) async fn plant(admin: &PgPool) -> Result<Vec<User>> {
    for (id, email) in ACCOUNTS {
        let exists = "select exists (select from auth.users where id = $1)";
        if sqlx::query_scalar(exists).bind(id).fetch_one(admin).await? {
            continue;
        }
        let new = NewUser {
            id: Some(id),
            email: email.into(),
            password: Some(PASSWORD.into()),
            email_confirm: true,
            metadata: None,
        };
        let mut connection = admin.acquire().await?;
        create_user(&mut connection, new)
            .await
            .map_err(|refusal| Error::Keys(format!("the account {email} was refused: {refusal:?}")))?;
    }
    Ok(ACCOUNTS.map(|(id, email)| User { id, email: email.into(), password: PASSWORD.into() }).into())
}
