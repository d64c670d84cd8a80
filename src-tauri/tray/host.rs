//! Whether there is a tray at all.

/// On Linux a tray is a program that may not run; its name on the bus tells.
#[cfg(target_os = "linux")]
pub(super) async fn is_there() -> bool {
    const WATCHER: &str = "org.kde.StatusNotifierWatcher";
    let asked = async {
        let bus = zbus::Connection::session().await?;
        let has_owner = zbus::fdo::DBusProxy::new(&bus).await?.name_has_owner(WATCHER.try_into()?).await?;
        Ok::<_, zbus::Error>(has_owner)
    };
    asked.await.unwrap_or(false)
}

/// Everywhere else it is part of the system.
#[cfg(not(target_os = "linux"))]
pub(super) async fn is_there() -> bool {
    true
}
