//! The sandbox's ledger: what it takes to post, list, page and balance a book as it grows.
//!
//! What counts is the ratio between a small book and a large one: a page and a balance must not grow with the book.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use bookhook_sandbox::Sandbox;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::latencies::Latencies;

/// Posted one by one, over so many connections.
const CONNECTIONS: usize = 8;
/// How often a question is asked.
const ASKED: usize = 200;
const FIRST_DAY: Date = date(2024, 1, 1);

/// What is asked of a book, and the path below it.
const QUESTIONS: &[(&str, &str)] = &[
    ("first page", "transactions?limit=100&query="),
    ("first page of an account", "transactions?limit=100&query=account:'Bank%20Account'"),
    ("by remote id", "transactions?query=remoteId:r-77"),
    ("balance of an account, by month", "balances?query=account:'Bank%20Account'%20by:m"),
    ("balance of a group", "balances?query=group:Assets%20on:2025"),
    ("one post", ""),
];

/// Measures books of 1,000 and of `transactions`, in memory or in a file, and prints what it took.
pub(crate) async fn run(transactions: usize, folder: Option<&Path>) -> Result<()> {
    let small = Measured::of(1000, folder).await?;
    let large = Measured::of(transactions, folder).await?;
    println!("{:<34} {:>12} {:>12} {:>8}", "transactions in the book", small.size, large.size, "ratio");
    for ((what, small), (_, large)) in small.took.iter().zip(&large.took) {
        let ratio = large.as_secs_f64() / small.as_secs_f64();
        println!("{what:<34} {:>9.2} ms {:>9.2} ms {ratio:>8.2}", millis(*small), millis(*large));
    }
    let rate = large.size as f64 / large.posting.as_secs_f64();
    println!("\nposted one by one: {:.1} s, {rate:.0}/s", large.posting.as_secs_f64());
    println!("posted in batches of 500: {:.1} s", large.batches.as_secs_f64());
    println!("paged through, 1000 a page: {:.0} ms", millis(large.paging));
    Ok(())
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// What a book of some size took: half of the answers came within that.
struct Measured {
    size: usize,
    took: Vec<(&'static str, Duration)>,
    posting: Duration,
    batches: Duration,
    paging: Duration,
}

impl Measured {
    async fn of(size: usize, folder: Option<&Path>) -> Result<Self> {
        let builder = Sandbox::builder();
        let builder = match folder {
            None => builder,
            Some(folder) => builder.data(folder.join(format!("ledger-{size}.db"))),
        };
        let sandbox = builder.start().await?;
        let book = Book::create(&sandbox).await?;
        let start = Instant::now();
        book.post_all(size).await?;
        let posting = start.elapsed();
        let mut took = Vec::new();
        for (what, path) in QUESTIONS {
            took.push((*what, book.ask(path, size).await?));
        }
        let start = Instant::now();
        let paged = book.page_through().await?;
        let paging = start.elapsed();
        anyhow::ensure!(paged >= size, "{paged} transactions were listed of {size}");
        let other = Book::create(&sandbox).await?;
        let start = Instant::now();
        other.post_batches(size).await?;
        Ok(Self { size, took, posting, batches: start.elapsed(), paging })
    }
}

/// A book with a few accounts.
#[derive(Clone)]
struct Book {
    http: Client,
    url: String,
}

impl Book {
    async fn create(sandbox: &Sandbox) -> Result<Self> {
        let http = Client::builder().timeout(Duration::from_mins(1)).build()?;
        let books = Self { http, url: format!("{}/v5/books", sandbox.url()) };
        let book = books.call(Method::POST, "", Some(json!({"name": "Aurora"}))).await?;
        let id = book["id"].as_str().context("a book without id")?;
        let book = Self { url: format!("{}/{id}", books.url), ..books };
        book.call(Method::POST, "/groups", Some(json!({"name": "Assets"}))).await?;
        let account =
            |name: &str, nature: &str, groups: Value| json!({"name": name, "type": nature, "groups": groups});
        let accounts = json!({"items": [
            account("Bank Account", "ASSET", json!([{"name": "Assets"}])),
            account("Cash", "ASSET", json!([{"name": "Assets"}])),
            account("Product Sales", "INCOMING", json!([])),
            account("Office Supplies", "OUTGOING", json!([])),
        ]});
        book.call(Method::POST, "/accounts/batch", Some(accounts)).await?;
        Ok(book)
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        self.call_at(method, path, body, None).await
    }

    async fn call_at(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        cursor: Option<&str>,
    ) -> Result<Value> {
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        if let Some(body) = body {
            request = request.json(&body);
        }
        if let Some(cursor) = cursor {
            request = request.header("cursor", cursor);
        }
        Ok(request.send().await?.error_for_status()?.json().await?)
    }

    async fn post_all(&self, size: usize) -> Result<()> {
        let posts = (0..CONNECTIONS).map(|connection| {
            let book = self.clone();
            tokio::spawn(async move {
                for number in (connection..size).step_by(CONNECTIONS) {
                    book.call(Method::POST, "/transactions", Some(transaction(number))).await?;
                }
                anyhow::Ok(())
            })
        });
        for post in posts.collect::<Vec<_>>() {
            post.await??;
        }
        Ok(())
    }

    async fn post_batches(&self, size: usize) -> Result<()> {
        for first in (0..size).step_by(500) {
            let items: Vec<_> = (first..size.min(first + 500)).map(transaction).collect();
            self.call(Method::POST, "/transactions/batch", Some(json!({"items": items}))).await?;
        }
        Ok(())
    }

    /// Half of the answers came within so long.
    async fn ask(&self, path: &str, size: usize) -> Result<Duration> {
        let mut latencies = Latencies::default();
        for number in 0..ASKED {
            let start = Instant::now();
            match path {
                "" => self.call(Method::POST, "/transactions", Some(transaction(size + number))).await?,
                path => self.call(Method::GET, &format!("/{path}"), None).await?,
            };
            latencies.record(start.elapsed());
        }
        Ok(latencies.quantile(500))
    }

    async fn page_through(&self) -> Result<usize> {
        let (mut listed, mut cursor) = (0, None::<String>);
        loop {
            let path = "/transactions?limit=1000";
            let page = self.call_at(Method::GET, path, None, cursor.as_deref()).await?;
            listed += page["items"].as_array().map_or(0, Vec::len);
            match page["cursor"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => return Ok(listed),
            }
        }
    }
}

/// Spread over a thousand days and four accounts.
fn transaction(number: usize) -> Value {
    let day = FIRST_DAY.saturating_add(i64::try_from(number % 1000).unwrap_or_default().days());
    let (credit, debit) = match number % 3 {
        0 => ("Product Sales", "Bank Account"),
        1 => ("Bank Account", "Office Supplies"),
        _ => ("Bank Account", "Cash"),
    };
    json!({
        "date": day.to_string(), "amount": format!("{}.{:02}", number % 997 + 1, number % 100),
        "creditAccount": {"name": credit}, "debitAccount": {"name": debit},
        "description": format!("Number {number} #bench"), "remoteIds": [format!("r-{number}")],
    })
}
