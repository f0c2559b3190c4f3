use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::creation::in_place;

/// How many writes were confirmed, in a file of its own beside the database.
///
/// When the newest commit of the database can't be read, the database library goes back to the one
/// before it: after a power cut it may be half of a commit that nobody was told of. This file tells
/// that apart from damage to a commit that was confirmed.
#[derive(Debug)]
pub(crate) struct Confirmed(Mutex<Slots>);

#[derive(Debug)]
struct Slots {
    file: File,
    count: u64,
    /// Where the next count goes: not over the newest one, so that a write that is cut off spoils
    /// nothing.
    next: u64,
}

/// Each slot is in a block of its own, since a disk writes blocks.
const BLOCK: u64 = 4_096;
/// The count, and once more with all bits turned.
const LENGTH: usize = 42;

impl Confirmed {
    /// Opens the file; `None` where there is none.
    ///
    /// # Errors
    /// When it can't be used; with `InvalidData`, when neither slot can be read.
    pub(crate) fn open(path: &Path) -> io::Result<Option<Self>> {
        let bytes = match fs::read(path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read?,
        };
        let slots = [0, 1].map(|slot| (decode(&bytes, slot), slot));
        let (Some(count), newest) = slots.into_iter().max().unwrap_or_default() else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        let file = OpenOptions::new().write(true).open(path)?;
        Ok(Some(Self::new(file, count, 1 - newest)))
    }

    /// Makes the file, with this count in both slots.
    pub(crate) fn create(path: &Path, count: u64) -> io::Result<Self> {
        let file = in_place(path, |unfinished| {
            let mut file = File::create(unfinished)?;
            for slot in [0, 1] {
                write(&mut file, slot, count)?;
            }
            file.sync_all()?;
            Ok::<_, io::Error>(file)
        })?;
        Ok(Self::new(file, count, 0))
    }

    fn new(file: File, count: u64, next: u64) -> Self {
        Self(Mutex::new(Slots { file, count, next }))
    }

    pub(crate) fn count(&self) -> u64 {
        self.slots().count
    }

    /// Takes note, on the disk, that so many writes may be told of. It waits for the disk unless
    /// that has been noted already.
    pub(crate) fn raise(&self, count: u64) -> io::Result<()> {
        let mut slots = self.slots();
        if slots.count >= count {
            return Ok(());
        }
        let slot = slots.next;
        write(&mut slots.file, slot, count)?;
        slots.file.sync_data()?;
        slots.count = count;
        slots.next = 1 - slot;
        Ok(())
    }

    fn slots(&self) -> std::sync::MutexGuard<'_, Slots> {
        // The count changes after the disk has it, so a panic elsewhere leaves it true.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn encode(count: u64) -> String {
    format!("{count:020} {:020}\n", !count)
}

fn decode(bytes: &[u8], slot: u64) -> Option<u64> {
    let from = usize::try_from(slot * BLOCK).ok()?;
    let slot = bytes.get(from..from + LENGTH)?;
    let count = std::str::from_utf8(slot.get(..20)?).ok()?.parse().ok()?;
    (slot == encode(count).as_bytes()).then_some(count)
}

fn write(file: &mut File, slot: u64, count: u64) -> io::Result<()> {
    file.seek(SeekFrom::Start(slot * BLOCK))?;
    file.write_all(encode(count).as_bytes())
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn a_write_that_was_cut_off_leaves_the_count_before_it() {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("confirmed");
        assert!(Confirmed::open(&path).unwrap().is_none());
        Confirmed::create(&path, 6).unwrap();
        let mut before = fs::read(&path).unwrap();
        for count in [7, 8, 9, 12, 13] {
            let confirmed = Confirmed::open(&path).unwrap().unwrap();
            confirmed.raise(count).unwrap();
            confirmed.raise(count - 1).unwrap();
            let after = fs::read(&path).unwrap();
            let changed = (0..after.len()).filter(|i| after[*i] != before[*i]);
            let changed: Vec<_> = changed.collect();
            let older = Confirmed::count_in(&before);
            for cut in &changed {
                let mut torn = before.clone();
                torn[changed[0]..*cut].copy_from_slice(&after[changed[0]..*cut]);
                assert_eq!(Confirmed::count_in(&torn), older, "cut off at {cut}");
            }
            assert_eq!(Confirmed::count_in(&after), Some(count));
            before = after;
        }
    }

    #[test]
    fn a_count_is_right_or_can_t_be_read() {
        let slot = encode(1_234).into_bytes();
        assert_eq!(slot.len(), LENGTH);
        assert_eq!(decode(&slot, 0), Some(1_234));
        for place in 0..slot.len() {
            for bit in 0..8 {
                let mut damaged = slot.clone();
                damaged[place] ^= 1 << bit;
                assert_eq!(decode(&damaged, 0), None, "byte {place}, bit {bit}");
            }
        }
        assert_eq!(decode(&slot[..LENGTH - 1], 0), None);
        assert_eq!(decode(&slot, 1), None);
    }

    impl Confirmed {
        fn count_in(bytes: &[u8]) -> Option<u64> {
            [0, 1]
                .into_iter()
                .filter_map(|slot| decode(bytes, slot))
                .max()
        }
    }
}
