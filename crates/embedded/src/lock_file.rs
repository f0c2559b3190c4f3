use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;

/// Keeps every other process, and every other opening in this one, out of a directory. The system
/// lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct LockFile(#[expect(dead_code, reason = "it is held open for its lock")] File);

pub(crate) enum Refused {
    /// Somebody has it.
    Held { by: String },
    /// It could not be tried.
    Failed(io::Error),
}

impl From<io::Error> for Refused {
    fn from(e: io::Error) -> Self {
        Self::Failed(e)
    }
}

impl LockFile {
    /// Takes the lock, and leaves a note of who has it. The file itself is never removed: whoever
    /// had opened it before would lock a file that nobody else sees.
    pub(crate) fn take(path: &Path) -> Result<Self, Refused> {
        let mut options = OpenOptions::new();
        let mut file = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Refused::Held {
                    by: holder(&mut file),
                });
            }
            Err(TryLockError::Error(e)) => return Err(Refused::Failed(e)),
        }
        file.set_len(0)?;
        file.rewind()?;
        write!(file, "{}", std::process::id())?;
        Ok(Self(file))
    }
}

/// What the note says. It may be old, half written or not to be read: it is for people.
fn holder(file: &mut File) -> String {
    let mut note = String::new();
    let read = file.take(20).read_to_string(&mut note);
    match note.parse::<u32>() {
        Ok(id) if read.is_ok() && id == std::process::id() => "this very process".to_owned(),
        Ok(id) if read.is_ok() => format!("process {id}"),
        _ => "another process".to_owned(),
    }
}
