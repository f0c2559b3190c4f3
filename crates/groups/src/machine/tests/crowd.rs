//! Members that join, die, leave and come, at owners that follow each other at any step, on a store that takes
//! its time; under a seed.

use std::time::Duration;

use super::acts::{JOINING, Joining};
use super::play::Play;
use crate::calls::{GroupError, JoinAnswer, Joined};
use crate::machine::{Answer, CallId};
use crate::record::GroupBody;

const TICK: Duration = Duration::from_secs(1);

/// A client, as Kafka's are.
#[derive(Debug, Default)]
struct Client {
    name: String,
    generation: i32,
    state: State,
    /// For how many ticks it did nothing: clients are slow, and not as slow as their session is long.
    idle: u8,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Out,
    Joining(CallId),
    Syncing(CallId),
    Stable,
    Dead,
}

struct World {
    random: fastrand::Rng,
    play: Play,
    stored: GroupBody,
    writing: Option<GroupBody>,
    clients: Vec<Client>,
    commits: Vec<(CallId, i64)>,
    next: i64,
    /// The greatest offset and generation that anybody was told.
    told: (i64, i32),
}

impl World {
    fn new(seed: u64) -> Self {
        let mut play = Play::new();
        play.writes = false;
        Self {
            random: fastrand::Rng::with_seed(seed),
            play,
            stored: GroupBody::default(),
            writing: None,
            clients: (0..3).map(|_| Client::default()).collect(),
            commits: Vec::new(),
            next: 0,
            told: (0, 0),
        }
    }

    fn tick(&mut self, troubled: bool) {
        self.play.jump(TICK);
        self.play.tick();
        self.store(troubled);
        for place in 0..self.clients.len() {
            let mut client = std::mem::take(&mut self.clients[place]);
            client.idle += 1;
            if client.idle > 3 || self.random.u8(..10) < 8 {
                client.idle = 0;
                self.act(&mut client);
            }
            self.clients[place] = client;
        }
        let (commits, play) = (std::mem::take(&mut self.commits), &mut self.play);
        for (call, offset) in commits {
            match play.answer(call) {
                None => self.commits.push((call, offset)),
                Some(Answer::Committed(Ok(_))) => self.told.0 = self.told.0.max(offset),
                Some(_) => {}
            }
        }
        if troubled {
            self.trouble();
        }
    }

    /// A write begins, or is done; where all is well, at once.
    fn store(&mut self, troubled: bool) {
        if troubled && self.random.bool() {
            return;
        }
        if let Some(body) = self.writing.take() {
            self.stored = body;
            self.play.was_written();
        }
        self.writing = self.play.machine.to_write();
    }

    fn act(&mut self, client: &mut Client) {
        match client.state {
            State::Dead => {}
            State::Out => {
                let call = self.play.join(Joining {
                    member: &client.name,
                    ..JOINING
                });
                client.state = State::Joining(call);
            }
            State::Joining(call) => match self.play.answer(call) {
                None => {}
                Some(Answer::Join(Ok(JoinAnswer::MemberIdRequired(name)))) => {
                    (client.name, client.state) = (name, State::Out);
                }
                Some(Answer::Join(Ok(JoinAnswer::Joined(joined)))) => self.sync(client, &joined),
                Some(Answer::Join(Err(error))) => client.refused(error),
                other => panic!("{other:?}"),
            },
            State::Syncing(call) => match self.play.synced(call) {
                None => {}
                Some(Ok(assignment)) => {
                    let expected = format!("{} of {}", client.name, client.generation);
                    assert_eq!(assignment, expected);
                    client.state = State::Stable;
                }
                Some(Err(error)) => client.refused(error),
            },
            State::Stable => {
                if let Err(error) = self.play.beat(&client.name, client.generation) {
                    let evicted = error == GroupError::UnknownMemberId;
                    assert!(!evicted, "it lives, and was in the generation: {client:?}");
                    client.refused(error);
                } else if self.random.bool() {
                    self.next += 1;
                    let call = self.play.commit(&client.name, client.generation, self.next);
                    self.commits.push((call, self.next));
                }
            }
        }
    }

    fn sync(&mut self, client: &mut Client, joined: &Joined) {
        assert!(joined.generation >= self.told.1, "a generation went down");
        self.told.1 = joined.generation;
        client.generation = joined.generation;
        let of = |name: &str| format!("{name} of {}", joined.generation);
        let members = joined.members.iter();
        let given: Vec<_> = members
            .map(|it| (it.member_id.clone(), of(&it.member_id)))
            .collect();
        let given: Vec<_> = given
            .iter()
            .map(|(id, it)| (id.as_str(), it.as_str()))
            .collect();
        let call = self.play.sync(&client.name, joined.generation, &given);
        client.state = State::Syncing(call);
    }

    fn trouble(&mut self) {
        match self.random.u8(..100) {
            0..=3 => self.fail_over(),
            4 => self.clients.push(Client::default()),
            5 => {
                let dies = self.random.usize(..self.clients.len());
                self.clients[dies].state = State::Dead;
            }
            6 => {
                let leaves = self.random.usize(..self.clients.len());
                let client = &mut self.clients[leaves];
                if client.state == State::Stable {
                    client.state = State::Dead;
                    self.play.leave_call(&client.name);
                }
            }
            _ => {}
        }
    }

    /// The next owner finds what was stored; a write under way has landed, or never will.
    fn fail_over(&mut self) {
        let writing = self.writing.take();
        if let Some(body) = writing.filter(|_| self.random.bool()) {
            self.stored = body;
        }
        let offset = self.stored.offsets.first().map_or(0, |it| it.offset);
        assert!(offset >= self.told.0, "{offset} after {}", self.told.0);
        assert!(
            self.stored.generation >= self.told.1,
            "a generation is lost"
        );
        self.play.body = Some(self.stored.clone());
        self.play = self.play.taken_over();
        self.play.writes = false;
        self.commits.clear();
        for client in &mut self.clients {
            if let State::Joining(_) | State::Syncing(_) = client.state {
                client.state = State::Out;
            }
        }
    }
}

impl Client {
    fn refused(&mut self, error: GroupError) {
        match error {
            GroupError::RebalanceInProgress | GroupError::IllegalGeneration => {}
            GroupError::UnknownMemberId => self.name.clear(),
            other => panic!("{other}"),
        }
        self.state = State::Out;
    }
}

#[test]
fn who_lives_keeps_its_place_nothing_told_goes_back_and_all_work_in_the_end() {
    for seed in 0..600 {
        println!("seed {seed}");
        let mut world = World::new(seed);
        for _ in 0..400 {
            world.tick(true);
        }
        for _ in 0..200 {
            world.tick(false);
        }
        let living = world.clients.iter().filter(|it| it.state != State::Dead);
        for client in living {
            assert_eq!(client.state, State::Stable, "{client:?}");
            assert_eq!(client.generation, world.play.machine.generation);
        }
    }
}
