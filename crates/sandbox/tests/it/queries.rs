//! The query language: what each operator finds, and what a wrong query is answered with.

#![allow(clippy::unwrap_used, reason = "a test that cannot ask fails")]

use serde_json::json;

use crate::deliveries::{given, hasty, new_account};
use crate::known_book::KnownBook;
use crate::receiver::Receiver;

/// Everything that is not in the trash, newest first; the draft without date comes before all.
const ALL: &str = "fegdcba";

/// The queries find these, in this order, and as many are counted.
async fn assert_found(book: &KnownBook, found: &[(&str, &str)]) {
    for (query, letters) in found {
        assert_eq!(book.found(query).await, *letters, "{query}");
        let count = book.ask("transactions/count", query).await.ok();
        assert_eq!(count, json!({"total": letters.len()}), "{query}");
    }
}

#[tokio::test]
async fn the_empty_query_finds_all_but_the_trash() {
    let book = KnownBook::open().await;
    assert_found(&book, &[("", ALL), ("  ", ALL)]).await;
}

#[tokio::test]
async fn accounts_and_groups_are_found_by_name_or_id() {
    let book = KnownBook::open().await;
    let cash = book.mia.get(&format!("{}/accounts/cash", book.path)).await.ok();
    let by_id = format!("account:{}", cash["id"].as_str().unwrap());
    assert_found(
        &book,
        &[
            ("account:Cash", "gdc"),
            (&by_id, "gdc"),
            ("acc:'Bank Account'", "fecba"),
            ("ACCOUNT:bank-account", "fecba"),
            ("account:O'Brien_\"Mac\"_Ltd", ""),
            ("from:Cash", "d"),
            ("to:Cash", "gc"),
            ("from:'bank account' to:cash", "c"),
            ("group:Assets", "fegdcba"),
            ("group:'Current Assets' to:'Office Supplies'", "db"),
            ("group:Revenue", "ga"),
            ("NOT group:Revenue", "fedcb"),
            ("NOT account:'Bank Account'", "gd"),
            ("account:Cash account:'Bank Account'", "c"),
            ("account:Cash OR group:Revenue", "gdca"),
        ],
    )
    .await;
}

#[tokio::test]
async fn dates_are_periods() {
    let book = KnownBook::open().await;
    assert_found(
        &book,
        &[
            ("on:2025", "cba"),
            ("on:2025-05", "b"),
            ("on:2025-05-31", "b"),
            ("on:31/05/2025", "b"),
            ("on:05/2025", "b"),
            ("on:may/2025", "b"),
            ("after:2025-05-31", "egdcb"),
            ("after:2025-06-01", "egdc"),
            ("after:2026", "egd"),
            ("before:2026", "cba"),
            ("before:2025-05-31", "a"),
            ("after:2025-05 before:2026-02", "cb"),
            ("on:$m", "eg"),
            ("on:$d", "e"),
            ("after:$d-3", "eg"),
            ("after:$m-1 before:$m", "d"),
            ("before:$y", "cba"),
            ("NOT after:2000", "f"),
            ("NOT before:2026", "fegd"),
            ("after:2026 on:2025", ""),
            ("before:0000", ""),
            ("after:9999", ""),
            ("on:2025 by:m", "cba"),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_status_excludes_the_trash_unless_it_is_the_trash() {
    let book = KnownBook::open().await;
    assert_found(
        &book,
        &[
            ("is:draft", "fg"),
            ("is:unchecked", "edca"),
            ("is:checked", "b"),
            ("is:posted", "edcba"),
            ("is:trashed", "ih"),
            ("is:trashed on:2025", "ih"),
            ("NOT is:trashed", ALL),
            ("is:draft OR is:trashed", "fgih"),
            ("NOT is:posted", "fg"),
        ],
    )
    .await;
}

#[tokio::test]
async fn remote_ids_are_whole_and_exact() {
    let book = KnownBook::open().await;
    assert_found(
        &book,
        &[
            ("remoteId:a", "a"),
            ("remoteid:tag_tx1_7", "a"),
            ("remoteId:A", ""),
            ("remoteId:F-1", "f"),
            ("remoteId:tag_tx1", ""),
            ("remoteId:a2", ""),
            ("remoteId:a2 is:trashed", "h"),
            ("remoteId:a2 OR remoteId:a", "a"),
        ],
    )
    .await;
}

#[tokio::test]
async fn amounts_are_compared_as_numbers() {
    let book = KnownBook::open().await;
    assert_found(
        &book,
        &[
            ("amount>99.9", "dba"),
            ("amount>=99.90", "dcba"),
            ("amount<12.500", "f"),
            ("amount<=12.5", "fe"),
            ("amount:440", "a"),
            ("amount=1000.00", "d"),
            ("amount>9999999999999999999999999999", ""),
        ],
    )
    .await;
}

#[tokio::test]
async fn hashtags_are_whole_and_in_any_case() {
    let book = KnownBook::open().await;
    assert_found(
        &book,
        &[
            ("#retail", "a"),
            ("#RETAIL_2", "d"),
            ("#ret", ""),
            ("#retail is:trashed", "h"),
            ("NOT #retail on:2025", "cb"),
        ],
    )
    .await;
}

#[tokio::test]
async fn who_recorded_it_is_found() {
    let book = KnownBook::open().await;
    assert_found(&book, &[("using:tax-bot", "e"), ("using:TAX-BOT", "e"), ("using:nobody", "")]).await;
}

#[tokio::test]
async fn text_is_found_wherever_it_stands() {
    let book = KnownBook::open().await;
    assert_found(
        &book,
        &[
            ("service", "a"),
            ("sold serv", "a"),
            ("cafe", "b"),
            ("CAFÉ das", "b"),
            ("'das cafe'", "b"),
            ("'cafe das'", ""),
            ("muller", "c"),
            ("spring", "fa"),
            ("inv", "a"),
            ("tag_tx1_7", "a"),
            ("receipts/77", "b"),
            ("https://example.com/receipts/77", "b"),
            ("office", "edb"),
            ("office NOT supplies", "e"),
            ("'is:draft'", ""),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_transaction_is_found_by_its_id_property_or_errors() {
    let book = KnownBook::open().await;
    let (d, h) = (book.id('d').to_owned(), book.id('h').to_owned());
    let (trashed, either) = (format!("{h} is:trashed"), format!("{d} OR lunch"));
    assert_found(
        &book,
        &[
            (&d, "d"),
            (&h, ""),
            (&trashed, "h"),
            (&either, "fd"),
            ("invoice:'INV 1'", "a"),
            ("invoice:INV", ""),
            ("error:true", ""),
            ("error:false", ALL),
            ("NOT (is:draft OR office)", "ca"),
        ],
    )
    .await;
}

#[tokio::test]
async fn any_two_operators_go_together() {
    let book = KnownBook::open().await;
    let terms = [
        ("account:Cash", "gdc"),
        ("from:'Bank Account'", "fecb"),
        ("group:Revenue", "ga"),
        ("on:2025", "cba"),
        ("after:2026", "egd"),
        ("is:draft", "fg"),
        ("remoteId:a", "a"),
        ("amount>50", "dcba"),
        ("#retail_2", "d"),
        ("using:tax-bot", "e"),
        ("office", "edb"),
        ("invoice:'INV 1'", "a"),
        (book.id('e'), "e"),
    ];
    for (one, by_one) in terms {
        for (other, by_other) in terms {
            let letters =
                |holds: &dyn Fn(char) -> bool| ALL.chars().filter(|c| holds(*c)).collect::<String>();
            let both = letters(&|letter| by_one.contains(letter) && by_other.contains(letter));
            let any = letters(&|letter| by_one.contains(letter) || by_other.contains(letter));
            let only = letters(&|letter| by_one.contains(letter) && !by_other.contains(letter));
            assert_eq!(book.found(&format!("{one} {other}")).await, both, "{one} {other}");
            assert_eq!(book.found(&format!("{one} OR {other}")).await, any, "{one} OR {other}");
            assert_eq!(book.found(&format!("{one} NOT {other}")).await, only, "{one} NOT {other}");
        }
    }
}

#[tokio::test]
async fn a_wrong_query_is_told_what_is_wrong() {
    let book = KnownBook::open().await;
    for (query, message) in [
        ("on:", "`on:` at character 1 has no value"),
        ("after:soon", "\"soon\" at character 1 is no date"),
        ("lunch is:paid", "\"paid\" at character 7 is no status"),
        ("by:w", "\"w\" at character 1 is no length of periods"),
        ("amount>x", "\"x\" at character 1 is no amount"),
        ("'lunch", "the quote ' at character 1 is never closed"),
        ("(lunch", "the parenthesis at character 1 is never closed"),
    ] {
        for path in ["transactions", "transactions/count", "balances"] {
            let refused = book.ask(path, query).await.refused(400, "invalidParameter");
            assert!(refused.starts_with(message), "{path} {query}: {refused}");
        }
    }
}

#[tokio::test]
async fn a_name_that_the_book_does_not_have_is_not_found() {
    let book = KnownBook::open().await;
    for (query, message) in [
        ("account:Nowhere", "account not found: Nowhere"),
        ("from:Nowhere", "account not found: Nowhere"),
        ("NOT to:Nowhere", "account not found: Nowhere"),
        ("group:'no such'", "group not found: no such"),
        // A group is no account, nor the other way round.
        ("account:Assets", "account not found: Assets"),
        ("group:Cash", "group not found: Cash"),
    ] {
        for path in ["transactions", "transactions/count", "balances"] {
            assert_eq!(book.ask(path, query).await.refused(404, "notFound"), message, "{path} {query}");
        }
    }
}

#[tokio::test]
async fn the_queries_of_the_well_known_clients_are_answered() {
    let book = KnownBook::open().await;
    for query in [
        "remoteId:vatout_tx0000000001_5000000001",
        "remoteId:tx0000000001 is:trashed",
        "account:'Cash' after:01/01/2025 before:31/12/2025",
        "after:2025-05-31",
        "after:2025-01-01 before:2026-01-01",
        "after:01/01/2025",
        "account:Cash",
        "group:Assets",
        "on:2025",
        "on:2025-01",
        "is:checked after:2025-01-01",
        "account:'Bank Account' after:$m-3 before:$m+1 by:m",
        "group:'Assets' before:2026-01-01",
        "error:true",
        "acc:'Bank Account' after:01/2019",
        "is:draft",
        "is:unchecked",
        "is:trashed",
        "on:2025-12-31",
        "on:$y by:m",
    ] {
        for path in ["transactions", "transactions/count", "balances"] {
            book.ask(path, query).await.ok();
        }
    }
}

#[tokio::test]
async fn the_longest_queries_are_answered() {
    let book = KnownBook::open().await;
    let many = |term: &str, between: &str, times| vec![term; times].join(between);
    for query in [
        many("group:Assets", " ", 500),
        many("invoice:17", " OR ", 500),
        format!("{}lunch{}", many("(", "", 50), many(")", "", 50)),
        many("account:Cash", " OR NOT ", 200),
    ] {
        for path in ["transactions", "transactions/count", "balances"] {
            book.ask(path, &query).await.ok();
        }
    }
    book.ask("transactions", &many("lunch", " ", 501)).await.refused(400, "invalidParameter");
}

#[tokio::test]
async fn what_an_app_could_not_handle_is_found_until_it_can() {
    let app = Receiver::answering(|calls, _| match calls {
        0 => json!({"error": "no rate"}).into(),
        1 => json!({"warning": "an old rate"}).into(),
        _ => json!({"result": "done"}).into(),
    })
    .await;
    let sandbox = hasty().start().await.unwrap();
    let (mia, book) = given(&sandbox, app.manifest("tax-bot", &["TRANSACTION_POSTED"])).await;
    for account in ["Bank", "Cash"] {
        new_account(&mia, &book, account).await;
    }
    let failed = mia.new_transaction(&book, "Bank", "Cash", json!({})).await;
    sandbox.settled().await;
    mia.new_transaction(&book, "Bank", "Cash", json!({})).await;
    sandbox.settled().await;
    let found =
        async || mia.get(&format!("{book}/transactions?query=error:true")).await.ok()["items"].clone();
    assert_eq!(found().await[0]["id"], failed["id"]);
    assert_eq!(found().await.as_array().unwrap().len(), 1);

    let events = mia.get(&format!("{book}/events?error=true")).await.ok();
    let event = events["items"][0]["id"].as_str().unwrap();
    mia.put(&format!("{book}/events/{event}/responses/tax-bot"), json!({})).await.ok();
    assert_eq!(found().await, json!([]));
}

#[tokio::test]
async fn what_an_app_recorded_is_found_by_the_apps_name() {
    let book = KnownBook::open().await;
    book.mia.post("/v5/apps", json!({"id": "tax-bot", "name": "Tax Bot"})).await.ok();
    for query in ["using:'tax bot'", "using:tax-bot"] {
        assert_eq!(book.found(query).await, "e", "{query}");
    }
}
