//! How `SQLite` finds few deliveries among many.

use bookhook_journal::{Appended, Cursor, Journal, Place, Whose};
use bookhook_model::{DeliveryId, Filter, Response, State};

use crate::given::{Home, erasing, sending, settled};

/// Many deliveries of all kinds, quickly.
async fn many(journal: &Journal, count: usize) {
    let mut last = None;
    for n in 0..count {
        let mut act = sending(&format!("e{n}"), Place::Unmatched);
        act.event.book_id = Some(format!("book-{}", n % 7).into());
        act.event.agent_id = Some(format!("agent-{}", n % 11).into());
        last = Some(journal.append(act));
    }
    last.unwrap().await.unwrap();
}

/// Follows the pages until there are no more; gives how many there were.
async fn all(journal: &Journal, filter: &Filter, limit: usize) -> (Vec<DeliveryId>, usize) {
    let (mut found, mut cursor, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = journal.list(filter, cursor.as_ref(), limit).await.unwrap();
        assert!(page.items.len() <= limit);
        found.extend(page.items.into_iter().map(|delivery| delivery.id));
        pages += 1;
        cursor = page.next;
        if cursor.is_none() {
            return (found, pages);
        }
    }
}

#[tokio::test]
async fn a_page_is_short_where_little_fits_and_says_where_to_go_on() {
    let journal = Home::memory().open().await;
    let first = settled(&journal, "first", &Response::result(1)).await;
    many(&journal, 25_000).await;
    let last = settled(&journal, "last", &Response::result(1)).await;
    // What is not catalogued yet is looked through.
    let filter = Filter { book_id: Some("book-1".into()), state: Some(State::Settled), ..Filter::default() };
    let page = journal.list(&filter, None, 10).await.unwrap();
    assert_eq!(page.items.iter().map(|delivery| delivery.id).collect::<Vec<_>>(), [last]);
    let (found, pages) = all(&journal, &filter, 10).await;
    assert_eq!(found, [last, first]);
    assert!((2..4).contains(&pages), "{pages}");

    let mut after = Cursor::START;
    let mut followed = Vec::new();
    while followed.len() < 2 {
        let page = journal.list_after(&filter, after, 10).await.unwrap();
        followed.extend(page.items.into_iter().map(|delivery| delivery.id));
        after = page.next.unwrap();
    }
    assert_eq!(followed, [first, last]);
}

#[tokio::test]
async fn what_is_tidied_is_found_all_the_same() {
    let journal = Home::memory().open().await;
    many(&journal, 140_000).await;
    let filters = [
        Filter { book_id: Some("book-3".into()), ..Filter::default() },
        Filter { agent_id: Some("agent-5".into()), ..Filter::default() },
        Filter { book_id: Some("book-3".into()), agent_id: Some("agent-5".into()), ..Filter::default() },
        Filter { event_id: Some("e40000".into()), ..Filter::default() },
    ];
    let mut before = Vec::new();
    for filter in &filters {
        before.push(all(&journal, filter, 500).await.0);
    }
    journal.tidy().await.unwrap();
    for (filter, before) in filters.iter().zip(before) {
        assert_eq!(all(&journal, filter, 500).await.0, before, "{filter:?}");
    }
    // An event that is old is known when it comes again; and can be erased.
    let again = journal.append(sending("e7", Place::Unmatched)).await.unwrap();
    assert!(matches!(again, Appended::Stored { .. }), "{again:?}");
    let erased = journal.erase(erasing(Whose::Agent("agent-5".into())), |_| ()).await.unwrap();
    assert_eq!(erased.deliveries, 140_000 / 11);
    assert_eq!(all(&journal, &filters[1], 500).await.0, []);
    assert_eq!(all(&journal, &filters[0], 500).await.0.len(), 20_000 - 1_818);
}
