//! A panel and a notification daemon on the test's own bus: they speak the real protocols, so that what
//! the app says to a desktop can be read, and a person's clicks on it can be made.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use zbus::names::OwnedUniqueName;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Structure, Value};
use zbus::{Connection, Proxy, connection, fdo, interface, message::Header};

use super::until;

/// A panel with a tray (StatusNotifierItem, com.canonical.dbusmenu).
pub(crate) struct Panel {
    bus: Connection,
    items: Arc<Mutex<Vec<Item>>>,
}

/// An app in the tray: who, and under which path.
#[derive(Clone)]
struct Item {
    owner: OwnedUniqueName,
    path: String,
}

struct Watcher(Arc<Mutex<Vec<Item>>>);

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: &str, #[zbus(header)] header: Header<'_>) {
        let owner = header.sender().expect("a sender").to_owned().into();
        self.0.lock().unwrap().push(Item { owner, path: service.to_owned() });
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        self.0.lock().unwrap().iter().map(|item| format!("{}{}", item.owner, item.path)).collect()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

impl Panel {
    /// Opens a tray for as long as it is kept.
    pub(crate) async fn open() -> Self {
        let items = Arc::new(Mutex::default());
        let name = "org.kde.StatusNotifierWatcher";
        let bus = connection::Builder::session().unwrap().name(name).unwrap();
        let bus = bus.serve_at("/StatusNotifierWatcher", Watcher(Arc::clone(&items))).unwrap();
        Self { bus: bus.build().await.expect("a session bus"), items }
    }

    /// The lines of the app's menu, with their ids.
    async fn menu(&self) -> Option<Vec<(i32, String)>> {
        let menu = self.menu_proxy().await?;
        let nothing: Vec<&str> = vec!["label"];
        let (_, root): (u32, Layout) = menu.call("GetLayout", &(0_i32, -1_i32, nothing)).await.ok()?;
        let lines = root.2.into_iter().filter_map(|child| {
            let (id, values, _) = Layout::try_from(Structure::try_from(child).ok()?).ok()?;
            let label =
                values.get("label").and_then(|label| <&str>::try_from(label).ok()).unwrap_or_default();
            // A single underscore marks a key; two are one.
            Some((id, label.replace("__", "_")))
        });
        Some(lines.filter(|(_, label)| !label.is_empty()).collect())
    }

    async fn menu_proxy(&self) -> Option<Proxy<'static>> {
        let item = self.items.lock().unwrap().last().cloned()?;
        let proxy = |path: String, interface: &'static str| {
            Proxy::new_owned(self.bus.clone(), item.owner.clone(), path, interface)
        };
        let of_item = proxy(item.path.clone(), "org.kde.StatusNotifierItem").await.ok()?;
        let path: OwnedObjectPath = of_item.get_property("Menu").await.ok()?;
        proxy(path.to_string(), "com.canonical.dbusmenu").await.ok()
    }

    /// Waits for a line in the menu.
    pub(crate) async fn reads(&self, line: &str) {
        until(&format!("the tray says {line:?}"), async || {
            self.menu().await?.iter().any(|(_, label)| label == line).then_some(())
        })
        .await;
    }

    /// Chooses a line of the menu.
    pub(crate) async fn choose(&self, line: &str) {
        self.reads(line).await;
        let (id, _) = self.menu().await.unwrap().into_iter().find(|(_, label)| label == line).unwrap();
        let menu = self.menu_proxy().await.expect("the menu");
        let clicked = ("clicked", Value::from(0_i32), 0_u32);
        menu.call::<_, _, ()>("Event", &(id, clicked.0, clicked.1, clicked.2))
            .await
            .expect("the click is taken");
    }

    /// The file that the icon is in.
    pub(crate) async fn icon(&self) -> Option<String> {
        let item = self.items.lock().unwrap().last().cloned()?;
        let interface = "org.kde.StatusNotifierItem";
        let proxy = Proxy::new_owned(self.bus.clone(), item.owner, item.path, interface).await.ok()?;
        proxy.get_property("IconName").await.ok()
    }
}

/// A notification daemon.
pub(crate) struct Daemon {
    bus: Connection,
    shown: Arc<Mutex<Shown>>,
}

#[derive(Default)]
struct Shown {
    refuses: bool,
    /// Title and text, in order.
    taken: Vec<(String, String)>,
    /// Of the last one: names and labels in turn.
    actions: Vec<String>,
}

struct Notifications(Arc<Mutex<Shown>>);

#[interface(name = "org.freedesktop.Notifications")]
impl Notifications {
    #[expect(clippy::too_many_arguments, reason = "the protocol has so many")]
    fn notify(
        &self,
        _app: &str,
        _replaces: u32,
        _icon: &str,
        title: &str,
        text: &str,
        actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _timeout: i32,
    ) -> fdo::Result<u32> {
        let mut shown = self.0.lock().unwrap();
        if shown.refuses {
            return Err(fdo::Error::LimitsExceeded("not now".into()));
        }
        shown.taken.push((title.to_owned(), text.to_owned()));
        shown.actions = actions;
        Ok(u32::try_from(shown.taken.len()).unwrap())
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        ("test".into(), "Flowmeter".into(), "1".into(), "1.2".into())
    }

    fn get_capabilities(&self) -> Vec<String> {
        vec!["actions".into(), "body".into()]
    }

    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, action: &str) -> zbus::Result<()>;
}

impl Daemon {
    /// Takes notifications for as long as it is kept.
    pub(crate) async fn open() -> Self {
        let shown = Arc::new(Mutex::default());
        let bus = connection::Builder::session().unwrap().name("org.freedesktop.Notifications").unwrap();
        let bus = bus.serve_at("/org/freedesktop/Notifications", Notifications(Arc::clone(&shown))).unwrap();
        Self { bus: bus.build().await.expect("a session bus"), shown }
    }

    /// Refuses every notification, or takes them again.
    pub(crate) fn refuse(&self, refuses: bool) {
        self.shown.lock().unwrap().refuses = refuses;
    }

    /// What can be done with the last one that was taken: names and labels in turn.
    pub(crate) fn actions(&self) -> Vec<String> {
        self.shown.lock().unwrap().actions.clone()
    }

    /// Clicks on the `number`th that was taken, from 1.
    pub(crate) async fn click(&self, number: u32) {
        let path = "/org/freedesktop/Notifications";
        let emitter = SignalEmitter::new(&self.bus, path).expect("a path");
        Notifications::action_invoked(&emitter, number, "default").await.expect("the click is told");
    }

    /// What was taken: title and text, in order.
    pub(crate) fn taken(&self) -> Vec<(String, String)> {
        self.shown.lock().unwrap().taken.clone()
    }
}
