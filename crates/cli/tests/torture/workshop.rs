//! A host that accepts events, and a handler that is a process of its own.

use std::time::Instant;

use bookhook::journal::Cursor;
use tokio::task::JoinHandle;

use crate::callers::{Answer, Callers};
use crate::chance::Chance;
use crate::events::{self, Event};
use crate::handler::Moments;
use crate::home::Home;
use crate::host::{Host, Reply};
use crate::promises::{each_event_is_one_settled_delivery, runs_are_numbered_and_closed};
use crate::record;
use crate::worker::Worker;

pub(crate) struct Workshop {
    pub(crate) chance: Chance,
    pub(crate) worker: Worker,
    host: Host,
    callers: Callers,
    sent: Vec<Event>,
    began: Instant,
}

/// Events that are being sent.
pub(crate) struct Burst {
    size: usize,
    answers: JoinHandle<Vec<Answer>>,
}

impl Burst {
    pub(crate) fn size(&self) -> usize {
        self.size
    }
}

impl Workshop {
    pub(crate) fn begin_in(home: Home, mut chance: Chance) -> Self {
        let worker = Worker::start(&mut chance);
        let host = Host::start(home, &worker.url(), Reply::Accepted, &mut chance);
        let callers = Callers::new(&host, Moments::default(), chance.fork());
        Self { chance, worker, host, callers, sent: Vec::new(), began: Instant::now() }
    }

    pub(crate) fn send_burst(&mut self, number: u32) -> Burst {
        let events = events::burst(number, &mut self.chance);
        self.sent.extend(events.clone());
        let (size, callers) = (events.len(), self.callers.clone());
        Burst { size, answers: tokio::spawn(async move { callers.send(events).await }) }
    }

    pub(crate) async fn until_settled(&mut self, burst: Burst) {
        tokio::select! {
            answers = burst.answers => drop(answers.unwrap()),
            _ = self.host.ended() => panic!("the host ended by itself; it said:\n{}", self.host.log()),
        }
        record::until_settled(&self.host.journal()).await;
    }

    /// What journal and diary tell of all bursts. Gives how many calls were cut off by kills of the handler.
    pub(crate) async fn assert_promises(mut self) -> usize {
        self.host.kill().await;
        let (deliveries, _) = record::read(&self.host.journal(), Cursor::START).await;
        let diary = self.worker.diary();
        let broken = [
            each_event_is_one_settled_delivery(&self.sent, &deliveries),
            runs_are_numbered_and_closed(&deliveries),
            diary.overlaps(),
            diary.out_of_order(&deliveries),
        ]
        .concat();
        assert!(broken.is_empty(), "{}\nthe host said:\n{}", broken.join("\n"), self.host.log());
        self.host.assert_no_token_in_its_files();
        println!(
            "torture: {} events, {} calls ({} of them cut off) in {:.1?}",
            self.sent.len(),
            diary.begun(),
            diary.cut(),
            self.began.elapsed()
        );
        diary.cut()
    }
}
