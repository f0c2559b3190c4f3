macro_rules! kinds {
    ($($name:ident $text:literal,)*) => {
        /// A kind of fault.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Kind { $($name,)* }

        impl Kind {
            pub(crate) const ALL: &[Self] = &[$(Self::$name,)*];

            /// What people call it.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

kinds! {
    Crash "crash",
    CrashLeader "crash of the leader",
    CrashMidway "crash of the leader in the middle of a commit",
    CrashAll "crash of the whole fleet",
    Power "machine that is gone without a word",
    Reborn "process replaced at once at its address",
    Twin "second process at a living address",
    Stop "graceful stop with drain",
    StopLeader "graceful stop of the leader",
    Keep "stop that keeps its groups",
    Drain "operator drains a gateway",
    Reassign "operator moves a group",
    Isolate "gateway cut off",
    IsolateLeader "leader cut off",
    OneWay "wire cut one way",
    Split "fleet split in two",
    Storm "network that is slow and loses",
    Stall "connections that stall",
    Reset "connections that break",
    StoreOutage "store outage",
    StoreSlow "store that hangs",
    StoreLoses "store that loses answers",
    StoreHalf "commit that stops half way",
    StoreLate "write that lands late",
    LockOutage "lock service outage",
    LockCut "lock service out of one gateway's reach",
    LockLoses "lock service that loses answers",
    LockForgets "lock forgotten",
    LockAdmits "lock given to two",
}
