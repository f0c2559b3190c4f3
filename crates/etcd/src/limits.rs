use std::sync::atomic::{AtomicUsize, Ordering};

/// How much one transaction may have. etcd says its limits to nobody: what it refuses is learned, and begins at
/// what it takes by default.
#[derive(Debug)]
pub(crate) struct Limits {
    operations: AtomicUsize,
    bytes: AtomicUsize,
    /// The most that was taken.
    taken_operations: AtomicUsize,
    taken_bytes: AtomicUsize,
}

/// A transaction, as far as its limits go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) operations: usize,
    pub(crate) bytes: usize,
}

impl Default for Limits {
    /// etcd takes 128 operations and 1.5 MiB, and puts something around each request itself.
    fn default() -> Self {
        Self {
            operations: AtomicUsize::new(128),
            bytes: AtomicUsize::new(1_400_000),
            taken_operations: AtomicUsize::new(0),
            taken_bytes: AtomicUsize::new(0),
        }
    }
}

impl Limits {
    pub(crate) fn get(&self) -> Size {
        Size {
            operations: self.operations.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
        }
    }

    /// One of this size was taken.
    pub(crate) fn taken(&self, size: Size) {
        self.taken_operations
            .fetch_max(size.operations, Ordering::Relaxed);
        self.taken_bytes.fetch_max(size.bytes, Ordering::Relaxed);
    }

    /// Whether one as large as this was taken before.
    pub(crate) fn has_taken(&self, size: Size) -> bool {
        size.operations <= self.taken_operations.load(Ordering::Relaxed)
            && size.bytes <= self.taken_bytes.load(Ordering::Relaxed)
    }

    /// Begins anew: what was refused was one change, and says nothing of the others.
    pub(crate) fn forget(&self) {
        let fresh = Self::default().get();
        self.operations.store(fresh.operations, Ordering::Relaxed);
        self.bytes.store(fresh.bytes, Ordering::Relaxed);
    }

    /// One of this size had too many operations: half of them are tried next.
    pub(crate) fn too_many(&self, size: Size) {
        let half = (size.operations / 2).max(1);
        self.operations.fetch_min(half, Ordering::Relaxed);
        self.taken_operations.store(0, Ordering::Relaxed);
    }

    /// One of this size was too large: half of it is tried next.
    pub(crate) fn too_large(&self, size: Size) {
        self.bytes.fetch_min(size.bytes / 2, Ordering::Relaxed);
        self.taken_bytes.store(0, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_is_learned() {
        let limits = Limits::default();
        let size = |operations, bytes| Size { operations, bytes };
        assert!(!limits.has_taken(size(1, 1)));
        limits.taken(size(100, 5_000));
        assert!(limits.has_taken(size(100, 5_000)) && !limits.has_taken(size(101, 1)));
        limits.too_many(size(128, 9_000));
        assert_eq!(limits.get(), size(64, 1_400_000));
        assert!(!limits.has_taken(size(1, 1)));
        limits.too_large(size(64, 8_000));
        assert_eq!(limits.get(), size(64, 4_000));
        limits.too_many(size(1, 0));
        assert_eq!(limits.get().operations, 1, "one operation is always tried");
    }
}
