//! Who and what is not let in: told to the caller without help for a stranger, counted by reason, never journaled.

use bookhook::model::Policy;
use bookhook_sandbox::google::Signer;
use bookhook_testkit::{Post, Reply, Runs, eventually};
use serde_json::json;

use crate::stage::{Serving, Stage, event};

async fn serving(stage: &Stage) -> Serving {
    let hook = stage.prompt(&Runs::default()).policy(Policy { body_bytes_max: 1024, ..Policy::default() });
    stage.serve(hook).await
}

/// Nothing was journaled, and this was counted once.
async fn assert_refused(serving: &Serving, reason: &str) {
    assert_eq!(serving.refused(reason), 1, "{:?}", serving.host().refused());
    assert!(serving.all().await.is_empty());
}

fn assert_says_no_more_than(reply: &Reply, status: u16, error: &str) {
    assert_eq!((reply.status, reply.json()), (status, json!({ "error": error })));
    assert_eq!(reply.header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn a_hook_takes_post_only() {
    let stage = Stage::new();
    let serving = serving(&stage).await;
    for (times, method) in ["GET", "PUT", "DELETE", "OPTIONS"].into_iter().enumerate() {
        let reply = serving.post("{}").method(method).send().await;
        assert_eq!((reply.status, reply.header("allow")), (405, Some("POST")), "{method}");
        assert!(reply.json()["error"].is_string());
        assert_eq!(serving.refused("method"), times as u64 + 1);
    }
    assert!(serving.all().await.is_empty());
}

#[tokio::test]
async fn where_no_hook_is_there_is_a_problem() {
    let stage = Stage::new();
    let serving = serving(&stage).await;
    let reply = Post::new(serving.address(), "POST", "/hooks/other").send().await;
    assert_eq!((reply.status, reply.header("content-type")), (404, Some("application/problem+json")));
    assert_eq!((&reply.json()["status"], &reply.json()["title"]), (&json!(404), &json!("Not Found")));
    assert_refused(&serving, "no_such_hook").await;
}

#[tokio::test]
async fn a_body_that_is_announced_too_large_need_not_be_sent() {
    let stage = Stage::new();
    let serving = serving(&stage).await;
    let reply = serving.post("").begin_announcing(1025).await.reply().await;
    assert_eq!(reply.status, 413);
    assert!(reply.json()["error"].is_string());
    assert_refused(&serving, "body_too_large").await;
}

#[tokio::test]
async fn a_body_that_grows_too_large_is_not_read_to_its_end() {
    let stage = Stage::new();
    let serving = serving(&stage).await;
    let reply = serving.post(" ".repeat(1025)).begin_chunked().await.reply().await;
    assert_eq!(reply.status, 413);
    assert_refused(&serving, "body_too_large").await;
}

#[tokio::test]
async fn a_body_of_just_the_size_is_read() {
    let stage = Stage::new();
    let serving = serving(&stage).await;
    assert_eq!(serving.post(format!("{{}}{}", " ".repeat(1022))).send().await.status, 400);
    assert_refused(&serving, "no_event").await;
}

#[tokio::test]
async fn only_json_that_is_not_compressed_is_taken() {
    let stage = Stage::new();
    let serving = serving(&stage).await;
    let plain = serving.post("{}").without("content-type").header("content-type", "text/plain").send().await;
    let none = serving.post("{}").without("content-type").send().await;
    assert_eq!((plain.status, none.status), (415, 415));
    assert_eq!(serving.refused("media_type"), 2);
    let packed = serving.post("{}").header("content-encoding", "gzip").send().await;
    assert_eq!(packed.status, 415);
    assert_refused(&serving, "content_encoding").await;
}

#[tokio::test]
async fn what_is_no_event_is_refused_with_what_is_wrong() {
    let stage = Stage::new();
    let serving = serving(&stage).await;
    for (body, wrong) in
        [("{", "not JSON"), ("[]", "no JSON object"), ("{\"type\": \"X\"}", "`book` is missing")]
    {
        let reply = serving.post(body).send().await;
        assert_eq!(reply.status, 400, "{body}");
        assert!(reply.json()["error"].as_str().unwrap().contains(wrong), "{}", reply.text());
    }
    assert_eq!(serving.refused("no_event"), 3);
    assert!(serving.all().await.is_empty());
}

#[tokio::test]
async fn a_caller_without_a_good_token_is_told_nothing_more() {
    let stage = Stage::new();
    let serving = serving(&stage).await;
    let bkper = &stage.bkper;
    let stranger = Signer::generate().unwrap();
    let our_header = json!({"alg": "RS256", "kid": bkper.key_id(), "typ": "JWT"});
    let mut expired = bkper.claims();
    (expired.iat, expired.exp) = (expired.iat - 7200, expired.iat - 3600);
    let mut of_another_url = bkper.claims();
    of_another_url.aud = "https://hooks.example.com/hooks/other".to_owned();

    // An event that would be refused tells that nothing was read before the caller was known.
    let call = || serving.post("{");
    for (reason, post) in [
        ("missing", call().without("authorization")),
        ("malformed", call().token("garbage")),
        ("unknown_key", call().token(&stranger.sign(&bkper.claims()))),
        ("bad_signature", call().token(&stranger.sign_with_header(&our_header, &bkper.claims()))),
        ("expired", call().token(&bkper.sign(&expired))),
        ("wrong_audience", call().token(&bkper.sign(&of_another_url))),
    ] {
        let reply = post.send().await;
        assert_says_no_more_than(&reply, 401, "unauthorized");
        assert!(reply.header("www-authenticate").is_some());
        assert_refused(&serving, reason).await;
    }
}

#[tokio::test]
async fn two_authorization_headers_are_none() {
    let stage = Stage::new();
    let serving = serving(&stage).await;
    let good = format!("Bearer {}", stage.bkper.sign(&stage.bkper.claims()));
    let reply = serving.post("{").header("authorization", &good).send().await;
    assert_says_no_more_than(&reply, 401, "unauthorized");
    assert_refused(&serving, "several").await;
}

#[tokio::test]
async fn another_account_of_the_same_issuer_is_forbidden() {
    let stage = Stage::new();
    let serving = serving(&stage).await;
    let mut claims = stage.bkper.claims();
    claims.email = "somebody@appspot.gserviceaccount.com".to_owned();
    let reply = serving.post("{").token(&stage.bkper.sign(&claims)).send().await;
    assert_says_no_more_than(&reply, 403, "forbidden");
    assert_refused(&serving, "wrong_account").await;
}

#[tokio::test]
async fn a_host_says_that_it_lives_and_that_it_is_ready() {
    let stage = Stage::new();
    let serving = serving(&stage).await;
    for path in ["/livez", "/readyz"] {
        assert_eq!(Post::new(serving.address(), "GET", path).send().await.status, 200, "{path}");
    }
    assert!(serving.host().refused().is_empty());
}

#[tokio::test]
async fn a_request_that_breaks_off_is_not_taken() {
    let stage = Stage::new();
    let serving = stage.serve(stage.prompt(&Runs::default())).await;
    // What came is a whole event; that more was to come cannot be known to be nothing.
    serving.post(event("e1", "b1")).begin_chunked().await.break_off();
    eventually("it is counted", async || (serving.refused("body_broken") == 1).then_some(())).await;
    assert_refused(&serving, "body_broken").await;
}

#[tokio::test]
async fn when_the_journal_cannot_be_written_nothing_is_promised() {
    let stage = Stage::new();
    let runs = Runs::default();
    let serving = stage.serve(stage.prompt(&runs)).await;
    serving.host().journal().close().await;

    let reply = serving.post(event("e1", "b1")).send().await;
    assert_eq!(reply.status, 503);
    assert!(reply.retry_after().unwrap() >= 1);
    assert!(reply.json()["error"].is_string());
    assert_eq!((serving.refused("journal_unavailable"), runs.count()), (1, 0));

    let asked = async |path| Post::new(serving.address(), "GET", path).send().await;
    assert_eq!(asked("/livez").await.status, 200);
    assert_eq!(asked("/readyz").await.status, 503);
}
