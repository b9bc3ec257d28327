//! Handlers that are commands: one process an event.
//!
//! The event's bytes are on its standard input, the facts that go with them in its environment
//! ([`facts`]), and its response is what it writes to its standard output before it ends with status 0. What it writes
//! to its standard error is logged line by line, and its last words are told when it fails.
//!
//! When the process has ended, and when its run's time is over, whatever it has started and left behind is killed with
//! it.

mod facts;
mod outcome;

use std::fmt;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use bookhook_model::{Failure, FailureKind, HookName, RunEnd};
use bytes::Bytes;
use futures_util::FutureExt;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use crate::excerpt::Secrets;
use crate::process::{CommandLine, Group, Guard, Log, Words, read_lines};
use crate::{Handler, Invocation, RESPONSE_BYTES_MAX, Running};
use outcome::Said;

/// What is left in the pipes of a process that has ended is read for so long: somebody who left its group may hold
/// them.
const REST: Duration = Duration::from_secs(1);

/// A command that is started for each event.
pub struct ExecHandler {
    command: CommandLine,
    guard: Guard,
    log: Log,
}

impl ExecHandler {
    /// The handler of this hook.
    pub fn new(hook: HookName, command: CommandLine, guard: Guard) -> Self {
        Self { command, guard, log: Log::new(hook) }
    }

    async fn run(&self, invocation: Invocation) -> RunEnd {
        let mut command = self.command.to_process();
        facts::tell(&mut command, &invocation);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut group = match Group::start(&mut command, &self.guard) {
            Ok(group) => group,
            Err(error) => return self.not_started(&error),
        };
        let mut said = Said::default();
        let ended = self.attend(&mut group, &invocation, &mut said).await;
        self.log.tell_left_out();
        let secrets = Secrets::of(&invocation.event.secrets);
        outcome::judge(&self.command, ended, said, &secrets)
    }

    /// Gives it the event and takes what it says, until it has ended. `None`: it said too much, and was killed.
    async fn attend(
        &self,
        group: &mut Group,
        invocation: &Invocation,
        said: &mut Said,
    ) -> Option<io::Result<ExitStatus>> {
        let (stdin, stdout, stderr) = group.pipes();
        let Said { response, words } = said;
        let talk = async {
            tokio::try_join!(
                feed(stdin, &invocation.event.body).map(Ok),
                take_response(stdout, response),
                self.take_words(stderr, invocation, words).map(Ok),
            )
        };
        tokio::pin!(talk);
        let status = tokio::select! {
            status = group.ended() => match timeout(REST, talk).await {
                Ok(Err(TooLarge)) => return None,
                Ok(Ok(_)) | Err(_) => status,
            },
            talked = &mut talk => match talked {
                Err(TooLarge) => return None,
                Ok(_) => group.ended().await,
            },
        };
        Some(status)
    }

    async fn take_words(
        &self,
        from: Option<impl AsyncRead + Unpin>,
        invocation: &Invocation,
        words: &mut Words,
    ) {
        let Some(from) = from else { return };
        let secrets = Secrets::of(&invocation.event.secrets);
        read_lines(from, |line| {
            if self.log.has_room() {
                self.log.write(&secrets.shown(line), Some(invocation.delivery));
            }
            words.add(line);
        })
        .await;
    }

    fn not_started(&self, error: &io::Error) -> RunEnd {
        let why = self.command.why_not(error);
        let message = format!("`{}` cannot be started: {why}", self.command.program);
        RunEnd::Failed(Failure::new(FailureKind::Unreachable, message))
    }
}

impl Handler for ExecHandler {
    fn handle(&self, invocation: Invocation) -> Running<'_> {
        Box::pin(self.run(invocation))
    }

    fn describe(&self) -> String {
        format!("exec {}", self.command)
    }
}

impl fmt::Debug for ExecHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ExecHandler").field(&self.command).finish()
    }
}

/// A process need not read its event.
async fn feed(into: Option<impl AsyncWrite + Unpin>, event: &Bytes) {
    if let Some(mut into) = into {
        let _ = into.write_all(event).await;
    }
}

/// More was written than a response may be.
struct TooLarge;

async fn take_response(from: Option<impl AsyncRead + Unpin>, response: &mut Vec<u8>) -> Result<(), TooLarge> {
    let Some(from) = from else { return Ok(()) };
    let limit = u64::try_from(RESPONSE_BYTES_MAX).unwrap_or(u64::MAX);
    // What can no longer be read has ended.
    let _ = from.take(limit + 1).read_to_end(response).await;
    if response.len() > RESPONSE_BYTES_MAX { Err(TooLarge) } else { Ok(()) }
}
