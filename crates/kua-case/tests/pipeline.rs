//! A case from folder to chronicle: what is worked out again and what is not, and that the same
//! vault gives the same chronicle whatever the machine does.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use kua_case::{Case, Decision, NewCase, Silent, Stop, StoppedClock};

fn new_case(dir: &Path) -> Case {
    let new =
        NewCase { title: "Trial".into(), place: Some("Tervenia".into()), ..NewCase::default() };
    let clock = Arc::new(StoppedClock("2023-06-01T08:00:00Z".into()));
    Case::init(&dir.join("case"), &new).unwrap().with_clock(clock)
}

fn write_notes(dir: &Path, count: usize) {
    let folder = dir.join("notes");
    fs::create_dir_all(&folder).unwrap();
    for number in 0..count {
        let text = format!(
            "Fire in town {number}\n\n4 May 2023\n\nThe fire service said that {} people were killed and {number} wounded in the fire.\n\nLes pompiers annoncent {} morts à Ville-{number}.\n",
            number + 2,
            number + 3,
        );
        fs::write(folder.join(format!("{number:03}.txt")), text).unwrap();
    }
}

fn add_and_build(case: &Case, dir: &Path) -> kua_case::Built {
    let added = case.add(&[dir.join("notes")], &Silent, &Stop::default()).unwrap();
    assert!(added.error.is_none());
    case.build(&Silent, &Stop::default()).unwrap()
}

#[test]
fn one_more_file_costs_one_more_file() {
    let scratch = tempfile::tempdir().unwrap();
    let case = new_case(scratch.path());
    write_notes(scratch.path(), 12);
    assert_eq!(add_and_build(&case, scratch.path()).fresh, 12);
    assert_eq!(case.build(&Silent, &Stop::default()).unwrap().fresh, 0);
    write_notes(scratch.path(), 13);
    let built = add_and_build(&case, scratch.path());
    assert_eq!((built.fresh, built.items), (1, 13));
}

/// Names that are first known as words elsewhere, translations, copies: what one file more changes
/// in the others must not be lost by what is remembered of them.
#[test]
fn one_file_more_gives_what_all_files_at_once_give() {
    let scratch = tempfile::tempdir().unwrap();
    let case = new_case(scratch.path());
    write_notes(scratch.path(), 25);
    add_and_build(&case, scratch.path());
    let more = [
        // "Fire" and "Town" stand small here, and only here.
        (
            "more-1.txt",
            "On 6 May 2023 the mayor of the town of Marek said that 9 people were killed in a fire. The fire service of every town helped.\n",
        ),
        (
            "more-2.txt",
            "Fire in town 7\n\n4 May 2023\n\nThe fire service said that 9 people were killed and 8 wounded in the fire.\n\nLes pompiers annoncent 10 morts à Ville-7.\n",
        ),
        (
            "more-3.txt",
            "Incendie à Ville-3\n\n4 mai 2023\n\nLes pompiers ont déclaré que 5 personnes avaient été tuées et 3 blessées dans l\u{2019}incendie.\n",
        ),
    ];
    for (name, text) in more {
        fs::write(scratch.path().join("notes").join(name), text).unwrap();
        add_and_build(&case, scratch.path());
        let grown = case.chronicle().unwrap().chronicle;
        fs::remove_dir_all(scratch.path().join("case/derived")).unwrap();
        case.build(&Silent, &Stop::default()).unwrap();
        let anew = case.chronicle().unwrap().chronicle;
        assert_eq!(grown.lineage, anew.lineage, "{name}");
        assert_eq!(grown, anew, "{name}");
    }
}

#[test]
fn one_thread_or_many_give_the_same_chronicle() {
    let scratch = tempfile::tempdir().unwrap();
    let case = new_case(scratch.path()).with_threads(1);
    write_notes(scratch.path(), 40);
    add_and_build(&case, scratch.path());
    let alone = case.chronicle().unwrap().chronicle;
    fs::remove_dir_all(scratch.path().join("case/derived")).unwrap();
    let case = case.with_threads(7);
    case.build(&Silent, &Stop::default()).unwrap();
    let together = case.chronicle().unwrap().chronicle;
    assert_eq!(alone, together);
    assert!(!alone.statements.is_empty());
}

#[test]
fn asked_to_stop_at_once_it_keeps_what_it_has_and_goes_on_later() {
    let scratch = tempfile::tempdir().unwrap();
    let case = new_case(scratch.path());
    write_notes(scratch.path(), 5);
    let stop = Stop::default();
    stop.ask();
    let added = case.add(&[scratch.path().join("notes")], &Silent, &stop).unwrap();
    assert!(added.stopped && added.preserved == 0);
    let built = add_and_build(&case, scratch.path());
    assert_eq!(built.items, 5);
    assert!(case.build(&Silent, &stop).unwrap().stopped);
    assert!(case.chronicle().is_ok());
}

#[test]
fn a_case_says_when_it_has_moved_on_since_the_build() {
    let scratch = tempfile::tempdir().unwrap();
    let case = new_case(scratch.path());
    write_notes(scratch.path(), 2);
    add_and_build(&case, scratch.path());
    assert!(!case.chronicle().unwrap().is_stale);
    let claim = case.chronicle().unwrap().chronicle.statements[0].claim.id;
    case.judge(Decision::RejectClaim { claim, words: None }, "A", "read wrongly").unwrap();
    assert!(case.chronicle().unwrap().is_stale);
    case.build(&Silent, &Stop::default()).unwrap();
    assert!(!case.chronicle().unwrap().is_stale);
    fs::write(
        scratch.path().join("case/case.toml"),
        "version = 1\ntitle = \"Trial\"\nplace = \"Elsewhere\"\n",
    )
    .unwrap();
    let case = Case::open(case.dir()).unwrap();
    assert!(case.chronicle().unwrap().is_stale);
}

#[test]
fn a_name_withheld_again_within_the_same_second_is_withheld() {
    let scratch = tempfile::tempdir().unwrap();
    let case = new_case(scratch.path());
    let withhold = Decision::Withhold { names: vec!["Ana Roth".into()] };
    let undo = Decision::Undo { judgement: 0 };
    for (number, decision) in [(0, &withhold), (1, &undo), (2, &withhold)] {
        assert_eq!(case.judge(decision.clone(), "A. B.", "as she asked").unwrap(), number);
    }
    let holds: Vec<bool> = case.decided_here().unwrap().iter().map(|one| one.holds).collect();
    assert_eq!(holds, [false, true, true]);
}

#[test]
fn every_quote_stands_in_its_document_and_every_document_leads_to_the_log() {
    let scratch = tempfile::tempdir().unwrap();
    let case = new_case(scratch.path());
    write_notes(scratch.path(), 6);
    add_and_build(&case, scratch.path());
    let chronicle = case.chronicle_with_proofs().unwrap().chronicle;
    for statement in &chronicle.statements {
        let document = chronicle.document(statement.claim.document).unwrap();
        let words = statement.claim.range.of(&document.text).unwrap();
        assert_eq!(words, statement.quote.exact());
        assert!(chronicle.custody.proofs.contains_key(&document.item));
    }
    let report = kua_case::verify_case(case.dir(), &Silent).unwrap();
    assert!(report.faults.is_empty(), "{:?}", report.faults);
    assert_eq!(report.quotes, chronicle.statements.len());
}

#[test]
fn a_name_is_found_in_another_script_and_spelling() {
    let scratch = tempfile::tempdir().unwrap();
    let case = new_case(scratch.path());
    let folder = scratch.path().join("notes");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("a.txt"), "Письмо\n\nВ гавани видели Алёну Мамай и соседа из Қаратау.\n")
        .unwrap();
    fs::write(folder.join("b.txt"), "A letter\n\nNobody was seen on the road.\n").unwrap();
    add_and_build(&case, scratch.path());
    for query in
        ["Мамай", "mamay", "МАМАЙ", "Mamay", "Алену", "Каратау", "\"Алёну Мамай\"", "карат*"]
    {
        let found = case.search(query, 10).unwrap();
        assert_eq!(found.hits.len(), 1, "{query}");
    }
    assert!(case.search("\"Мамай Алёну\"", 10).unwrap().hits.is_empty());
    assert!(case.search("NEAR( OR \" *", 10).unwrap().hits.is_empty());
    assert!(case.search("", 10).unwrap().hits.is_empty());
}

#[test]
fn a_lexicon_folder_is_checked_line_by_line() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("fr");
    fs::create_dir_all(&folder).unwrap();
    fs::write(
        folder.join("examples.txt"),
        "# none\n+ personne n'est venu => killed 12..12 people certain\n",
    )
    .unwrap();
    let checked = kua_case::check_lexicons(&folder).unwrap();
    assert!(!checked.slips.is_empty());
    assert!(
        checked.slips.iter().any(|slip| slip.file.ends_with("fr/examples.txt") && slip.line == 2),
        "{checked:?}"
    );
    // A Latin "o" in a Cyrillic word, a phrase twice, a word no example uses.
    let folder = scratch.path().join("ru");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("events.txt"), "[killed.victims]\nпoгибших\nубитых\nубитых | трупов\n")
        .unwrap();
    let checked = kua_case::check_lexicons(&folder).unwrap();
    assert!(
        checked.unused.is_empty(),
        "before the first example all lines are unused: {checked:?}"
    );
    fs::write(folder.join("examples.txt"), "- Погода хорошая. => killed\n").unwrap();
    let checked = kua_case::check_lexicons(&folder).unwrap();
    let spelt = checked.slips.iter().find(|slip| slip.line == 2).unwrap();
    assert!(spelt.problem.contains("Latin"), "{spelt:?}");
    assert!(checked.shadowed.iter().any(|line| line.contains("events.txt:4")), "{checked:?}");
    assert!(checked.unused.iter().any(|line| line.contains("events.txt:3")), "{checked:?}");
    let embedded = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lexicons");
    let checked = kua_case::check_lexicons(&embedded).unwrap();
    assert!(checked.examples > 0 && checked.slips.is_empty(), "{:?}", checked.slips);
}

#[test]
fn a_gazetteer_of_the_case_names_its_places_by_old_and_new_names() {
    let scratch = tempfile::tempdir().unwrap();
    let case = new_case(scratch.path());
    let notes = scratch.path().join("notes");
    fs::create_dir_all(&notes).unwrap();
    fs::write(notes.join("1.txt"), "4 May 2023\n\nTwo people were killed in Old Orsk Mill.\n")
        .unwrap();
    fs::write(notes.join("2.txt"), "4 мая 2023 года\n\nВ Новой Мельнице погибли двое.\n").unwrap();
    add_and_build(&case, scratch.path());
    let folder = scratch.path().join("case/places");
    fs::create_dir_all(&folder).unwrap();
    fs::write(
        folder.join("villages.csv"),
        "name,names\nNova Melnitsa,Old Orsk Mill|Новая Мельница\n",
    )
    .unwrap();
    let case = Case::open(case.dir()).unwrap();
    let built = case.build(&Silent, &Stop::default()).unwrap();
    assert_eq!(built.fresh, 2, "a new gazetteer is read into every text");
    let chronicle = case.chronicle().unwrap().chronicle;
    let places: Vec<_> = chronicle
        .statements
        .iter()
        .map(|statement| statement.claim.place.as_ref().and_then(|place| place.canonical.clone()))
        .collect();
    assert_eq!(places, vec![Some("Nova Melnitsa".to_owned()); 2]);
    fs::write(folder.join("villages.csv"), "place\nx\n").unwrap();
    let Err(error) = Case::open(case.dir()) else { panic!("a slip must not pass") };
    assert!(error.to_string().contains("villages.csv, line 1"), "{error}");
}
