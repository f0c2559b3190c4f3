//! Locks and assignments on a real SeaweedFS.
