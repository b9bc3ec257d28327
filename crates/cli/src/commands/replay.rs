//! `bookhook replay`: one delivery, or all that fit a filter, run again.

mod job;
mod via_bkper;

use bookhook::model::Filter;
use serde_json::json;

use crate::args::{ReplayArgs, Via};
use crate::commands::deliveries;
use crate::exit::{Complaint, ExitStatus, Outcome};
use crate::operators::Host;
use crate::printer::Printer;

/// Has it run again, or them.
pub(crate) async fn replay(args: ReplayArgs, printer: Printer) -> Outcome {
    let filter = Filter::from(args.filter.clone());
    match (&args.id, filter == Filter::default()) {
        (Some(_), false) => {
            return Err(Complaint::misused(anyhow::anyhow!("name one delivery, or a filter, and not both")));
        }
        (None, true) => {
            let error = anyhow::anyhow!("nothing says what is to run again");
            return Err(Complaint::misused(error).hint(
                "name a delivery: `bookhook replay ID`; or a filter: `bookhook replay --hook tax-bot --error --after 2h`",
            ));
        }
        _ => {}
    }
    match (args.via, &args.id) {
        (Via::Bkper, _) => via_bkper::replay(&args, &filter, printer).await,
        (Via::Host, Some(id)) => one(id, &args, printer).await,
        (Via::Host, None) => job::replay(&args, filter, printer).await,
    }
}

async fn one(id: &str, args: &ReplayArgs, printer: Printer) -> Outcome {
    let host = Host::of(&args.ask.host)?;
    let id = host.find(id).await?.id;
    let body = json!({"without_token": args.without_token});
    let delivery = host.post(&format!("/deliveries/{id}/replay"), &body).await?;
    deliveries::show(&delivery, args.ask.json, printer)?;
    Ok(ExitStatus::Done)
}
