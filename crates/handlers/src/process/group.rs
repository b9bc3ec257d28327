//! A process and everything that it starts: one process group, which ends as one.

use std::io;
use std::process::ExitStatus;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};

use super::guard::{Guard, Watch};

/// A process in a group of its own. When this is dropped the whole group is killed; a process that left the group on
/// purpose (`setsid`, a daemon) is beyond reach.
#[derive(Debug)]
pub(crate) struct Group {
    leader: Child,
    /// Until everything in the group was killed.
    alive: Option<Watch>,
}

impl Group {
    /// Starts the process.
    pub(crate) fn start(command: &mut Command, guard: &Guard) -> io::Result<Self> {
        let leader = command.process_group(0).spawn()?;
        let id = leader.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        Ok(Self { leader, alive: id.map(|id| guard.watch(id)) })
    }

    /// The ends of its pipes, those that it has and that were not taken yet.
    pub(crate) fn pipes(&mut self) -> (Option<ChildStdin>, Option<ChildStdout>, Option<ChildStderr>) {
        (self.leader.stdin.take(), self.leader.stdout.take(), self.leader.stderr.take())
    }

    /// Waits until the process has ended. What it leaves behind in its group is killed.
    pub(crate) async fn ended(&mut self) -> io::Result<ExitStatus> {
        let status = self.leader.wait().await?;
        self.kill();
        Ok(status)
    }

    /// Kills everything in it.
    pub(crate) fn kill(&mut self) {
        // Only once: when its leader was waited for and nobody is left in it, the id may become another's.
        if let Some(group) = self.alive.take() {
            let _ = kill_process_group(group.id(), Signal::KILL);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}
