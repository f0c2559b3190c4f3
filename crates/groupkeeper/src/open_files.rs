/// Lets this process have as many files open as the system allows it to: each connection is one,
/// and what a shell hands out by default, 1,024 often, is less than a gateway takes.
///
/// What can't be raised stays as it is; the listeners say so when it runs out.
#[cfg(unix)]
pub(crate) fn raise_limit() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    if limit.current == limit.maximum {
        return;
    }
    let raised = rustix::process::Rlimit {
        current: limit.maximum,
        ..limit
    };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::debug!(%error, ?limit, "the limit of open files stays as it is");
    }
}

/// Where there is no such limit.
#[cfg(not(unix))]
pub(crate) const fn raise_limit() {}
