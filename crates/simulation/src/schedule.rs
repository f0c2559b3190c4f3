use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::clock::Time;
use crate::event::Event;

/// What is to happen, in order; of two at one moment the one that was planned first.
#[derive(Debug, Default)]
pub(crate) struct Schedule {
    heap: BinaryHeap<Reverse<(Time, u64, usize)>>,
    events: Vec<Option<Event>>,
    free: Vec<usize>,
    planned: u64,
}

impl Schedule {
    pub(crate) fn at(&mut self, time: Time, event: Event) {
        if time == Time::MAX {
            return;
        }
        let place = if let Some(place) = self.free.pop() {
            self.events[place] = Some(event);
            place
        } else {
            self.events.push(Some(event));
            self.events.len() - 1
        };
        self.planned += 1;
        self.heap.push(Reverse((time, self.planned, place)));
    }

    pub(crate) fn next(&mut self) -> Option<(Time, Event)> {
        let Reverse((time, _, place)) = self.heap.pop()?;
        self.free.push(place);
        Some((time, self.events[place].take()?))
    }
}
