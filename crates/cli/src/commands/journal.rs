//! `bookhook journal`: moves a journal to another place, and looks whether it is sound.

use std::io::{self, IsTerminal as _};

use bookhook::journal::{
    Aspect, CheckError, Checked, Copied, CopyError, CopyProgress, Finding, Location, OpenError, SealingKey,
    Verdict, check, copy,
};
use serde_json::json;

use crate::args::{CheckJournalArgs, CopyArgs, JournalCommand};
use crate::exit::{Complaint, ExitStatus, Outcome};
use crate::inert;
use crate::journal;
use crate::printer::Printer;
use crate::style::{BAD, DIM, GOOD, painted};

const KEY: &str = "BOOKHOOK_KEY";

/// Does what was asked for.
pub(crate) async fn journal(command: JournalCommand, printer: Printer) -> Outcome {
    match command {
        JournalCommand::Copy(args) => copy_journal(&args, printer).await,
        JournalCommand::Check(args) => check_journal(&args, printer).await,
    }
}

async fn copy_journal(args: &CopyArgs, printer: Printer) -> Outcome {
    let (from, to) = (place(&args.from, "FROM")?, place(&args.to, "TO")?);
    let is_watched = io::stderr().is_terminal();
    let mut told = 0;
    let progress = move |CopyProgress { copied, of }| {
        let percent = copied * 100 / of.max(1);
        if is_watched && percent >= told + 5 {
            told = percent;
            printer.aside(format_args!("{percent:>3}%: {copied} of {of} rows"));
        }
    };
    let copied = copy(&from, &to, progress).await.map_err(not_copied)?;
    tell_copied(&copied, &from, &to, printer)?;
    Ok(ExitStatus::Done)
}

fn place(named: &str, argument: &'static str) -> Result<Location, Complaint> {
    journal::of_argument(named)
        .map_err(|error| Complaint::misused(anyhow::Error::new(error).context(argument)))
}

fn not_copied(error: CopyError) -> Complaint {
    match error {
        CopyError::Direction { .. } => Complaint::misused(error),
        CopyError::Open(OpenError::InUse { path }) => {
            let error = anyhow::anyhow!("a host is running on {}", path.display());
            Complaint::failed(error)
                .hint("stop it first: what it took in during the copy would be missing there")
        }
        _ => Complaint::failed(error),
    }
}

/// What there is now, and what the operator does next.
fn tell_copied(copied: &Copied, from: &Location, to: &Location, printer: Printer) -> io::Result<()> {
    let Copied { deliveries, unsettled, .. } = copied;
    let deliveries = of_deliveries(*deliveries);
    printer.line(format_args!("copied {deliveries} from {from} to {to}, {unsettled} of them unsettled"))?;
    printer.note("\nNext:");
    let key = match &copied.key_file {
        Some(file) => format!("set {KEY}, for every host, to what {} contains", file.display()),
        None => format!("give every host the {KEY} that the journal had"),
    };
    let steps = [
        key,
        format!("write `journal: {to}` into the configuration (the password: docs/configuration.md)"),
        "start the hosts; the first one takes over what is unsettled".to_owned(),
        format!("start none on {from} any more, and keep it until you are sure"),
    ];
    for (number, step) in (1..).zip(steps) {
        printer.note(format_args!("{number}. {step}"));
    }
    Ok(())
}

async fn check_journal(args: &CheckJournalArgs, printer: Printer) -> Outcome {
    let location = match &args.place {
        Some(named) => place(named, "PLACE")?,
        None => journal::configured(args.config.as_deref())?,
    };
    let checked = check(&location, key()?.as_ref()).await.map_err(not_checked)?;
    if args.json {
        checked.verdicts.iter().try_for_each(|(aspect, verdict)| printer.line(as_json(*aspect, verdict)))?;
    } else {
        tell_checked(&checked, &location, printer)?;
    }
    Ok(if checked.is_sound() { ExitStatus::Done } else { ExitStatus::Failed })
}

fn not_checked(error: CheckError) -> Complaint {
    match error {
        CheckError::Open(OpenError::Missing { .. }) | CheckError::InMemory => Complaint::misused(error),
        _ => Complaint::failed(error),
    }
}

/// The hosts' key, when this environment has it.
fn key() -> Result<Option<SealingKey>, Complaint> {
    match std::env::var(KEY) {
        Ok(text) => match SealingKey::from_base64(&text) {
            Ok(key) => Ok(Some(key)),
            Err(error) => Err(Complaint::misused(anyhow::Error::new(error).context(KEY))),
        },
        Err(_) => Ok(None),
    }
}

fn tell_checked(checked: &Checked, location: &Location, printer: Printer) -> io::Result<()> {
    if let Some(deliveries) = checked.deliveries {
        printer.line(format_args!(
            "{}       {location}: {}",
            painted("ok", GOOD),
            of_deliveries(deliveries)
        ))?;
    }
    checked.verdicts.iter().try_for_each(|(aspect, verdict)| {
        let promise = aspect.promise();
        match verdict {
            Verdict::Sound => printer.line(format_args!("{}       {promise}", painted("ok", GOOD))),
            Verdict::Skipped(why) => {
                printer.line(format_args!("{}  {promise}: {why}", painted("skipped", DIM)))
            }
            Verdict::Found(finding) => {
                printer.line(format_args!("{}  not so: {promise}", painted("finding", BAD)))?;
                printer.line(format_args!("         {}", shown(finding)))?;
                printer.line(format_args!("         {}", aspect.remedy()))
            }
        }
    })
}

fn of_deliveries(count: u64) -> String {
    if count == 1 { "1 delivery".to_owned() } else { format!("{count} deliveries") }
}

/// What a damaged journal says is not to be trusted.
fn shown(finding: &Finding) -> String {
    let example = inert::one_line(&finding.example);
    if finding.count == 1 { example } else { format!("{} of them; one is {example}", finding.count) }
}

fn as_json(aspect: Aspect, verdict: &Verdict) -> serde_json::Value {
    let name = aspect.as_str();
    match verdict {
        Verdict::Sound => json!({"check": name, "verdict": "sound"}),
        Verdict::Skipped(why) => json!({"check": name, "verdict": "skipped", "why": why}),
        Verdict::Found(Finding { count, example }) => json!({
            "check": name, "verdict": "found", "count": count, "example": example, "remedy": aspect.remedy(),
        }),
    }
}
