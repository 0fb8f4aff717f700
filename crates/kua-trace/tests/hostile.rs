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

/// Between two documents that are one account from end to end: every pair of sentences stands where it
/// is said to, at letters and not inside of them.
fn assert_one_account(documents: &[Document]) {
    let lineage = run(documents);
    let (a, b) = (&documents[0], &documents[1]);
    assert_eq!(origin_at(&lineage, a, 0), origin_at(&lineage, b, 0));
    let mut told = 0;
    for link in lineage.links.iter().filter(|link| link.kind.is_one_account()) {
        for pair in &link.aligned {
            let (x, y) = (
                words(documents, Span::new(link.a.document, pair.a)),
                words(documents, Span::new(link.b.document, pair.b)),
            );
            let first = |words: &str| words.chars().find(|c| c.is_alphanumeric()).map(unaccented);
            assert_eq!(first(x), first(y), "{x:?} {y:?}");
            told += x.len();
        }
    }
    assert!(told * 10 >= a.text.len().min(b.text.len()) * 8, "{told} of {}", a.text.len());
}

fn unaccented(c: char) -> char {
    match c {
        'É' | 'é' => 'e',
        'Ü' | 'ü' => 'u',
        'Ñ' | 'ñ' => 'n',
        c => c.to_lowercase().next().unwrap_or(c),
    }
}

#[test]
fn letters_composed_and_decomposed_are_one_and_offsets_are_exact_in_both() {
    let composed = story(21, 12).replace('e', "é").replace('u', "ü").replace('n', "ñ");
    let decomposed =
        composed.replace('é', "e\u{301}").replace('ü', "u\u{308}").replace('ñ', "n\u{303}");
    assert_one_account(&[document("a", "fr", &composed), document("b", "fr", &decomposed)]);
    assert_one_account(&[document("a", "fr", &decomposed), document("b", "fr", &story(21, 12))]);
}

#[test]
fn spaces_quotes_and_byte_order_marks_of_every_kind_change_no_offset() {
    let base = story(22, 12);
    let dressed: String = base
        .split(' ')
        .enumerate()
        .map(|(n, word)| match n % 5 {
            0 => format!("“{word}” "),
            1 => format!("{word}\u{a0}"),
            2 => format!("{word}  \t"),
            3 => format!("{}\u{ad}{}\u{202f}", &word[..2], &word[2..]),
            _ => format!("\u{feff}{word}\u{2009}"),
        })
        .collect();
    assert_one_account(&[
        document("a", "en", &base),
        document("b", "en", &format!("\u{feff}{dressed}\n")),
    ]);
}

#[test]
fn a_run_of_26_letters_is_nothing_and_a_text_of_one_sentence_is_found() {
    let sentence = story(23, 1);
    let short: String = sentence.chars().filter(|c| c.is_alphabetic()).take(26).collect();
    let host = |seed, part: &str| format!("{}{part}\n{}", story(seed, 4), story(seed + 1, 4));
    assert!(
        run(&[document("a", "en", &short), document("b", "en", &host(30, &short))])
            .links
            .is_empty()
    );
    let lineage =
        run(&[document("a", "en", &sentence), document("b", "en", &host(40, sentence.trim()))]);
    assert_eq!(lineage.links.len(), 1);
}

#[test]
fn a_sentence_of_one_line_of_ten_megabytes_is_found_where_it_is_quoted() {
    // Sixteen tellings without a mark between them, many times over, and once what is quoted.
    let round: String = (0..16).map(|n| story(300 + n, 50)).collect();
    let round = round.replace(['.', '\n'], " ").to_lowercase();
    let told = story(700, 2).replace(['.', '\n'], " ").to_lowercase();
    let mut line = String::new();
    while line.len() < 10 << 20 {
        line.push_str(&round);
        if line.len() < 2 * round.len() {
            line.push_str(&told);
        }
    }
    let quoting = format!("{}{told}\n{}", story(701, 5), story(702, 5));
    let documents = [document("line", "en", &line), document("quoting", "en", &quoting)];
    let lineage = run(&documents);
    let found = |link: &&Link| link.a.document != link.b.document;
    assert!(lineage.links.iter().any(|link| found(&link)), "{}", lineage.links.len());
}

#[test]
fn two_texts_that_each_say_one_paragraph_a_thousand_times_stay_linear() {
    let paragraph = story(24, 2);
    let documents = [
        document("a", "en", &format!("{}{}", story(25, 3), paragraph.repeat(1_000))),
        document("b", "en", &format!("{}{}", paragraph.repeat(900), story(26, 3))),
    ];
    let lineage = run(&documents);
    assert!(lineage.links.len() <= 4_000, "{}", lineage.links.len());
    let end = documents[0].text.len() - 10;
    assert_eq!(origin_at(&lineage, &documents[0], end), origin_at(&lineage, &documents[1], 0));
}

#[test]
fn a_pattern_of_every_period_stalls_nothing() {
    for period in [1, 2, 7, 11, 12, 13, 16, 27, 60, 61] {
        let letters: String = story(27, 20).chars().filter(|c| c.is_alphabetic()).collect();
        let one = letters[..period].repeat(40_000 / period);
        let other = letters[..period].repeat(30_000 / period);
        let lineage = run(&[document("a", "en", &one), document("b", "en", &other)]);
        assert!(lineage.links.len() <= 8_000, "{period}: {}", lineage.links.len());
    }
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
