//! The log of a host, on standard error: lines for people, or for Cloud Run JSON with `severity`.
//!
//! `BOOKHOOK_LOG` says what is logged, in the syntax of `RUST_LOG`.

use std::fmt;
use std::io::IsTerminal;

use anstyle::Style;
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::inert;
use crate::style::{BAD, DIM, WARNING};

const FILTER: &str = "BOOKHOOK_LOG";
/// What a handler says, whether its server is ready, and what is wrong.
const FOR_DEVELOPMENT: &str = "warn,handler=info,bookhook_handlers=info";
/// What handlers say is logged with this target.
const HANDLER: &str = "handler";
/// Cloud Run sets it.
const CLOUD_RUN_SERVICE: &str = "K_SERVICE";

/// Who reads the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    Person,
    CloudRun,
}

impl Reader {
    fn of_machine() -> Self {
        match std::env::var_os(CLOUD_RUN_SERVICE) {
            Some(service) if !service.is_empty() => Self::CloudRun,
            _ => Self::Person,
        }
    }

    /// What is logged unless the environment says otherwise. A person is told by the command itself what the host
    /// logs about its start.
    fn filter(self) -> &'static str {
        match self {
            Self::Person => "info,bookhook::host=warn,bookhook::operators=warn",
            Self::CloudRun => "info",
        }
    }
}

/// Starts logging. An error is about `BOOKHOOK_LOG`.
pub(crate) fn start() -> anyhow::Result<Reader> {
    let reader = Reader::of_machine();
    let filter = filter(reader.filter())?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match reader {
        Reader::CloudRun => builder.event_format(CloudRunLines).init(),
        Reader::Person => builder.with_ansi(is_coloured()).with_target(false).init(),
    }
    Ok(reader)
}

/// The same for whoever writes a handler: what it says, and little else.
pub(crate) fn start_for_development() -> anyhow::Result<()> {
    let builder = tracing_subscriber::fmt().with_env_filter(filter(FOR_DEVELOPMENT)?);
    builder.with_writer(std::io::stderr).with_ansi(is_coloured()).event_format(DevelopmentLines).init();
    Ok(())
}

fn is_coloured() -> bool {
    let is_plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    std::io::stderr().is_terminal() && !is_plain
}

fn filter(default: &str) -> anyhow::Result<EnvFilter> {
    let wanted = std::env::var(FILTER).ok().filter(|filter| !filter.is_empty());
    EnvFilter::try_new(wanted.as_deref().unwrap_or(default))
        .map_err(|error| wrong_filter(wanted.as_deref().unwrap_or_default(), &error))
}

fn wrong_filter(wanted: &str, error: &impl fmt::Display) -> anyhow::Error {
    let wanted = inert::one_line(wanted);
    anyhow::anyhow!(
        "{FILTER}: `{wanted}`: {error}; write a level, as in `debug`, or targets, as in `bookhook=debug,info`"
    )
}

/// One JSON object a line, in the terms of Cloud Logging.
struct CloudRunLines;

impl<S, N> FormatEvent<S, N> for CloudRunLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut fields = Fields(Map::new());
        event.record(&mut fields);
        let Fields(mut line) = fields;
        line.insert("severity".to_owned(), severity(*event.metadata().level()).into());
        line.insert("time".to_owned(), jiff::Timestamp::now().to_string().into());
        line.insert("target".to_owned(), event.metadata().target().into());
        writeln!(writer, "{}", Value::Object(line))
    }
}

/// A line each, without the time, led by what it is about.
struct DevelopmentLines;

impl<S, N> FormatEvent<S, N> for DevelopmentLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut fields = Fields(Map::new());
        event.record(&mut fields);
        let text = |name: &str| fields.0.get(name).and_then(Value::as_str).unwrap_or_default();
        let (hook, message) = (text("hook"), text("message"));
        let metadata = event.metadata();
        let (lead, style) = match *metadata.level() {
            Level::ERROR => ("error: ", BAD),
            Level::WARN => ("warning: ", WARNING),
            _ if metadata.target() == HANDLER => ("", Style::new()),
            _ => ("", DIM),
        };
        let style = if writer.has_ansi_escapes() { style } else { Style::new() };
        let bar = if hook.is_empty() { "" } else { " │ " };
        let error = fields.0.get("error").map(|error| format!(": {error}")).unwrap_or_default();
        writeln!(writer, "{style}{hook}{bar}{lead}{message}{error}{style:#}")
    }
}

fn severity(level: Level) -> &'static str {
    match level {
        Level::ERROR => "ERROR",
        Level::WARN => "WARNING",
        Level::INFO => "INFO",
        _ => "DEBUG",
    }
}

struct Fields(Map<String, Value>);

impl Fields {
    fn add(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, value);
    }
}
