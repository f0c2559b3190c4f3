//! What a history says so far.

use std::collections::{BTreeMap, BTreeSet};

use super::fleet::GROUPS;
use crate::history::{Answer, Event, History};

/// Whether every group was owned by somebody since a moment.
pub(super) fn owned(history: &History, from: u64) -> bool {
    let claims = history.events.iter().rev().filter_map(|event| match event {
        Event::Claims { start, held, .. } if *start >= from => Some(held.keys()),
        _ => None,
    });
    claims.flatten().collect::<BTreeSet<_>>().len() == GROUPS
}

/// Whether so many pairs of a process and a group had an answer since a moment.
pub(super) fn answered(history: &History, from: u64, pairs: usize) -> bool {
    let named = history.events.iter().rev().filter_map(|event| match event {
        Event::Answer {
            process,
            group,
            start,
            answer: Answer::At(_),
            ..
        } if *start >= from => Some((process, group)),
        _ => None,
    });
    named.collect::<BTreeSet<_>>().len() == pairs
}

/// Whether each group's answers since a moment, the last of each process, name one gateway, and so many
/// pairs of a process and a group have one.
pub(super) fn one_answer(history: &History, from: u64, pairs: usize) -> bool {
    let mut last = BTreeMap::new();
    for event in &history.events {
        if let Event::Answer {
            process,
            group,
            start,
            answer,
            ..
        } = event
            && *start >= from
        {
            last.insert((group, process), answer);
        }
    }
    let mut named = BTreeMap::new();
    let one = last.iter().all(|((group, _), answer)| {
        matches!(answer, Answer::At(_)) && *named.entry(group).or_insert(answer) == answer
    });
    one && last.len() == pairs
}

/// Whom a process named as leader last, with the epoch.
pub(super) fn leader_of(history: &History, asked: usize, from: u64) -> Option<(String, u64)> {
    let last = history.events.iter().rev().find_map(|event| match event {
        Event::Leader {
            process,
            start,
            leader,
            ..
        } if *process == asked && *start >= from => Some(leader.clone()),
        _ => None,
    });
    last?
}

/// The highest epoch that a process had named by a moment.
pub(super) fn epoch_before(history: &History, asked: usize, before: u64) -> Option<u64> {
    let epochs = history.events.iter().filter_map(|event| match event {
        Event::Leader {
            process,
            end,
            leader: Some((_, epoch)),
            ..
        } if *process == asked && *end <= before => Some(*epoch),
        _ => None,
    });
    epochs.max()
}

/// When a process first named a leader of a later epoch than this one.
pub(super) fn first_named(history: &History, asked: usize, since: u64, before: u64) -> Option<u64> {
    history.events.iter().find_map(|event| match event {
        Event::Leader {
            process,
            end,
            leader: Some((_, epoch)),
            ..
        } if *process == asked && *end >= since && *epoch > before => Some(*end),
        _ => None,
    })
}

/// When a process began to name one of these addresses for a group, if it does so still.
pub(super) fn settled(
    history: &History,
    asked: usize,
    of: &str,
    since: u64,
    addrs: &[&str],
) -> Option<u64> {
    let answers = history.events.iter().rev().filter_map(|event| match event {
        Event::Answer {
            process,
            group,
            start,
            end,
            answer,
        } if *process == asked && *end >= since && group == of => Some((*start, *end, answer)),
        _ => None,
    });
    let right = |answer: &Answer| matches!(answer, Answer::At(at) if addrs.contains(&at.as_str()));
    let run = answers.take_while(|(_, _, answer)| right(answer));
    run.filter(|(start, ..)| *start >= since)
        .map(|(_, end, _)| end)
        .last()
}
