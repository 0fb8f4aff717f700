//! Material made to break a matcher. Nothing may panic, stall, or glue strangers together.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking and prints what it measured"
)]

mod common;

use common::*;
use kua_lexicon::Lexicons;
use kua_model::*;
use kua_trace::{TraceConfig, trace};

fn run(documents: &[Document]) -> Lineage {
    let lineage = trace(documents, &Lexicons::embedded(), &TraceConfig::default()).value;
    assert_tiled(documents, &lineage);
    lineage
}

/// Sentences nobody wrote, by a fixed rule.
fn story(seed: u64, sentences: usize) -> String {
    let mut state = seed.wrapping_mul(0xd134_2543_de82_ef95);
    let mut next = |most: usize| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) >> 8).unwrap() % most
    };
    let syllables =
        ["ba", "lor", "min", "ke", "tos", "ur", "vel", "sha", "dri", "pon", "gu", "rek"];
    let mut out = String::new();
    for _ in 0..sentences {
        for word in 0..12 {
            let mut made: String =
                (0..2 + next(3)).map(|_| syllables[next(syllables.len())]).collect();
            if word == 0 {
                made[..1].make_ascii_uppercase();
            }
            out.push_str(&made);
            out.push_str(if word == 11 { ".\n" } else { " " });
        }
    }
    out
}

#[test]
fn empty_and_tiny_texts() {
    let texts = ["", "\n", " ", "x", "Twenty-six letters at most", "\u{200b}\u{200b}\n", "…"];
    let mut documents: Vec<Document> =
        texts.iter().enumerate().map(|(n, text)| document(&n.to_string(), "en", text)).collect();
    documents.push({
        let mut bare = document("bare", "en", "No blocks at all, and no sentences.");
        bare.blocks.clear();
        bare.sentences.clear();
        bare
    });
    assert!(run(&documents).links.is_empty());
    assert!(run(&[]).origins.is_empty());
}

#[test]
fn the_same_document_twice_counts_once() {
    let one = document("a", "en", &story(1, 20));
    let lineage = run(&[one.clone(), one]);
    assert_eq!((lineage.links.len(), lineage.origins.len()), (0, 1));
}

#[test]
fn one_letter_a_million_times() {
    let documents =
        [document("a", "en", &"a".repeat(1 << 20)), document("b", "en", &"a".repeat(1 << 20))];
    run(&documents);
}

#[test]
fn one_paragraph_ten_thousand_times() {
    let documents = [document("a", "en", &story(3, 1).repeat(10_000))];
    let lineage = run(&documents);
    assert_eq!(lineage.origins.len(), 1);
    assert!(lineage.links.len() <= 20_000, "{}", lineage.links.len());
    assert!(lineage.links.iter().all(|link| link.kind == LinkKind::Repeat));
}

#[test]
fn one_line_of_many_words_without_any_mark() {
    let line: String = story(4, 20_000).replace(['.', '\n'], " ");
    let mut copy = line.clone();
    copy.insert(line.len() / 2 - 1, ' ');
    run(&[document("a", "en", &line), document("b", "en", &copy)]);
}

#[test]
fn two_hundred_edited_copies_of_one_text_are_one_account() {
    let base = story(5, 12);
    let mut documents: Vec<Document> = (0..200)
        .map(|n| {
            let own = story(1000 + n, 1);
            document(&format!("copy{n}"), "en", &format!("{base}{own}"))
        })
        .collect();
    documents.extend((0..50).map(|n| document(&format!("other{n}"), "en", &story(5000 + n, 12))));
    let lineage = run(&documents);
    let holding = |n: usize| origin_at(&lineage, &documents[n], 0);
    assert!((0..200).all(|n| holding(n) == holding(0)));
    assert!((200..250).all(|n| holding(n) != holding(0)));
    assert!(lineage.links.len() < 200 * 20, "{}", lineage.links.len());
}

#[test]
fn look_alikes_zero_widths_and_right_to_left_marks_keep_offsets_exact() {
    let base = story(6, 8);
    let hidden: String = base.chars().flat_map(|c| [c, '\u{200b}']).collect();
    let turned = format!("\u{202e}{base}\u{202c}");
    let alike = base.replace('a', "а").replace('o', "о");
    let arabic = "قُتل ستة وعشرون متظاهراً في المدينة القديمة بحسب وزارة الداخلية.\n".repeat(3);
    let documents: Vec<Document> = [&base, &hidden, &turned, &alike, &arabic]
        .iter()
        .enumerate()
        .map(|(n, text)| document(&n.to_string(), "en", text))
        .collect();
    let lineage = run(&documents);
    for link in &lineage.links {
        assert!(!words(&documents, link.a).is_empty() && !words(&documents, link.b).is_empty());
        for pair in &link.aligned {
            words(&documents, Span::new(link.a.document, pair.a));
            words(&documents, Span::new(link.b.document, pair.b));
        }
    }
    assert_eq!(origin_at(&lineage, &documents[0], 0), origin_at(&lineage, &documents[1], 0));
    assert_eq!(origin_at(&lineage, &documents[0], 0), origin_at(&lineage, &documents[2], 5));
}

#[test]
fn hundreds_of_bulletins_in_one_form_stay_apart() {
    let documents: Vec<Document> = (0..300)
        .map(|n| document(&n.to_string(), "en", &format!(
            "The health department of the northern region said {} people were treated for wounds and {} died in its hospitals on day {n} of the emergency.\n", 100 + n * 7, 10 + n * 3
        )))
        .collect();
    let lineage = run(&documents);
    assert_eq!(lineage.origins.len(), 300);
}

#[test]
fn languages_mixed_and_unknown() {
    let mut documents: Vec<Document> = ["en", "fr", "ru", "xx", ""]
        .iter()
        .enumerate()
        .map(|(n, lang)| document(&n.to_string(), lang, &story(60 + n as u64, 10)))
        .collect();
    documents.push(document("long", "fr", &story(99, 3_000)));
    documents.push(document("long2", "en", &story(98, 3_000)));
    let lineage = run(&documents);
    assert!(
        lineage.links.iter().all(|l| l.kind != LinkKind::Translation),
        "{}",
        show(&documents, &lineage)
    );
}

#[test]
fn threads_do_not_matter() {
    let documents: Vec<Document> = (0..60)
        .map(|n| {
            document(
                &n.to_string(),
                if n % 3 == 0 { "fr" } else { "en" },
                &format!("{}{}", story(n % 7, 5), story(100 + n, 5)),
            )
        })
        .collect();
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| trace(&documents, &Lexicons::embedded(), &TraceConfig::default()).value)
    };
    let one = with(1);
    assert_eq!(with(2), one);
    assert_eq!(with(7), one);
}

#[test]
fn a_text_that_ten_thousand_repost_is_one_account_and_each_of_them_is_named() {
    let viral = format!("{}At least 14 people were killed on 5 January 2022.\n", story(7, 6));
    let mut documents: Vec<Document> =
        (0..10_000).map(|n| article(&format!("copy-{n}"), "en", &viral)).collect();
    // Others in the same pile, and one that quotes a sentence of it.
    documents.extend((0..50).map(|n| article(&format!("other-{n}"), "en", &story(500 + n, 6))));
    let lineage = run(&documents);
    assert_tiled(&documents, &lineage);
    let viral_account = origin_at(&lineage, &documents[0], 0);
    for document in &documents[..10_000] {
        assert_eq!(origin_at(&lineage, document, 0), viral_account);
        assert_eq!(origin_at(&lineage, document, viral.len() - 10), viral_account);
    }
    let account = lineage.origins.iter().find(|origin| origin.id == viral_account).unwrap();
    assert_eq!(account.spans.len(), 10_000);
    for document in &documents[10_000..] {
        assert_ne!(origin_at(&lineage, document, 0), viral_account);
    }
    let copies: Vec<&Link> = lineage
        .links
        .iter()
        .filter(|link| link.a.document != link.b.document && link.kind == LinkKind::Copy)
        .collect();
    // Joined once with each, not all with all.
    assert!((9_999..60_000).contains(&copies.len()), "{}", copies.len());
    assert!(copies.iter().all(|link| link.conflicts.is_empty() && link.score == 1000));
}
