//! How people get in: which project, and the ways that it offers.
//!
//! Not here: what happens behind the door; that is at the [`desks`](crate::desks).

use std::path::PathBuf;

use flowmeter_domain::ipc::Connect;
use flowmeter_domain::{Code, UiError};

use crate::desks::Desks;
use crate::settings::{self, Connection};

/// The way in. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Door {
    desks: Desks,
    data_dir: PathBuf,
}

impl Door {
    pub(crate) fn new(desks: Desks, data_dir: PathBuf) -> Self {
        Self { desks, data_dir }
    }

    /// Sends the next sign-in to another project, and the next launch where nobody is signed in.
    pub(crate) fn connect(&self, wanted: &Connect) -> Result<(), UiError> {
        let Connect { supabase_url, key, edge_url } = wanted;
        let connection = Connection::parse(supabase_url, key, edge_url)
            .map_err(|fault| UiError::new(Code::InvalidSettings, fault.to_string()))?;
        settings::save(&self.data_dir, &connection)?;
        self.desks.set_door(connection)
    }
}
