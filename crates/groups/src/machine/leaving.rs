//! LeaveGroup, one member at a time.

use super::{Machine, Now};
use crate::calls::{GroupError, LeavingMember};

impl Machine {
    pub(super) fn leave(&mut self, now: Now, it: &LeavingMember<'_>) -> Result<(), GroupError> {
        let member_id = match it.group_instance_id {
            // An administrator, who knows the lasting name alone.
            Some(instance) if it.member_id.is_empty() => {
                let known = self.members.of_instance(instance);
                known.ok_or(GroupError::UnknownMemberId)?.to_owned()
            }
            instance => {
                if self.members.is_promised(it.member_id) {
                    if instance.is_some() {
                        return Err(GroupError::UnknownMemberId);
                    }
                    self.members.forget_promised(it.member_id);
                    self.complete_if_all_joined(now);
                    return Ok(());
                }
                self.members.check(it.member_id, instance)?;
                it.member_id.to_owned()
            }
        };
        self.remove(&member_id);
        // Stored without a generation of its own: otherwise whoever takes the group over would take
        // the member for alive, and its partitions for read.
        self.touch(now);
        self.after_removal(now);
        Ok(())
    }
}
