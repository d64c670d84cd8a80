//! Sequences of readings, choices and deliveries, and what is told at each step.

use Act::{Days, Off, On, Read, Refuse, Restart, Thresholds};

use super::*;

/// What happens to one kind of one account.
#[derive(Clone, Copy)]
enum Act {
    /// A reading (used, limit); the system takes what is told.
    Read(i64, i64),
    /// A reading; the system refuses what is told.
    Refuse(i64, i64),
    /// The app is closed and started again.
    Restart,
    /// Notifications are switched off.
    Off,
    /// Notifications are switched on.
    On,
    /// Days pass; may be negative, for a clock that is set back.
    Days(i64),
    /// The person chooses other thresholds.
    Thresholds(u8, u8),
}

/// A letter for each reading: `-` nothing, `W`arning, `U`rgent, `E`nd, `R`aised, re`S`et.
fn told(acts: &[Act]) -> String {
    let mut wanted = Notifications { enabled: true, ..Notifications::default() };
    let (mut memory, mut first, mut at) = (None, true, Timestamp::from_second(1_000_000_000).unwrap());
    let mut letters = String::new();
    for act in acts {
        match *act {
            Read(used, limit) | Refuse(used, limit) => {
                let counter = Counter { used, limit };
                let (next, happened) = observe(memory, Seen { counter, at, first }, &wanted);
                let taken = happened.is_some() && matches!(act, Read(..));
                memory = Some(if taken { next.delivered(counter) } else { next });
                first = false;
                letters.push(letter(happened));
            }
            Restart => first = true,
            Off => wanted.enabled = false,
            On => wanted.enabled = true,
            Days(days) => at += SignedDuration::from_hours(24 * days),
            Thresholds(warn_at, urgent_at) => (wanted.warn_at, wanted.urgent_at) = (warn_at, urgent_at),
        }
    }
    letters
}

fn letter(happened: Option<Happened>) -> char {
    match happened {
        None => '-',
        Some(Happened::Warning) => 'W',
        Some(Happened::Urgent) => 'U',
        Some(Happened::UsedUp) => 'E',
        Some(Happened::Raised) => 'R',
        Some(Happened::Reset) => 'S',
    }
}

fn of_100(used: i64) -> Act {
    Read(used, 100)
}

fn check(table: &[(&str, &[Act], &str)]) {
    for (name, acts, wanted) in table {
        assert_eq!(told(acts), *wanted, "{name}");
    }
}

#[test]
fn getting_worse_is_told_once() {
    check(&[
        ("nothing happens", &[of_100(70), of_100(70)], "--"),
        ("just below", &[of_100(70), of_100(79)], "--"),
        ("crossing the lower threshold", &[of_100(79), of_100(80)], "-W"),
        ("staying there", &[of_100(79), of_100(80), of_100(81), of_100(85)], "-W--"),
        ("time alone", &[of_100(79), of_100(80), Days(3), of_100(80)], "-W-"),
        ("each in turn", &[of_100(79), of_100(80), of_100(90), of_100(100)], "-WUE"),
        ("over the lower one at once", &[of_100(70), of_100(95)], "-U"),
        ("to the end at once", &[of_100(70), of_100(100)], "-E"),
        ("beyond the limit", &[of_100(70), of_100(100), Read(103, 100)], "-E-"),
        ("the limit is taken away", &[Read(5, 20), Read(5, 0), Read(5, 0)], "-E-"),
        ("other thresholds make it an edge", &[of_100(60), Thresholds(50, 90), of_100(60)], "-W"),
        ("a clock that is set back", &[of_100(79), Days(-30), of_100(80), of_100(80)], "-W-"),
    ]);
}

#[test]
fn the_first_reading_is_a_baseline() {
    check(&[
        ("bad at the start", &[of_100(85), of_100(85)], "--"),
        ("used up at the start", &[of_100(100), of_100(101)], "--"),
        ("bad at the start and then worse", &[of_100(85), of_100(91)], "-U"),
        ("no limit at the start", &[Read(0, 0), Read(0, 0)], "--"),
        ("bad at the start, switched on later", &[Off, of_100(85), On, of_100(85)], "--"),
    ]);
}

#[test]
fn recovery_rearms() {
    check(&[
        ("by a correction", &[of_100(79), of_100(80), of_100(79), of_100(80)], "-W-W"),
        ("by a reset", &[of_100(79), of_100(80), of_100(0), of_100(80)], "-WSW"),
        ("by a little more limit", &[of_100(95), Read(95, 110), Read(99, 110)], "--U"),
        ("from the end to urgent", &[of_100(99), of_100(100), Read(100, 104), Read(104, 104)], "-E-E"),
    ]);
}

#[test]
fn only_what_was_delivered_counts_as_told() {
    check(&[
        ("refused, then taken", &[of_100(79), Refuse(80, 100), of_100(81), of_100(82)], "-WW-"),
        ("refused, then worse", &[of_100(79), Refuse(80, 100), of_100(90)], "-WU"),
        ("refused, then better", &[of_100(79), Refuse(80, 100), of_100(70), of_100(75)], "-W--"),
        ("good news refused", &[Read(50, 100), Refuse(50, 200), Read(50, 200), Read(51, 200)], "-RR-"),
    ]);
}

#[test]
fn an_edge_that_nobody_wanted_to_hear_of_waits() {
    check(&[
        ("off", &[of_100(79), Off, of_100(85), of_100(100)], "---"),
        ("switched on while it is bad", &[of_100(79), Off, of_100(85), On, of_100(85), of_100(86)], "--W-"),
        ("recovered before", &[of_100(79), Off, of_100(85), of_100(70), On, of_100(70)], "----"),
        ("good news passes", &[Read(50, 100), Off, Read(50, 200), On, Read(50, 200)], "---"),
    ]);
}

#[test]
fn a_restart_repeats_nothing_and_forgets_nothing() {
    check(&[
        ("told before", &[of_100(79), of_100(80), Restart, of_100(80), of_100(81)], "-W--"),
        (
            "worse while closed is a baseline",
            &[of_100(79), of_100(80), Restart, of_100(92), of_100(93)],
            "-W--",
        ),
        ("worse after it", &[of_100(79), of_100(80), Restart, of_100(80), of_100(90)], "-W-U"),
        ("owed before", &[of_100(79), Refuse(80, 100), Restart, of_100(80), of_100(80)], "-WW-"),
        ("recovered while closed", &[of_100(79), of_100(80), Restart, of_100(70), of_100(80)], "-W-W"),
        ("raised while closed", &[of_100(50), Restart, Days(10), Read(50, 200)], "-R"),
        ("raised long ago", &[of_100(50), Restart, Days(36), Read(50, 200)], "--"),
    ]);
}

#[test]
fn good_news_are_told_when_they_matter() {
    check(&[
        ("raised", &[Read(50, 100), Read(50, 200), Read(51, 200)], "-R-"),
        ("raised a little", &[Read(50, 100), Read(50, 105)], "--"),
        ("raised after the end", &[of_100(100), Read(100, 150), Read(150, 150)], "-RE"),
        ("raised but nearly used", &[Read(70, 100), Read(195, 200)], "-U"),
        ("reset", &[of_100(95), of_100(0), of_100(1)], "-S-"),
        ("reset and raised", &[of_100(95), Read(0, 200)], "-S"),
        ("corrected is neither", &[of_100(95), of_100(80)], "--"),
        ("a limit where there was none", &[Read(5, 0), Read(5, 20)], "-R"),
        ("a credit below zero", &[Read(5, 20), Read(-3, 20)], "-S"),
    ]);
}

#[test]
fn what_is_not_wanted_is_not_told() {
    let seen =
        |used, limit| Seen { counter: Counter { used, limit }, at: Timestamp::UNIX_EPOCH, first: false };
    let calm = Memory {
        told: Rung::Calm,
        reached: Rung::Calm,
        base: Counter { used: 70, limit: 100 },
        at: Timestamp::UNIX_EPOCH,
    };
    let wanted =
        Notifications { enabled: true, used_up: false, replenished: false, ..Notifications::default() };
    assert_eq!(observe(Some(calm), seen(100, 100), &wanted).1, Some(Happened::Urgent));
    assert_eq!(observe(Some(calm), seen(70, 700), &wanted).1, None);
}
