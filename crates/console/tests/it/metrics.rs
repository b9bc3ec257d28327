//! Numbers for Prometheus.

use std::collections::BTreeMap;

use crate::given::Given;

/// The samples of a page, which must have the form that Prometheus reads.
fn samples(page: &str) -> BTreeMap<String, f64> {
    let mut samples = BTreeMap::new();
    let mut family = String::new();
    for line in page.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            help.split(' ').next().unwrap().clone_into(&mut family);
            assert!(family.starts_with("bookhook_"), "{line}");
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').unwrap();
            assert_eq!(name, family);
            assert!(matches!(kind, "gauge" | "counter"), "{line}");
            assert_eq!(kind == "counter", name.ends_with("_total"), "{line}");
        } else {
            let (name, value) = line.rsplit_once(' ').unwrap();
            assert_eq!(name.split('{').next().unwrap(), family, "{line}");
            assert!(
                samples.insert(name.to_owned(), value.parse().unwrap()).is_none(),
                "{line} is there twice"
            );
        }
    }
    assert!(page.ends_with('\n'));
    samples
}

#[tokio::test]
async fn what_stands_in_the_journal_is_measured() {
    let given = Given::open().await;
    given.settled("e1", "b1").await;
    let reply = given.answer("GET", "/metrics").await;
    assert_eq!(reply.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    let samples = samples(reply.text());
    let value = |name: &str| *samples.get(name).unwrap_or_else(|| panic!("no {name} in {samples:?}"));
    assert!((value("bookhook_deliveries{hook=\"tax-bot\",state=\"settled\"}") - 1.0).abs() < 1e-9);
    assert!(value("bookhook_deliveries{hook=\"tax-bot\",state=\"waiting\"}").abs() < 1e-9);
    assert!((value("bookhook_journal_up") - 1.0).abs() < 1e-9);
    assert!(value("bookhook_hook_paused{hook=\"tax-bot\"}").abs() < 1e-9);
    assert!((value("bookhook_refused_total{hook=\"tax-bot\",reason=\"expired\"}") - 3.0).abs() < 1e-9);
}
