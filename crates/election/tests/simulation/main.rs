//! A few campaigns and one lock in a simulated world: messages lost, late and out of order, clocks
//! that drift, processes suspended, cut off, crashed and resigning. After every event no two of
//! them claim the lock.
//!
//! A failure names its seed; `ELECTION_SEED=<seed> cargo test -p groupkeeper-election --test
//! simulation` runs that seed alone.

mod events;
mod lock;
mod process;
mod random;
mod world;

use world::{Overlap, World};

const SEEDS: u64 = 400;

fn seeds() -> std::ops::Range<u64> {
    match std::env::var("ELECTION_SEED").map(|seed| seed.parse()) {
        Ok(Ok(seed)) => seed..seed + 1,
        Ok(Err(error)) => panic!("ELECTION_SEED is no number: {error}"),
        Err(_) => 0..SEEDS,
    }
}

#[test]
fn no_two_claim_and_after_every_fault_one_does() {
    let mut won = 0;
    for seed in seeds() {
        let mut world = World::new(seed, 4);
        world.chaos(20_000);
        assert_eq!(world.overlap(), None, "two claimed the lock: seed {seed}");
        world.heal(6_000);
        assert_eq!(world.overlap(), None, "two claimed the lock: seed {seed}");
        world.assert_one_leads_and_all_know_it();
        won += world.terms_won();
        world.resign_all(1_000);
        world.assert_free();
    }
    // Chaos that changes nothing would prove nothing.
    assert!(
        won > 4 * seeds().count() as u64,
        "{won} terms were won in all"
    );
}

#[test]
fn a_lock_that_forgets_is_seen_to_name_two() {
    let noticed = (0..20).filter(|seed| {
        let mut world = World::new(*seed, 4);
        world.lock_forgets();
        world.chaos(20_000);
        matches!(world.overlap(), Some(Overlap { .. }))
    });
    assert!(noticed.count() > 0, "the check above can't fail");
}
