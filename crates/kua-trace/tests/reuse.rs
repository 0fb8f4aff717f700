//! Cases from a newsroom: who copied, quoted, shortened and revised whom.

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

const FLOOD: &str =
    "The river Orva broke its banks above Telmer on Sunday evening and drowned the lower town.
Rescuers from three districts took 212 people off roofs before midnight, the district office said.
At the tannery a wall gave way and buried the night watch; nobody has seen them since.
Mayor Ilona Varga asked the army for boats, blankets and a field kitchen on Monday.
Schools stay shut until the water is out of the cellars and the gas has been turned off.
";
const MARKET: &str =
    "Grain prices on the Kestrel exchange rose for the fourth week in a row, dealers said.
A dry spring in the southern plains has left many farmers with half of their usual stocks.
Bakers in the capital warned that a loaf could cost twice as much before the autumn.
The agriculture minister spoke of speculation and promised to open the state reserve.
";

fn run(documents: &[Document]) -> Lineage {
    let lexicons = Lexicons::embedded();
    let lineage = trace(documents, &lexicons, &TraceConfig::default()).value;
    assert_tiled(documents, &lineage);
    let mut backwards = documents.to_vec();
    backwards.reverse();
    assert_eq!(
        trace(&backwards, &lexicons, &TraceConfig::default()).value,
        lineage,
        "order matters"
    );
    lineage
}

fn kinds(lineage: &Lineage) -> Vec<LinkKind> {
    lineage.links.iter().map(|link| link.kind).collect()
}

fn same_account(lineage: &Lineage, a: (&Document, &str), b: (&Document, &str)) -> bool {
    let at = |(d, words): (&Document, &str)| {
        origin_at(lineage, d, d.text.find(words).unwrap_or_else(|| panic!("{words}")))
    };
    at(a) == at(b)
}

#[test]
fn a_repost_in_capitals_without_marks_is_one_account() {
    let shouted = FLOOD.to_uppercase().replace(['.', ',', ';'], "");
    let documents =
        [document("a", "en", FLOOD), document("b", "en", &shouted), document("c", "en", MARKET)];
    let lineage = run(&documents);
    assert_eq!(kinds(&lineage), [LinkKind::Copy], "{}", show(&documents, &lineage));
    assert_eq!(lineage.origins.len(), 2);
    assert!(lineage.links[0].a.range.len() + 3 >= FLOOD.trim().len());
}

#[test]
fn one_quoted_sentence_belongs_to_the_quoted_account_and_the_rest_does_not() {
    let quoting = format!(
        "{MARKET}A flood elsewhere may worsen things: “Rescuers from three districts took 212 people off roofs before midnight”, a local paper wrote.\n"
    );
    let documents = [document("flood", "en", FLOOD), document("market", "en", &quoting)];
    let lineage = run(&documents);
    assert_eq!(kinds(&lineage), [LinkKind::Quotation], "{}", show(&documents, &lineage));
    let link = &lineage.links[0];
    assert!(link.reasons.iter().any(|r| r.starts_with("quoted")));
    let quoter_is_b = path(&documents, link.b.document) == "market";
    assert_eq!(link.direction, if quoter_is_b { Direction::AToB } else { Direction::BToA });
    assert!(same_account(&lineage, (&documents[0], "Rescuers"), (&documents[1], "Rescuers")));
    assert!(!same_account(&lineage, (&documents[0], "Rescuers"), (&documents[1], "Grain")));
    assert_eq!(lineage.origins.len(), 2);
}

#[test]
fn the_communique_of_the_next_day_is_a_revision_and_never_a_copy() {
    let day = |killed: &str, wounded: &str| {
        format!(
            "The Interior Ministry of Valdoria said in a statement that {killed} members of the security forces had been killed and {wounded} wounded in the unrest.\n"
        )
    };
    let documents =
        [document("day1", "en", &day("12", "317")), document("day2", "en", &day("18", "748"))];
    let lineage = run(&documents);
    assert_eq!(kinds(&lineage), [LinkKind::Revision], "{}", show(&documents, &lineage));
    assert_eq!(lineage.links[0].conflicts.len(), 2);
    assert!(lineage.links[0].conflicts.iter().all(|c| c.kind == "number"));
    assert_eq!(lineage.origins.len(), 2);
}

#[test]
fn what_a_chronology_gathered_belongs_to_who_said_it() {
    let shared = FLOOD.lines().skip(1).take(2).collect::<Vec<_>>().join(" ");
    let live = format!(
        "7:10 The bridge at Sorn is closed and the buses turn back at the mill.\n\
         9:05 A reader writes from the school roof: about forty of us, no food, two infants.\n\
         11:40 Power is back in the upper town, says the grid company, but not at the station.\n\
         16:20 {shared}\n\
         18:30 The railway will not run before Thursday; tickets can be given back at any counter.\n\
         20:00 Our reporter counted nineteen boats at the tannery gate and no lamps in the street.\n"
    );
    assert!(live.len() > FLOOD.len(), "or its length would decide");
    let whole = dated(document("a", "en", FLOOD), "2031-05-04");
    let live = dated(document("b", "en", &live), "2031-05-04");
    let documents = [whole, live];
    let lineage = run(&documents);
    let [whole, live] = &documents;
    assert!(same_account(&lineage, (live, "Rescuers from"), (whole, "Rescuers from")));
    assert!(same_account(&lineage, (whole, "Rescuers from"), (whole, "Mayor Ilona")));
    assert!(!same_account(&lineage, (live, "Rescuers from"), (live, "The bridge")));
}

#[test]
fn an_updated_article_is_one_account_but_for_the_new_figure() {
    let updated = FLOOD.replace("212", "340");
    let documents = [document("a", "en", FLOOD), document("b", "en", &updated)];
    let lineage = run(&documents);
    assert!(kinds(&lineage).contains(&LinkKind::Revision), "{}", show(&documents, &lineage));
    assert!(same_account(&lineage, (&documents[0], "Mayor"), (&documents[1], "Mayor")));
    assert!(!same_account(&lineage, (&documents[0], "212"), (&documents[1], "340")));
}

#[test]
fn another_place_in_the_same_formula_is_another_statement() {
    let of = |place: &str| {
        format!(
            "According to the regional prosecutor, three bodies were recovered from the burned police station in {place} late on Friday.\n"
        )
    };
    let documents = [document("a", "en", &of("Telmer")), document("b", "en", &of("Quorin"))];
    let lineage = run(&documents);
    assert_eq!(kinds(&lineage), [LinkKind::Revision], "{}", show(&documents, &lineage));
    assert_eq!(lineage.links[0].conflicts[0].kind, "name");
    assert_eq!(lineage.origins.len(), 2);
}

#[test]
fn a_statement_and_its_denial_are_two() {
    let yes = "Soldiers fired live rounds at the crowd in front of the town hall, the commander of the garrison said.\n";
    let no = yes.replace("fired", "never fired");
    let documents = [document("a", "en", yes), document("b", "en", &no)];
    let lineage = run(&documents);
    assert_eq!(kinds(&lineage), [LinkKind::Revision], "{}", show(&documents, &lineage));
    assert_eq!(lineage.links[0].conflicts[0].kind, "negation");
}

#[test]
fn sentences_kept_as_they_were_are_a_copy_and_in_another_order_a_digest() {
    let long = format!("{FLOOD}{MARKET}");
    let mut kept: Vec<&str> = long.lines().step_by(2).collect();
    let documents = [document("long", "en", &long), document("short", "en", &kept.join("\n"))];
    let lineage = run(&documents);
    assert!(kinds(&lineage).iter().all(|k| *k == LinkKind::Copy), "{}", show(&documents, &lineage));
    assert_eq!(lineage.origins.len(), 1);
    kept.reverse();
    let documents = [document("long", "en", &long), document("short", "en", &kept.join("\n"))];
    let lineage = run(&documents);
    assert!(
        kinds(&lineage).iter().all(|k| *k == LinkKind::Digest),
        "{}",
        show(&documents, &lineage)
    );
    assert!(!lineage.links.is_empty());
    assert_eq!(lineage.origins.len(), 1);
}

#[test]
fn a_paragraph_pasted_twice_counts_once() {
    let twice = format!(
        "{FLOOD}{MARKET}{}",
        FLOOD.lines().nth(1).unwrap().replace("before midnight", "by midnight")
    );
    let documents = [document("a", "en", &twice)];
    let lineage = run(&documents);
    assert_eq!(kinds(&lineage), [LinkKind::Repeat], "{}", show(&documents, &lineage));
    assert_eq!(lineage.origins.len(), 1);
}

#[test]
fn two_cities_in_one_formula_of_one_report_are_no_repeat() {
    let text = "In Telmer five people were killed in clashes between police and protesters on Thursday night, doctors said.
In Quorin nine people were killed in clashes between police and protesters on Thursday night, doctors said.
In Brasko 14 people were killed in clashes between police and protesters on Thursday night, doctors said.
In Lemnia 23 people were killed in clashes between police and protesters on Thursday night, doctors said.
";
    let documents = [document("a", "en", text)];
    let lineage = run(&documents);
    assert!(!kinds(&lineage).contains(&LinkKind::Repeat), "{}", show(&documents, &lineage));
}

#[test]
fn the_earlier_of_two_copies_is_the_source() {
    let early = dated(document("early", "en", FLOOD), "2024-03-02");
    let late = dated(
        document("late", "en", &FLOOD.replace("Sunday evening", "Sunday night")),
        "2024-03-04",
    );
    let lineage = run(&[early.clone(), late]);
    let copy = lineage.links.iter().find(|l| l.kind == LinkKind::Copy).unwrap();
    let expected = if copy.a.document == early.id { Direction::AToB } else { Direction::BToA };
    assert_eq!(copy.direction, expected, "{:?}", copy.reasons);
    assert!(copy.reasons.iter().any(|r| r.starts_with("earlier")));
}

#[test]
fn a_shared_address_is_no_shared_account() {
    let url = "https://news.example.org/2024/03/02/world/valdoria-unrest-eighteen-dead-hundreds-of-wounded-in-the-capital-1234567.html";
    let documents = [
        document("a", "en", &format!("{FLOOD}{url}\n")),
        document("b", "en", &format!("{MARKET}{url}\n")),
    ];
    assert!(run(&documents).links.is_empty());
}

#[test]
fn two_papers_quoted_by_a_third_stay_two() {
    let both = format!("{}\n{}\n", FLOOD.lines().nth(2).unwrap(), MARKET.lines().nth(2).unwrap());
    let documents =
        [document("a", "en", FLOOD), document("b", "en", MARKET), document("c", "en", &both)];
    let lineage = run(&documents);
    assert!(!same_account(&lineage, (&documents[0], "Mayor"), (&documents[1], "Grain")));
    assert!(same_account(&lineage, (&documents[0], "tannery"), (&documents[2], "tannery")));
    assert!(same_account(&lineage, (&documents[1], "Bakers"), (&documents[2], "Bakers")));
    assert_eq!(lineage.origins.len(), 2, "{}", show(&documents, &lineage));
}

#[test]
fn a_relay_with_another_dateline_is_a_copy() {
    let told = "At least 24 people died and some 150 were hurt when the dam above the town gave way on Tuesday, the fire service announced.\n";
    let own = format!("PORT MELKOR, 17 Sept 2013 (Dorvale Agency) — {told}");
    let relay = format!("The Lemnia Journal, with Dorvale Agency — {told}");
    let documents = [document("a", "en", &own), document("b", "en", &relay)];
    let lineage = run(&documents);
    assert_eq!(kinds(&lineage), [LinkKind::Copy], "{}", show(&documents, &lineage));
    // A headline with a dash is no dateline.
    let rose = told.replace("24", "42");
    let documents = [document("a", "en", &own), document("b", "en", &rose)];
    assert_eq!(kinds(&run(&documents)), [LinkKind::Revision]);
}

#[test]
fn a_number_written_out_is_the_same_number() {
    let digits = "The commander of the garrison said that 26 soldiers and 118 residents of the lower town were taken to the hospital.\n";
    let words = digits.replace("26", "twenty-six").replace("118", "one hundred and eighteen");
    let other = digits.replace("26", "twenty-seven");
    let documents = [document("a", "en", digits), document("b", "en", &words)];
    assert_eq!(kinds(&run(&documents)), [LinkKind::Copy]);
    let documents = [document("a", "en", digits), document("b", "en", &other)];
    assert_eq!(kinds(&run(&documents)), [LinkKind::Revision]);
}

#[test]
fn the_same_told_in_other_words_is_shown_and_makes_no_account() {
    let told = "The ferry company of Port Melkor dismissed forty deckhands on Thursday because they had joined the harbour strike.
A spokeswoman for the dismissed deckhands, Ilvira Tamsen, announced a complaint before the labour tribunal of Dorvale.
";
    let retold = "Because of their joining the strike in the harbour, the Port Melkor ferry company on Thursday threw out forty deckhands.
Before the Dorvale labour tribunal there will be a complaint, Ilvira Tamsen announced; she is spokeswoman of the deckhands who were dismissed.
";
    let documents = [
        document("a", "en", &format!("{told}{MARKET}")),
        document("b", "en", &format!("{retold}{FLOOD}")),
    ];
    let lineage = run(&documents);
    assert_eq!(kinds(&lineage), [LinkKind::Paraphrase], "{}", show(&documents, &lineage));
    assert_eq!(lineage.origins.len(), 2);
}

#[test]
fn copies_of_one_agency_that_is_not_here_have_a_common_ancestor() {
    let of = |town: &str, rest: &str| format!("{town}, 3 May (Dorvale Agency) — {FLOOD}{rest}\n");
    let documents = [
        document("a", "en", &of("TELMER", "The weather service expects more rain in the hills.")),
        document(
            "b",
            "en",
            &of("TELMER", "Trains to the coast are replaced by buses until Friday."),
        ),
    ];
    let lineage = run(&documents);
    assert!(
        lineage.links.iter().all(|link| link.kind == LinkKind::CommonAncestor),
        "{}",
        show(&documents, &lineage)
    );
    assert!(!lineage.links.is_empty());
}

#[test]
fn menus_and_the_closing_line_of_a_site_are_boilerplate() {
    let line = "Write to our newsroom if you saw what happened and want to tell us about it in confidence.";
    let stories = [
        FLOOD,
        MARKET,
        "A goat market opened in Lemnia on Friday despite the frost.\nTraders came from five valleys and slept in their carts.\nThe vet turned back two herds at the gate.\nWool from the high pastures sold before breakfast, while cheese found few buyers.\nOrganisers want to come back in autumn with a fair for dogs and a choir from across the pass.\n",
        "The opera of Brasko has lost its roof to a storm.\nSingers rehearse in the post office for now.\nNobody was hurt, the director said.\nTarpaulins lent by the harbour keep the velvet dry and the chandelier hangs in the fire station.\nA bass from the chorus sleeps on stage to guard the instruments.\n",
        "Chess players from nine schools met in Quorin.\nThe youngest is six and has never lost to her uncle.\nThe final is on Saturday.\nParents knit in the corridor and are asked to keep silent about openings.\nThe oldest board came from a lighthouse and smells of paraffin, says its keeper.\n",
        "Beekeepers above Telmer report empty hives.\nThey blame a late frost and a new spray.\nThe institute will test the wax.\nOne grower moved her swarms to an island and lost none.\nHoney will be dear this winter, and candles dearer, according to the cooperative of the valley.\n",
    ];
    let documents: Vec<Document> =
        stories
            .iter()
            .enumerate()
            .map(|(n, story)| {
                let text =
                    format!("Home · World · Culture · Sport · Archive · Contact\n{story}{line}\n");
                with_roles(&n.to_string(), "en", &text, |at, _| {
                    if at == 1 { Role::Nav } else { Role::Main }
                })
            })
            .collect();
    let lineage = run(&documents);
    assert!(
        kinds(&lineage).iter().all(|kind| *kind == LinkKind::Boilerplate),
        "{}",
        show(&documents, &lineage)
    );
    assert!(lineage.links.len() > stories.len());
    assert_eq!(lineage.origins.len(), stories.len());
}
