//! Which deliveries to list: one option a field of the API's filter.

use bookhook::model::{Filter, HookName, Outcome, State};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use jiff::Timestamp;

use crate::time::Here;

/// Which deliveries to list; all of them when nothing is said.
#[derive(Debug, Clone, Default, PartialEq, clap::Args)]
#[command(next_help_heading = "Filter")]
pub(crate) struct FilterArgs {
    /// Of this hook
    #[arg(long)]
    hook: Option<HookName>,
    /// Of this book
    #[arg(long, value_name = "ID")]
    book: Option<String>,
    /// Of this event
    #[arg(long, value_name = "ID")]
    event: Option<String>,
    /// Of this type, e.g. `TRANSACTION_CHECKED`
    #[arg(long = "type", value_name = "TYPE")]
    event_type: Option<String>,
    /// Caused by this agent
    #[arg(long, value_name = "ID")]
    agent: Option<String>,
    /// In this state
    #[arg(long, value_parser = state())]
    state: Option<State>,
    /// With this outcome
    #[arg(long, value_parser = outcome())]
    outcome: Option<Outcome>,
    /// Those that went wrong: outcome `error`, or parked
    #[arg(long)]
    error: bool,
    /// Received at or after: 2026-11-21T22:00:00Z, 2026-11-21, or how long ago, as in `2h`
    #[arg(long, value_name = "TIME", value_parser = time)]
    after: Option<Timestamp>,
    /// Received before
    #[arg(long, value_name = "TIME", value_parser = time)]
    before: Option<Timestamp>,
}

impl From<FilterArgs> for Filter {
    fn from(args: FilterArgs) -> Self {
        Self {
            hook: args.hook,
            book_id: args.book,
            event_id: args.event,
            event_type: args.event_type,
            agent_id: args.agent,
            state: args.state,
            outcome: args.outcome,
            error: args.error,
            after: args.after,
            before: args.before,
        }
    }
}

fn state() -> impl TypedValueParser<Value = State> {
    named(State::ALL, State::as_str)
}

fn outcome() -> impl TypedValueParser<Value = Outcome> {
    named(Outcome::ALL, Outcome::as_str)
}

/// One of these, by its name.
fn named<T: Copy + Send + Sync + 'static, const N: usize>(
    all: [T; N],
    name: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(all.map(name)).try_map(move |given| {
        all.into_iter().find(|value| name(*value) == given).ok_or("it is none of the names")
    })
}

fn time(text: &str) -> Result<Timestamp, &'static str> {
    const EXPECTED: &str = "write 2026-11-21T22:00:00Z, 2026-11-21, or how long ago: 30s, 15m, 2h, 7d";
    Here::of_machine().read(text).map_err(|_| EXPECTED)
}
