//! How far the clearing of the history is.

/// Its steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clearing {
    /// There is nothing to undo.
    #[default]
    No,
    /// It, or its undoing, is under way.
    Busy,
    /// It is cleared, and can be brought back for a while.
    Cleared,
}
