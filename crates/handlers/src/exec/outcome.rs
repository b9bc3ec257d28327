//! What the end of a process means for its run.

use std::io;
use std::process::ExitStatus;

use bookhook_model::{Failure, FailureKind, Response, RunEnd};
use bytes::Bytes;

use crate::excerpt::Secrets;
use crate::no_response;
use crate::process::{CommandLine, Words};

/// The exit status that asks to come back later: `EX_TEMPFAIL` of `sysexits.h`.
const COME_BACK: i32 = 75;

/// What a process said.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// On its standard output.
    pub(super) response: Vec<u8>,
    /// On its standard error.
    pub(super) words: Words,
}

/// Judges. `ended` is `None` for a process that said too much and was killed.
pub(super) fn judge(
    command: &CommandLine,
    ended: Option<io::Result<ExitStatus>>,
    said: Said,
    secrets: &Secrets<'_>,
) -> RunEnd {
    let program = format!("`{}`", command.program);
    let (kind, message) = match ended {
        Some(Ok(status)) => match status.code() {
            Some(0) => return answered(&program, said, secrets),
            Some(COME_BACK) => return RunEnd::Busy { retry_after: None },
            Some(code) => {
                let words = said.words.told(secrets);
                // The system keeps eight bits of it.
                let kind = FailureKind::Exited(u8::try_from(code).unwrap_or(u8::MAX));
                (kind, format!("{program} ended with status {code}{words}"))
            }
            // It was not the host: that would not be here to judge.
            None => {
                let words = said.words.told(secrets);
                (FailureKind::Disconnected, format!("{program} was killed ({status}){words}"))
            }
        },
        Some(Err(error)) => (FailureKind::Disconnected, format!("{program} was lost sight of: {error}")),
        None => (FailureKind::BadResponse, format!("{program} wrote more than 1MiB, and was ended")),
    };
    RunEnd::Failed(Failure::new(kind, message))
}

fn answered(program: &str, said: Said, secrets: &Secrets<'_>) -> RunEnd {
    let json = Bytes::from(said.response);
    if json.trim_ascii().is_empty() {
        return RunEnd::Answered { status: Some(0), response: Response::suppressed() };
    }
    match Response::parse(json.clone()) {
        Ok(response) => RunEnd::Answered { status: Some(0), response },
        Err(reason) => {
            let wrote = no_response::describe(&json, &reason, secrets);
            RunEnd::Failed(Failure::new(FailureKind::BadResponse, format!("{program} wrote {wrote}")))
        }
    }
}
