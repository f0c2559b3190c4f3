use std::collections::VecDeque;
use std::hash::Hasher as _;

use fnv::FnvHasher;
use tokio::time::Instant;

/// What happened, for people, and one number that tells two runs apart.
pub(crate) struct Trace {
    began: Instant,
    keeps: usize,
    lines: VecDeque<String>,
    hash: FnvHasher,
    count: u64,
}

impl Trace {
    /// Keeps the last so many lines.
    pub(crate) fn new(keeps: usize) -> Self {
        Self {
            began: Instant::now(),
            keeps,
            lines: VecDeque::new(),
            hash: FnvHasher::default(),
            count: 0,
        }
    }

    pub(crate) fn note(&mut self, text: &str) {
        let now = self.began.elapsed();
        let line = format!("{:>4}.{:06} {text}", now.as_secs(), now.subsec_micros());
        self.hash.write(line.as_bytes());
        self.count += 1;
        if self.lines.len() == self.keeps {
            self.lines.pop_front();
        }
        self.lines.push_back(line);
    }

    pub(crate) const fn count(&self) -> u64 {
        self.count
    }

    /// The last lines, and the hash of them all.
    pub(crate) fn end(self) -> (Vec<String>, u64) {
        (self.lines.into(), self.hash.finish())
    }
}
