//! What is kept of a group, and how it is written.

mod base64;
mod body;
mod codec;
mod group_record;
mod head;

pub use body::{GroupBody, MemberRecord, OffsetRecord, Phase, Profile};
pub use codec::Undecodable;
pub use group_record::GroupRecord;
pub use head::Head;
