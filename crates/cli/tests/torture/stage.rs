//! A host, those around it, and how far its journal was looked through.

use std::time::Duration;

use bookhook::journal::{Cursor, Location};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::callers::{Answer, Callers};
use crate::chance::Chance;
use crate::events::{self, Event};
use crate::handler::Handler;
use crate::home::Home;
use crate::host::{Host, Reply};
use crate::promises::Round;
use crate::record;

/// A burst that is not answered after so long never will be.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) struct Stage {
    pub(crate) chance: Chance,
    pub(crate) handler: Handler,
    pub(crate) host: Host,
    reply: Reply,
    pub(crate) callers: Callers,
    looked_through: Cursor,
}

/// Events that are being sent.
pub(crate) struct Burst {
    sent: Vec<Event>,
    answers: JoinHandle<Vec<Answer>>,
}

impl Burst {
    pub(crate) fn size(&self) -> usize {
        self.sent.len()
    }
}

impl Stage {
    pub(crate) async fn begin(chance: Chance, reply: Reply) -> Self {
        Self::begin_in(Home::new(), chance, reply).await
    }

    pub(crate) async fn begin_in(home: Home, mut chance: Chance, reply: Reply) -> Self {
        let handler = Handler::start(chance.fork()).await;
        let host = Host::start(home, &handler.url(), reply, &mut chance);
        let callers = Callers::new(&host, handler.moments().clone(), chance.fork());
        Self { chance, handler, host, reply, callers, looked_through: Cursor::START }
    }

    pub(crate) fn send_burst(&mut self, number: u32) -> Burst {
        let events = events::burst(number, &mut self.chance);
        let (sent, callers) = (events.clone(), self.callers.clone());
        Burst { sent, answers: tokio::spawn(async move { callers.send(events).await }) }
    }

    /// All that is known of a burst once it is answered and settled.
    pub(crate) async fn end_of(&mut self, burst: Burst) -> Round {
        let (sent, answers) = self.answers(burst).await;
        record::until_settled(&self.host.journal()).await;
        let journal = self.host.journal();
        self.look_at(&journal, sent, answers).await
    }

    /// Waits until each event is answered.
    pub(crate) async fn answers(&mut self, burst: Burst) -> (Vec<Event>, Vec<Answer>) {
        let Burst { sent, answers } = burst;
        let answered = async {
            tokio::select! {
                answers = timeout(PATIENCE, answers) => answers.map_err(|_| "some events are never answered"),
                _ = self.host.ended() => panic!("the host ended by itself; it said:\n{}", self.host.log()),
            }
        };
        match answered.await {
            Ok(answers) => (sent, answers.unwrap()),
            Err(why) => panic!("{why}; the host said:\n{}", self.host.log()),
        }
    }

    /// What is in the journal since it was last looked at, beside what others know of these events.
    pub(crate) async fn look_at(
        &mut self,
        journal: &Location,
        sent: Vec<Event>,
        answers: Vec<Answer>,
    ) -> Round {
        self.handler.until_idle().await;
        let calls = self.handler.take_calls();
        let (deliveries, end) = record::read(journal, self.looked_through).await;
        self.looked_through = end;
        Round { reply: self.reply, sent, answers, calls, deliveries, lives: self.host.lives().to_vec() }
    }

    /// The last kill, after which every file is looked at once more.
    pub(crate) async fn end(mut self) {
        self.host.kill().await;
        self.host.assert_no_token_in_its_files();
    }
}
