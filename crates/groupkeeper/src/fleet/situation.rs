use std::fmt;

use groupkeeper_registry::peer::{LeaderView, RegistryStatus, Role, Standing};

/// What a person who looks at a gateway waits for, or that it is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Situation {
    /// It is a member that groups are given to.
    Ready {
        /// Who leads.
        leader: LeaderView,
        /// Whether that is the gateway itself.
        leads: bool,
    },
    /// It is in every gateway's list and answers, and is given no groups for a lease at most, as long
    /// as an earlier process at its address may still be acting.
    Settling {
        /// Who leads.
        leader: LeaderView,
        /// Whether that is the gateway itself.
        leads: bool,
    },
    /// Something is missing.
    Waiting {
        /// What.
        what: String,
        /// The cause, as far as it is known.
        why: Option<String>,
    },
}

impl Situation {
    /// The situation of the gateway whose view this is; `store` is what its store waits for.
    pub(super) fn of(status: &RegistryStatus, store: Option<String>) -> Self {
        let leads = status.role == Role::Leader;
        let what = match (&status.leader, status.standing) {
            (Some(leader), Some(Standing::Member)) if status.fresh => {
                let leader = leader.clone();
                return Self::Ready { leader, leads };
            }
            (Some(leader), Some(Standing::Settling)) if status.fresh => {
                let leader = leader.clone();
                return Self::Settling { leader, leads };
            }
            (None, _) if status.role == Role::TakingOver => "waiting to lead".to_owned(),
            (None, _) => "waiting for a leader".to_owned(),
            (Some(leader), Some(Standing::Joining)) if status.fresh => {
                let addr = &leader.addr;
                format!("waiting for the leader {addr} to write it down in the store")
            }
            (Some(_), Some(Standing::Draining)) => {
                "drained, and given no groups until it is started again".to_owned()
            }
            (Some(leader), _) => format!("waiting for the leader {} to answer", leader.addr),
        };
        let holder = || {
            let owner = status
                .lock_owner
                .as_ref()
                .filter(|_| status.leader.is_none())?;
            let owner = owner.escape_debug();
            (*status.gateway.addr.as_str() != *owner.to_string()).then(|| {
                format!(
                    "{owner} holds the leader's lock; if that is a gateway of SeaweedFS, groups \
                     that have a coordinator are answered, and others get one when it stops"
                )
            })
        };
        let why = store.or_else(|| status.problem.clone()).or_else(holder);
        Self::Waiting { what, why }
    }
}

/// The end of a sentence that begins with the gateway's address.
impl fmt::Display for Situation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready { leader, leads } => membership(f, leader, *leads),
            Self::Settling { leader, leads } => {
                membership(f, leader, *leads)?;
                f.write_str("; groups follow when no earlier process at its address can be acting")
            }
            Self::Waiting { what, why } => {
                write!(f, "is {what}")?;
                why.as_ref().map_or(Ok(()), |why| write!(f, ": {why}"))
            }
        }
    }
}

fn membership(f: &mut fmt::Formatter<'_>, leader: &LeaderView, leads: bool) -> fmt::Result {
    let LeaderView { addr, epoch, .. } = leader;
    if leads {
        write!(f, "is a member of the fleet and leads it, epoch {epoch}")
    } else {
        write!(f, "is a member of the fleet; leader {addr}, epoch {epoch}")
    }
}

#[cfg(test)]
mod tests {
    use groupkeeper_assignment_store::GatewayRecord;
    use groupkeeper_types::{Epoch, GatewayAddr, Incarnation, RpcAddr, Stamp};

    use super::*;

    fn status() -> RegistryStatus {
        RegistryStatus {
            gateway: GatewayRecord {
                addr: GatewayAddr::new("gw:1").unwrap(),
                incarnation: Incarnation::new(1),
                rpc: RpcAddr::new("gw:2").unwrap(),
            },
            role: Role::Follower,
            leader: None,
            lock_owner: None,
            stamp: Stamp::ZERO,
            fresh: false,
            standing: None,
            gateways: Vec::new(),
            groups_known: 0,
            assignments: None,
            unreadable: 0,
            behind: 0,
            set_aside: 0,
            restored: 0,
            problem: None,
        }
    }

    fn led_by(addr: &str, standing: Option<Standing>, fresh: bool) -> RegistryStatus {
        let leader = LeaderView {
            addr: GatewayAddr::new(addr).unwrap(),
            rpc: RpcAddr::new("x:1").unwrap(),
            epoch: Epoch::new(7),
        };
        let role = if addr == "gw:1" {
            Role::Leader
        } else {
            Role::Follower
        };
        let leader = Some(leader);
        RegistryStatus {
            leader,
            standing,
            fresh,
            role,
            ..status()
        }
    }

    #[test]
    fn who_waits_for_an_earlier_process_settles_and_who_waits_for_the_store_does_not() {
        let settling = |fresh| led_by("a:1", Some(Standing::Settling), fresh);
        let settles = |status: &RegistryStatus| {
            let situation = Situation::of(status, None);
            matches!(situation, Situation::Settling { .. })
        };
        assert!(settles(&settling(true)));
        assert!(!settles(&settling(false)));
        assert!(!settles(&led_by("a:1", Some(Standing::Joining), true)));
        let said = Situation::of(&settling(true), None).to_string();
        let begin = "is a member of the fleet; leader a:1, epoch 7; groups follow when ";
        assert!(said.starts_with(begin), "{said}");
    }

    #[test]
    fn says_in_one_line_who_leads_or_what_is_missing() {
        let member = Some(Standing::Member);
        let held = |by: &str| RegistryStatus {
            lock_owner: Some(by.to_owned()),
            ..status()
        };
        let problem = RegistryStatus {
            problem: Some("it broke".to_owned()),
            ..held("go:1")
        };
        for (status, store, expected) in [
            (
                led_by("a:1", member, true),
                None,
                "is a member of the fleet; leader a:1, epoch 7",
            ),
            (
                led_by("gw:1", member, true),
                None,
                "is a member of the fleet and leads it, epoch 7",
            ),
            (
                led_by("a:1", member, false),
                None,
                "is waiting for the leader a:1 to answer",
            ),
            (
                led_by("a:1", None, false),
                None,
                "is waiting for the leader a:1 to answer",
            ),
            (
                led_by("a:1", Some(Standing::Joining), true),
                None,
                "is waiting for the leader a:1 to write it down in the store",
            ),
            (
                led_by("a:1", Some(Standing::Draining), true),
                None,
                "is drained, and given no groups until it is started again",
            ),
            (status(), None, "is waiting for a leader"),
            (
                status(),
                Some("no filer"),
                "is waiting for a leader: no filer",
            ),
            (held("gw:1"), None, "is waiting for a leader"),
            (problem, None, "is waiting for a leader: it broke"),
        ] {
            let situation = Situation::of(&status, store.map(str::to_owned));
            assert_eq!(situation.to_string(), expected, "{status:?}");
        }
        let other = Situation::of(&held("go:1\n"), None).to_string();
        assert!(other.contains("go:1\\n holds the leader's lock"), "{other}");
    }
}
