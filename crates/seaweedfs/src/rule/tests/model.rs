//! Several gateways, filers and masters, with cuts: no gateway begins to decide at one filer while
//! another may yet act on what it decided at another one, nor at one that has not copied what was decided at
//! others, as far as it reached them.
//!
//! Everything moves in steps of 50 ms, in an order of a seed. Masters are those of SeaweedFS as far as
//! gateways see them: an election takes from half a second to 15 s, a leader that is cut off names
//! itself for up to 20 s, each lists who is connected to it, and keeps a filer whose packets are lost
//! for up to 80 s. A round is no moment: each of its questions is answered at one of its own.

use std::ops::Range;

mod world;

use world::World;

/// What is wrong on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrong {
    Nothing,
    /// S is half of what it should be.
    ShortSettle,
    /// One master is believed.
    Minority,
    /// A decider stands where masters list it, whether it answers or not.
    Unanswered,
    /// A record that has changed was decided where it was read, though it may be a copy.
    Unmarked,
    /// A decider settles before it has copied what was decided elsewhere.
    Uncopied,
}

/// Which cuts there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cuts {
    /// All hosts are on one of two sides, and filers are asked where masters don't answer.
    Sides,
    /// Between any two hosts. Filers are not asked: see the guarantees for the one case in which they
    /// can't know.
    Pairs,
}

#[derive(Debug, Default)]
struct Found {
    /// Calls that began while somebody could act on what was decided at another filer.
    forks: usize,
    /// Calls to a filer that lacked what was decided at another one.
    losses: usize,
    /// Calls that decided something.
    calls: usize,
    /// How often a gateway decided at another filer than the last time.
    changes: usize,
    /// Rounds in which the filers were asked, and agreed.
    borne_out: usize,
}

/// Looks through seeds, and ends with the first in which something was wrong.
fn search(seeds: Range<u64>, cuts: Cuts, wrong: Wrong) -> Found {
    let mut found = Found::default();
    for seed in seeds {
        let mut world = World::new(seed, cuts, wrong);
        for _ in 0..World::STEPS {
            world.step(&mut found);
        }
        if found.forks + found.losses > 0 {
            break;
        }
    }
    found
}

#[test]
fn no_two_gateways_decide_at_two_filers() {
    for cuts in [Cuts::Sides, Cuts::Pairs] {
        let found = search(0..40, cuts, Wrong::Nothing);
        assert_eq!((found.forks, found.losses), (0, 0), "{cuts:?}: {found:?}");
        // A search that comes upon too little shows nothing.
        let enough = found.calls > 15_000 && found.changes > 60;
        assert!(enough, "{cuts:?}: {found:?}");
        let borne_out = found.borne_out > 500;
        assert_eq!(borne_out, cuts == Cuts::Sides, "{found:?}");
    }
}

#[test]
fn each_part_of_the_rule_is_needed() {
    for wrong in [
        Wrong::ShortSettle,
        Wrong::Minority,
        Wrong::Unanswered,
        Wrong::Unmarked,
    ] {
        let found = search(0..400, Cuts::Sides, wrong);
        assert!(found.forks > 0, "{wrong:?}: {found:?}");
    }
    let found = search(0..400, Cuts::Sides, Wrong::Uncopied);
    assert!(found.losses > 0, "{found:?}");
}
