//! How a command ends: its exit status, and what it complains about.

use std::io;
use std::process::ExitCode;

use bookhook::config::ConfigErrors;

/// The program's exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExitStatus {
    /// Done.
    Done,
    /// The request failed.
    Failed,
    /// The command line or the configuration is wrong.
    Misused,
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(match status {
            ExitStatus::Done => 0,
            ExitStatus::Failed => 1,
            ExitStatus::Misused => 2,
        })
    }
}

/// Why a command could not do what was asked, for the person who asked.
#[derive(Debug)]
pub(crate) struct Complaint {
    pub(crate) status: ExitStatus,
    /// One sentence each; none when there is nobody left to tell.
    pub(crate) errors: Vec<String>,
    /// What to do.
    pub(crate) hint: Option<String>,
}

/// What a command ends with.
pub(crate) type Outcome = Result<ExitStatus, Complaint>;

impl Complaint {
    /// The request failed.
    pub(crate) fn failed(error: impl Into<anyhow::Error>) -> Self {
        Self::one(ExitStatus::Failed, &error.into())
    }

    /// The command line or the configuration is wrong.
    pub(crate) fn misused(error: impl Into<anyhow::Error>) -> Self {
        Self::one(ExitStatus::Misused, &error.into())
    }

    /// The same, with what to do about it.
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    fn one(status: ExitStatus, error: &anyhow::Error) -> Self {
        Self { status, errors: vec![format!("{error:#}")], hint: None }
    }
}

/// An error with its causes, on one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Each mistake on a line of its own.
impl From<ConfigErrors> for Complaint {
    fn from(errors: ConfigErrors) -> Self {
        let errors = errors.iter().map(ToString::to_string).collect();
        let hint = Some("every key is described in docs/configuration.md".to_owned());
        Self { status: ExitStatus::Misused, errors, hint }
    }
}

/// Printing failed. Nobody reads any more when that is a broken pipe, which is as good as done.
impl From<io::Error> for Complaint {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self { status: ExitStatus::Done, errors: Vec::new(), hint: None };
        }
        Self::failed(anyhow::Error::new(error).context("cannot print"))
    }
}
