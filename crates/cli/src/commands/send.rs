//! `bookhook send`: an event, sent as Bkper would.

mod what;

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use bookhook::model::DeliveryIds;
use futures_util::future::join_all;
use jiff::Timestamp;
use serde_json::json;
use serde_json::value::RawValue;
use tokio::sync::Mutex;

use crate::args::SendArgs;
use crate::call::{Caller, Reply};
use crate::exit::{Complaint, ExitStatus, Outcome};
use crate::inert;
use crate::printer::Printer;
use crate::sandbox_key::SandboxKey;
use crate::style::{BAD, GOOD, painted};
use crate::time::show_duration;

use what::What;

/// Nobody's: what a handler does with it fails, and harms nobody.
const MADE_UP_TOKEN: &str = "sandbox-token-of-nobody";

/// How long the ID token is used before another one is signed; they are good for an hour.
const TOKEN_AGE_MAX: Duration = Duration::from_mins(50);

/// Sends it, as often as was asked for.
pub(crate) async fn send(args: SendArgs, printer: Printer) -> Outcome {
    let what = What::read(&args)?;
    let token = args.token.clone().unwrap_or_else(|| MADE_UP_TOKEN.to_owned());
    let caller = Caller::new(&args.to, args.app.clone(), token).map_err(Complaint::misused)?;
    let key = SandboxKey::open(args.key.clone()).map_err(Complaint::failed)?;
    let audience = args.audience.clone().unwrap_or_else(|| args.to.clone());
    let sender = Sender { what, caller, key, audience, ids: Mutex::default() };
    if args.repeat == 1 { sender.once(&args, printer).await } else { sender.many(&args, printer).await }
}

struct Sender {
    what: What,
    caller: Caller,
    key: SandboxKey,
    audience: String,
    ids: Mutex<DeliveryIds>,
}

impl Sender {
    async fn once(&self, args: &SendArgs, printer: Printer) -> Outcome {
        let token = self.id_token();
        let reply = self.post(&token).await.map_err(|error| unreachable(&args.to, error))?;
        if args.json {
            printer.line(json_of(&reply))?;
        } else {
            print(&reply, printer)?;
        }
        if !args.json
            && let Some(hint) = hint(&reply, &args.to)
        {
            printer.hint(hint);
        }
        Ok(if reply.is_success() { ExitStatus::Done } else { ExitStatus::Failed })
    }

    async fn many(&self, args: &SendArgs, printer: Printer) -> Outcome {
        let start = Instant::now();
        let left = AtomicU32::new(args.repeat);
        let senders = (0..args.parallel).map(|_| self.take_turns(&left, args.json, printer));
        let mut all = Turns::default();
        for turns in join_all(senders).await {
            let Turns { sent, broken } = turns?;
            all.sent.extend(sent);
            all.broken.extend(broken);
        }
        let Turns { mut sent, broken } = all;
        let is_good = sent.iter().all(|sent| (200..300).contains(&sent.status));
        if !args.json && !sent.is_empty() {
            summarise(&mut sent, broken.len(), start.elapsed(), printer)?;
        }
        match broken.into_iter().next() {
            Some(error) => Err(unreachable(&args.to, error)),
            None if is_good => Ok(ExitStatus::Done),
            None => Ok(ExitStatus::Failed),
        }
    }

    /// A connection that breaks costs one turn. Where nobody listens there is nothing to go on with.
    async fn take_turns(&self, left: &AtomicU32, is_json: bool, printer: Printer) -> std::io::Result<Turns> {
        let (mut token, mut signed) = (self.id_token(), Instant::now());
        let mut turns = Turns::default();
        while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
            if signed.elapsed() > TOKEN_AGE_MAX {
                (token, signed) = (self.id_token(), Instant::now());
            }
            match self.post(&token).await {
                Ok(reply) => {
                    if is_json {
                        printer.line(json_of(&reply))?;
                    }
                    turns.sent.push(Sent { status: reply.status, took: reply.took });
                }
                Err(error) => {
                    let is_over = error.is_connect();
                    turns.broken.push(error);
                    if is_over {
                        break;
                    }
                }
            }
        }
        Ok(turns)
    }

    async fn post(&self, token: &str) -> Result<Reply, reqwest::Error> {
        let body = self.what.body(&mut *self.ids.lock().await, Timestamp::now());
        self.caller.post(body, Some(token)).await
    }

    fn id_token(&self) -> String {
        self.key.signer.id_token(&self.audience, Timestamp::now())
    }
}

#[derive(Debug, Clone, Copy)]
struct Sent {
    status: u16,
    took: Duration,
}

/// What came of the turns of one sender, or of all of them.
#[derive(Debug, Default)]
struct Turns {
    sent: Vec<Sent>,
    /// Those that got no answer.
    broken: Vec<reqwest::Error>,
}

fn print(reply: &Reply, printer: Printer) -> std::io::Result<()> {
    let style = if reply.is_success() { GOOD } else { BAD };
    let status = painted(format_args!("{} {}", reply.status, reply.reason), style).to_string();
    let wait = reply.retry_after.as_ref().map_or_else(String::new, |seconds| {
        format!(", to be sent again after {} s", inert::one_line(seconds))
    });
    printer.note(format_args!("{status} in {}{wait}", show_duration(reply.took)));
    let pretty = serde_json::from_str::<Box<RawValue>>(&reply.body).ok().and_then(|_| pretty(&reply.body));
    let text = pretty.as_deref().unwrap_or(&reply.body);
    inert::lines(text).try_for_each(|line| printer.line(line))
}

/// Indented; as it came where that would change a number's digits.
fn pretty(json: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(json).ok()?;
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let pretty = serde_json::to_string_pretty(&value).ok()?;
    (digits(&pretty) == digits(json)).then_some(pretty)
}

fn json_of(reply: &Reply) -> String {
    let response: Option<&RawValue> = serde_json::from_str(&reply.body).ok();
    let text = response.is_none().then_some(&reply.body);
    let line = json!({
        "status": reply.status,
        "micros": u64::try_from(reply.took.as_micros()).unwrap_or(u64::MAX),
        "retry_after": reply.retry_after,
        "text": text,
    });
    let mut line = line.to_string();
    // The response keeps its digits when it does not pass through a number.
    if let Some(response) = response {
        line.pop();
        line.push_str(",\"response\":");
        line.push_str(response.get());
        line.push('}');
    }
    inert::json_line(&line)
}

fn summarise(sent: &mut [Sent], broken: usize, elapsed: Duration, printer: Printer) -> std::io::Result<()> {
    sent.sort_by_key(|sent| sent.took);
    let mut counts = std::collections::BTreeMap::<u16, usize>::new();
    for one in &*sent {
        *counts.entry(one.status).or_default() += 1;
    }
    for (status, count) in counts {
        let style = if (200..300).contains(&status) { GOOD } else { BAD };
        printer.line(format_args!("{count:>8}  {}", painted(status, style)))?;
    }
    if broken > 0 {
        printer.line(format_args!("{broken:>8}  {}", painted("no answer", BAD)))?;
    }
    let at = |percent: usize| sent.get((sent.len() * percent / 100).min(sent.len().saturating_sub(1)));
    let took = |percent| at(percent).map_or_else(String::new, |sent| show_duration(sent.took));
    #[expect(clippy::cast_precision_loss, reason = "a rate is shown in three digits")]
    let rate = sent.len() as f64 / elapsed.as_secs_f64();
    printer.line(format_args!("{rate:>8.0}  a second; half within {}, 99 % within {}", took(50), took(99)))
}

fn unreachable(url: &str, error: reqwest::Error) -> Complaint {
    let (is_connect, is_timeout) = (error.is_connect(), error.is_timeout());
    let error = anyhow::Error::new(error.without_url()).context(format!("no answer from {url}"));
    let complaint = Complaint::failed(error);
    if is_connect {
        complaint.hint(
            "is a host running there? start one: `bookhook serve --app bkper.yaml --to URL --trust-sandbox`",
        )
    } else if is_timeout {
        complaint
            .hint("it took the call and did not answer in time; `bookhook activity` tells what came of it")
    } else {
        complaint
    }
}

fn hint(reply: &Reply, url: &str) -> Option<String> {
    match reply.status {
        401 => Some(format!(
            "does the host trust this sandbox's key (`bookhook serve … --trust-sandbox`), and is it called {url}? \
             else say what it is called: --audience URL"
        )),
        403 => Some("the host expects calls of another service account than Bkper's".to_owned()),
        404 => Some(
            "no hook has that path: it is /hooks/NAME, where NAME is the hook's or the app's id".to_owned(),
        ),
        _ => None,
    }
}
