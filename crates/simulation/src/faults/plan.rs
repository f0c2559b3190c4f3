use super::Outage;
use crate::clock::{Time, s};
use crate::kinds;
use crate::mix::Mix;
use crate::random::Random;

kinds! {
    Crash "crash",
    CrashLeader "crash of the leader",
    CrashTwo "crash of two at once",
    Pause "pause",
    PauseLeader "pause of the leader",
    Isolate "gateway cut off",
    OneWay "wire cut one way",
    Split "fleet split in two",
    Storm "network that loses, delays and doubles",
    Drift "clock that changes its speed",
    StoreOutage "store outage",
    StoreCut "store out of one gateway's reach",
    StoreBad "store that loses answers, stops half way and acts late",
    LockForgets "lock forgotten",
    LockAdmits "lock given to two",
    LockOutage "lock service outage",
    LockCut "lock service out of one gateway's reach",
    LockBad "lock service that loses answers",
    Stop "graceful stop with drain",
    StopLeader "graceful stop of the leader",
    FleetStop "stop of the whole fleet",
    FleetCrash "crash of the whole fleet",
    Reassign "operator moves a group",
    Drain "operator drains a gateway",
    CrashMidway "crash of the leader in the middle of a commit",
    Twin "second process at a living address",
    Guest "gateway with another's node ID",
    ;
    Restart "process killed and started again at once",
    Fork "store parted, both sides deciding",
    Cut "store parted, one side deciding",
    Swap "parted store whose copies swap files",
    Loss "store that loses its newest writes",
    Still "copy that stands still for one gateway",
    Lasting "gateway that is for ever without the store or the lock",
    Deaf "gateway that for ever hears nobody, or that nobody hears",
    Burst "thousand new groups at once",
    Slow "store that takes time for each change",
    Timings "gateway that starts with another timing",
}

/// Faults of a lock service: so many calls in a thousand.
#[derive(Debug, Default)]
pub(crate) struct LockFaults {
    pub(crate) loses: u64,
    pub(crate) loses_answers: u64,
    pub(crate) delays: u64,
}

/// Faults of a store: so many calls in a thousand.
#[derive(Debug, Default)]
pub(crate) struct StoreFaults {
    pub(crate) outage: Outage,
    pub(crate) slow: u64,
    pub(crate) loses: u64,
    pub(crate) loses_answers: u64,
    pub(crate) halves: u64,
    pub(crate) lates: u64,
    /// The next commit stops half way, and whoever asked for it dies there.
    pub(crate) kills: bool,
}

/// What a seed has in store.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The kinds that happen in this run: not all, so that each is seen without the others too.
    pub(crate) kinds: Vec<Kind>,
    /// The mean time between faults.
    pub(crate) pause: Time,
    /// Groups in the end.
    pub(crate) groups: usize,
    pub(crate) lock: LockFaults,
    pub(crate) store: StoreFaults,
    /// So many in a thousand go wrong even when all is well.
    pub(crate) noise: u64,
    /// How long each change of a commit takes.
    pub(crate) each: Time,
    /// Groups that clients have asked for all at once so far.
    pub(crate) burst: usize,
    /// A parted store's copies get some of the other's files when they meet again.
    pub(crate) swaps: bool,
}

impl Plan {
    pub(crate) fn new(random: &mut Random, mix: &Mix) -> Self {
        let share = 200 + random.between(0, 600);
        let mut kinds: Vec<Kind> = Kind::USUAL.to_vec();
        kinds.retain(|_| random.chance(share));
        while kinds.len() < 4 {
            kinds.extend(random.pick(Kind::USUAL));
        }
        // The store parts in a third of all runs, and there often.
        let parts = random.chance(350);
        for kind in mix.kinds().filter(|kind| Kind::EXTRA.contains(kind)) {
            let share = match kind {
                Kind::Fork | Kind::Cut | Kind::Swap if parts => 600,
                Kind::Fork | Kind::Cut | Kind::Swap => 0,
                // It takes as long as many other runs.
                Kind::Burst => 30,
                _ => share,
            };
            if random.chance(share) {
                kinds.push(kind);
            }
        }
        Self {
            kinds,
            pause: random.between(s(6), s(18)),
            groups: 50 + random.index(40),
            lock: LockFaults::default(),
            store: StoreFaults::default(),
            each: 0,
            burst: 0,
            swaps: false,
            noise: random.pick(&[0, 0, 2, 10]).unwrap_or(0),
        }
    }
}
