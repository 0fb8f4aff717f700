//! A chronicle published by kua 0.1.0 of 25 November 2026 (two invented letters). Pages handed out
//! must be verified for ever, also by a kua that would write them otherwise.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::Bench;

const PAGE: &str = include_str!("golden/chronicle-1.html");
const KEY: &str = "kua/case-49e7fdb0/1+7074f004+AaAsdvJC73LzC8SjsEEre3x5Ta8tWv59rdmGIz19FenX";

#[test]
fn a_published_chronicle_of_the_first_version_is_verified_and_its_forgeries_are_not() {
    let bench = Bench::empty();
    bench.write("page.html", PAGE);
    let verify = || bench.kua(&["verify", "page.html", "--key", KEY]);
    let ran = verify();
    assert_eq!(ran.code, 0, "{} {}", ran.out, ran.err);
    assert!(ran.out.contains("2 items, 2 log entries, 2 quotes"), "{}", ran.out);
    let record = &bench.json(&["verify", "page.html", "--key", KEY, "--json"])[0];
    assert_eq!(record["vkey"], KEY);
    // The words of a letter, a digit of the signed root, the key: each shows.
    for (from, to) in [
        ("Four people were killed", "Five people were killed"),
        ("5Hxk92VB6efB", "5Hxk92VB6efC"),
        ("kua/case-49e7fdb0/1+7074f004", "kua/case-49e7fdb1/1+7074f004"),
    ] {
        assert!(PAGE.contains(from), "{from} does not stand in the page");
        bench.write("page.html", PAGE.replace(from, to));
        let ran = verify();
        assert_eq!(ran.code, 1, "{from} changed to {to}: {} {}", ran.out, ran.err);
    }
    bench.write("page.html", &PAGE[..PAGE.len() / 2]);
    assert_ne!(verify().code, 0, "half a page");
}

#[test]
fn the_page_of_the_golden_vault_is_still_verified() {
    let bench = Bench::empty();
    bench.write("page.html", include_str!("../../kua-vault/tests/golden/version-1/chronicle.html"));
    let ran = bench.kua(&["verify", "page.html"]);
    assert_eq!(ran.code, 0, "{} {}", ran.out, ran.err);
    assert!(ran.out.contains("4 items, 6 log entries, 0 quotes"), "{}", ran.out);
}
