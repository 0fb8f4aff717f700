//! Laws that hold for every case, whatever stands in it.
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::print_stdout,
    reason = "a slip in a test should stop it"
)]

mod support;

use kua_model::*;
use proptest::prelude::*;
use support::Case;

const SOURCES: [&str; 9] = [
    "",
    "; from=unnamed:people",
    "; from=authority:The Interior Ministry",
    "; from=authority:министерство внутренних дел",
    "; from=outlet:The Daily / authority:le ministère de l'Intérieur",
    "; from=authority:the Russian Interior Ministry",
    "; from=authority:Health Ministry",
    "; from=person:Anton Marek",
    "; from=outlet:The Daily",
];
const EXTRA: [&str; 10] = [
    "",
    "",
    "",
    "; mod=hedged",
    "; mod=negated",
    "; retracts",
    "; earlier",
    "; on=2030-05-04",
    "; grade=seen",
    "; role=background",
];

/// Cases of up to six documents with up to five claims each.
fn cases() -> impl Strategy<Value = Case> {
    let claim = (0..2_usize, 0..SOURCES.len(), 0..EXTRA.len(), 1..9_u64, 0..3_usize, 0..3_usize);
    let document = (0..4_u8, proptest::collection::vec(claim, 0..5));
    proptest::collection::vec(document, 1..6).prop_map(|documents| {
        let mut text = String::new();
        for (number, (day, claims)) in documents.iter().enumerate() {
            let date = if *day == 0 { "-".to_owned() } else { format!("2030-05-0{day}") };
            text += &format!("# d{number}.txt {date} en\nopening\n");
            for (n, (event, source, extra, figure, group, place)) in claims.iter().enumerate() {
                let event = ["killed", "wounded"][*event];
                let figure = [format!("{}", figure * 7), format!("{}..", figure * 5), "20..99 dozens".to_owned()][*figure as usize % 3].clone();
                let group = ["", "; who=protesters", "; who=security_forces"][*group];
                let place = ["", "; at=Sela", "; at=Ruritania"][*place];
                text += &format!("said so {number} {n}\n> {event} ; said so {number} {n} ; n={figure}{group}{place}{}{}\n", SOURCES[*source], EXTRA[*extra]);
            }
        }
        Case::read(&text)
    })
}

/// What a toll says, without the ids and titles of accounts.
fn essence(chronicle: &Chronicle) -> Vec<String> {
    let mut out: Vec<String> = chronicle
        .tolls
        .iter()
        .flat_map(|toll| {
            toll.positions.iter().map(|p| {
                let kind = chronicle.origin(p.origin).map(|origin| origin.kind);
                format!(
                    "{} {} {:?} {kind:?} {:?}..{:?} {:?} accounts {} origins {}",
                    toll.event,
                    toll.affected,
                    toll.place,
                    p.low,
                    p.high,
                    p.standing,
                    p.accounts,
                    p.origins
                )
            })
        })
        .collect();
    out.sort();
    out
}

/// The case with document `which` once more under another path, linked to it.
fn with_copy(case: &Case, which: usize, path: &str, kind: LinkKind) -> Case {
    let mut more = case.clone();
    let original = case.documents[which % case.documents.len()].clone();
    let mut copy = original.clone();
    copy.path = path.to_owned();
    copy.item = ItemId::of(path.as_bytes());
    copy.id = DocumentId::new(copy.item, 0);
    let ours: Vec<&Claim> =
        case.claims.iter().filter(|claim| claim.document == original.id).collect();
    for (n, claim) in ours.iter().enumerate() {
        let mut claim = (*claim).clone();
        claim.document = copy.id;
        claim.id =
            ClaimId::of(Span::new(copy.id, claim.range), &claim.event.0, u32::try_from(n).unwrap());
        more.claims.push(claim);
    }
    let whole =
        |document: &Document| Span::new(document.id, TextRange::new(0, document.text.len()));
    let (from, to) = (whole(&original), whole(&copy));
    let (a, b, direction) =
        if from <= to { (from, to, Direction::AToB) } else { (to, from, Direction::BToA) };
    let aligned =
        original.sentences.iter().map(|s| AlignedPair { a: s.range, b: s.range }).collect();
    more.lineage.links.push(Link {
        kind,
        a,
        b,
        direction,
        reasons: Vec::new(),
        agreements: Vec::new(),
        conflicts: Vec::new(),
        aligned,
        score: 900,
    });
    let link = more.lineage.links.len() - 1;
    let origin =
        more.lineage.origins.iter_mut().find(|origin| origin.spans.contains(&from)).unwrap();
    origin.spans.push(to);
    origin.spans.sort();
    origin.links.push(link);
    more.documents.push(copy);
    more
}

fn as_json(noted: &Noted<Chronicle>) -> String {
    serde_json::to_string(&(&noted.value, &noted.notices)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_order_of_documents_and_claims_changes_nothing(case in cases(), seed in any::<u64>()) {
        let mut shuffled = case.clone();
        let mut state = seed | 1;
        let mut next = |below: usize| { state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1); (state >> 33) as usize % below };
        for i in (1..shuffled.documents.len()).rev() { shuffled.documents.swap(i, next(i + 1)); }
        for i in (1..shuffled.claims.len()).rev() { shuffled.claims.swap(i, next(i + 1)); }
        prop_assert_eq!(as_json(&case.chronicle()), as_json(&shuffled.chronicle()));
    }

    #[test]
    fn a_copy_or_translation_changes_no_count(case in cases(), which in 0..6_usize, first in any::<bool>(), translated in any::<bool>()) {
        let kind = if translated { LinkKind::Translation } else { LinkKind::Copy };
        let more = with_copy(&case, which, if first { "a-copy.txt" } else { "z-copy.txt" }, kind);
        prop_assert_eq!(essence(&case.chronicle().value), essence(&more.chronicle().value));
    }

    #[test]
    fn every_position_is_a_figure_that_stands_in_its_claims(case in cases()) {
        let found = case.chronicle().value;
        for toll in &found.tolls {
            prop_assert!(!toll.positions.is_empty());
            let current = toll.positions.iter().filter(|p| matches!(p.standing, Standing::Agreed | Standing::Contested));
            prop_assert!(current.clone().all(|p| p.origins >= 1));
            for position in &toll.positions {
                prop_assert!(!position.claims.is_empty() && position.accounts >= 1);
                for id in &position.claims {
                    let statement = found.statement(*id).unwrap();
                    let quantity = statement.claim.quantity.as_ref().unwrap();
                    prop_assert_eq!((quantity.low, quantity.high), (position.low, position.high));
                    prop_assert_eq!(statement.origin, position.origin);
                    prop_assert_eq!(statement.standing, position.standing);
                    prop_assert!(statement.uncounted.is_none());
                    prop_assert!(found.origin(statement.origin).is_some() && found.origin(statement.account).is_some());
                }
            }
        }
        for statement in &found.statements {
            prop_assert!(!statement.why.is_empty());
            if let Some(incident) = statement.incident {
                prop_assert!(found.incidents[incident].claims.contains(&statement.claim.id));
            }
            if let Some(same) = statement.same_as {
                let counted = found.statement(same).unwrap();
                prop_assert_eq!(counted.same_as, None);
                prop_assert_eq!(counted.origin, statement.origin);
            }
        }
    }

    #[test]
    fn hostile_ranges_and_names_never_panic(text in "[A-ZА-Яa-zё'’. \\-\n\u{301}\u{200f}]{0,200}", start in 0..220_usize, end in 0..220_usize, words in "\\PC{0,40}") {
        let mut case = Case::read("# a.txt 2030-05-05 en\nx\n> killed ; x ; n=3 ; from=person:x\n");
        case.documents[0].text = text.clone();
        case.documents[0].blocks[0].range = TextRange::new(0, text.len());
        case.claims[0].range = TextRange::new(start, end);
        case.claims[0].sources[0].words = words;
        case.claims[0].sources[0].range = Some(TextRange::new(end, start));
        let _ = case.chronicle();
    }
}
