//! The preferences, one row each: another version of the app leaves alone what it does not know.

use flowmeter_domain::{Preferences, UiError};
use rusqlite::params;
use serde_json::Value;

use super::Store;

impl Store {
    /// The preferences that hold on this machine.
    pub(crate) fn preferences(&self) -> Result<Preferences, UiError> {
        let entries = self.with(|connection| {
            let mut query = connection.prepare_cached("select name, value from preference")?;
            let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect::<rusqlite::Result<Vec<(String, String)>>>()
        })?;
        let read = entries.into_iter().filter_map(|(name, value)| Some((name, value.parse::<Value>().ok()?)));
        Ok(Preferences::from_entries(read))
    }

    /// Keeps `preferences`.
    pub(crate) fn keep_preferences(&self, preferences: &Preferences) -> Result<(), UiError> {
        self.with(|connection| {
            let transaction = connection.transaction()?;
            let sql = "insert into preference (name, value) values (?1, ?2)
                       on conflict (name) do update set value = ?2";
            for (name, value) in preferences.to_entries() {
                transaction.prepare_cached(sql)?.execute(params![name, value.to_string()])?;
            }
            transaction.commit()
        })
    }
}

#[cfg(test)]
mod tests {
    use flowmeter_domain::preferences::{Figures, Theme};

    use super::*;

    #[test]
    fn preferences_survive_a_reopening_and_those_of_another_version_stay() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        assert_eq!(store.preferences().unwrap(), Preferences::default());
        let other = "insert into preference values ('density', '\"compact\"'), ('theme', 'not JSON')";
        store.lock().execute(other, []).unwrap();
        let chosen = Preferences { figures: Figures::Left, theme: Theme::Dark, ..Preferences::default() };
        assert_eq!(store.preferences().unwrap(), Preferences::default());
        store.keep_preferences(&chosen).unwrap();
        drop(store);

        let store = Store::open(dir.path()).unwrap();
        assert_eq!(store.preferences().unwrap(), chosen);
        let density = "select value from preference where name = 'density'";
        let kept: String = store.lock().query_row(density, [], |row| row.get(0)).unwrap();
        assert_eq!(kept, "\"compact\"");
    }
}
