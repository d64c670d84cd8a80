//! Whether what was typed is a project, its key and an edge: their own word for it.

use flowmeter_domain::ipc::{Check, Checks, ConnectionFields};
use flowmeter_domain::{Code, UiError};
use flowmeter_supabase::{Error, InvalidProject, Project, Supabase, secure_url};

use crate::edge;

/// Stands for a key that was not typed yet: no project knows it, but each says that it is one.
const NO_KEY: &str = "none";

/// Asks both servers at once.
pub(super) async fn check(fields: &ConnectionFields) -> Checks {
    let ConnectionFields { supabase_url, key, edge_url } = fields;
    let ((supabase_url, key), edge_url) = tokio::join!(project(supabase_url, key), ask_edge(edge_url));
    Checks { supabase_url, key, edge_url }
}

async fn project(url: &str, key: &str) -> (Check, Check) {
    if url.trim().is_empty() {
        return (Check::Open, Check::Open);
    }
    let key = key.trim();
    let project = match Project::new(url, if key.is_empty() { NO_KEY } else { key }) {
        Ok(project) => project,
        Err(InvalidProject::BadKey) => {
            return (Check::Open, wrong(Code::KeyRefused, "no key looks like this"));
        }
        Err(fault) => return (address_fault(&fault), Check::Open),
    };
    match ask(project).await {
        Ok(()) if key.is_empty() => (Check::Good, Check::Open),
        Ok(()) => (Check::Good, Check::Good),
        Err(Error::KeyRefused) if key.is_empty() => (Check::Good, Check::Open),
        Err(Error::KeyRefused) => (Check::Good, Check::Wrong { fault: Error::KeyRefused.into() }),
        Err(error) => (Check::Wrong { fault: error.into() }, Check::Open),
    }
}

async fn ask(project: Project) -> Result<(), Error> {
    Supabase::new(project).ways_in().await.map(drop)
}

async fn ask_edge(url: &str) -> Check {
    if url.trim().is_empty() {
        return Check::Open;
    }
    let url = match secure_url(url) {
        Ok(url) => url,
        Err(fault) => return address_fault(&fault),
    };
    edge::check(&url).await.map_or_else(|fault| Check::Wrong { fault }, |()| Check::Good)
}

fn address_fault(fault: &InvalidProject) -> Check {
    let code = match fault {
        InvalidProject::Insecure(_) => Code::AddressInsecure,
        InvalidProject::NotAnAddress(_) | InvalidProject::BadKey => Code::AddressInvalid,
    };
    wrong(code, &fault.to_string())
}

fn wrong(code: Code, message: &str) -> Check {
    Check::Wrong { fault: UiError::new(code, message) }
}
