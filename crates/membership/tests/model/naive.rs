//! The list that is searched from end to end: slow, and plainly right.

use super::{LEASE, MAX, node_id};

/// One member, as plain numbers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) who: usize,
    pub(crate) life: Option<u64>,
    pub(crate) joined: bool,
    pub(crate) draining: bool,
    pub(crate) deadline: u64,
    pub(crate) settles_at: Option<u64>,
    pub(crate) replaced: Option<u64>,
}

#[derive(Debug, PartialEq)]
pub(crate) enum Heard {
    Renewed,
    Joined(Option<u64>),
    Replaced(Option<u64>),
    IdTaken(usize),
    Superseded(u64),
    Full,
}

#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) rows: Vec<Row>,
    pub(crate) now: u64,
}

impl Model {
    pub(crate) fn find(&mut self, who: usize) -> Option<&mut Row> {
        self.rows.iter_mut().find(|row| row.who == who)
    }

    pub(crate) fn add(
        &mut self,
        who: usize,
        life: Option<u64>,
        joined: bool,
        deadline: u64,
    ) -> bool {
        if self.rows.len() >= MAX {
            return false;
        }
        let (draining, settles_at, replaced) = (false, None, None);
        self.rows.push(Row {
            who,
            life,
            joined,
            draining,
            deadline,
            settles_at,
            replaced,
        });
        true
    }

    pub(crate) fn hear(&mut self, who: usize, life: u64, starting: bool) -> Heard {
        let (now, lease_end) = (self.now, self.now + LEASE);
        let known = self
            .rows
            .iter()
            .any(|row| row.who == who && row.life.is_some());
        let rival = |row: &&Row| {
            let same_id = row.who != who && node_id(row.who) == node_id(who);
            same_id && (row.joined || row.life.is_some() && !known)
        };
        if let Some(other) = self.rows.iter().filter(rival).map(|row| row.who).min() {
            return Heard::IdTaken(other);
        }
        let mut lapsed = None;
        if let Some(row) = self.find(who).cloned()
            && row.deadline <= now
        {
            lapsed = Some(row.deadline);
            self.rows.retain(|row| row.who != who);
        }
        let Some(row) = self.find(who) else {
            let added = self.add(who, Some(life), true, lease_end);
            return if added {
                Heard::Joined(lapsed)
            } else {
                Heard::Full
            };
        };
        if let Some(other) = row.life.filter(|other| *other != life) {
            if !starting || row.replaced == Some(life) {
                return Heard::Superseded(other);
            }
            let until = row.deadline;
            row.settles_at = Some(until);
            row.deadline = until.max(lease_end);
            row.replaced = Some(other);
            (row.life, row.joined, row.draining) = (Some(life), true, false);
            return Heard::Replaced(Some(until));
        }
        let was = row.joined;
        (row.life, row.joined) = (Some(life), true);
        row.deadline = row.deadline.max(lease_end);
        if was {
            Heard::Renewed
        } else {
            Heard::Joined(None)
        }
    }

    pub(crate) fn inherit(&mut self, who: usize, life: u64, until: u64) -> bool {
        let Some(row) = self.find(who) else {
            return self.add(who, Some(life), false, until);
        };
        let old = row.deadline;
        row.deadline = old.max(until);
        if row.life != Some(life) {
            if row.joined {
                row.settles_at = row.settles_at.max(Some(until));
            } else {
                if row.life.is_some() {
                    row.settles_at = row.settles_at.max(Some(old));
                }
                row.life = Some(life);
            }
        }
        true
    }

    pub(crate) fn inherit_named(&mut self, who: usize, until: u64) -> bool {
        match self.find(who) {
            None => return self.add(who, None, false, until),
            Some(row) if row.joined => {}
            Some(row) => row.deadline = row.deadline.max(until),
        }
        true
    }

    pub(crate) fn deregister(&mut self, who: usize) -> bool {
        let Some(row) = self.find(who).cloned() else {
            return false;
        };
        self.rows.retain(|row| row.who != who);
        if let Some(until) = row.settles_at {
            self.add(who, None, false, until);
            self.find(who).expect("just added").settles_at = Some(until);
        }
        true
    }

    pub(crate) fn expire(&mut self) -> Vec<usize> {
        let now = self.now;
        let mut gone: Vec<Row> = self
            .rows
            .iter()
            .filter(|row| row.deadline <= now)
            .cloned()
            .collect();
        gone.sort_by_key(|row| (row.deadline, row.who));
        self.rows.retain(|row| row.deadline > now);
        for row in &mut self.rows {
            row.settles_at = row.settles_at.filter(|until| *until > now);
        }
        gone.iter().map(|row| row.who).collect()
    }

    pub(crate) fn healthy(&self) -> Vec<Row> {
        let mut alive: Vec<Row> = self
            .rows
            .iter()
            .filter(|row| row.deadline > self.now)
            .cloned()
            .collect();
        alive.sort_by_key(|row| row.who);
        alive
    }

    pub(crate) fn placeable(&self) -> Vec<usize> {
        let ready = |row: &&Row| {
            row.joined && !row.draining && row.settles_at.is_none_or(|until| until <= self.now)
        };
        self.healthy()
            .iter()
            .filter(ready)
            .map(|row| row.who)
            .collect()
    }

    pub(crate) fn next_deadline(&self) -> Option<u64> {
        self.rows
            .iter()
            .flat_map(|row| [Some(row.deadline), row.settles_at])
            .flatten()
            .min()
    }

    /// Everything but deadlines: a version stands for one of these.
    pub(crate) fn view(&self) -> Vec<Row> {
        let mut rows: Vec<Row> = self
            .rows
            .iter()
            .map(|row| Row {
                deadline: 0,
                ..row.clone()
            })
            .collect();
        rows.sort_by_key(|row| row.who);
        rows
    }
}
