//! How many connections the system lets the host have.

use rustix::process::{Resource, getrlimit, setrlimit};

use bookhook_receiver::ServerLimits;

/// The server's limits within those of the system, whose soft limit on open files is raised to the hard one first.
///
/// Callers get half of the files at most: the other half is for the calls to handlers, the journal and the rest. A run
/// that could not open a connection would tell the book of an error that is not the handler's.
pub(crate) fn server_limits() -> ServerLimits {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // Where it cannot be raised, the soft limit is what there is.
    let _ = setrlimit(Resource::Nofile, limit);
    let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let default = ServerLimits::default();
    let half = usize::try_from(files / 2).unwrap_or(usize::MAX).max(1);
    ServerLimits { connections_max: default.connections_max.min(half), ..default }
}
