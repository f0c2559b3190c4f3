//! Locks and assignments on one machine, durable, with nothing to install.
