//! `bookhook park`, `unpark` and `skip`: what is done to one delivery.

use bookhook::model::Delivery;
use serde_json::{Value, json};

use crate::args::{AskArgs, DeliveryArgs, ParkArgs};
use crate::exit::{Complaint, ExitStatus, Outcome};
use crate::operators::Host;
use crate::printer::Printer;
use crate::time::Here;
use crate::view;

/// Gives up on a delivery.
pub(crate) async fn park(args: ParkArgs, printer: Printer) -> Outcome {
    act("park", &args.id, &json!({"reason": args.reason}), &args.ask, printer).await
}

/// Has it wait again.
pub(crate) async fn unpark(args: DeliveryArgs, printer: Printer) -> Outcome {
    act("unpark", &args.id, &json!({}), &args.ask, printer).await
}

/// Settles it without a run.
pub(crate) async fn skip(args: DeliveryArgs, printer: Printer) -> Outcome {
    act("skip", &args.id, &json!({}), &args.ask, printer).await
}

async fn act(act: &str, id: &str, body: &Value, ask: &AskArgs, printer: Printer) -> Outcome {
    let host = Host::of(&ask.host)?;
    let id = host.find(id).await?.id;
    let delivery = host.post(&format!("/deliveries/{id}/{act}"), body).await?;
    show(&delivery, ask.json, printer)?;
    Ok(ExitStatus::Done)
}

/// The delivery, as it stands after an act.
pub(super) fn show(delivery: &Delivery, is_json: bool, printer: Printer) -> Result<(), Complaint> {
    if is_json {
        printer.line(view::json(delivery))?;
        return Ok(());
    }
    view::lines_of(delivery, &Here::of_machine()).into_iter().try_for_each(|line| printer.line(line))?;
    Ok(())
}
