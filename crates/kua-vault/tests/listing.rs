//! The kept list of items: always what the vault says, and only as long as the log agrees.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a skipped test says so")]

mod common;

use std::collections::BTreeSet;

use common::{Crash, Memory, acquired, vault};
use kua_model::Item;
use kua_vault::{Listing, Vault};

const AT: &str = "2031-06-01T08:00:00Z";

fn add(vault: &Vault, words: &[&str]) {
    let mut writer = vault.writer().unwrap();
    for words in words {
        writer.preserve(words.as_bytes(), &acquired(words)).unwrap();
    }
    writer.commit().unwrap();
}

/// The kept list, after a round through bytes, and the items that come with it.
fn listed(vault: &Vault, before: Option<&[u8]>) -> (Vec<u8>, Vec<Item>) {
    let listing = vault.listing(before.and_then(Listing::from_bytes)).unwrap();
    let bytes = listing.to_bytes().expect("nothing is damaged");
    let (items, faults) = listing.into_items();
    assert!(faults.is_empty(), "{faults:?}");
    let all: Vec<Item> = vault.items().unwrap().map(Result::unwrap).collect();
    assert_eq!(items, all);
    (bytes, items)
}

fn without_records(memory: &Memory) {
    for path in memory.files().into_keys().filter(|path| path.starts_with("records/")) {
        memory.tamper(&path, None);
    }
}

#[test]
fn only_records_of_new_entries_are_read() {
    let (memory, vault) = vault();
    for n in 0..3 {
        add(
            &vault,
            &(0..200)
                .map(|m| (n * 150 + m).to_string())
                .collect::<Vec<_>>()
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>(),
        );
    }
    let (kept, items) = listed(&vault, None);
    assert_eq!(items.len(), 500);
    without_records(&memory);
    add(&vault, &["one more", "7"]);
    let (more, faults) = vault.listing(Listing::from_bytes(&kept)).unwrap().into_items();
    assert!(faults.is_empty(), "{faults:?}");
    assert_eq!(more.len(), 501);
    assert_eq!(more[..500], items[..]);
    assert_eq!(more[500].path, "one more");
    // Nothing of a list that lacks items is kept.
    let faulty = vault.listing(None).unwrap();
    assert!(faulty.to_bytes().is_none() && faulty.into_items().1.len() > 400);
}

#[test]
fn a_list_of_another_history_or_with_a_changed_byte_counts_for_nothing() {
    let (memory, first) = vault();
    add(&first, &["one", "two"]);
    let image = memory.after(Crash::Kept);
    add(&first, &["three"]);
    let (kept, _) = listed(&first, None);
    // Set back, and gone on from there with other words: as many entries, another root.
    let restored = Vault::open_on(image.shared()).unwrap();
    listed(&restored, Some(&kept));
    add(&restored, &["another third"]);
    listed(&restored, Some(&kept));
    let (_, stranger) = vault();
    add(&stranger, &["elsewhere"]);
    listed(&stranger, Some(&kept));
    for at in 0..kept.len() {
        let mut changed = kept.clone();
        changed[at] ^= 1;
        assert!(Listing::from_bytes(&changed).is_none(), "byte {at}");
        assert!(Listing::from_bytes(&kept[..at]).is_none(), "cut at {at}");
    }
}

#[test]
fn what_is_withdrawn_leaves_the_list_and_what_is_given_again_is_in_it() {
    let (_, vault) = vault();
    add(&vault, &["one", "two", "three"]);
    let (kept, items) = listed(&vault, None);
    vault.erase(&BTreeSet::from([items[1].id]), "asked for", "the speaker", AT).unwrap();
    let (kept, left) = listed(&vault, Some(&kept));
    assert_eq!(left.len(), 2);
    assert!(!String::from_utf8(kept.clone()).unwrap().contains("two"));
    add(&vault, &["four"]);
    let (kept, _) = listed(&vault, Some(&kept));
    add(&vault, &["two"]);
    let (_, again) = listed(&vault, Some(&kept));
    assert_eq!(again.len(), 4);
}

#[test]
fn a_new_epoch_and_the_list_of_the_one_before_go_together() {
    let (_, vault) = vault();
    add(&vault, &["one", "two"]);
    let (kept, _) = listed(&vault, None);
    let next = vault.rotate(AT, "the key may be in other hands").unwrap();
    add(&next, &["two", "three"]);
    let (kept, items) = listed(&next, Some(&kept));
    assert_eq!(items.len(), 3);
    next.erase(&BTreeSet::from([items[0].id]), "asked for", "the speaker", AT).unwrap();
    assert_eq!(listed(&next, Some(&kept)).1.len(), 2);
}
