//! What operators type: which host, which delivery, what is to be done.

use std::num::NonZeroU32;
use std::path::PathBuf;

use bookhook::model::{HookName, ReplayJobId};
use clap::{ArgGroup, Subcommand, ValueEnum};

use super::FilterArgs;

/// Which host is talked to, by its operators' door. The token comes from the configuration, or from
/// `BOOKHOOK_CONSOLE_TOKEN`.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct HostArgs {
    /// The operators' door of the host [default: that of --config, of bookhook.yaml, or 127.0.0.1:8081]
    #[arg(long, value_name = "URL", global = true)]
    pub(crate) url: Option<String>,
    /// The host's configuration
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,
}

/// Which host, and how its answer is shown.
#[derive(Debug, clap::Args)]
pub(crate) struct AskArgs {
    #[command(flatten)]
    pub(crate) host: HostArgs,
    /// One JSON object a line
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct HooksArgs {
    #[command(flatten)]
    pub(crate) ask: AskArgs,
}

#[derive(Debug, clap::Args)]
pub(crate) struct PauseArgs {
    /// The hook
    pub(crate) hook: HookName,
    /// Only this lane: for a Bkper app, this book
    #[arg(long, value_name = "LANE")]
    pub(crate) lane: Option<String>,
    /// Why, for the record
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    #[command(flatten)]
    pub(crate) ask: AskArgs,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ResumeArgs {
    /// The hook
    pub(crate) hook: HookName,
    /// Only this lane
    #[arg(long, value_name = "LANE")]
    pub(crate) lane: Option<String>,
    #[command(flatten)]
    pub(crate) ask: AskArgs,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ParkArgs {
    /// The delivery's id, the end of it that a list shows, or the event's id
    pub(crate) id: String,
    /// Why, for the record
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    #[command(flatten)]
    pub(crate) ask: AskArgs,
}

#[derive(Debug, clap::Args)]
pub(crate) struct DeliveryArgs {
    /// The delivery's id, the end of it that a list shows, or the event's id
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) ask: AskArgs,
}

/// Who sends the event again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Via {
    /// Nobody: the host has it
    Host,
    /// Bkper, with a fresh token of the user; the operator's own token is in `BKPER_TOKEN`
    Bkper,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ReplayArgs {
    /// The delivery's id, the end of it that a list shows, or the event's id; instead of a filter
    pub(crate) id: Option<String>,
    /// How many a second, at most [default: 20]
    #[arg(long, value_name = "N")]
    pub(crate) per_second: Option<NonZeroU32>,
    /// Run without the user's token, where that is gone
    #[arg(long)]
    pub(crate) without_token: bool,
    /// Who sends the event again
    #[arg(long, value_name = "WHO", default_value = "host", conflicts_with = "without_token")]
    pub(crate) via: Via,
    /// The app, for `--via bkper` [default: the app of the hook in the configuration, or the hook's name]
    #[arg(long, value_name = "ID")]
    pub(crate) app: Option<String>,
    /// Do not wait until a job is done
    #[arg(long)]
    pub(crate) detach: bool,
    #[command(flatten)]
    pub(crate) ask: AskArgs,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ReplaysArgs {
    #[command(subcommand)]
    pub(crate) what: Option<ReplaysCommand>,
    #[command(flatten)]
    pub(crate) ask: AskArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ReplaysCommand {
    /// Put an end to a job: what it has not replayed yet stays as it is
    Cancel {
        /// The job's id
        id: ReplayJobId,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct ActsArgs {
    /// On this hook or its deliveries
    #[arg(long)]
    pub(crate) hook: Option<HookName>,
    /// On this delivery: its id, the end of it that a list shows, or the event's id
    #[arg(long, value_name = "ID")]
    pub(crate) delivery: Option<String>,
    /// So many of the newest
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=500))]
    pub(crate) limit: u32,
    #[command(flatten)]
    pub(crate) ask: AskArgs,
}

#[derive(Debug, clap::Args)]
#[command(group = ArgGroup::new("whose").required(true))]
pub(crate) struct EraseArgs {
    /// Everything of this book
    #[arg(long, value_name = "ID", group = "whose")]
    pub(crate) book: Option<String>,
    /// Everything that this user caused, by name as Bkper's events have it
    #[arg(long, value_name = "NAME", group = "whose")]
    pub(crate) user: Option<String>,
    /// Everything that this app caused, for whatever user
    #[arg(long, value_name = "ID", group = "whose")]
    pub(crate) agent: Option<String>,
    #[command(flatten)]
    pub(crate) ask: AskArgs,
}
