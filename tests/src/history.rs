//! What a scenario writes down: questions, answers, faults.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::{Deserialize, Serialize};

/// Everything that was asked, answered and broken while a scenario ran, on one clock.
///
/// Times are microseconds since the recording began. An answer was true at some moment between
/// `start`, when it was asked for, and `end`, when it was there.
#[derive(Debug, Default, Clone)]
pub struct History {
    /// The advertised address of each process: a process is its place in this list.
    pub processes: Vec<String>,
    /// In the order in which they ended.
    pub events: Vec<Event>,
}

/// Which decision gave a group to a process: epoch and revision.
pub type Token = (u64, u64);

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A process was asked at its Kafka port who coordinates a group.
    Answer {
        /// Who was asked.
        process: usize,
        /// About which group.
        group: String,
        /// When it was asked.
        start: u64,
        /// When the answer was there.
        end: u64,
        /// What it was.
        answer: Answer,
    },
    /// A process said which groups it owns; of all others it said that it does not.
    Claims {
        /// Who was asked.
        process: usize,
        /// When it was asked.
        start: u64,
        /// When the answer was there.
        end: u64,
        /// The groups that it may act for.
        held: BTreeMap<String, Claim>,
    },
    /// A process said who leads.
    Leader {
        /// Who was asked.
        process: usize,
        /// When it was asked.
        start: u64,
        /// When the answer was there.
        end: u64,
        /// The leader's address and epoch, as far as it knows.
        leader: Option<(String, u64)>,
        /// Whether it leads itself, in that epoch.
        leads: bool,
    },
    /// From now on a gateway is not promised to be well.
    Fault {
        /// Its advertised address.
        addr: String,
        /// What was done to it.
        what: Fault,
        /// Just before it was done.
        at: u64,
    },
    /// A gateway is well again.
    Healed {
        /// Its advertised address.
        addr: String,
        /// Since when.
        at: u64,
    },
    /// From now on the store is not promised to answer.
    StoreFault {
        /// Just before it was done.
        at: u64,
    },
    /// The store is well again.
    StoreHealed {
        /// Since when.
        at: u64,
    },
}

/// What a gateway answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// This gateway coordinates the group.
    At(String),
    /// A Kafka error.
    Error(i16),
    /// None: the connection failed, or it took too long.
    Lost(String),
}

/// The right to act for a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The decision that gave it.
    pub token: Token,
    /// How many more microseconds it lasts.
    pub left: u64,
}

/// What was done to a gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// `kill -9`.
    Killed,
    /// SIGSTOP.
    Paused,
    /// No packets pass, in one direction or both.
    Cut,
    /// Asked to stop, or drained: it may hand its groups over at once.
    Leaving,
}

impl Fault {
    /// Whether the gateway could not tell anybody that it gives its groups up.
    pub const fn is_silent(self) -> bool {
        matches!(self, Self::Killed | Self::Paused | Self::Cut)
    }
}

impl History {
    /// The address of a process.
    ///
    /// # Panics
    /// When there is no such process.
    pub fn addr(&self, process: usize) -> &str {
        &self.processes[process]
    }

    /// Writes one JSON object a line: first the processes, then the events.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn write(&self, to: &mut impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut *to, &self.processes)?;
        for event in &self.events {
            to.write_all(b"\n")?;
            serde_json::to_writer(&mut *to, event)?;
        }
        to.write_all(b"\n")
    }

    /// Reads what [`write`](Self::write) wrote.
    ///
    /// # Errors
    /// When it is something else.
    pub fn read(text: &str) -> serde_json::Result<Self> {
        let mut lines = text.lines();
        let processes = serde_json::from_str(lines.next().unwrap_or_default())?;
        let events = lines.map(serde_json::from_str);
        Ok(Self {
            processes,
            events: events.collect::<Result<_, _>>()?,
        })
    }
}
