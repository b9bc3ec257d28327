//! A walk through every endpoint and every event type. What is said and answered on the way is kept as snapshots, for
//! people to review; Bkper's own types judge the answers.

#![allow(clippy::unwrap_used, reason = "a walk that stumbles fails")]

mod endpoints;
mod events;
mod scenes;
mod story;
mod types;

use std::collections::BTreeSet;

use endpoints::ENDPOINTS;
use story::Story;

#[tokio::test]
async fn a_walk_through_every_endpoint_and_every_event_type() {
    let handler = events::Handler::start().await;
    let sandbox = events::sandbox().await;
    let mut story = Story::of(&sandbox, &handler.url());

    scenes::user(&mut story).await;
    insta::assert_snapshot!("user", story.chapter());
    scenes::apps(&mut story, &handler.url(), events::ALL).await;
    insta::assert_snapshot!("apps", story.chapter());
    let world = scenes::books(&mut story).await;
    insta::assert_snapshot!("books", story.chapter());
    scenes::collections(&mut story, &world).await;
    insta::assert_snapshot!("collections", story.chapter());
    scenes::groups(&mut story, &world).await;
    insta::assert_snapshot!("groups", story.chapter());
    scenes::accounts(&mut story, &world).await;
    insta::assert_snapshot!("accounts", story.chapter());
    scenes::transactions(&mut story, &world).await;
    insta::assert_snapshot!("transactions", story.chapter());
    scenes::search(&mut story, &world).await;
    insta::assert_snapshot!("search", story.chapter());
    let file = scenes::files(&mut story, &world).await;
    // An app gets a file's content as it is when the event is sent.
    sandbox.settled().await;
    scenes::files_end(&mut story, &world, &file).await;
    insta::assert_snapshot!("files", story.chapter());
    scenes::queries(&mut story, &world).await;
    insta::assert_snapshot!("queries", story.chapter());
    scenes::collaborators(&mut story, &world).await;
    insta::assert_snapshot!("collaborators", story.chapter());
    scenes::copies(&mut story, &world).await;
    insta::assert_snapshot!("copies", story.chapter());
    events::comments(&sandbox, &world).await;
    sandbox.settled().await;
    scenes::activity(&mut story, &world).await;
    insta::assert_snapshot!("activity", story.chapter());
    scenes::farewell(&mut story, &world).await;
    insta::assert_snapshot!("farewell", story.chapter());

    sandbox.settled().await;
    events::judge(&mut story, &handler);
    let answers = story.into_answers();
    let walked: BTreeSet<_> = answers.keys().copied().collect();
    let all: BTreeSet<_> = ENDPOINTS.iter().map(|(endpoint, _)| *endpoint).collect();
    assert_eq!(all.difference(&walked).collect::<Vec<_>>(), Vec::<&&str>::new(), "not walked");
    types::check(&answers).await;
}
