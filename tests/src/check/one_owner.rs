//! G2: at any moment at most one process owns a group.
//!
//! Each claim is a moment, somewhere in its time, at which a process held a token. There is an order
//! of these moments with one owner at a time exactly when each token belongs to one process, and the
//! tokens never go back from a claim that was over to one that was asked for later.

use std::collections::BTreeMap;

use super::faults::Faults;
use super::{LEASE, Violation};
use crate::history::{Claim, Event, History, Token};

#[derive(Debug, Clone, Copy)]
struct Held {
    process: usize,
    start: u64,
    end: u64,
    claim: Claim,
}

pub(super) fn check(history: &History, faults: &Faults) -> Vec<Violation> {
    let mut groups = BTreeMap::<&str, Vec<Held>>::new();
    for event in &history.events {
        if let Event::Claims {
            process,
            start,
            end,
            held,
        } = event
        {
            for (group, claim) in held {
                groups.entry(group).or_default().push(Held {
                    process: *process,
                    start: *start,
                    end: *end,
                    claim: *claim,
                });
            }
        }
    }
    let mut violations = one_leader(history);
    for (group, mut claims) in groups {
        claims.sort_by_key(|held| held.start);
        let of_group = one_process_a_token(&claims)
            .or_else(|| tokens_go_on(&claims))
            .or_else(|| no_lease_too_long(&claims))
            .or_else(|| no_lease_cut_short(history, faults, &claims));
        violations.extend(of_group.map(|(at, what)| Violation {
            of: "G2",
            at,
            what: format!("{group}: {what}"),
        }));
    }
    violations
}

type Found = Option<(u64, String)>;

fn one_process_a_token(claims: &[Held]) -> Found {
    let mut owners = BTreeMap::<Token, usize>::new();
    claims.iter().find_map(|held| {
        let token = held.claim.token;
        let owner = *owners.entry(token).or_insert(held.process);
        let what = format!("token {token:?} of process {owner} and of {}", held.process);
        (owner != held.process).then_some((held.start, what))
    })
}

fn tokens_go_on(claims: &[Held]) -> Found {
    let mut by_end: Vec<Held> = claims.to_vec();
    by_end.sort_by_key(|held| held.end);
    let mut over = by_end.iter().peekable();
    let mut newest: Option<Held> = None;
    claims.iter().find_map(|held| {
        while let Some(earlier) = over.next_if(|earlier| earlier.end < held.start) {
            if newest.is_none_or(|newest| earlier.claim.token > newest.claim.token) {
                newest = Some(*earlier);
            }
        }
        let newest = newest.filter(|newest| newest.claim.token > held.claim.token)?;
        let what = format!(
            "process {} owned it by {:?} before {} µs, and process {} by the older {:?} afterwards",
            newest.process, newest.claim.token, newest.end, held.process, held.claim.token
        );
        Some((held.start, what))
    })
}

fn no_lease_too_long(claims: &[Held]) -> Found {
    let wrong = |held: &&Held| held.claim.left == 0 || held.claim.left > LEASE;
    let held = claims.iter().find(wrong)?;
    let what = format!("a lease of {} µs, and {LEASE} is the most", held.claim.left);
    Some((held.start, what))
}

/// Nobody takes a group from a silent process before that one's lease is over: it may be acting.
fn no_lease_cut_short(history: &History, faults: &Faults, claims: &[Held]) -> Found {
    faults.of_gateways().find_map(|(addr, span)| {
        let before = |held: &&Held| held.end <= span.from && history.addr(held.process) == addr;
        let last = claims.iter().rfind(before).filter(|_| span.what.is_silent())?;
        // Half a second without a claim before the fault: it had given the group up.
        if last.end + 500_000 < span.from {
            return None;
        }
        let until = last.start + last.claim.left;
        let early = claims.iter().find(|held| {
            held.process != last.process && held.end < until && held.claim.token > last.claim.token
        })?;
        let what = format!(
            "process {} owned it until {until} µs and could not be asked, and process {} owned it at \
             {} µs",
            last.process, early.process, early.end
        );
        Some((early.end, what))
    })
}

/// An epoch has one leader.
fn one_leader(history: &History) -> Vec<Violation> {
    let mut leaders = BTreeMap::<u64, usize>::new();
    let mut violations = Vec::new();
    for event in &history.events {
        if let Event::Leader {
            process,
            end,
            leader: Some((_, epoch)),
            leads: true,
            ..
        } = event
        {
            let leader = *leaders.entry(*epoch).or_insert(*process);
            if leader != *process {
                let what = format!("epoch {epoch} of process {leader} and of {process}");
                violations.push(Violation {
                    of: "G3",
                    at: *end,
                    what,
                });
            }
        }
    }
    violations
}
