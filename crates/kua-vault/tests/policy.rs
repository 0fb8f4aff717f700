//! Trust policies: read by the rules of C2SP tlog-policy, and the rule's threshold counted.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use kua_vault::{Algorithm, Policy, SignerKey};

fn key(n: u8, algorithm: Algorithm) -> String {
    SignerKey::from_seed_as(&format!("k{n}.example"), algorithm, &[n; 32])
        .unwrap()
        .verifier()
        .to_string()
}

fn witness(n: u8) -> String {
    key(n, Algorithm::Cosignature)
}

/// Two levels of groups, comments, tabs, a name that is not UTF-8 and one that is not ASCII.
fn nested() -> Vec<u8> {
    let mut text =
        format!("# who we trust\n\n\tlog  {}\thttps://a.example/\n", key(9, Algorithm::Note))
            .into_bytes();
    for (n, name) in [(1, &b"anna"[..]), (2, "\u{436}".as_bytes()), (3, b"\xff\xfe"), (4, b"dora")]
    {
        text.extend(
            [&b" witness "[..], name, b" ", witness(n).as_bytes(), b" https://w.example\n"]
                .concat(),
        );
    }
    text.extend([&b"group desk 2 anna "[..], "\u{436}".as_bytes(), b" \xff\xfe\n"].concat());
    text.extend(b"group both all desk dora\nquorum both\n");
    text
}

#[test]
fn a_quorum_of_groups_within_groups_is_counted() {
    let policy = Policy::parse(&nested()).unwrap();
    assert_eq!((policy.logs.len(), policy.witnesses.len()), (1, 4));
    let by = |names: &[&[u8]]| names.iter().map(|n| n.to_vec()).collect::<BTreeSet<_>>();
    assert!(!policy.holds(&by(&[])));
    assert!(!policy.holds(&by(&[b"anna", b"dora"])));
    assert!(policy.holds(&by(&[b"anna", b"\xff\xfe", b"dora"])));
    assert!(!policy.holds(&by(&[b"anna", b"\xff\xfe", "\u{436}".as_bytes()])));
    let missing = policy.missing(&by(&[b"anna"]));
    assert_eq!(missing.len(), 3);
    assert_eq!(missing[0].shown(), "\u{436}");
    assert!(policy.rule().starts_with("2 of (2 of (anna, "), "{}", policy.rule());
    assert!(Policy::parse(b"quorum none").unwrap().holds(&by(&[])));
}

#[test]
fn a_malformed_policy_names_its_line() {
    let (a, b, log) = (witness(1), witness(2), key(9, Algorithm::Note));
    for (text, line, word) in [
        (String::new(), 1, "without a quorum"),
        ("quorum none\nquorum none\n".into(), 2, "exactly one"),
        ("# x\nwitnes a b\n".into(), 2, "witnes"),
        (format!("witness a {a} url more\n"), 1, "witness NAME"),
        (format!("witness a {log}\n"), 1, "type 0x04"),
        (format!("log {a}\n"), 1, "type 0x01"),
        (format!("log {log}\nlog {log}\n"), 2, "earlier line"),
        (format!("witness a {a}\nwitness a {b}\n"), 2, "taken"),
        (format!("witness a {a}\nwitness b {a}\n"), 2, "earlier line"),
        (format!("witness none {a}\n"), 1, "taken"),
        (format!("witness a {a}\ngroup g 2 a\n"), 2, "1 to 1"),
        (format!("witness a {a}\ngroup g 0 a\n"), 2, "1 to 1"),
        (format!("witness a {a}\ngroup g 01 a\n"), 2, "1 to 1"),
        (format!("witness a {a}\ngroup g most a\n"), 2, "most"),
        (format!("witness a {a}\ngroup g all\n"), 2, "MEMBER"),
        (format!("witness a {a}\ngroup g all a a\n"), 2, "member"),
        (format!("witness a {a}\ngroup g all a\ngroup h all a\n"), 3, "member"),
        (format!("group g any a\nwitness a {a}\n"), 1, "earlier line"),
        ("group g any none\n".into(), 1, "earlier line"),
        ("quorum a\n".into(), 1, "earlier line"),
        (format!("witness a {}x\n", a), 1, "key"),
        ("quorum none\r\n".into(), 1, "0x0d"),
        ("quorum\u{b}none\n".into(), 1, "0x0b"),
        ("x\u{7f}\n".into(), 1, "0x7f"),
        ("quorum\u{a0}none\n".into(), 1, "expected"),
    ] {
        let error = Policy::parse(text.as_bytes()).expect_err(&text);
        assert_eq!(error.line, line, "{text:?}: {error}");
        assert!(error.to_string().contains(word), "{text:?}: {error}");
    }
}

#[test]
fn many_logs_witnesses_and_groups_are_read_and_deep_ones_do_no_harm() {
    let mut text = String::new();
    for n in 1..=100u8 {
        text += &format!("witness w{n} {}\n", witness(n));
        text += &format!(
            "group g{n} any w{n}{}\n",
            if n > 1 { format!(" g{}", n - 1) } else { String::new() }
        );
    }
    let error = Policy::parse(format!("{text}quorum g100\n").as_bytes()).unwrap_err();
    assert!(error.line > 120 && error.to_string().contains("deep"), "{error}");
    let shallow: String = text.lines().take(100).map(|line| format!("{line}\n")).collect();
    let policy = Policy::parse(format!("{shallow}quorum g50\n").as_bytes()).unwrap();
    assert!(policy.holds(&BTreeSet::from([b"w1".to_vec()])));
    let long = vec![b'#'; (1 << 20) + 1];
    assert!(Policy::parse(&long).is_err());
}
