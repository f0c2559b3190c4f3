use super::Gate;

/// What goes wrong with a call.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Nothing: lets one call through before the next fault.
    None,
    /// Unavailable, and nothing was done.
    Unavailable,
    /// It is done, and the answer is lost: unavailable all the same.
    LostAnswer,
    /// A commit is unavailable after its first so many changes, the record left old; a listing
    /// fails after so many entries. Other calls are unavailable and do nothing.
    StopsAfter(usize),
    /// It waits at the gate, then is done. A caller that gives up meanwhile never asked.
    HeldRequest(Gate),
    /// It is done, then the answer waits at the gate: a read tells what was true before.
    HeldAnswer(Gate),
    /// A write is unavailable, and lands when
    /// [`land_late`](super::MemoryAssignmentStore::land_late) says so. A read is unavailable.
    Late,
}
