//! A handler that is a process of its own: this program again. It can be killed; what it did is in its diary.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use bookhook_testkit::eventually;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::time::sleep;

use crate::chance::Chance;
use crate::diary::{Diary, Line};
use crate::events::Event;
use crate::host::free_address;

const MOST_TAKE: Duration = Duration::from_millis(6);
const SOME_TAKE: Duration = Duration::from_millis(100);
/// One of so many takes longer.
const SOME: usize = 30;

const ADDRESS: &str = "BOOKHOOK_TORTURE_WORKER_ADDRESS";
const DIARY: &str = "BOOKHOOK_TORTURE_WORKER_DIARY";

pub(crate) struct Worker {
    address: SocketAddr,
    folder: TempDir,
    process: Child,
}

impl Worker {
    pub(crate) fn start(chance: &mut Chance) -> Self {
        let (address, folder) = (free_address(chance), TempDir::new().unwrap());
        let process = spawn(address, &folder);
        Self { address, folder, process }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    pub(crate) async fn kill(&mut self) {
        self.process.kill().await.unwrap();
        write(&mut open_diary(&self.folder), &Line::Killed);
    }

    pub(crate) fn start_again(&mut self) {
        self.process = spawn(self.address, &self.folder);
    }

    pub(crate) fn diary(&self) -> Diary {
        Diary::read(&self.folder.path().join("diary"))
    }

    /// Waits until so many calls more have begun than now.
    pub(crate) async fn until_begun(&self, more: usize) {
        let wanted = self.diary().begun() + more;
        eventually("calls to begin", async || (self.diary().begun() >= wanted).then_some(())).await;
    }
}

fn spawn(address: SocketAddr, folder: &TempDir) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["worker::work", "--exact", "--ignored", "--nocapture"])
        .env(ADDRESS, address.to_string())
        .env(DIARY, folder.path().join("diary"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

fn open_diary(folder: &TempDir) -> File {
    OpenOptions::new().create(true).append(true).open(folder.path().join("diary")).unwrap()
}

/// In one piece: what is killed has written a whole line or none.
fn write(diary: &mut File, line: &Line) {
    diary.write_all(format!("{line}\n").as_bytes()).unwrap();
}

#[tokio::test]
#[ignore = "this is the worker, whom other tests start"]
async fn work() {
    let Ok(address) = std::env::var(ADDRESS) else { return };
    let diary = OpenOptions::new().create(true).append(true).open(std::env::var(DIARY).unwrap()).unwrap();
    let chance = Chance::new(u64::from(std::process::id()));
    let desk = Arc::new(Mutex::new(Desk { diary, chance }));
    let routes = Router::new().route("/", post(handle)).with_state(desk);
    axum::serve(TcpListener::bind(address).await.unwrap(), routes).await.unwrap();
}

struct Desk {
    diary: File,
    chance: Chance,
}

async fn handle(
    State(desk): State<Arc<Mutex<Desk>>>,
    body: Bytes,
) -> ([(&'static str, &'static str); 1], String) {
    let event = Event::read(&body);
    let takes = desk.lock().unwrap().begin(&event);
    sleep(takes).await;
    write(&mut desk.lock().unwrap().diary, &Line::Done { book: event.book, event: event.id.clone() });
    ([("content-type", "application/json")], format!(r#"{{"result":"{}"}}"#, event.id))
}

impl Desk {
    /// How long it takes.
    fn begin(&mut self, event: &Event) -> Duration {
        write(&mut self.diary, &Line::Began { book: event.book.clone(), event: event.id.clone() });
        let most = if self.chance.one_in(SOME) { SOME_TAKE } else { MOST_TAKE };
        self.chance.duration_up_to(most)
    }
}
