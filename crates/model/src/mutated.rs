//! Known bugs, put in one after the other.

#[cfg(not(feature = "mutations"))]
pub(crate) use none::{all, with};
#[cfg(feature = "mutations")]
pub(crate) use some::{all, with};

#[cfg(not(feature = "mutations"))]
mod none {
    pub(crate) fn all(_: usize) -> bool {
        println!("this build has no known bugs in it: build with the feature `mutations`");
        false
    }

    pub(crate) fn with(_: &str, _: impl FnOnce() -> bool) -> bool {
        all(0)
    }
}

#[cfg(feature = "mutations")]
mod some {
    use groupkeeper_model::{Config, search};
    use groupkeeper_types::mutation::{self, Mutation};

    /// The search that must come upon each bug: the one that does so soonest.
    const FOUND_BY: &[(Mutation, &str)] = &[
        (Mutation::NoFencing, "rivals, move"),
        (Mutation::UnfencedStore, "half a move"),
        (Mutation::TableCleared, "rivals"),
        (Mutation::LeaseFromReceipt, "late"),
        (Mutation::EarlyMove, "lost"),
        (Mutation::DrainWithoutAck, "move"),
        (Mutation::RevokeOnce, "move"),
        (Mutation::LeaseBeforeStored, "restart"),
        (Mutation::EpochReused, "rivals"),
        (Mutation::HalfCommitKept, "half a move"),
        (Mutation::RevokeNotActedOn, "move"),
        (Mutation::OldCacheKept, "half a move"),
        (Mutation::LeaseUnverified, "rivals, late"),
    ];

    /// Bugs that no search comes upon, and why; `cargo xtask simulate --mutations` sees each.
    const NOT_FOUND: &[(Mutation, &str)] = &[
        (
            Mutation::TermFromAnswer,
            "the campaign for the lock is not modelled",
        ),
        (
            Mutation::LostRenewalIgnored,
            "the campaign for the lock is not modelled",
        ),
        (
            Mutation::NodeIdClash,
            "the two gateways have different node IDs",
        ),
        (
            Mutation::FailedReadAsEmpty,
            "of two gateways with one group each the next leader has heard of both, and needs no read",
        ),
        (
            Mutation::StaleCache,
            "answers are told apart by what was heard, not by when",
        ),
        (
            Mutation::CommitOutsideChain,
            "takes a commit that is lost and one that follows it",
        ),
        (
            Mutation::TwinAtOnce,
            "takes a process that is started while the one before runs",
        ),
        (
            Mutation::OutageHeldAgainst,
            "takes a store that is away for longer than a lease",
        ),
        (
            Mutation::HeldThroughLapse,
            "takes a move that is missed while a lease is over",
        ),
        (
            Mutation::DeafLeased,
            "takes answers that are lost for half a lease, and one more that is not",
        ),
    ];

    pub(crate) fn all(threads: usize) -> bool {
        let searches = Config::NAMES.iter().filter_map(|name| Config::named(name));
        let searches: Vec<_> = searches.flat_map(|config| config.searches).collect();
        let mut well = true;
        println!("{:<22} {:<14} {:<40} states", "mutation", "search", "found");
        for (mutation, name) in FOUND_BY {
            let bounds = searches.iter().find(|it| it.name == *name);
            let bounds = bounds.expect("it is one of the searches").clone();
            let _with = mutation::with(Some(*mutation));
            let outcome = search(bounds, threads, &mut std::io::sink());
            let found = outcome.broken.map(|broken| broken.property);
            well &= found.is_some();
            let found = found.unwrap_or("SURVIVES");
            println!(
                "{:<22} {name:<14} {found:<40} {}",
                mutation.name(),
                outcome.states
            );
        }
        for (mutation, why) in NOT_FOUND {
            println!("{:<22} is for the simulation: {why}", mutation.name());
        }
        let known = |it: &Mutation| {
            FOUND_BY
                .iter()
                .chain(NOT_FOUND)
                .any(|(known, _)| known == it)
        };
        let left: Vec<_> = Mutation::ALL.iter().filter(|it| !known(it)).collect();
        if !left.is_empty() {
            println!("nothing is said of {left:?}");
        }
        well && left.is_empty()
    }

    pub(crate) fn with(name: &str, run: impl FnOnce() -> bool) -> bool {
        let Some(mutation) = Mutation::parse(name) else {
            let names: Vec<_> = Mutation::ALL.iter().map(|it| it.name()).collect();
            println!("there is no such bug; there are {}", names.join(", "));
            return false;
        };
        let _with = mutation::with(Some(mutation));
        run()
    }
}
