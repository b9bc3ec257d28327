//! `bookhook activity --explain ID`: why a delivery stands where it stands, as the host that runs knows it.

use bookhook::model::{Explanation, Remedy};

use crate::args::HostArgs;
use crate::exit::{Complaint, ExitStatus, Outcome};
use crate::inert::{self, one_line};
use crate::operators::Host;
use crate::printer::Printer;
use crate::style::{BOLD, painted};
use crate::time::Here;

/// Asks, and tells.
pub(super) async fn explain(id: &str, host: &HostArgs, is_json: bool, printer: Printer) -> Outcome {
    let host = Host::of(host)?;
    let id = host.find(id).await?.id;
    let explained: Explanation = host.get(&format!("/deliveries/{id}/explain"), &[]).await?;
    if is_json {
        let json = serde_json::to_string(&explained).map_err(Complaint::failed)?;
        printer.line(inert::json_line(&json))?;
        return Ok(ExitStatus::Done);
    }
    lines(&explained).into_iter().try_for_each(|line| printer.line(line))?;
    Ok(ExitStatus::Done)
}

fn lines(explained: &Explanation) -> Vec<String> {
    let Explanation { id, state, why, behind, next_run_at, can, .. } = explained;
    let mut lines = vec![
        format!("{}  {}", painted(id, BOLD), state.as_str()),
        String::new(),
        format!("  {}", one_line(why)),
    ];
    lines.extend(behind.map(|behind| format!("  behind    {behind}")));
    lines.extend(next_run_at.map(|at| format!("  next run  {}", Here::of_machine().show_due(at))));
    if !can.is_empty() {
        lines.push(String::new());
    }
    let remedy = |Remedy { act, so }: &Remedy| format!("  bookhook {:<7} {}", act.as_str(), one_line(so));
    lines.extend(can.iter().map(remedy));
    lines
}
