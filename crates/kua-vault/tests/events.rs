//! The custody chain in the log: every kind of event, with and without bytes, open and sealed.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a skipped test says so")]

mod common;

use common::{acquired, vault};
use kua_model::{ItemId, Sha256};
use kua_vault::{
    Damage, EntryKind, Event, MAX_ITEMS, PreserveError, Salt, Sealed, VerifyOptions, verify_with,
};

const AT: &str = "2031-05-06T08:00:00Z";

fn check(memory: &common::Memory) -> kua_vault::VerifyReport {
    verify_with(&memory.shared(), &VerifyOptions { threads: 1, ..Default::default() })
}

#[test]
fn events_with_and_without_bytes_are_told_back_and_their_private_facts_only_from_the_record() {
    let (memory, vault) = vault();
    let mut writer = vault.writer().unwrap();
    let letter = writer.preserve(&b"They left at night."[..], &acquired("letter.txt")).unwrap();
    let handed = Event::of_bytes(EntryKind::Receive, &acquired("from-the-committee.txt"));
    writer.append_bytes(handed, &b"A list of the committee."[..]).unwrap();
    let copy = Event::of_bytes(EntryKind::Derive, &acquired("letter-redacted.txt"))
        .from_item(&letter.item)
        .private("how", "a name was blackened");
    let copy = writer.append_bytes(copy, &b"They left."[..]).unwrap();
    let given = Event::new(EntryKind::Transfer, AT)
        .about([&letter.item, &copy.item])
        .private("to", "the archive of N.");
    assert_eq!(writer.append(given).unwrap(), 3);
    writer.commit().unwrap();
    drop(writer);
    let events: Vec<_> = vault.events().unwrap().map(Result::unwrap).collect();
    let kinds: Vec<&str> = events.iter().map(|event| event.entry.kind.as_str()).collect();
    assert_eq!(kinds, ["capture", "receive", "derive", "transfer"]);
    assert_eq!(events[2].entry.items(), [letter.item]);
    assert_eq!(events[3].entry.items().len(), 2);
    assert_eq!(vault.facts(&events[3]).unwrap().unwrap()["to"], "the archive of N.");
    for (path, bytes) in memory.files() {
        let bytes = String::from_utf8_lossy(&bytes).into_owned();
        let told = bytes.contains("archive of N.") || bytes.contains("blackened");
        assert_eq!(told, path.starts_with("records/") && told, "{path} tells a private fact");
    }
    // Working copies are items: they are what is read of a picture or a recording.
    let paths: Vec<_> = vault.items().unwrap().map(|item| item.unwrap().path).collect();
    assert_eq!(paths, ["letter.txt", "from-the-committee.txt", "letter-redacted.txt"]);
    let report = check(&memory);
    assert!(report.is_clean() && report.notices.is_empty(), "{report:#?}");
    assert_eq!((report.items, report.events, report.size), (3, 1, 4));
}

#[test]
fn an_event_that_lacks_what_its_kind_needs_is_refused_and_the_writer_goes_on() {
    let (memory, vault) = vault();
    let mut writer = vault.writer().unwrap();
    for (event, reason) in [
        (Event::new(EntryKind::Transfer, "yesterday"), "time"),
        (Event::new(EntryKind::Erase, AT), "items"),
        (Event::new(EntryKind::Merge, AT), "log"),
        (Event::new(EntryKind::Timestamp, AT), "object"),
        (Event::new(EntryKind::Access, AT).public("note", "x".repeat(5000)), "bytes"),
        (Event::new(EntryKind::Access, AT).public("share", 0.5), "number"),
    ] {
        let refused = writer.append(event).unwrap_err();
        assert!(refused.to_string().contains(reason), "{reason}: {refused}");
    }
    let no_original = Event::of_bytes(EntryKind::Derive, &acquired("copy.txt"));
    let refused = writer.append_bytes(no_original, &b"copy"[..]).unwrap_err();
    assert!(matches!(refused, PreserveError::Record(_)), "{refused}");
    assert_eq!(writer.append(Event::new(EntryKind::Access, AT)).unwrap(), 0);
    writer.commit().unwrap();
    drop(writer);
    let report = check(&memory);
    assert!(report.is_clean() && report.notices.is_empty(), "{report:#?}");
}

#[test]
fn a_long_list_of_items_goes_into_the_record_whole() {
    let (_, vault) = vault();
    let mut writer = vault.writer().unwrap();
    let items: Vec<ItemId> = (0..500u32).map(|n| ItemId::of(&n.to_be_bytes())).collect();
    writer.append(Event::new(EntryKind::Export, AT).about(&items[..MAX_ITEMS])).unwrap();
    writer.append(Event::new(EntryKind::Export, AT).about(&items)).unwrap();
    writer.commit().unwrap();
    let events: Vec<_> = vault.events().unwrap().map(Result::unwrap).collect();
    assert_eq!(events[0].entry.items().len(), MAX_ITEMS);
    assert!(events[1].entry.items().is_empty());
    let facts = vault.facts(&events[1]).unwrap().unwrap();
    assert_eq!(facts["items"].as_array().unwrap().len(), 500);
    assert_eq!(vault.items_of(&events[1]).unwrap().len(), 500);
}

#[test]
fn sealed_bytes_are_verified_without_a_record_and_are_not_read_as_items() {
    let (memory, vault) = vault();
    let mut writer = vault.writer().unwrap();
    let salt = Salt::generate().unwrap();
    let plain = Sha256::of(b"a name");
    let sealed = Sealed {
        commit_plain: salt.commit(plain.as_bytes()),
        commit_meta: salt.commit(br#"{"acquired_at":"2031-05-04","path":"n.txt"}"#),
    };
    let event = || Event::new(EntryKind::Capture, AT);
    let receipt = writer.append_sealed(event(), "age", &b"\x01\x02sealed"[..], sealed).unwrap();
    let again = writer.append_sealed(event(), "age", &b"\x01\x02sealed"[..], sealed).unwrap();
    assert_eq!((receipt.log_index, again.log_index), (Some(0), None));
    writer.commit().unwrap();
    drop(writer);
    assert!(!memory.files().keys().any(|path| path.starts_with("records/")));
    assert_eq!(vault.items().unwrap().count(), 0);
    let events: Vec<_> = vault.events().unwrap().map(Result::unwrap).collect();
    assert_eq!(vault.facts(&events[0]).unwrap(), None);
    let report = check(&memory);
    assert!(report.is_clean() && report.notices.is_empty(), "{report:#?}");
    assert_eq!((report.items, report.sealed), (1, 1));
}

#[test]
fn an_erased_item_is_not_missed_and_the_same_bytes_given_again_are() {
    let (memory, vault) = vault();
    let mut writer = vault.writer().unwrap();
    let item = writer.preserve(&b"my name"[..], &acquired("n.txt")).unwrap().item;
    writer.preserve(&b"other"[..], &acquired("o.txt")).unwrap();
    writer.append(Event::new(EntryKind::Erase, AT).about([&item])).unwrap();
    writer.commit().unwrap();
    let gone: Vec<String> =
        memory.files().into_keys().filter(|path| path.contains(&item.to_string())).collect();
    assert_eq!(gone.len(), 1);
    for path in gone {
        memory.tamper(&path, None);
    }
    for (path, bytes) in memory.files().into_iter().filter(|(path, _)| path.starts_with("records/"))
    {
        let text = String::from_utf8(bytes).unwrap();
        let lines = text.split_inclusive('\n').filter(|line| !line.contains(&item.to_string()));
        memory.tamper(&path, Some(lines.collect::<String>().into_bytes()));
    }
    let report = check(&memory);
    assert!(report.is_clean() && report.notices.is_empty(), "{report:#?}");
    assert_eq!((report.items, report.erased), (1, 1));
    assert_eq!(vault.items().unwrap().count(), 1);
    // Consent given again: an item like any other, and missed when it is gone.
    writer.preserve(&b"my name"[..], &acquired("n.txt")).unwrap();
    writer.commit().unwrap();
    drop(writer);
    assert_eq!(vault.items().unwrap().count(), 2);
    assert!(check(&memory).is_clean());
    let hex = item.to_string();
    memory.tamper(&format!("objects/sha256/{}/{hex}", &hex[..2]), None);
    let report = check(&memory);
    assert_eq!(report.findings[0].damage, Damage::ObjectMissing, "{report:#?}");
}

#[test]
fn a_clock_that_runs_backwards_changes_neither_the_order_nor_what_is_proved() {
    let (memory, ours) = vault();
    let (_, theirs) = vault();
    let anna = theirs.make_cosigner("anna.example/stick").unwrap();
    let days = ["2031-05-06T08:00:00Z", "2031-05-05T08:00:00Z", "1970-01-01T00:00:00Z"];
    for (number, day) in days.into_iter().enumerate() {
        let mut told = acquired(&format!("{number}.txt"));
        told.acquired_at = day.into();
        let mut writer = ours.writer().unwrap();
        writer.preserve(day.as_bytes(), &told).unwrap();
        writer.append(Event::new(EntryKind::Access, day).private("by", "C.")).unwrap();
        writer.commit().unwrap();
    }
    // Nor does a cosigner's clock: it vouches for the size first, and its log for the order.
    for (old, time) in [(0, 1_930_000_000), (6, 1_800_000_000)] {
        let request = ours.cosign_request(old).unwrap();
        let answer = theirs.cosign(&request, Some(ours.vkey()), time).unwrap();
        let accepted = ours.cosign_accept(&answer.reply.to_text(), &anna, "1999-01-01").unwrap();
        assert_eq!(accepted.time, time);
    }
    let items: Vec<_> = ours.items().unwrap().map(Result::unwrap).collect();
    assert_eq!(
        items.iter().map(|i| i.path.as_str()).collect::<Vec<_>>(),
        ["0.txt", "1.txt", "2.txt"]
    );
    assert_eq!(items.iter().map(|i| i.acquired_at.as_str()).collect::<Vec<_>>(), days);
    let report = check(&memory);
    assert!(report.is_clean(), "{:#?}", report.findings);
}
