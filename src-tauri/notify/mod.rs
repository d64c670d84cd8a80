//! Telling a person something outside the window, by the system's own notifications.
//!
//! What to tell, and when, is the client's; it wants to know whether the system took it. So each system
//! is asked directly and its answer awaited, which the notification plugin does not do.

#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(target_os = "macos", path = "macos.rs")]
#[cfg_attr(windows, path = "windows.rs")]
mod system;

use std::sync::{Mutex, PoisonError};

use flowmeter_domain::ipc::Permission;
use flowmeter_domain::notification::{Happened, Notification};
use tauri::{AppHandle, Manager};

use crate::texts::Texts;

/// What is known about the system's answer.
#[derive(Default)]
pub(crate) struct Notifier(Mutex<Permission>);

impl Notifier {
    /// Whether the system shows our notifications, as far as it said.
    pub(crate) fn permission(&self) -> Permission {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, permission: Permission) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = permission;
    }
}

/// Asks the system, and where the system wants that the person, for leave. Only when a person switched
/// notifications on, or to say in the settings how it stands.
pub(crate) async fn ask(app: &AppHandle) {
    app.state::<Notifier>().note(system::ask(app).await);
}

/// What a notification says.
struct Words {
    title: String,
    body: String,
    /// On its button, where the system shows one; a click anywhere on it does the same.
    open: String,
}

/// Shows a notification; `true` once the system took it. May block. A click on it opens the window.
pub(crate) fn show(app: &AppHandle, notification: &Notification, texts: &Texts) -> bool {
    match system::show(app, &words(notification, texts)) {
        Ok(()) => {
            app.state::<Notifier>().note(Permission::Granted);
            true
        }
        Err((permission, cause)) => {
            tracing::warn!(cause, "a notification was not taken");
            app.state::<Notifier>().note(permission);
            false
        }
    }
}

/// The fact first, then the numbers.
fn words(notification: &Notification, texts: &Texts) -> Words {
    let Notification { kind, what, counter } = *notification;
    let title = match what {
        Happened::Warning | Happened::Urgent => "told-share",
        Happened::UsedUp => "told-used-up",
        Happened::Raised => "told-raised",
        Happened::Reset => "told-reset",
    };
    let share = (counter.percentage().floor() as i64).into();
    let title = texts.fill(title, [("kind", texts.kind(kind).into()), ("share", share)]);
    let left = counter.remaining().max(0).into();
    let gaps = [("used", counter.used.into()), ("limit", counter.limit.into()), ("left", left)];
    Words { title, body: texts.fill("told-numbers", gaps), open: texts.text("tray-open") }
}

#[cfg(test)]
mod tests {
    use flowmeter_domain::{Counter, Kind, Language};

    use super::*;
    use crate::texts;

    #[test]
    fn each_says_the_fact_first_and_then_the_numbers() {
        let told = |what, used, limit, language| {
            let notification =
                Notification { kind: Kind::LlmExecutions, what, counter: Counter { used, limit } };
            words(&notification, &texts::of(language))
        };
        let table = [
            (Happened::Warning, 82, "LLM runs at 82 %", "82 of 100 used, 18 left"),
            (Happened::Urgent, 99, "LLM runs at 99 %", "99 of 100 used, 1 left"),
            (Happened::UsedUp, 103, "LLM runs used up", "103 of 100 used, 0 left"),
            (Happened::Raised, 62, "More LLM runs for you", "62 of 100 used, 38 left"),
            (Happened::Reset, 0, "LLM runs start anew", "0 of 100 used, 100 left"),
        ];
        for (what, used, title, body) in table {
            let words = told(what, used, 100, Language::English);
            assert_eq!((words.title.as_str(), words.body.as_str()), (title, body));
            assert_eq!(words.open, "Open Flowmeter");
        }
        let words = told(Happened::UsedUp, 100, 100, Language::Chinese);
        assert_eq!((words.title.as_str(), words.body.as_str()), ("LLM 执行已用完", "已用 100 / 100，剩余 0"));
    }
}
