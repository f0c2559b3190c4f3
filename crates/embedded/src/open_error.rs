use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why a directory of data was not opened. Nothing that was in it is changed, but for the newest
/// commit of a database that is [`Behind`](OpenError::Behind), which can't be read.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The path names something else.
    #[error(
        "{dir:?} is not a directory, and the data needs one: give the path of a directory, which \
         is created if it is not there"
    )]
    NotADirectory {
        /// The path that was given.
        dir: PathBuf,
    },
    /// There is no such directory, and it can't be made.
    #[error(
        "the data directory {dir:?} can't be created: {cause}; create it for the user that runs \
         this program, or give another one"
    )]
    CanNotCreate {
        /// The path that was given.
        dir: PathBuf,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// Its files can't be read or written.
    #[error(
        "the data directory {dir:?} can't be used: {cause}; see that the user that runs this \
         program may read and write {file:?}, and that the disk is neither full nor read-only"
    )]
    CanNotUse {
        /// The path that was given.
        dir: PathBuf,
        /// What could not be read or written.
        file: PathBuf,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// Somebody has it open.
    #[error(
        "the data directory {dir:?} is in use by {by}: stop that, or give this program a \
         directory of its own"
    )]
    InUse {
        /// The path that was given.
        dir: PathBuf,
        /// Who, as far as it is known.
        by: String,
    },
    /// What is there can't be made sense of.
    #[error(
        "the data in {file:?} can't be read: {why}; restore its directory from a backup, or move \
         the directory away to start with no assignments at all"
    )]
    Corrupt {
        /// The database.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// It lacks what was confirmed.
    #[error(
        "the data in {file:?} have {found} of {confirmed} writes that were confirmed: the file is \
         damaged, an older copy, or gone, and coordinators that were answered may be lost; restore \
         the directory from a backup, or remove {note:?} to go on without those writes"
    )]
    Behind {
        /// The database.
        file: PathBuf,
        /// How many writes it has.
        found: u64,
        /// How many were confirmed.
        confirmed: u64,
        /// What says so.
        note: PathBuf,
    },
    /// It can't be told whether what was confirmed is there.
    #[error(
        "{note:?}, which says how much was confirmed, can't be read: whether {file:?} has all of \
         it is not known; restore the directory from a backup, or remove {note:?} to go on with \
         what is there"
    )]
    NoteDamaged {
        /// The database.
        file: PathBuf,
        /// What says how many writes were confirmed.
        note: PathBuf,
    },
    /// A newer version of this program wrote it.
    #[error(
        "the data in {file:?} is in format {found}, and this version reads format {known} only: \
         run the version that wrote it, or a newer one"
    )]
    Newer {
        /// The database.
        file: PathBuf,
        /// Its format.
        found: u64,
        /// The newest that is understood.
        known: u64,
    },
}
