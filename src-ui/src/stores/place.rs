//! Where in the app a signed-in person is.
//!
//! Not here: what is shown there; that is for the views.

/// A place that the navigation leads to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// The quotas, and running a model.
    #[default]
    Home,
    /// What was run, and what came of it.
    Runs,
    /// The flows, and making them.
    Flows,
    /// What was used on which day.
    History,
    /// How the app behaves on this machine.
    Settings,
}

impl Place {
    /// Every place, in the order of the navigation.
    pub const ALL: [Place; 5] = [Place::Home, Place::Runs, Place::Flows, Place::History, Place::Settings];

    /// Its name for tests and in the markup.
    pub fn name(self) -> &'static str {
        match self {
            Place::Home => "home",
            Place::Flows => "flows",
            Place::Runs => "runs",
            Place::History => "history",
            Place::Settings => "settings",
        }
    }
}
