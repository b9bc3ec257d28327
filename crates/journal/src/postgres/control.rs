//! What a host does beside its acts: it puts off the end of its lease, looks who else is there, buries the dead, and tells
//! the others and hears from them which lanes have moved on.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tokio_postgres::{AsyncMessage, Client};

use crate::hosts::{LaneMark, News};
use crate::pending::Reply;

use super::lease::{Lease, Told};
use super::problem::{self, NoAnswer};
use super::queries;
use super::session::Database;

/// So long a host that ends tries to say so.
const LEAVE_WAIT: Duration = Duration::from_secs(2);
/// How often is looked who else is there.
const LOOK: Duration = Duration::from_secs(1);
/// So often is looked for what was left behind although nobody seems to have gone.
const ORPHANS_EVERY: u32 = 30;
/// So many bytes are one notification at most; PostgreSQL takes a few more.
const TOLD_MAX: usize = 7800;
/// It is tried so often to renew a lease before it ends.
const RENEWALS: u32 = 3;
/// How other hosts are told that something was paused or goes on.
const PAUSES: &str = "pauses";

/// The notifications of all hosts. Their own commits are not waited for: they are hints.
const LISTEN: &str = "
    SET search_path = bookhook;
    SET synchronous_commit = off;
    SET lock_timeout = '500ms';
    LISTEN bookhook_left;
";

/// A host that was fenced wants to be one again.
pub(super) type Rejoin = Reply<()>;

pub(super) struct Control {
    database: Database,
    name: String,
    lease: Arc<Lease>,
    to_tell: UnboundedReceiver<Told>,
    rejoins: UnboundedReceiver<Rejoin>,
    client: Option<Client>,
    heard: (UnboundedSender<String>, UnboundedReceiver<String>),
    /// Who was there the last time.
    known: BTreeSet<i64>,
    looks: u32,
}

impl Control {
    /// Joins the hosts of this journal.
    pub(super) async fn join(
        database: &Database,
        name: String,
        lease: Arc<Lease>,
        to_tell: UnboundedReceiver<Told>,
        rejoins: UnboundedReceiver<Rejoin>,
    ) -> Result<Self, NoAnswer> {
        let (database, heard) = (database.clone(), unbounded_channel());
        let (client, known, looks) = (None, BTreeSet::new(), 0);
        let mut control = Self { database, name, lease, to_tell, rejoins, client, heard, known, looks };
        control.enter().await?;
        Ok(control)
    }

    /// Until it is dropped.
    pub(super) async fn run(mut self) {
        let every = |period| {
            let mut every = interval(period);
            every.set_missed_tick_behavior(MissedTickBehavior::Delay);
            every
        };
        let (mut renew, mut look) = (every(self.lease.term() / RENEWALS), every(LOOK));
        loop {
            tokio::select! {
                _ = renew.tick() => {
                    if !self.renew().await {
                        renew.reset_after(self.lease.term() / RENEWALS / RENEWALS);
                    }
                }
                _ = look.tick() => self.look().await,
                Some(told) = self.to_tell.recv() => self.tell(told).await,
                Some(told) = self.heard.1.recv() => self.hear(&told),
                Some(reply) = self.rejoins.recv() => self.rejoin(reply).await,
            }
        }
    }

    /// What it leaves unsettled is anyone's from now on. If the server cannot be reached, its lease ends.
    pub(super) async fn leave(database: &Database, host: i64) {
        let leave = async {
            let client = database.connect().await?;
            client.batch_execute("SET search_path = bookhook").await?;
            client.execute(queries::host_leave, &[&host]).await?;
            Ok::<_, NoAnswer>(())
        };
        let _ = timeout(LEAVE_WAIT, leave).await;
    }

    /// As a new host; the row that it had before, if any, is gone, and what it has in flight with it.
    async fn enter(&mut self) -> Result<(), NoAnswer> {
        let (before, name) = (self.lease.host(), self.name.clone());
        let asked = Instant::now();
        let lease = microseconds(self.lease.term());
        let client = self.client().await?;
        client.execute(queries::host_leave, &[&before]).await?;
        let row = client.query_one(queries::host_enter, &[&name, &lease]).await?;
        let host = row.try_get(0)?;
        self.known = BTreeSet::from([host]);
        self.lease.joined(host, asked);
        Ok(())
    }

    async fn client(&mut self) -> Result<&Client, NoAnswer> {
        let client = match self.client.take().filter(|client| !client.is_closed()) {
            Some(client) => client,
            None => self.connect().await?,
        };
        Ok(self.client.insert(client))
    }

    async fn connect(&self) -> Result<Client, NoAnswer> {
        let (client, mut connection) = self.database.dial().await?;
        let heard = self.heard.0.clone();
        tokio::spawn(async move {
            while let Some(Ok(message)) = poll_fn(|cx| connection.poll_message(cx)).await {
                if let AsyncMessage::Notification(told) = message {
                    let _ = heard.send(told.payload().to_owned());
                }
            }
        });
        client.batch_execute(LISTEN).await?;
        // What was told before was not heard.
        self.lease.tell(News::LookAgain { orphans: true });
        Ok(client)
    }

    /// Puts the end of the lease off. Gives whether the server has answered; if not, it is to be asked again soon.
    async fn renew(&mut self) -> bool {
        if self.lease.is_fenced() {
            return true;
        }
        let (asked, lease, host) = (Instant::now(), self.lease.term(), self.lease.host());
        let renewal = async {
            let client = self.client().await?;
            Ok::<_, NoAnswer>(client.execute(queries::host_renew, &[&host, &microseconds(lease)]).await?)
        };
        match timeout(lease / RENEWALS, renewal).await {
            Ok(Ok(1)) => self.lease.renewed(asked),
            Ok(Ok(_)) => self.lease.fence(),
            Ok(Err(_)) => return false,
            Err(_) => {
                // A server that is silent is asked on another connection.
                self.client = None;
                return false;
            }
        }
        true
    }

    async fn look(&mut self) {
        if self.lease.is_fenced() {
            return;
        }
        // However long it takes, the lease is renewed in time.
        let (host, wait) = (self.lease.host(), self.lease.term() / RENEWALS);
        let looked = async {
            let client = self.client().await?;
            // One of the dead that is still writing holds this up; it is tried again.
            let buried = client.execute(queries::host_bury, &[&host]).await.unwrap_or_default();
            let there = client.query(queries::host_list, &[]).await?;
            let there = there.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
            Ok::<_, NoAnswer>((buried > 0, there))
        };
        let Ok(Ok((has_buried, there))) = timeout(wait, looked).await else { return };
        self.compare(has_buried, there);
    }

    fn compare(&mut self, has_buried: bool, there: BTreeSet<i64>) {
        self.looks += 1;
        let is_gone = has_buried || !self.known.is_subset(&there);
        let orphans = is_gone || self.looks.is_multiple_of(ORPHANS_EVERY);
        self.known = there;
        self.lease.has_company(self.known.len() > 1);
        self.lease.tell(News::LookAgain { orphans });
    }

    /// With as many others as there are just now.
    async fn tell(&mut self, first: Told) {
        let mut told = self.lease.host().to_string();
        let mut next = Some(first);
        while let Some(news) = next {
            // A text takes whatever is written to it.
            let _ = match news {
                Told::Left(id, LaneMark(mark)) => write!(told, " {id}:{mark:x}"),
                Told::Pauses => write!(told, " {PAUSES}"),
            };
            next = if told.len() < TOLD_MAX { self.to_tell.try_recv().ok() } else { None };
        }
        let wait = LOOK.min(self.lease.term() / RENEWALS);
        let notify = async {
            let client = self.client().await?;
            client.execute("SELECT pg_notify('bookhook_left', $1)", &[&told]).await?;
            Ok::<_, NoAnswer>(())
        };
        // What is not told is found out.
        let _ = timeout(wait, notify).await;
    }

    fn hear(&self, told: &str) {
        let mut words = told.split(' ');
        if words.next() == Some(&*self.lease.host().to_string()) {
            return;
        }
        for word in words {
            if let Some(left) = read(word) {
                self.lease.tell(left);
            }
        }
    }

    async fn rejoin(&mut self, reply: Rejoin) {
        let joined = timeout(self.lease.term(), self.enter()).await.unwrap_or(Err(NoAnswer(None)));
        let _ = reply.send(joined.map_err(|error| problem::write(self.database.address(), error)));
    }
}

fn read(word: &str) -> Option<News> {
    if word == PAUSES {
        return Some(News::LookAgain { orphans: false });
    }
    let (id, mark) = word.split_once(':')?;
    Some(News::Left(id.parse().ok()?, LaneMark(u64::from_str_radix(mark, 16).ok()?)))
}

fn microseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}
