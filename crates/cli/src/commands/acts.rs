//! `bookhook acts`: who did what.

use bookhook::model::{Act, DeliveryId};
use serde_json::Value;

use crate::args::ActsArgs;
use crate::exit::{Complaint, ExitStatus, Outcome};
use crate::inert::{self, one_line};
use crate::operators::{Host, Page};
use crate::printer::Printer;
use crate::time::Here;
use crate::view;

const TITLES: [&str; 5] = ["time", "who", "what", "of", "detail"];

/// The newest acts, the newest last.
pub(crate) async fn acts(args: ActsArgs, printer: Printer) -> Outcome {
    let host = Host::of(&args.ask.host)?;
    let mut query = vec![("limit", args.limit.to_string())];
    query.extend(args.hook.map(|hook| ("hook", hook.to_string())));
    if let Some(id) = &args.delivery {
        query.push(("delivery", of_delivery(&host, id).await?));
    }
    let mut page: Page<Act> = host.get("/acts", &query).await?;
    page.items.reverse();
    if args.ask.json {
        let json = |act: &Act| serde_json::to_string(act).map_err(Complaint::failed);
        for act in &page.items {
            printer.line(inert::json_line(&json(act)?))?;
        }
        return Ok(ExitStatus::Done);
    }
    if page.items.is_empty() {
        printer.aside("nobody did anything");
        return Ok(ExitStatus::Done);
    }
    let here = Here::of_machine();
    let rows: Vec<_> = page.items.iter().map(|act| row(act, &here)).collect();
    view::columns(TITLES, &rows).into_iter().try_for_each(|line| printer.line(line))?;
    Ok(ExitStatus::Done)
}

/// What was done to a delivery is known when the delivery itself is gone.
async fn of_delivery(host: &Host, id: &str) -> Result<String, Complaint> {
    match id.parse::<DeliveryId>() {
        Ok(id) => Ok(id.to_string()),
        Err(_) => Ok(host.find(id).await?.id.to_string()),
    }
}

fn row(act: &Act, here: &Here) -> [String; 5] {
    let hook = act.hook.as_ref().map(ToString::to_string);
    let lane = act.lane.as_ref().map(|lane| format!("lane {}", one_line(&lane.0)));
    let of = [hook, lane, act.delivery.map(|id| id.to_string()), act.replays.map(|id| id.to_string())];
    [
        here.show_in_full(act.at),
        one_line(act.who.as_str()),
        act.what.as_str().to_owned(),
        of.into_iter().flatten().collect::<Vec<_>>().join(", "),
        act.detail.as_deref().map(detail).unwrap_or_default(),
    ]
}

/// Of a filter only what it asks for.
fn detail(detail: &str) -> String {
    let Ok(Value::Object(fields)) = serde_json::from_str(detail) else { return one_line(detail) };
    let is_asked = |value: &Value| !matches!(value, Value::Null | Value::Bool(false));
    let asked = fields.iter().filter(|(_, value)| is_asked(value));
    let shown = asked.map(|(name, value)| match value.as_str() {
        Some(text) => format!("{name}={text}"),
        None => format!("{name}={value}"),
    });
    one_line(&shown.collect::<Vec<_>>().join(" "))
}
