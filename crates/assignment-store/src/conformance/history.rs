use super::Fixture;
use super::leader::{Leader, contents, gateway, group, record};
use super::model::Model;
use super::runner::cases;
use crate::{Change, Commit, Expected, LeaderRecord, WriteError};

cases!("history": one, two, three);

async fn one(fixture: Fixture) {
    walk(fixture, 1).await;
}

async fn two(fixture: Fixture) {
    walk(fixture, 2).await;
}

async fn three(fixture: Fixture) {
    walk(fixture, 3).await;
}

/// Numbers that look random and are the same for the same seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    fn pick<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        let index = self.roll(among.len() as u64);
        &among[usize::try_from(index).unwrap_or_default()]
    }

    fn change(&mut self, leader: &Leader) -> Change {
        let (name, number) = (format!("group-{}", self.roll(12)), self.roll(5));
        match self.roll(6) {
            0 => Change::Unassign(group(&name)),
            1 => Change::Admit(gateway(&format!("gateway-{number}:1"), self.roll(3))),
            2 => Change::Dismiss(gateway(&format!("gateway-{number}:1"), 0).addr().clone()),
            _ => leader.assign(&name, number),
        }
    }
}

/// Calls in a random order, fresh, repeated and stale, each answered as the model answers it.
async fn walk(fixture: Fixture, seed: u64) {
    let store = &fixture.store;
    let (mut dice, mut model) = (Dice(seed), Model::default());
    let mut records: Vec<LeaderRecord> = Vec::new();
    let mut begins: Vec<(Expected, LeaderRecord)> = Vec::new();
    let mut commits: Vec<Commit> = Vec::new();
    for step in 0..300 {
        let place = format!("seed {seed}, step {step}");
        let standing = model.record().cloned();
        match dice.roll(10) {
            0 if step > 20 || standing.is_none() => {
                let epoch = standing.as_ref().map_or(1, |record| record.epoch.get() + 1);
                begins.push((standing.into(), record(epoch, dice.roll(5))));
                let (expected, next) = &begins[begins.len() - 1];
                agree(
                    store.begin(expected, next).await,
                    model.begin(expected, next),
                    &place,
                );
                records.push(next.clone());
            }
            1 if !begins.is_empty() => {
                let (expected, next) = dice.pick(&begins);
                agree(
                    store.begin(expected, next).await,
                    model.begin(expected, next),
                    &place,
                );
            }
            2 if !commits.is_empty() => {
                let commit = dice.pick(&commits);
                agree(store.commit(commit).await, model.commit(commit), &place);
            }
            3 if !records.is_empty() => {
                let record = dice.pick(&records);
                let stands = standing.as_ref() == Some(record);
                agree(store.verify(record).await, stands, &place);
            }
            4 => assert_eq!(contents(store).await, model.contents(), "{place}"),
            old if !records.is_empty() => {
                // Mostly on the record that stands, now and then on one that stood.
                let on = if old == 5 {
                    Some(dice.pick(&records).clone())
                } else {
                    standing
                };
                let on = on.unwrap_or_else(|| records[0].clone());
                let leader = Leader {
                    store: store.clone(),
                    record: on,
                };
                let changes = (0..dice.roll(5)).map(|_| dice.change(&leader)).collect();
                let commit = leader.prepare(changes);
                agree(store.commit(&commit).await, model.commit(&commit), &place);
                records.push(commit.next().clone());
                commits.push(commit);
            }
            _ => {}
        }
    }
    assert_eq!(
        contents(store).await,
        model.contents(),
        "seed {seed}, at the end"
    );
}

fn agree(answer: Result<(), WriteError>, confirmed: bool, place: &str) {
    match answer {
        Ok(()) if confirmed => {}
        Err(WriteError::Stale { .. }) if !confirmed => {}
        answer => panic!("{place}: should be confirmed: {confirmed}, and was answered {answer:?}"),
    }
}
