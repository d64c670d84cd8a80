//! PostgreSQL refuses to run as root, so a stack that root starts becomes another user first.
//!
//! For the whole process and for good, not per child: what root never does it cannot do wrong, and the
//! user who runs PostgreSQL can also stop it and remove its data.

use std::path::{Path, PathBuf};

use crate::Error;

/// Makes `data` ready for the user who will own it, then becomes that user if this is root. Gives back
/// `data` as an absolute path, because the working directory changes.
///
/// Call it first in `main`: the system's calls change every thread only where the C library sees to it,
/// and there is nothing to see to while there is only one.
pub fn drop_root(data: Option<&Path>) -> Result<Option<PathBuf>, Error> {
    let data = data.map(prepare).transpose()?;
    #[cfg(unix)]
    if nix::unistd::geteuid().is_root() {
        become_ordinary(data.as_deref())?;
    }
    Ok(data)
}

fn prepare(directory: &Path) -> Result<PathBuf, Error> {
    let cannot = |cause| Error::Data { path: directory.to_owned(), cause };
    std::fs::create_dir_all(directory).map_err(cannot)?;
    // It is about to be given to another user: a slip such as `--data ~` must not.
    let is_ours = directory.join("lock").exists();
    if !is_ours && std::fs::read_dir(directory).map_err(cannot)?.next().is_some() {
        return Err(cannot(std::io::Error::other("it has other things in it")));
    }
    directory.canonicalize().map_err(cannot)
}

#[cfg(unix)]
fn become_ordinary(data: Option<&Path>) -> Result<(), Error> {
    use nix::unistd::{chown, setgid, setuid};

    let refused = |cause: nix::Error| Error::Privileges(cause.to_string());
    let user = ordinary_user()?;
    if let Some(path) = data {
        chown(path, Some(user.uid), Some(user.gid))
            .map_err(|cause| Error::Data { path: path.to_owned(), cause: cause.into() })?;
    }
    // Apple's systems keep the groups with the user and have no such call in nix.
    #[cfg(not(target_vendor = "apple"))]
    nix::unistd::setgroups(&[user.gid]).map_err(refused)?;
    setgid(user.gid).map_err(refused)?;
    setuid(user.uid).map_err(refused)?;
    // PostgreSQL's programs give up in a directory that they may not read, such as root's home.
    std::env::set_current_dir("/").map_err(|cause| Error::Privileges(cause.to_string()))
}

#[cfg(unix)]
fn ordinary_user() -> Result<nix::unistd::User, Error> {
    ["postgres", "nobody"]
        .into_iter()
        .find_map(|name| nix::unistd::User::from_name(name).ok().flatten())
        .ok_or_else(|| Error::Privileges("there is neither a user `postgres` nor a user `nobody`".into()))
}
