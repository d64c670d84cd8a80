//! What a running stack says about itself: the one line of JSON that programs read.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where everything is, and what opens it. Every secret in it is public and opens only this stack.
#[derive(Clone, Serialize, Deserialize)]
pub struct State {
    /// Base of `/auth/v1` and `/rest/v1`.
    pub supabase_url: String,
    /// The key for programs that people run.
    pub anon_key: String,
    /// The key that passes row level security.
    pub service_role_key: String,
    /// Base of the edge's routes.
    pub edge_url: String,
    /// Base of the scripted provider; its API is below `/v1`.
    pub provider_url: String,
    /// PostgreSQL, as its superuser.
    pub database_url: String,
    /// The page with every mail that the stack sent, for people; with `.json` behind it, for programs.
    pub mail_url: String,
    /// The accounts that exist from the start.
    pub users: Vec<User>,
}

/// An account that exists from the start.
#[derive(Clone, Serialize, Deserialize)]
pub struct User {
    /// Its id in `auth.users`.
    pub id: Uuid,
    /// What to sign in with.
    pub email: String,
    /// Its public password.
    pub password: String,
}
