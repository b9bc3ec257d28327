//! What is typed about a journal as a whole.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum JournalCommand {
    /// Copy a journal from SQLite to PostgreSQL, while no host is running on either
    Copy(CopyArgs),
    /// Look whether a journal is sound; a host may be running on it
    Check(CheckJournalArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct CopyArgs {
    /// The journal: a file, or `sqlite:FILE`; it stays as it is
    pub(crate) from: String,
    /// An empty database: `postgres://USER@HOST/DATABASE`, the password in PGPASSWORD
    pub(crate) to: String,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CheckJournalArgs {
    /// A file, `sqlite:FILE`, or `postgres://USER@HOST/DATABASE` [default: that of --config, of bookhook.yaml, or
    /// bookhook.db]
    pub(crate) place: Option<String>,
    /// The configuration that names the journal
    #[arg(long, value_name = "FILE", conflicts_with = "place")]
    pub(crate) config: Option<PathBuf>,
    /// One JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
}
