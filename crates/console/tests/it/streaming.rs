//! Deliveries as they change.

use bookhook_testkit::wait::in_time;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::api;
use crate::given::Given;

/// Reads a stream as it comes.
struct Reader {
    lines: tokio::io::Lines<BufReader<TcpStream>>,
}

/// One event of it.
struct Told {
    id: String,
    delivery: Value,
}

impl Reader {
    async fn of(given: &Given, query: &str, last: Option<&str>) -> Self {
        let mut connection = TcpStream::connect(given.address).await.unwrap();
        let last = last.map(|id| format!("last-event-id: {id}\r\n")).unwrap_or_default();
        let head = format!("GET /api/v1/stream{query} HTTP/1.1\r\nhost: {}\r\n{last}\r\n", given.address);
        connection.write_all(head.as_bytes()).await.unwrap();
        let mut reader = Self { lines: BufReader::new(connection).lines() };
        assert_eq!(reader.line().await.as_deref(), Some("HTTP/1.1 200 OK"));
        while reader.line().await.unwrap() != "" {}
        reader
    }

    async fn line(&mut self) -> Option<String> {
        in_time("a line of the stream", self.lines.next_line()).await.unwrap()
    }

    async fn next(&mut self) -> Told {
        let (mut id, mut delivery) = (None, None::<Value>);
        loop {
            let line = self.line().await.expect("the stream goes on");
            if let Some(data) = line.strip_prefix("data: ") {
                delivery = Some(serde_json::from_str(data).unwrap());
            } else if let Some(place) = line.strip_prefix("id: ") {
                id = Some(place.to_owned());
            } else if let Some(name) = line.strip_prefix("event: ") {
                assert_eq!(name, "delivery");
            } else if line.is_empty()
                && let Some(delivery) = delivery.take()
            {
                api::check("Delivery", &delivery);
                return Told { id: id.expect("a place to go on from"), delivery };
            }
        }
    }

    /// The next event of this state.
    async fn until(&mut self, event: &str, state: &str) -> Told {
        loop {
            let told = self.next().await;
            if told.delivery["event_id"] == event && told.delivery["state"] == state {
                return told;
            }
        }
    }
}

#[tokio::test]
async fn a_delivery_is_told_whenever_it_changes() {
    let given = Given::gated().await;
    given.sent("before", "b0").await;
    let mut reader = Reader::of(&given, "", None).await;
    given.sent("e1", "b1").await;
    reader.until("e1", "running").await;
    given.gate.open();
    let mut settled = [reader.next().await, reader.next().await];
    settled.sort_by_key(|told| told.delivery["event_id"].to_string());
    let told: Vec<_> =
        settled.iter().map(|told| (&told.delivery["event_id"], &told.delivery["state"])).collect();
    assert_eq!(
        told[0],
        (&Value::from("before"), &Value::from("settled")),
        "it was open when the reader came"
    );
    assert_eq!(told[1], (&Value::from("e1"), &Value::from("settled")));
}

#[tokio::test]
async fn who_comes_back_misses_nothing_that_became_of_what_was_open() {
    let given = Given::gated().await;
    let mut reader = Reader::of(&given, "", None).await;
    given.sent("e1", "b1").await;
    let heard = reader.until("e1", "running").await;
    drop(reader);
    given.gate.open();
    given.settled("e2", "b2").await;
    let mut reader = Reader::of(&given, "", Some(&heard.id)).await;
    reader.until("e1", "settled").await;
    let last = reader.until("e2", "settled").await;

    drop(reader);
    given.settled("e3", "b3").await;
    let mut reader = Reader::of(&given, &format!("?cursor={}", last.id), None).await;
    assert_eq!(reader.next().await.delivery["event_id"], "e3", "what was heard is not told again");
}

#[tokio::test]
async fn a_stream_can_be_of_one_book() {
    let given = Given::open().await;
    let mut reader = Reader::of(&given, "?book_id=b2&state=settled", None).await;
    for (id, book) in [("e1", "b1"), ("e2", "b2")] {
        given.settled(id, book).await;
    }
    assert_eq!(reader.next().await.delivery["event_id"], "e2");
    let problem = given.problem("GET", "/api/v1/stream?limit=3").await;
    assert_eq!(problem["parameter"], "limit");
}

#[tokio::test]
async fn a_place_that_is_none_is_a_problem() {
    let given = Given::open().await;
    let call = given.call("GET", "/api/v1/stream").header("last-event-id", "x");
    let reply = api::checked("GET", "/api/v1/stream", call.send().await);
    assert_eq!((reply.status, reply.json()["parameter"].as_str()), (400, Some("Last-Event-ID")));
}

#[tokio::test]
async fn streams_end_with_the_door() {
    let mut given = Given::open().await;
    let mut reader = Reader::of(&given, "", None).await;
    given.close().await;
    while reader.line().await.is_some() {}
}
