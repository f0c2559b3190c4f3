//! A panic in any task is a failure, also where whoever owns the task does not mind.

use std::panic;
use std::sync::OnceLock;

static FIRST: OnceLock<String> = OnceLock::new();

/// Remembers the first panic of this process from now on; each is told as usual.
pub(crate) fn remember() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        FIRST.get_or_init(|| info.to_string());
        usual(info);
    }));
}

/// The first panic there was.
pub(crate) fn first() -> Option<String> {
    FIRST.get().cloned()
}
