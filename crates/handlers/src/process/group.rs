//! A process and everything that it starts: one process group, which ends as one.

use std::io;
use std::process::ExitStatus;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::time::{sleep, timeout};

use super::guard::{Guard, Watch};

/// How often is looked whether everything has ended.
const PACE: Duration = Duration::from_millis(20);

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

    /// The process's id, until it has ended.
    pub(crate) fn id(&self) -> Option<u32> {
        self.leader.id()
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

    /// Asks everything in it to end, and kills after `grace` what did not.
    pub(crate) async fn end(mut self, grace: Duration) {
        let Some(id) = self.alive.as_ref().map(Watch::id) else { return };
        let _ = kill_process_group(id, Signal::TERM);
        let gone = async {
            // The group keeps its id while anybody is in it.
            let _ = self.leader.wait().await;
            while test_kill_process_group(id).is_ok() {
                sleep(PACE).await;
            }
        };
        if timeout(grace, gone).await.is_ok() {
            self.alive = None;
            return;
        }
        self.kill();
        let _ = self.leader.wait().await;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}
