//! Known bugs, each behind a switch, to show that whatever checks the protocol would see them.
//!
//! The switches are there only with the feature `mutations`. Without it [`is_on`] is `false` at
//! compile time, so that nothing of a mutation is left in what is shipped. A checker turns one on
//! with `with` and off again by dropping what that returns.

macro_rules! mutations {
    ($($(#[doc = $doc:literal])+ $name:ident $text:literal,)*) => {
        /// A bug that the protocol must not have.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Mutation { $($(#[doc = $doc])+ $name,)* }

        impl Mutation {
            /// All of them, in the order of the protocol's parts.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// What people call it on a command line: lower case, with hyphens.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

mutations! {
    /// A leader takes a commit that was refused, because another record stands, for made.
    NoFencing "no-fencing",
    /// A store makes commits whatever record stands.
    UnfencedStore "unfenced-store",
    /// A term is counted from when the lock service's answer came, not from before it was asked.
    TermFromAnswer "term-from-answer",
    /// A new leader knows no gateways but itself: whoever has not shown itself yet is gone.
    TableCleared "table-cleared",
    /// A gateway counts its lease from when the acknowledgement came, not from when its heartbeat
    /// was sent.
    LeaseFromReceipt "lease-from-receipt",
    /// A silent gateway's groups move before its lease is over.
    EarlyMove "early-move",
    /// A read that failed is taken for one that found nothing.
    FailedReadAsEmpty "failed-read-as-empty",
    /// Look-ups rely on a cache after the session with the leader is over.
    StaleCache "stale-cache",
    /// A leader that gets no answer to a renewal goes on as if the lock had been renewed.
    LostRenewalIgnored "lost-renewal-ignored",
    /// A living gateway's groups move without its having given them up.
    DrainWithoutAck "drain-without-ack",
    /// Two gateways with one node ID are both let in.
    NodeIdClash "node-id-clash",
    /// A leader counts leases from now, not from its newest verification.
    LeaseUnverified "lease-unverified",
    /// A commit whose answer was lost is given up, and another is begun in its place.
    CommitOutsideChain "commit-outside-chain",
    /// A revoke is told once, whether or not it is heard.
    RevokeOnce "revoke-once",
    /// A gateway gets a lease before it is in the stored set.
    LeaseBeforeStored "lease-before-stored",
    /// A leader begins its epoch with the number of the one before.
    EpochReused "epoch-reused",
    /// Half of a commit that an earlier leader did not finish is taken for decided.
    HalfCommitKept "half-commit-kept",
    /// A second process at a living address is leased before the first one's lease is over.
    TwinAtOnce "twin-at-once",
    /// A gateway says that it has acted on a revoke, and has not.
    RevokeNotActedOn "revoke-not-acted-on",
    /// What a gateway held is held again when it is leased after its lease was over.
    HeldThroughLapse "held-through-lapse",
    /// A new leader goes on with what it cached, whatever was committed since.
    OldCacheKept "old-cache-kept",
    /// Gateways that could not find a new leader, since the store was away, are taken for gone.
    OutageHeldAgainst "outage-held-against",
    /// A gateway that hears nothing is given leases, although its heartbeats no longer count.
    DeafLeased "deaf-leased",
}

impl Mutation {
    /// The one with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.name() == name)
    }
}

/// Whether this bug is to be there now. Never, without the feature `mutations`.
#[cfg(not(feature = "mutations"))]
#[inline(always)]
pub const fn is_on(_: Mutation) -> bool {
    false
}

#[cfg(feature = "mutations")]
pub use switch::{With, is_on, with};

#[cfg(feature = "mutations")]
mod switch {
    use std::sync::atomic::{AtomicU8, Ordering};
    use std::sync::{Mutex, MutexGuard, PoisonError};

    use super::Mutation;

    const NONE: u8 = u8::MAX;

    /// Which bug is there, in the whole process: a checker runs one machine on many threads.
    static ON: AtomicU8 = AtomicU8::new(NONE);
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

    /// Whether this bug is to be there now.
    pub fn is_on(mutation: Mutation) -> bool {
        ON.load(Ordering::Relaxed) == mutation as u8
    }

    /// While this lives, the process has the bug that it was made for, or none, and nobody else
    /// changes that.
    #[derive(Debug)]
    pub struct With {
        _alone: MutexGuard<'static, ()>,
    }

    /// Puts a bug in, or makes sure that there is none. Waits until nobody else has a say about it,
    /// so a thread that holds one already must not ask for another.
    #[must_use = "it ends when it is dropped"]
    pub fn with(mutation: Option<Mutation>) -> With {
        // Whoever panicked has set the switch back: there is nothing half done to fear.
        let alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        ON.store(mutation.map_or(NONE, |one| one as u8), Ordering::SeqCst);
        With { _alone: alone }
    }

    impl Drop for With {
        fn drop(&mut self) {
            ON.store(NONE, Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_back_and_stands_for_one() {
        for mutation in Mutation::ALL {
            assert_eq!(Mutation::parse(mutation.name()), Some(*mutation));
        }
        assert_eq!(Mutation::parse("none-such"), None);
    }

    #[cfg(feature = "mutations")]
    #[test]
    fn one_is_on_while_it_is_held_and_no_other() {
        for mutation in Mutation::ALL {
            let _with = with(Some(*mutation));
            let on = |one: &&Mutation| is_on(**one);
            let on: Vec<_> = Mutation::ALL.iter().filter(on).collect();
            assert_eq!(on, [mutation]);
        }
        let _with = with(None);
        assert!(!Mutation::ALL.iter().any(|one| is_on(*one)));
    }

    #[cfg(not(feature = "mutations"))]
    #[test]
    fn without_the_feature_none_is_ever_on() {
        const ON: bool = is_on(Mutation::NoFencing);
        assert!(!ON && !Mutation::ALL.iter().any(|one| is_on(*one)));
    }
}
