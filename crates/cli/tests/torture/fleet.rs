//! Two hosts on one database, behind a balancer that knows nothing.

use std::time::Instant;

use bookhook::journal::Cursor;
use bookhook::model::State;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::balancer;
use crate::callers::{Answer, Callers};
use crate::chance::Chance;
use crate::database::Database;
use crate::events::{self, Event};
use crate::handler::Handler;
use crate::home::Home;
use crate::host::{Host, Reply, url_at};
use crate::promises::Round;
use crate::record;
use crate::stage::PATIENCE;
use crate::tally::Tally;

pub(crate) struct Fleet {
    pub(crate) chance: Chance,
    pub(crate) database: Database,
    pub(crate) handler: Handler,
    pub(crate) hosts: [Host; 2],
    reply: Reply,
    callers: Callers,
    looked_through: Cursor,
    tally: Tally,
    began: Instant,
}

/// Events that are being sent.
pub(crate) struct Burst {
    number: u32,
    sent: Vec<Event>,
    answers: JoinHandle<Vec<Answer>>,
}

impl Burst {
    pub(crate) fn size(&self) -> usize {
        self.sent.len()
    }
}

impl Fleet {
    pub(crate) async fn begin(mut chance: Chance, reply: Reply) -> Self {
        let database = Database::start(&mut chance).await;
        let handler = Handler::start(chance.fork()).await;
        let home = || Home::with_database(&database.address());
        let one = Host::start(home(), &handler.url_for(1), reply, &mut chance);
        let other = one.start_beside(home(), &handler.url_for(2), reply, &mut chance);
        let balancer = balancer::before(vec![one.address(), other.address()]).await;
        let moments = handler.moments().clone();
        let callers = Callers::calling(url_at(balancer), &one, moments, chance.fork());
        let hosts = [one, other];
        for host in &hosts {
            host.until_ready_is(200).await;
        }
        let (looked_through, tally, began) = (Cursor::START, Tally::default(), Instant::now());
        Self { chance, database, handler, hosts, reply, callers, looked_through, tally, began }
    }

    pub(crate) fn send_burst(&mut self, number: u32) -> Burst {
        let sent = events::burst(number, &mut self.chance);
        let (events, callers) = (sent.clone(), self.callers.clone());
        Burst { number, sent, answers: tokio::spawn(async move { callers.send(events).await }) }
    }

    /// Waits until some of the events, at most half of them, are with the handler.
    pub(crate) async fn until_in_the_middle(&mut self, burst: &Burst) {
        let begun = self.chance.up_to(burst.size() / 2);
        self.handler.until_begun(begun).await;
    }

    /// One of the two, by chance; and the one that is left.
    pub(crate) fn draw(&mut self) -> (&mut Host, &mut Host) {
        let is_first = self.chance.one_in(2);
        let [one, other] = &mut self.hosts;
        if is_first { (one, other) } else { (other, one) }
    }

    /// All that callers, handler and journal know of a burst, once it is answered and settled, must be one story.
    pub(crate) async fn end_of(&mut self, burst: Burst) {
        let answers = self.answers(burst.answers).await;
        let journal = self.hosts[0].journal();
        record::until_settled(&journal).await;
        self.handler.until_idle().await;
        let calls = self.handler.take_calls();
        let (deliveries, end) = record::read(&journal, self.looked_through).await;
        self.looked_through = end;
        let round =
            Round { reply: self.reply, sent: burst.sent, answers, calls, deliveries, lives: Vec::new() };
        self.tally.add(&round);
        let broken = round.broken_promises_of_many();
        assert!(
            broken.is_empty(),
            "round {}:\n{}\nthe hosts said:\n{}",
            burst.number,
            broken.join("\n"),
            self.logs()
        );
    }

    pub(crate) fn end(self) {
        for host in &self.hosts {
            host.assert_no_token_in_its_files();
        }
        println!("torture: {} in {:.1?}", self.tally, self.began.elapsed());
    }

    async fn answers(&mut self, answers: JoinHandle<Vec<Answer>>) -> Vec<Answer> {
        let [one, other] = &mut self.hosts;
        let answered = tokio::select! {
            answers = timeout(PATIENCE, answers) => answers.map_err(|_| "some events are never answered"),
            _ = one.ended() => Err("the first host ended by itself"),
            _ = other.ended() => Err("the second host ended by itself"),
        };
        match answered {
            Ok(answers) => answers.unwrap(),
            Err(why) => panic!("{why}; {}\nthe hosts said:\n{}", self.unsettled().await, self.logs()),
        }
    }

    async fn unsettled(&self) -> String {
        let (deliveries, _) = record::read(&self.hosts[0].journal(), self.looked_through).await;
        let open = deliveries.iter().filter(|one| one.delivery.state != State::Settled);
        let open: Vec<_> = open.map(|one| format!("{one:?}")).collect();
        format!("{} are not settled:\n{}", open.len(), open.join("\n"))
    }

    fn logs(&self) -> String {
        self.hosts.iter().map(Host::log).collect::<Vec<_>>().join("\n---\n")
    }
}
