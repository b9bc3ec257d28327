//! The command line, as it is typed. What follows from it is up to the commands.

mod filter;
mod journal;
mod operators;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub(crate) use filter::FilterArgs;
pub(crate) use journal::{CheckJournalArgs, CopyArgs, JournalCommand};
pub(crate) use operators::{
    ActsArgs, AskArgs, DeliveryArgs, EraseArgs, HooksArgs, HostArgs, ParkArgs, PauseArgs, ReplayArgs,
    ReplaysArgs, ReplaysCommand, ResumeArgs, Via,
};

/// The commands in groups, which clap does not do by itself. A test compares it with the commands that there are.
const HELP: &str = "\
{about}

\u{1b}[1m{usage-heading}\u{1b}[0m {usage}

\u{1b}[1mBegin:\u{1b}[0m
  init         A new project: an app that runs with `bookhook dev`, and its test

\u{1b}[1mSee it work:\u{1b}[0m
  dev          A local Bkper, a host and your app's handler, which is started anew when its files change
  demo         A local Bkper, two apps and their host in one process: what happens, told as a story
  sandbox      A local Bkper: books, their REST API, and events for the apps that listen
  send         Send an event as Bkper would: signed, with headers

\u{1b}[1mServe:\u{1b}[0m
  serve        The host, for production; or for one app without a configuration file
  check        Validate configuration, manifests, handlers, keys and journal

\u{1b}[1mLook:\u{1b}[0m
  activity     What happened: list, tail, `show ID`, `payload ID`

\u{1b}[1mAct, on a host that runs:\u{1b}[0m
  hooks        The hooks of a host, and how they stand
  pause        Start no further run of a hook, or of one of its lanes; what comes is held
  resume       Start what was held, in order
  replay       Run again: one delivery, or all that fit a filter
  replays      The jobs that replay many deliveries: list, `cancel ID`
  park         Give up on a delivery that waits or is held; its lane goes on
  unpark       Have a parked delivery wait again, in its old place
  skip         Settle a delivery without a run
  erase        Erase everything of a book or a user
  acts         Who did what

\u{1b}[1mBesides:\u{1b}[0m
  journal      A journal as a whole: `copy FROM TO` moves it to PostgreSQL, `check` looks whether it is sound
  openapi      The description of the API that operators' commands talk to
  completions  Completions for a shell
  help         This, or the help of a command

\u{1b}[1mOptions:\u{1b}[0m
{options}

Data goes to standard output, everything else to standard error. Exit status: 0 done, 1 the request failed,
2 the command line or the configuration is wrong.
";

/// Hosts event handlers: verifies who calls, journals what comes, runs what handles it, and answers.
#[derive(Debug, Parser)]
#[command(name = "bookhook", version, help_template = HELP, max_term_width = 110)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// A new project: an app that runs with `bookhook dev`, and its test
    Init(InitArgs),
    /// A local Bkper, a host and your app's handler, which is started anew when its files change
    Dev(DevArgs),
    /// A local Bkper, two apps and their host in one process: what happens, told as a story
    Demo(DemoArgs),
    /// A local Bkper: books, their REST API, and events for the apps that listen
    Sandbox(SandboxArgs),
    /// Send an event as Bkper would: signed, with headers
    Send(SendArgs),
    /// The host, for production; or for one app without a configuration file
    Serve(ServeArgs),
    /// Validate configuration, manifests, handlers, keys and journal
    Check(CheckArgs),
    /// What happened: list, tail, `show ID`, `payload ID`
    Activity(ActivityArgs),
    /// The hooks of a host, and how they stand
    Hooks(HooksArgs),
    /// Start no further run of a hook, or of one of its lanes; what comes is held
    Pause(PauseArgs),
    /// Start what was held, in order
    Resume(ResumeArgs),
    /// Run again: one delivery, or all that fit a filter
    Replay(Box<ReplayArgs>),
    /// The jobs that replay many deliveries: list, `cancel ID`
    Replays(ReplaysArgs),
    /// Give up on a delivery that waits or is held; its lane goes on
    Park(ParkArgs),
    /// Have a parked delivery wait again, in its old place
    Unpark(DeliveryArgs),
    /// Settle a delivery without a run
    Skip(DeliveryArgs),
    /// Erase everything of a book or a user
    Erase(EraseArgs),
    /// Who did what
    Acts(ActsArgs),
    /// A journal as a whole: `copy FROM TO` moves it to PostgreSQL, `check` looks whether it is sound
    #[command(subcommand)]
    Journal(JournalCommand),
    /// The description of the API that operators' commands talk to
    Openapi,
    /// Completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct InitArgs {
    /// What it is written in
    pub(crate) language: Language,
    /// Its folder, which is new or empty; the app is called after it
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
}

/// What a project can be written in.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Language {
    /// Rust, with the library `bookhook`
    Rust,
    /// TypeScript, with Hono on Node
    Hono,
    /// JavaScript, with functions-framework on Node
    Functions,
    /// Python, with Flask
    Python,
}

#[derive(Debug, clap::Args)]
pub(crate) struct DevArgs {
    /// The folder of an app (with its bkper.yaml, or a bookhook.yaml), or either file [default: here]
    #[arg(value_name = "DIR|CONFIG", default_value = ".", hide_default_value = true)]
    pub(crate) place: PathBuf,
    /// What handles the app's events: a command that starts a server on the port in PORT
    #[arg(long, value_name = "COMMAND")]
    pub(crate) run: Option<String>,
    /// What handles the app's events: a server that runs already
    #[arg(long, value_name = "URL", conflicts_with = "run")]
    pub(crate) to: Option<String>,
    /// The port of the hook; 0 takes any that is free
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    pub(crate) port: u16,
    /// The port of the local Bkper; 0 takes any that is free
    #[arg(long, value_name = "PORT", default_value_t = 8090)]
    pub(crate) sandbox_port: u16,
    /// Begin with the users, apps and books of this file, YAML or JSON [default: a demo company]
    #[arg(long, value_name = "FILE")]
    pub(crate) seed: Option<PathBuf>,
    /// Keep the books in this file, and go on with what is in it [default: in memory]
    #[arg(long, value_name = "FILE")]
    pub(crate) data: Option<PathBuf>,
    /// The key that signs calls of apps, made at first use [default: sandbox-key.der in the state folder]
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// One JSON object a line: where everything is, then what goes on
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct DemoArgs {
    /// One JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
    /// Keep the journal and the books, in this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct SandboxArgs {
    /// The port on this machine; 0 takes any that is free
    #[arg(long, value_name = "PORT", default_value_t = 8090)]
    pub(crate) port: u16,
    /// Keep everything in this file, and go on with what is in it [default: in memory]
    #[arg(long, value_name = "FILE")]
    pub(crate) data: Option<PathBuf>,
    /// Begin with the users, apps and books of this file, YAML or JSON [default: a demo company]
    #[arg(long, value_name = "FILE")]
    pub(crate) seed: Option<PathBuf>,
    /// Register this app, and install it in the books that the sandbox begins with; as often as there are apps
    #[arg(long = "app", value_name = "BKPER_YAML")]
    pub(crate) apps: Vec<PathBuf>,
    /// The key that signs calls of apps, made at first use [default: sandbox-key.der in the state folder]
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// One JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ServeArgs {
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = "bookhook.yaml", conflicts_with = "app")]
    pub(crate) config: PathBuf,
    /// Serve this app, without a configuration file; the hook is named by the app's id
    #[arg(long, value_name = "BKPER_YAML", requires = "to")]
    pub(crate) app: Option<PathBuf>,
    /// What handles the app's events: a server that gets them posted
    #[arg(long, value_name = "URL", requires = "app")]
    pub(crate) to: Option<String>,
    /// The address of the public door [default: 0.0.0.0:8080, or the environment's PORT]
    #[arg(long, value_name = "ADDRESS", requires = "app")]
    pub(crate) listen: Option<String>,
    /// What callers put before a hook's path
    #[arg(long, value_name = "URL", requires = "app")]
    pub(crate) public_url: Option<String>,
    /// The journal: `sqlite:PATH`, or `postgres://USER@HOST/DATABASE` [default: sqlite:bookhook.db]
    #[arg(long, value_name = "JOURNAL", requires = "app")]
    pub(crate) journal: Option<String>,
    /// The address of the operators' door, or `off` [default: 127.0.0.1:8081]
    #[arg(long, value_name = "ADDRESS", requires = "app")]
    pub(crate) console: Option<String>,
    /// Verify nobody: only behind a platform that does
    #[arg(long, requires = "app", conflicts_with = "trust_sandbox")]
    pub(crate) no_verify: bool,
    /// For development: take calls that `bookhook send` signs, instead of those that Google signs
    #[arg(long)]
    pub(crate) trust_sandbox: bool,
    /// The sandbox's signing key [default: sandbox-key.der in the state folder]
    #[arg(long, value_name = "FILE", requires = "trust_sandbox")]
    pub(crate) key: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = "bookhook.yaml")]
    pub(crate) config: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct SendArgs {
    /// A file with an event, sent byte for byte (`-` reads standard input); or a type, whose example is sent
    #[arg(value_name = "FILE|TYPE")]
    pub(crate) what: String,
    /// The hook's URL
    #[arg(long, value_name = "URL")]
    pub(crate) to: String,
    /// The example's event id; the example then keeps its times too, so that sending it again sends the same event
    /// [default: a new id, and now]
    #[arg(long)]
    pub(crate) id: Option<String>,
    /// The example's book
    #[arg(long, value_name = "ID")]
    pub(crate) book: Option<String>,
    /// The agent that caused the example event
    #[arg(long, value_name = "ID")]
    pub(crate) agent: Option<String>,
    /// The app that is called (`bkper-agent-id`) [default: the last part of the URL's path]
    #[arg(long, value_name = "ID")]
    pub(crate) app: Option<String>,
    /// The user's token (`bkper-oauth-token`) [default: a made-up one]
    #[arg(long)]
    pub(crate) token: Option<String>,
    /// What the call's ID token is for [default: the hook's URL]
    #[arg(long, value_name = "URL")]
    pub(crate) audience: Option<String>,
    /// The signing key, made at first use [default: sandbox-key.der in the state folder]
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// How many times
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) repeat: u32,
    /// How many at once
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) parallel: u16,
    /// One JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which journal to look at. A host may be running on it.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct JournalArgs {
    /// The journal: a file, `sqlite:FILE`, or `postgres://…` [default: that of --config, of bookhook.yaml, or bookhook.db]
    #[arg(long, value_name = "JOURNAL", global = true)]
    pub(crate) journal: Option<String>,
    /// The configuration that names the journal
    #[arg(long, value_name = "FILE", global = true, conflicts_with = "journal")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ActivityArgs {
    #[command(subcommand)]
    pub(crate) one: Option<ActivityCommand>,
    #[command(flatten)]
    pub(crate) look: LookArgs,
    #[command(flatten)]
    pub(crate) list: ListArgs,
}

/// What goes with the list as well as with one delivery, before and after the subcommand.
#[derive(Debug, clap::Args)]
pub(crate) struct LookArgs {
    #[command(flatten)]
    pub(crate) journal: JournalArgs,
    /// One JSON object a line
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ActivityCommand {
    /// One delivery: all that is known of it, with its runs
    Show(OneArgs),
    /// The event of a delivery, byte for byte
    Payload(OneArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct OneArgs {
    /// The delivery's id, the end of it that the list shows, or the event's id
    pub(crate) id: String,
}

/// How the list is shown; of no use to a subcommand.
#[derive(Debug, Default, PartialEq, clap::Args)]
pub(crate) struct ListArgs {
    /// So many of the newest [default: 50; with --follow 10]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: Option<u32>,
    /// Go on with what is new and what changes
    #[arg(long, short)]
    pub(crate) follow: bool,
    /// Why this delivery stands where it stands, and what can be done about it; asked of the host that runs
    #[arg(long, value_name = "ID", conflicts_with_all = ["follow", "limit"])]
    pub(crate) explain: Option<String>,
    /// The operators' door of the host, for --explain [default: that of the configuration]
    #[arg(long, value_name = "URL", requires = "explain")]
    pub(crate) url: Option<String>,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn the_help_names_every_command_with_its_line() {
        let command = Args::command();
        for sub in command.get_subcommands() {
            let line = format!("  {:<12} {}\n", sub.get_name(), sub.get_about().unwrap_or_default());
            assert!(HELP.contains(&line), "{line}");
        }
    }
}
