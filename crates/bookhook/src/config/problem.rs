//! What can be wrong with a configuration, and what is merely odd, in the words that its author reads.
//!
//! A text of the file is quoted as it was written, never with what an environment variable in it holds.

use std::io;
use std::path::PathBuf;

use bookhook_journal::BadLocation;

/// What is wrong.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// There is no configuration file.
    #[error(
        "no such file: name one with `--config FILE`, or serve one app without: `bookhook serve --app bkper.yaml --to URL`"
    )]
    NoConfiguration,
    /// The file cannot be read.
    #[error("{0}")]
    Unreadable(FileFault),
    /// Another file, which this key names, cannot be read.
    #[error("{}: {fault}", path.display())]
    OtherFile {
        /// That file.
        path: PathBuf,
        /// Why.
        fault: FileFault,
    },
    /// The file is no YAML.
    #[error("not valid YAML: {what}{hint}")]
    Syntax {
        /// What the parser says.
        what: String,
        /// What is often meant.
        hint: &'static str,
    },
    /// A second document, after `---`.
    #[error("a second document begins here; put everything into one")]
    SecondDocument,
    /// A tag such as `!include`.
    #[error("tags such as `!name` are not supported; leave the tag out")]
    Tag,
    /// A merge key.
    #[error("merging with `<<` is not supported; write the keys out, or repeat single values with `*alias`")]
    Merge,
    /// `*name` without a `&name` before it.
    #[error(
        "no anchor `&{0}` stands before this alias; a text that begins with `*` must be quoted: \"*{0}\""
    )]
    UnknownAlias(String),
    /// An alias within the value that it stands for.
    #[error("this alias stands inside the value that it repeats")]
    AliasToItself,
    /// A key that is a list or a mapping.
    #[error("a key must be text")]
    KeyNotText,
    /// A key twice in one mapping.
    #[error("given twice; the first one is on line {first_line}")]
    Repeated {
        /// The line of the first one.
        first_line: usize,
    },
    /// A key that does not exist.
    #[error("no such key; {}", meant(*.nearest, .known))]
    UnknownKey {
        /// The key that was probably meant.
        nearest: Option<&'static str>,
        /// All keys that exist here.
        known: Vec<&'static str>,
    },
    /// A key that must be there.
    #[error("missing; {hint}")]
    Missing {
        /// What to write.
        hint: &'static str,
    },
    /// A key without a value.
    #[error("has no value; give it one, or take the key out")]
    NoValue,
    /// A list or text where keys are expected.
    #[error("must be a mapping of keys to values")]
    NotAMapping,
    /// A mapping or list where text is expected.
    #[error("must be a single value")]
    NotAValue,
    /// A mapping where a list is expected.
    #[error("must be a list")]
    NotAList,
    /// None or several where exactly one is to be chosen.
    #[error("choose exactly one of {}, not {found}", list(.known))]
    NotOne {
        /// How many there are.
        found: usize,
        /// The ones to choose from.
        known: &'static [&'static str],
    },
    /// A kind of source or handler that does not exist.
    #[error("no such {what}; {}", meant(*.nearest, .known))]
    UnknownKind {
        /// Source or handler.
        what: &'static str,
        /// The one that was probably meant.
        nearest: Option<&'static str>,
        /// All that exist.
        known: Vec<&'static str>,
    },
    /// A kind of source or handler that this version does not have.
    #[error("this {what} is not in this version yet; there is {}", list(.known))]
    KindNotYet {
        /// Source or handler.
        what: &'static str,
        /// The ones that are.
        known: &'static [&'static str],
    },
    /// A key that this version does not have.
    #[error("not in this version yet; take the key out")]
    KeyNotYet,
    /// `${NAME}` of a variable that is not set.
    #[error("the environment variable {0} is not set")]
    NotSet(String),
    /// `${` that is no reference.
    #[error("`${{` begins no reference; write `${{NAME}}`, or `$${{` for the characters themselves")]
    BadReference,
    /// A secret that is empty.
    #[error("the secret is empty")]
    EmptySecret,
    /// A value that does not fit its key.
    #[error("`{written}` {misfit}")]
    Misfit {
        /// The value, as it is written in the file.
        written: String,
        /// Why it does not fit.
        misfit: Misfit,
    },
    /// No URL by which Bkper's calls could be recognised.
    #[error(
        "missing, so Bkper's calls cannot be recognised: set `public_url` or `audience` here, or `webhookUrl` in the manifest"
    )]
    NoAudience,
    /// The same for an app that is served without a configuration file.
    #[error(
        "missing, so Bkper's calls cannot be recognised: give `--public-url URL`, or `webhookUrl` in the manifest, or at your desk `--trust-sandbox`"
    )]
    NoAudienceOfApp,
    /// Two hooks at one path.
    #[error("`{path}` is the path of hook `{hook}` already; give one of them another `path` in its source")]
    TakenPath {
        /// The path.
        path: String,
        /// The other hook.
        hook: bookhook_model::HookName,
    },
    /// The operators' door would be open to others.
    #[error(
        "missing; the console listens beyond this machine ({listen}) and needs a token, e.g. `{example}`",
        example = "token: ${BOOKHOOK_CONSOLE_TOKEN}"
    )]
    NoConsoleToken {
        /// Where it listens.
        listen: std::net::SocketAddr,
    },
    /// The same where there is no configuration file.
    #[error("not set; the console listens beyond this machine ({listen}) and needs a token")]
    NoConsoleTokenOfApp {
        /// Where it listens.
        listen: std::net::SocketAddr,
    },
    /// The file that is to hold the journal's address holds none.
    #[error("the file holds no journal: {0}")]
    SecretJournal(BadLocation),
    /// The key from the environment is no key. Its value is not shown.
    #[error("must be 32 bytes in base64, as `openssl rand -base64 32` makes them{}", found.map_or(String::new(), |n| format!("; these are {n} bytes")))]
    BadKey {
        /// How many bytes it has, if it is base64.
        found: Option<usize>,
    },
}

/// Why a value does not fit its key: what follows after quoting it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// It is of another form.
    #[error("is not {0}")]
    Not(&'static str),
    /// There is nothing in it.
    #[error("is empty")]
    Empty,
    /// It is none of the words that are known here.
    #[error("is not one of {}", list(.0))]
    NotAmong(&'static [&'static str]),
    /// It is no place for a journal.
    #[error("cannot be a journal: {0}")]
    Journal(BadLocation),
    /// A number out of its range.
    #[error("must be from {0} to {1}")]
    OutOfRange(u64, u64),
    /// A duration out of its range.
    #[error("must be from 1ms to 365d")]
    DurationOutOfRange,
    /// A lease out of its range.
    #[error("must be from 1s to 10m")]
    LeaseOutOfRange,
    /// A size out of its range.
    #[error("must be from 1B to 256MiB")]
    SizeOutOfRange,
    /// A time to keep deliveries for, out of its range.
    #[error("must be from 1m to 3650d, or `off`")]
    KeepOutOfRange,
    /// A size to keep deliveries within, out of its range.
    #[error("must be from 1MiB to 1024GiB, or `off`")]
    KeepMaxOutOfRange,
    /// The first wait is longer than the longest.
    #[error("is longer than `max`, which is {0}")]
    LongerThanMax(String),
    /// A URL with a password in it.
    #[error("must not hold a user or a password")]
    Credentials,
    /// A JWK set from elsewhere without TLS.
    #[error("must begin with https:// (http:// only on this machine), or be `file:PATH`")]
    Insecure,
    /// A command in one text with something in it that only a shell reads.
    #[error(
        "holds `{}`, and no shell reads it: write the words as a list, `[program, argument]`, or call a shell, `[sh, -c, \"…\"]`", .0.escape_default()
    )]
    NeedsShell(char),
    /// A variable that is the host's to set.
    #[error("is the host's to set, like everything that begins with `BOOKHOOK_`; choose another name")]
    HostsVariable,
    /// The host answers this path itself.
    #[error("is answered by the host itself; choose another path")]
    ReservedPath,
}

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FileFault {
    /// It is not there.
    #[error("no such file")]
    Missing,
    /// It is a directory without a manifest in it.
    #[error("is a directory without a bkper.yaml or bkper.json in it")]
    NoManifest,
    /// It is a directory.
    #[error("is a directory")]
    Directory,
    /// It may not be read.
    #[error("may not be read by this user")]
    Forbidden,
    /// It is not text.
    #[error("is not UTF-8 text")]
    NotText,
    /// The system says something else.
    #[error("{0}")]
    Other(io::Error),
}

impl From<io::Error> for FileFault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            io::ErrorKind::IsADirectory => Self::Directory,
            io::ErrorKind::PermissionDenied => Self::Forbidden,
            io::ErrorKind::InvalidData => Self::NotText,
            _ => Self::Other(error),
        }
    }
}

/// What the operator should know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Caution {
    /// There is nothing to serve.
    #[error("there are no hooks: every event will be answered with 404")]
    NoHooks,
    /// Callers are not verified.
    #[error(
        "callers are not verified: whoever reaches this path can send events, unless the platform in front checks them"
    )]
    NotVerified,
    /// Cloud Run with a journal on its disk.
    #[error(
        "the disk does not last: Cloud Run throws the journal away with the instance, and every unsettled event with it; give the host a database: `journal: postgres://user@host/database`"
    )]
    DiskDoesNotLast,
    /// The journal is kept in memory.
    #[error("the journal is in memory: nothing in it outlives the host")]
    InMemory,
    /// Bkper calls only URLs that the hook does not take calls for.
    #[error(
        "the manifest has Bkper call {called}, but only calls for {taken} are taken: all others are refused"
    )]
    OtherAudience {
        /// The manifest's webhook URLs.
        called: String,
        /// The hook's audiences.
        taken: String,
    },
    /// Bkper calls a path that is not the hook's.
    #[error(
        "the manifest has Bkper call {called}, but the hook is served at `{served}`: unless a proxy changes the path, calls find nothing there"
    )]
    OtherPath {
        /// The manifest's webhook URLs.
        called: String,
        /// Where the public door serves the hook.
        served: String,
    },
    /// The app wants no events.
    #[error("the app declares no events: whatever is sent to it will be listed as unmatched")]
    NoEvents,
    /// A type of event that is not known.
    #[error("`{name}` is no event type that is known here{}", nearest.map_or(String::new(), |n| format!("; did you mean `{n}`?")))]
    UnknownEventType {
        /// As it is written.
        name: String,
        /// The one that was probably meant.
        nearest: Option<&'static str>,
    },
    /// Another version of the API.
    #[error("events are read as those of API v5, not `{0}`")]
    ApiVersion(String),
}

/// The name that was meant, or all that there are.
fn meant(nearest: Option<&str>, known: &[&str]) -> String {
    match nearest {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("known here: {}", list(known)),
    }
}

fn list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
