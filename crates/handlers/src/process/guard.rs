//! What kills the handlers' processes when the host is killed itself, and can do nothing any more.
//!
//! A small shell is told which process groups have begun and ended, through a pipe that only the host holds. When the
//! host is gone, however it went, the pipe ends, and the shell kills the groups that are left: at once and with
//! SIGKILL, for the next host may soon run the same events again. Linux could tell a child of its parent's death by
//! itself (`PR_SET_PDEATHSIG`), but only the child, not what that has started, only when the child asks for it between
//! fork and exec, which takes unsafe code here, and it takes the end of the thread that started it for the parent's
//! death.

use std::fs::File;
use std::io::{self, Write};
use std::process::Stdio;
use std::sync::Arc;

use rustix::process::Pid;
use tokio::process::Command;
use tracing::warn;

const SCRIPT: &str = r#"
trap "" HUP INT QUIT TERM
groups=" "
while read -r what id; do
    case $what in
        begun) groups="$groups$id " ;;
        ended) groups="${groups%% $id *} ${groups#* $id }" ;;
    esac
done
for id in $groups; do kill -s KILL -- "-$id"; done
"#;

/// Kills process groups when the host is gone. Clones are the same guard.
#[derive(Debug, Clone)]
pub struct Guard {
    /// `None` where there is no shell.
    to_shell: Option<Arc<File>>,
}

/// A group that is watched until this is dropped.
#[derive(Debug)]
pub(super) struct Watch {
    guard: Guard,
    id: Pid,
}

impl Guard {
    /// Must be called within a tokio runtime. Where there is no shell there is no guard, and a warning in the log.
    pub fn start() -> Self {
        let no_shell = |error: io::Error| {
            warn!(%error, "no `/bin/sh` to end the handlers' processes should this host be killed: they would go on");
        };
        Self { to_shell: start_shell().map(Arc::new).map_err(no_shell).ok() }
    }

    pub(super) fn watch(&self, id: Pid) -> Watch {
        self.say("begun", id);
        Watch { guard: self.clone(), id }
    }

    /// Some bytes into a pipe with much room, whole and at once: the host may be gone in the next moment.
    fn say(&self, what: &str, id: Pid) {
        if let Some(mut shell) = self.to_shell.as_deref() {
            // Whoever has killed the shell has taken the guard away.
            let _ = shell.write_all(format!("{what} {}\n", id.as_raw_nonzero()).as_bytes());
        }
    }
}

/// Starts it in a group of its own, so that no signal to the host's reaches it, and gives the pipe to it.
fn start_shell() -> io::Result<File> {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", SCRIPT, "bookhook-guard"]).env_clear().current_dir("/").process_group(0);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let stdin = command.spawn()?.stdin.ok_or_else(|| io::Error::other("it has no input"))?;
    Ok(File::from(stdin.into_owned_fd()?))
}

impl Watch {
    pub(super) fn id(&self) -> Pid {
        self.id
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.guard.say("ended", self.id);
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::CommandExt;
    use std::process::{Child, Command};

    use rustix::process::test_kill_process;

    use super::*;

    fn sleeper() -> (Child, Pid) {
        let child = Command::new("sleep").arg("600").process_group(0).spawn().unwrap();
        let id = Pid::from_child(&child);
        (child, id)
    }

    #[tokio::test]
    async fn what_is_left_when_the_host_goes_is_killed_and_nothing_else() {
        let [(mut first, first_id), (mut ended, ended_id), (mut last, last_id)] = [(); 3].map(|()| sleeper());
        let guard = Guard::start();
        guard.say("begun", first_id);
        drop(guard.watch(ended_id));
        guard.say("begun", last_id);
        // The system does the same for a host that is killed.
        drop(guard);

        for child in [&mut first, &mut last] {
            assert!(child.wait().unwrap().code().is_none());
        }
        assert!(test_kill_process(ended_id).is_ok());
        ended.kill().unwrap();
        ended.wait().unwrap();
    }
}
