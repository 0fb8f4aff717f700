//! Two real translations of one lost original, and three other accounts of the same crisis. Facts
//! are line numbers only; the texts stay where they are.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking and prints what it measured"
)]

mod common;

use std::collections::BTreeSet;

use common::*;
use kua_lexicon::Lexicons;
use kua_model::*;
use kua_trace::{TraceConfig, trace};

/// Paragraphs of 000 (fr) and 001 (en) that say the same, by line.
const ALIGNED: &[(usize, usize)] = &[
    (1, 1),
    (3, 3),
    (5, 5),
    (7, 7),
    (9, 15),
    (11, 17),
    (13, 19),
    (15, 21),
    (17, 23),
    (19, 25),
    (21, 27),
    (23, 28),
    (25, 30),
    (27, 32),
    (29, 33),
    (31, 35),
    (33, 37),
    (35, 39),
    (37, 41),
    (39, 43),
    (41, 45),
    (43, 47),
    (45, 49),
    (47, 51),
    (49, 53),
    (51, 55),
    (53, 57),
    (55, 58),
    (57, 60),
    (59, 62),
    (61, 64),
    (62, 66),
    (64, 68),
    (66, 70),
    (68, 71),
    (69, 73),
    (71, 75),
    (73, 77),
    (75, 79),
    (77, 81),
    (79, 83),
    (81, 83),
    (83, 85),
    (85, 87),
    (87, 89),
    (89, 91),
    (91, 93),
    (92, 95),
    (94, 97),
    (96, 99),
    (98, 101),
    (100, 103),
    (102, 105),
    (103, 107),
    (105, 109),
    (107, 111),
    (109, 113),
];
const REPEATS_FR: &[(usize, usize)] =
    &[(37, 55), (39, 59), (41, 61), (43, 62), (47, 64), (49, 66), (51, 68), (53, 69)];
const REPEATS_EN: &[(usize, usize)] =
    &[(41, 58), (43, 62), (45, 64), (47, 66), (51, 68), (53, 70), (55, 71), (57, 73)];
/// Lines that stand in for pictures, the credit, and the bare address.
const ASIDE_FR: &[usize] = &[5, 7, 17, 35, 45, 57, 75];
const ASIDE_EN: &[usize] = &[5, 7, 23, 39, 49, 60, 79, 115, 116];

fn seeds(with_roles_of_lines: bool) -> Option<Vec<Document>> {
    let folder = shared()?.join("seeds");
    let mut names: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let documents = names.iter().map(|path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(path).unwrap();
        let language = if name.starts_with("001") { "en" } else { "fr" };
        let aside: &[usize] = match &name[..3] {
            "000" => ASIDE_FR,
            "001" => ASIDE_EN,
            _ => &[],
        };
        with_roles(&name, language, &text, |line, words| {
            // The other three: their menus and headlines are what reading marks as such.
            let related =
                name.starts_with("003") && (line <= 1 || line >= 33 || (9..=18).contains(&line));
            if (with_roles_of_lines && aside.contains(&line))
                || (related && !words.trim().is_empty())
            {
                Role::Related
            } else {
                Role::Main
            }
        })
    });
    Some(documents.collect())
}

fn line_of(document: &Document, at: usize) -> usize {
    document.text.as_bytes()[..at].iter().filter(|&&b| b == b'\n').count() + 1
}

fn lines(document: &Document, range: TextRange) -> BTreeSet<usize> {
    let first = line_of(document, range.start);
    let last = line_of(document, range.end.max(1) - 1);
    (first..=last)
        .filter(|&n| document.text.lines().nth(n - 1).is_some_and(|l| !l.trim().is_empty()))
        .collect()
}

fn repeats(documents: &[Document], lineage: &Lineage, document: usize) -> Vec<(usize, usize)> {
    let document = &documents[document];
    lineage
        .links
        .iter()
        .filter(|l| l.kind == LinkKind::Repeat && l.a.document == document.id)
        .map(|l| (line_of(document, l.a.range.start), line_of(document, l.b.range.start)))
        .collect()
}

#[test]
fn the_eight_repeated_paragraphs_of_each_are_found_and_no_other() {
    for with_roles in [false, true] {
        let Some(documents) = seeds(with_roles) else { return };
        let lineage = trace(&documents, &Lexicons::embedded(), &TraceConfig::default()).value;
        assert_tiled(&documents, &lineage);
        assert_eq!(repeats(&documents, &lineage, 0), REPEATS_FR, "{}", show(&documents, &lineage));
        assert_eq!(repeats(&documents, &lineage, 1), REPEATS_EN, "{}", show(&documents, &lineage));
        for n in 2..5 {
            assert!(repeats(&documents, &lineage, n).is_empty());
        }
    }
}

#[test]
fn the_two_translations_are_one_account_of_a_lost_original() {
    for with_roles in [false, true] {
        let Some(documents) = seeds(with_roles) else { return };
        let lineage = trace(&documents, &Lexicons::embedded(), &TraceConfig::default()).value;
        assert_tiled(&documents, &lineage);
        let shown = show(&documents, &lineage);
        let between: Vec<&Link> =
            lineage.links.iter().filter(|l| l.a.document != l.b.document).collect();
        let (fr, en) = (&documents[0], &documents[1]);
        let pair: BTreeSet<DocumentId> = [fr.id, en.id].into();
        for link in &between {
            assert_eq!(BTreeSet::from([link.a.document, link.b.document]), pair, "{shown}");
        }
        let translation = between.iter().find(|l| l.kind == LinkKind::Translation).expect(&shown);
        assert_eq!(translation.direction, Direction::CommonAncestor, "{shown}");
        for reason in ["translators-notes", "contained"] {
            assert!(translation.reasons.iter().any(|r| r.starts_with(reason)), "{reason}: {shown}");
        }
        let origins: BTreeSet<OriginId> = ALIGNED
            .iter()
            .filter(|(f, e)| !with_roles || !(ASIDE_FR.contains(f) || ASIDE_EN.contains(e)))
            .flat_map(|&(f, e)| [(fr, f), (en, e)])
            .map(|(d, line)| {
                let at: usize = d.text.split_inclusive('\n').take(line - 1).map(str::len).sum();
                origin_at(&lineage, d, at)
            })
            .collect();
        assert_eq!(origins.len(), 1);
        let origin = lineage.origins.iter().find(|o| origins.contains(&o.id)).unwrap();
        assert!(origin.latent);
        assert_eq!(lineage.origins.len(), 4, "every other document is its own account");
        // Paragraph by paragraph.
        let mut found = BTreeSet::new();
        for pair in &translation.aligned {
            let (f, e) =
                if translation.a.document == fr.id { (pair.a, pair.b) } else { (pair.b, pair.a) };
            for f in lines(fr, f) {
                found.extend(lines(en, e).into_iter().map(|e| (f, e)));
            }
        }
        let expected: BTreeSet<(usize, usize)> = ALIGNED
            .iter()
            .copied()
            .filter(|(f, e)| !with_roles || !(ASIDE_FR.contains(f) || ASIDE_EN.contains(e)))
            .collect();
        let missed: Vec<_> = expected.difference(&found).collect();
        let wrong: Vec<_> = found.difference(&expected).collect();
        println!(
            "paragraphs: {} of {} aligned, {} wrong {wrong:?}",
            expected.len() - missed.len(),
            expected.len(),
            wrong.len()
        );
        assert!(missed.is_empty() && wrong.is_empty(), "missed {missed:?} wrong {wrong:?}");
    }
}
