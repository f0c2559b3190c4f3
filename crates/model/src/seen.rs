use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

macro_rules! kinds {
    ($($name:ident $text:literal,)*) => {
        /// Something that a search must come upon, or it has searched too little.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $(#[doc = $text] $name,)*
        }

        impl Kind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// In words.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

kinds! {
    TakeOver "a take-over",
    Moved "a group moved",
    MovedFromLiving "a group moved from a living gateway that had given it up",
    MovedFromSilent "a group moved from a paused gateway whose lease was over",
    Kept "a group kept by its owner through a take-over",
    LeaseOver "a lease ran out",
    RevokeHeard "a revoke was acknowledged",
    Refused "an old leader's write was refused",
    HalfSettled "half of a commit was decided again, or taken back, by the next leader",
    Repeated "a commit that had been made was repeated",
    LateWrite "a write landed that nobody waited for any more",
    Returned "a restarted gateway has a lease again",
    Left "a gateway left",
    Told "a follower learned a group's coordinator from the leader",
}

/// How often each kind of event has been come upon.
///
/// It is no part of any state, since it would make states differ that are the same.
#[derive(Debug, Default)]
pub struct Seen {
    counts: [AtomicU64; Kind::ALL.len()],
    told: [AtomicBool; Kind::ALL.len()],
}

impl Seen {
    pub(crate) fn note(&self, kind: Kind) {
        self.counts[kind as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// How many steps of the search it happened in.
    pub fn count(&self, kind: Kind) -> u64 {
        self.counts[kind as usize].load(Ordering::Relaxed)
    }

    /// Whether it has been seen, which is said once: the checker would copy a path each time.
    pub(crate) fn is_news(&self, kind: Kind) -> bool {
        self.count(kind) > 0 && !self.told[kind as usize].swap(true, Ordering::Relaxed)
    }
}
