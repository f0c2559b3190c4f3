use futures_core::stream::BoxStream;

use groupkeeper_types::GroupName;

use crate::{Assignment, ReadError};

/// One entry of a listing.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Listed {
    /// An assignment.
    Assignment(Assignment),
    /// Something that stands where assignments stand and can't be read as one. It is not "no
    /// assignment": whoever decides must leave its group alone until it has been
    /// [set aside](crate::Change::SetAside).
    Unreadable {
        /// Its name in the store.
        name: String,
        /// The group whose assignment should stand there, where the name tells.
        group: Option<GroupName>,
        /// What is wrong with it.
        why: String,
    },
}

/// A listing as it arrives. It ends at the first error: what came before is true, and incomplete.
pub type Listing = BoxStream<'static, Result<Listed, ReadError>>;
