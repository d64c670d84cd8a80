//! The ways in: which project, and with what.

use serde::{Deserialize, Serialize};

/// Sends the next sign-in to this project and remembers it. Who is signed in stays so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connect {
    /// Address of the Supabase project.
    pub supabase_url: String,
    /// Its publishable or anon key.
    pub key: String,
    /// Address of the edge service.
    pub edge_url: String,
}
