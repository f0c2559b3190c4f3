//! Filers that die, hang and come back.
