use groupkeeper_types::{GatewayAddr, Moment, NodeId};

use crate::member::Standing;
use crate::{Gateway, Member, Members, MembersFull};

/// What others have known before.
impl Members {
    /// A gateway stands in the store: it is alive until that moment at least, and has not joined
    /// before it shows itself. What is known of one that has joined stays; but where the store names
    /// another process, that one may be acting until then too.
    ///
    /// It is taken in also where its node ID is another's, since it may be acting nevertheless. Of
    /// two with one ID, the first that shows itself joins.
    ///
    /// # Errors
    /// When there is no room.
    pub fn inherit(&mut self, gateway: Gateway, until: Moment) -> Result<(), MembersFull> {
        self.check_room(&gateway.addr)?;
        let (addr, node_id) = (gateway.addr.clone(), gateway.node_id);
        let inherited = Member::new(addr, node_id, Standing::Inherited(gateway.into()), until);
        let member = match self.table.get(&inherited.addr) {
            None => inherited,
            Some(old) => also(old, inherited),
        };
        self.put(member);
        Ok(())
    }

    /// A gateway of which only the address is known, since an assignment names it: alive until that
    /// moment at least, unless it has joined. It holds no node ID: the first heartbeat or
    /// registration from the address tells who it is.
    ///
    /// # Errors
    /// When there is no room.
    pub fn inherit_named(
        &mut self,
        addr: GatewayAddr,
        node_id: NodeId,
        until: Moment,
    ) -> Result<(), MembersFull> {
        let mut member = self.at_address(addr, node_id, until)?;
        if !member.joined() {
            member.extend(until);
            self.put(member);
        }
        Ok(())
    }

    /// Something stands in the store for this address, and does not tell which process it is of: that
    /// one is alive until that moment at least, and whoever joins meanwhile is not settled before.
    ///
    /// # Errors
    /// When there is no room.
    pub fn inherit_address(
        &mut self,
        addr: GatewayAddr,
        node_id: NodeId,
        until: Moment,
    ) -> Result<(), MembersFull> {
        let mut member = self.at_address(addr, node_id, until)?;
        member.unsettle(until);
        self.put(member);
        Ok(())
    }

    /// Who is known at an address, or the address alone.
    fn at_address(
        &self,
        addr: GatewayAddr,
        node_id: NodeId,
        until: Moment,
    ) -> Result<Member, MembersFull> {
        self.check_room(&addr)?;
        let known = self.table.get(&addr).cloned();
        Ok(known.unwrap_or_else(|| Member::new(addr, node_id, Standing::Named, until)))
    }
}

/// A member that the store knows too.
fn also(old: &Member, inherited: Member) -> Member {
    let mut member = old.clone();
    member.extend(inherited.deadline);
    if old.incarnation() != inherited.incarnation() {
        if old.joined() {
            member.unsettle(inherited.deadline);
            return member;
        }
        // The store's word is newer than what was inherited before; either may be acting.
        if old.incarnation().is_some() {
            member.unsettle(old.deadline);
        }
        (member.node_id, member.standing) = (inherited.node_id, inherited.standing);
    }
    member
}
