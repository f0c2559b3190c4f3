use std::collections::BTreeMap;

use crate::check::check;
use crate::history::{Answer, Claim, Event, Fault, History, Token};

/// One group and three gateways, with times in milliseconds.
#[derive(Debug, Clone)]
pub(in crate::check) struct Story(pub(in crate::check) History);

pub(in crate::check) const GROUP: &str = "g";

/// The rules that a story breaks.
pub(in crate::check) fn broken(story: &Story) -> Vec<&'static str> {
    let violations = check(&story.0).err().unwrap_or_default();
    violations.iter().map(|violation| violation.of).collect()
}

impl Story {
    pub(in crate::check) fn new() -> Self {
        Self(History {
            processes: ["a", "b", "c"].map(str::to_owned).to_vec(),
            events: Vec::new(),
        })
    }

    /// A owns the group, and all say so, for three seconds.
    pub(in crate::check) fn quiet() -> Self {
        let mut story = Self::new();
        for at in [0, 1_000, 2_000, 3_000] {
            story = story.owns(0, at, (1, 1));
            story = story.says(0, at, "a").says(1, at, "a").says(2, at, "a");
        }
        story
    }

    /// As [`quiet`](Self::quiet); then A dies, and B takes the group when A's lease is over.
    pub(in crate::check) fn failed_over() -> Self {
        let story = Self::quiet().fault("a", Fault::Killed, 3_050);
        let story = story.says(1, 4_000, "a").says(2, 4_000, "a");
        let story = story.owns(1, 7_500, (1, 2)).says(1, 7_600, "b");
        story.says(2, 7_650, "b").owns(1, 9_000, (1, 2))
    }

    /// A process owned the group at some moment of the ten milliseconds from `at`.
    pub(in crate::check) fn owns(self, process: usize, at: u64, token: Token) -> Self {
        self.owns_for(process, at, token, 4_000)
    }

    pub(in crate::check) fn owns_for(
        self,
        process: usize,
        at: u64,
        token: Token,
        left: u64,
    ) -> Self {
        let claim = Claim {
            token,
            left: left * 1_000,
        };
        self.event(Event::Claims {
            process,
            start: at * 1_000,
            end: at * 1_000 + 10_000,
            held: BTreeMap::from([(GROUP.to_owned(), claim)]),
        })
    }

    pub(in crate::check) fn says(self, process: usize, at: u64, addr: &str) -> Self {
        self.answers(process, at, Answer::At(addr.to_owned()))
    }

    pub(in crate::check) fn answers(self, process: usize, at: u64, answer: Answer) -> Self {
        self.event(Event::Answer {
            process,
            group: GROUP.to_owned(),
            start: at * 1_000,
            end: at * 1_000 + 10_000,
            answer,
        })
    }

    pub(in crate::check) fn fault(self, addr: &str, what: Fault, at: u64) -> Self {
        let (addr, at) = (addr.to_owned(), at * 1_000);
        self.event(Event::Fault { addr, what, at })
    }

    pub(in crate::check) fn healed(self, addr: &str, at: u64) -> Self {
        let (addr, at) = (addr.to_owned(), at * 1_000);
        self.event(Event::Healed { addr, at })
    }

    pub(in crate::check) fn event(mut self, event: Event) -> Self {
        self.0.events.push(event);
        self
    }
}
