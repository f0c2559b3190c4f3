//! Owners that follow each other, at times two at once, on a store that fails, loses answers and delivers
//! late, under a seed.

use groupkeeper_groups::{Fault, GroupError, MemoryGroupStore};

use crate::people::Place;

/// Every commit is of a greater offset than all before, so that whatever goes back shows.
struct World {
    random: fastrand::Rng,
    store: MemoryGroupStore,
    places: Vec<Place>,
    revision: u64,
    next: i64,
    /// What a client was told, as committed or as read.
    told: i64,
}

impl World {
    fn new(seed: u64) -> Self {
        let store = MemoryGroupStore::new();
        Self {
            random: fastrand::Rng::with_seed(seed),
            places: vec![Place::new(&store, 1)],
            store,
            revision: 1,
            next: 0,
            told: 0,
        }
    }

    /// The newest owner mostly, and at times one from before, which may not have heard.
    fn place(&mut self) -> Place {
        let last = self.places.len() - 1;
        let back = if self.random.u8(..4) == 0 { 1 } else { 0 };
        self.places[last.saturating_sub(back)].clone()
    }

    async fn commit(&mut self) {
        self.next += 1;
        let (place, offset) = (self.place(), self.next);
        match place.commit("", -1, offset, "").await {
            Ok(refused) => {
                assert!(refused.is_empty());
                self.told = self.told.max(offset);
            }
            Err(GroupError::NotCoordinator | GroupError::CoordinatorLoadInProgress) => {}
            Err(other) => panic!("{other}"),
        }
    }

    async fn commit_at_both(&mut self) {
        let (first, second) = (self.next + 1, self.next + 2);
        self.next += 2;
        let last = self.places.len() - 1;
        let old = self.places[last.saturating_sub(1)].clone();
        let new = self.places[last].clone();
        let (one, other) = tokio::join!(
            old.commit("", -1, first, ""),
            new.commit("", -1, second, "")
        );
        // Of two at once either may be the later one.
        let told = [(one.is_ok(), first), (other.is_ok(), second)];
        let told = told
            .into_iter()
            .filter(|(ok, _)| *ok)
            .map(|(_, offset)| offset);
        self.told = told.min().map_or(self.told, |offset| self.told.max(offset));
    }

    /// At the newest owner: what another one has read is as old as its lease.
    async fn read(&mut self) {
        let newest = self.places.last().unwrap().clone();
        match newest.committed().await {
            Ok(offsets) => {
                let offset = offsets.first().copied().unwrap_or(0);
                assert!(offset >= self.told, "{offset} after {}", self.told);
                self.told = offset;
            }
            Err(GroupError::NotCoordinator | GroupError::CoordinatorLoadInProgress) => {}
            Err(other) => panic!("{other}"),
        }
    }

    fn take_over(&mut self) {
        self.revision += 1;
        let last = self.places.last().unwrap();
        if self.random.bool() {
            last.lease.end();
        }
        let next = if self.random.u8(..3) == 0 {
            // There and back: a gateway that knew the group before.
            let known = self.random.usize(..self.places.len());
            self.places[known].again(self.revision)
        } else {
            Place::new(&self.store, self.revision)
        };
        self.places.push(next);
    }

    async fn step(&mut self) {
        match self.random.u8(..12) {
            0..=3 => self.commit().await,
            4..=6 => self.read().await,
            7 => self.take_over(),
            8 => {
                self.store.land_late();
            }
            9 => self.commit_at_both().await,
            _ => {
                let faults = [Fault::Unreachable, Fault::AnswerLost, Fault::Late];
                let fault = faults[self.random.usize(..faults.len())];
                self.store.fail(fault);
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn no_offset_that_was_told_goes_back() {
    for seed in 0..400 {
        let mut world = World::new(seed);
        let steps = async {
            for _ in 0..60 {
                world.step().await;
            }
        };
        let ended = tokio::time::timeout(std::time::Duration::from_secs(3_600), steps).await;
        assert!(ended.is_ok(), "seed {seed} hangs");
        // A panic tells the step; the seed is told here, on the way.
        println!("seed {seed}: {} told of {}", world.told, world.next);
    }
}
