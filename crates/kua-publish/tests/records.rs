//! JSON lines: the names that others rely on.

#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "a test may stop at what it did not expect"
)]

mod fixture;

use kua_publish::json;
use serde_json::Value;

fn lines(write: impl Fn(&mut Vec<u8>) -> std::io::Result<()>) -> Vec<Value> {
    let mut out = Vec::new();
    write(&mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn has(record: &Value, names: &str) {
    for name in names.split(' ') {
        assert!(record.get(name).is_some(), "{name} is missing in {record}");
    }
}

#[test]
fn the_names_of_the_design_are_all_there() {
    let c = fixture::chronicle();
    let claims = lines(|out| json::claims(&c, out));
    assert_eq!(claims.len(), c.statements.len());
    for claim in &claims {
        has(
            claim,
            "id item document start end quote event low high approx affected by place time sources grade modality role origin why",
        );
        let document = c.documents.iter().find(|d| d.id.to_string() == claim["document"]).unwrap();
        let (start, end) = (claim["start"].as_u64().unwrap(), claim["end"].as_u64().unwrap());
        assert_eq!(&document.text[start as usize..end as usize], claim["quote"].as_str().unwrap());
        assert_eq!(claim["item"], document.path.as_str());
    }
    let open = claims
        .iter()
        .find(|claim| claim["quote"].as_str().unwrap().contains("at least 18"))
        .unwrap();
    assert_eq!((&open["low"], &open["high"]), (&Value::from(18), &Value::Null));
    assert_eq!(open["time"], "2031-10-03");
    assert_eq!(open["grade"], "seen");

    let origins = lines(|out| json::origins(&c, out));
    assert_eq!(origins.len(), c.origins.len());
    for origin in &origins {
        has(origin, "origin accounts");
        for account in origin["accounts"].as_array().unwrap() {
            has(account, "item document spans");
            assert!(account["spans"][0].as_array().unwrap().len() == 2);
        }
    }

    let links = lines(|out| json::links(&c, out));
    for link in &links {
        has(link, "link direction a b conflicts reasons");
        has(&link["a"], "item start end");
        assert_eq!(link["link"], "translation");
    }

    let tolls = lines(|out| json::tolls(&c, out));
    assert_eq!(tolls.len(), 6);
    for toll in &tolls {
        has(
            toll,
            "event affected place origin source as_of low high approx standing accounts origins claims",
        );
    }

    let documents = lines(|out| json::documents(&c, out));
    for document in &documents {
        has(document, "item document title language published published_how blocks");
        has(&document["blocks"][0], "start end role");
    }

    let names = lines(|out| json::names(&c, out));
    for name in &names {
        has(name, "id kind name variants");
        has(&name["variants"][0], "text script count");
    }
}

#[test]
fn a_full_disk_is_told_and_does_not_panic() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("no space left"))
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    assert!(json::claims(&fixture::chronicle(), &mut Full).is_err());
}
