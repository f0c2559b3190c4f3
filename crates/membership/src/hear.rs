use groupkeeper_types::Moment;

use crate::member::Standing;
use crate::{Gateway, Member, Members, MembershipError, Outcome};

/// What a gateway says itself.
impl Members {
    /// A process announces its start. It replaces the process that was alive at its address, unless
    /// that one has replaced it before: so a registration that comes twice, or late, does no harm.
    ///
    /// A process that has replaced another is not placeable until the other's lease is over. Where
    /// only the address was known, there is nobody to wait for: a process is known before its first
    /// lease.
    ///
    /// # Errors
    /// When its node ID is another member's, it has been replaced, or there is no room.
    pub fn register(&mut self, gateway: Gateway, now: Moment) -> Result<Outcome, MembershipError> {
        self.hear(gateway, now, Saying::Starting)
    }

    /// A process is alive. One that is unknown, inherited or has lapsed joins by it.
    ///
    /// # Errors
    /// When its node ID is another member's, another process is alive at its address, or there is
    /// no room.
    pub fn heartbeat(&mut self, gateway: Gateway, now: Moment) -> Result<Outcome, MembershipError> {
        self.hear(gateway, now, Saying::Alive)
    }

    fn hear(
        &mut self,
        gateway: Gateway,
        now: Moment,
        saying: Saying,
    ) -> Result<Outcome, MembershipError> {
        let (addr, node_id) = (gateway.addr.clone(), gateway.node_id);
        if let Some(other) = self.table.rival(&addr, node_id) {
            return Err(MembershipError::NodeIdTaken {
                addr,
                other: other.clone(),
                node_id,
            });
        }
        self.check_room(&addr)?;
        let standing = Standing::Joined(gateway.into());
        let mut member = Member::new(addr, node_id, standing, now + self.lease);
        let outcome = match self.table.get(&member.addr) {
            Some(old) if old.is_alive(now) => follow(&mut member, old, saying)?,
            // It is gone even if nobody has noticed: what comes now is a new member.
            _ => Outcome::Joined {
                lapsed: self.table.remove(&member.addr),
            },
        };
        self.put(member);
        Ok(outcome)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Saying {
    Starting,
    Alive,
}

/// Makes `member` the successor of what is alive at its address.
fn follow(member: &mut Member, old: &Member, saying: Saying) -> Result<Outcome, MembershipError> {
    match (member.incarnation(), old.incarnation()) {
        (Some(incarnation), Some(by)) if incarnation != by => {
            if saying == Saying::Alive || old.predecessor == Some(incarnation) {
                let addr = old.addr.clone();
                return Err(MembershipError::Superseded {
                    addr,
                    incarnation,
                    by,
                });
            }
            member.predecessor = Some(by);
            member.unsettle(old.deadline);
            Ok(Outcome::Replaced { old: old.clone() })
        }
        _ => {
            member.predecessor = old.predecessor;
            member.draining = old.draining;
            member.settles_at = old.settles_at;
            member.extend(old.deadline);
            Ok(if old.joined() {
                Outcome::Renewed
            } else {
                Outcome::Joined { lapsed: None }
            })
        }
    }
}
