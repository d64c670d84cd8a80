//! Processor time, as the system counts it.

use std::fs;
use std::time::Duration;

use crate::support::Machine;
use crate::support::process::of_the_app;

/// Processor time that the app on `machine` and all that it started have used so far.
pub(crate) fn processor_time(machine: &Machine) -> Duration {
    of_the_app(machine).into_iter().map(used_by).sum()
}

/// In user and in system mode. Linux counts in hundredths of a second, whatever its own clock does.
fn used_by(id: i32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    // A name may have spaces; what follows it has none.
    let fields = stat.rsplit_once(')').map(|(_, rest)| rest.split_whitespace()).into_iter().flatten();
    let ticks: u64 = fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}
