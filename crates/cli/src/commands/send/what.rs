//! What is sent: a file byte for byte, or an example event.

use std::io::Read;
use std::path::Path;

use anyhow::Context;
use bookhook::bkper_model::EventType;
use bookhook::model::DeliveryIds;
use jiff::Timestamp;

use crate::args::SendArgs;
use crate::example::{self, Changes};
use crate::exit::Complaint;

/// What is sent.
pub(super) enum What {
    File(Vec<u8>),
    Example { event_type: EventType, id: Option<String>, book: Option<String>, agent: Option<String> },
}

impl What {
    /// From what was typed.
    pub(super) fn read(args: &SendArgs) -> Result<Self, Complaint> {
        if example::exists(&args.what) {
            let event_type = EventType::from(args.what.clone());
            let (id, book, agent) = (args.id.clone(), args.book.clone(), args.agent.clone());
            return Ok(Self::Example { event_type, id, book, agent });
        }
        if args.what != "-" && !Path::new(&args.what).exists() {
            return Err(neither(&args.what));
        }
        if args.id.is_some() || args.book.is_some() || args.agent.is_some() {
            let error = "a file is sent byte for byte: --id, --book and --agent change examples only";
            return Err(Complaint::misused(anyhow::anyhow!(error)));
        }
        read_file(&args.what).map(Self::File).map_err(Complaint::misused)
    }

    /// The body to send; of an example, each is an event of its own unless its id was given.
    pub(super) fn body(&self, ids: &mut DeliveryIds, now: Timestamp) -> Vec<u8> {
        match self {
            Self::File(body) => body.clone(),
            Self::Example { event_type, id, book, agent } => {
                let (id, book, agent) = (id.as_deref(), book.as_deref(), agent.as_deref());
                let event = example::event(event_type, ids, now, Changes { id, book, agent });
                event.expect("there is an example of every type").to_string().into_bytes()
            }
        }
    }
}

fn neither(what: &str) -> Complaint {
    let shown = crate::inert::one_line(what);
    let complaint = Complaint::misused(anyhow::anyhow!("`{shown}` is neither a file nor an event type"));
    let near = example::near(what);
    if near.is_empty() {
        let types: Vec<_> = example::types().collect();
        return complaint.hint(format!("the types are {}", types.join(", ")));
    }
    complaint.hint(format!("did you mean {}?", near.join(", or ")))
}

fn read_file(path: &str) -> anyhow::Result<Vec<u8>> {
    if path == "-" {
        let mut body = Vec::new();
        std::io::stdin().read_to_end(&mut body).context("cannot read standard input")?;
        return Ok(body);
    }
    std::fs::read(path).with_context(|| format!("cannot read {path}"))
}
