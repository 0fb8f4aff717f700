//! Cases from the field, about an invented country: what must stand in the tolls.
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::print_stdout,
    reason = "a slip in a test should stop it"
)]

mod support;

use kua_model::{
    ClaimAnchor, ClaimId, Counted, Decision, EventType, Modality, ReadFigure, Reading, Review,
    Span, Statement, TextRange, Uncounted,
};
use support::{Case, codes, same, tolls, uncounted};

#[test]
fn two_outlets_that_report_one_ministry_are_one_origin() {
    let found = Case::read("
        # courier.txt 2030-05-06 en
        The Interior Ministry said 13 police officers were killed.
        > killed ; 13 police officers were killed ; n=13 ; who=security_forces ; grade=official ; from=authority:The Interior Ministry
        # quotidien.txt 2030-05-06 fr
        Selon le ministère de l'Intérieur, 13 policiers ont été tués.
        > killed ; 13 policiers ont été tués ; n=13 ; who=security_forces ; grade=official ; from=authority:ministère de l'Intérieur
        # vestnik.txt 2030-05-07 ru
        Как сообщила пресс-служба МВД, погибли 13 полицейских.
        > killed ; погибли 13 полицейских ; n=13 ; who=security_forces ; grade=official ; from=authority:пресс-служба МВД
    ").chronicle().value;
    same(
        &tolls(&found),
        "
        killed security_forces: agreed
          МВД | 13 | 2030-05-06 | agreed | accounts 3 origins 1
    "
        .replace("МВД", &found.tolls[0].positions[0].source)
        .as_str(),
    );
    assert_eq!(found.origins.len(), 4, "three accounts and one ministry");
}

#[test]
fn a_later_figure_of_one_source_supersedes_the_former() {
    let found = Case::read("
        # a.txt 2030-05-06 en
        The Interior Ministry said 13 guards were killed.
        > killed ; 13 guards ; n=13 ; who=security_forces ; from=authority:The Interior Ministry
        # b.txt 2030-05-07 en
        The toll rose to 18 guards, the Interior Ministry said.
        > killed ; 18 guards ; n=18 ; who=security_forces ; from=authority:the Interior Ministry
        # c.txt 2030-05-09 en
        According to the Interior Ministry, 18 guards died; an earlier toll was 13 dead.
        > killed ; 18 guards died ; n=18 ; who=security_forces ; from=authority:the Interior Ministry
        > killed ; 13 dead ; n=13 ; who=security_forces ; earlier ; from=authority:the Interior Ministry
    ").chronicle().value;
    same(
        &tolls(&found),
        "
        killed security_forces: agreed
          Interior Ministry | 13 | 2030-05-06 | superseded | accounts 2 origins 2
          Interior Ministry | 18 | 2030-05-07 | agreed | accounts 2 origins 1
    "
        .replace("superseded | accounts 2 origins 2", "superseded | accounts 2 origins 1")
        .as_str(),
    );
}

#[test]
fn an_earlier_figure_of_the_same_day_stands_before_the_present_one() {
    let found = Case::read(
        "
        # a.txt 2030-05-06 fr
        Le ministère de l'Intérieur fait état de 18 morts. Le précédent bilan était de 13 morts.
        > killed ; 18 morts ; n=18 ; from=authority:Le ministère de l'Intérieur
        > killed ; 13 morts ; n=13 ; earlier ; from=authority:Le ministère de l'Intérieur
    ",
    )
    .chronicle()
    .value;
    same(
        &tolls(&found),
        "
        killed people: agreed
          ministère de l'Intérieur | 13 | /2030-05-06 | superseded | accounts 1 origins 1
          ministère de l'Intérieur | 18 | 2030-05-06 | agreed | accounts 1 origins 1
    ",
    );
}

#[test]
fn a_technical_mistake_is_retracted_and_stays_visible() {
    let noted = Case::read("
        # a.txt 2030-05-09 en
        The Health Ministry reported 164 people killed.
        > killed ; 164 people killed ; n=164 ; from=authority:The Health Ministry
        # b.txt 2030-05-10 ru
        Министерство здравоохранения назвало сообщение о 164 погибших технической ошибкой.
        > killed ; сообщение о 164 погибших технической ошибкой ; n=164 ; retracts ; mod=negated ; grade=denied ; from=authority:Министерство здравоохранения
        # c.txt 2030-05-15 en
        225 people were killed, the Prosecutor General's Office said.
        > killed ; 225 people were killed ; n=225 ; from=authority:the Prosecutor General's Office
    ").chronicle();
    same(
        &tolls(&noted.value),
        "
        killed people: agreed
          Health Ministry | 164 | 2030-05-09 | retracted | accounts 1 origins 1
          Prosecutor General's Office | 225 | 2030-05-15 | agreed | accounts 1 origins 1
    ",
    );
    assert_eq!(codes(&noted), ["figure-retracted"]);
}

#[test]
fn a_retraction_without_a_figure_takes_back_the_latest() {
    let found = Case::read(
        "
        # a.txt 2030-05-09 en
        The Health Ministry reported 164 people killed.
        > killed ; 164 people killed ; n=164 ; from=authority:The Health Ministry
        # b.txt 2030-05-10 en
        The Health Ministry said the death toll had been published by mistake.
        > killed ; published by mistake ; retracts ; from=authority:The Health Ministry
    ",
    )
    .chronicle()
    .value;
    assert!(tolls(&found).contains("164 | 2030-05-09 | retracted"), "{}", tolls(&found));
}

#[test]
fn what_another_source_denies_is_contested() {
    let found = Case::read("
        # a.txt 2030-05-09 en
        The opposition union said 40 people were killed.
        > killed ; 40 people were killed ; n=40 ; from=organisation:The opposition union
        # b.txt 2030-05-10 en
        Police deny that 40 people were killed.
        > killed ; deny that 40 people were killed ; n=40 ; mod=negated ; grade=denied ; from=authority:Police
    ").chronicle().value;
    same(
        &tolls(&found),
        "
        killed people: contested
          opposition union | 40 | 2030-05-09 | contested | accounts 1 origins 1
    ",
    );
}

#[test]
fn disjoint_figures_of_two_origins_at_one_time_are_contested() {
    let text = "
        # a.txt 2030-05-09 en
        Police say 12 people were killed.
        > killed ; 12 people were killed ; n=12 ; from=authority:Police
        # b.txt DATE en
        The miners' union says 40 people were killed.
        > killed ; 40 people were killed ; n=40 ; from=organisation:The miners' union
    ";
    let toll = |date: &str| tolls(&Case::read(&text.replace("DATE", date)).chronicle().value);
    assert!(toll("2030-05-09").contains("people: contested"));
    assert!(toll("2030-05-10").contains("people: contested"));
    assert!(toll("-").contains("people: contested"), "nothing says that the times differ");
    // Eleven days later a higher figure may be growth; a lower one cannot be.
    assert!(toll("2030-05-20").contains("people: agreed"));
    assert!(toll("2030-04-20").contains("people: contested"));
}

#[test]
fn two_figures_of_one_source_refine_or_contradict_each_other() {
    let text = "
        # a.txt 2030-05-09 en
        The Interior Ministry said more than 3000 were arrested.
        > arrested ; more than 3000 were arrested ; n=3001.. ; from=authority:The Interior Ministry
        # b.txt 2030-05-09 en
        The Interior Ministry said SECOND were arrested.
        > arrested ; SECOND were arrested ; n=FIGURE ; from=authority:The Interior Ministry
    ";
    let refined = Case::read(&text.replace("SECOND", "more than 3800").replace("FIGURE", "3801.."))
        .chronicle();
    same(
        &tolls(&refined.value),
        "
        arrested people: agreed
          Interior Ministry | 3001.. | 2030-05-09 | agreed | accounts 1 origins 1
          Interior Ministry | 3801.. | 2030-05-09 | agreed | accounts 1 origins 1
    ",
    );
    assert!(refined.notices.is_empty());
    let torn = Case::read(&text.replace("SECOND", "2500").replace("FIGURE", "2500")).chronicle();
    assert_eq!(codes(&torn), ["source-contradicts-itself"]);
    assert!(tolls(&torn.value).contains("arrested people: contested"));
}

#[test]
fn dozens_stand_hedged_beside_the_official_figure() {
    let found = Case::read("
        # a.txt 2030-05-07 fr
        Des dizaines de grévistes auraient été abattus. Le ministère de l'Intérieur annonce 26 morts.
        > killed ; Des dizaines de grévistes auraient été abattus ; n=20..99 dozens ; who=protesters ; mod=hedged
        > killed ; 26 morts ; n=26 ; who=protesters ; from=authority:Le ministère de l'Intérieur
    ").chronicle().value;
    same(
        &tolls(&found),
        "
        killed protesters: agreed
          a.txt | 20..99 hedged | 2030-05-07 | agreed | accounts 1 origins 2
          ministère de l'Intérieur | 26 | 2030-05-07 | agreed | accounts 1 origins 2
    ",
    );
}

#[test]
fn a_letter_speaks_for_its_author() {
    let found = Case::read(
        "
        # letter.txt 2030-05-05 en
        More than 1000 people have been arrested, I hear from everyone.
        > arrested ; More than 1000 people have been arrested ; n=1001.. ; from=unnamed:everyone
    ",
    )
    .chronicle()
    .value;
    same(
        &tolls(&found),
        "
        arrested people: agreed
          letter.txt | 1001.. | 2030-05-05 | agreed | accounts 1 origins 1
    ",
    );
}

#[test]
fn a_translation_is_the_same_account_and_the_original_counts() {
    let text = "
        # z-original.txt 2030-05-05 en
        I counted ten wounded on the square.
        > wounded ; ten wounded ; n=10 ; grade=seen ; at=Square
        # a-traduction.txt 2030-05-05 fr
        J'ai compté dix blessés sur la place.
        > wounded ; dix blessés ; n=10 ; grade=seen ; at=Place
        = translation z-original.txt -> a-traduction.txt
    ";
    let found = Case::read(text).chronicle().value;
    same(
        &tolls(&found),
        "
        wounded people in Square: agreed
          a-traduction.txt | 10 | 2030-05-05 | agreed | accounts 1 origins 1
    ",
    );
    assert_eq!(uncounted(&found), [("dix blessés".to_owned(), "same_account".to_owned())]);
    let drifted = Case::read(&text.replace("dix blessés ; n=10", "dix blessés ; n=16")).chronicle();
    assert!(codes(&drifted).contains(&"translation-differs"));
    assert!(uncounted(&drifted.value).is_empty(), "both figures are kept");
}

#[test]
fn what_is_said_twice_in_one_account_counts_once() {
    let found = Case::read(
        "
        # a.txt 2030-05-05 en
        Twelve miners were killed, the mayor said. In all, 12 miners dead.
        > killed ; Twelve miners were killed ; n=12 ; who=civilians
        > killed ; 12 miners dead ; n=12 ; who=civilians
    ",
    )
    .chronicle()
    .value;
    assert_eq!(uncounted(&found), [("12 miners dead".to_owned(), "repeat".to_owned())]);
}

#[test]
fn only_asserted_whole_counts_of_people_enter_a_toll() {
    let found = Case::read("
        # a.txt 2030-05-05 en
        Of the 30 dead two were children and two more fell from a roof; 70 flights; 100 killed or hurt; 9 in 1999; he would have died; one man fell; nobody died; 5 planned
        > killed ; 30 dead ; n=30
        > killed ; two were children ; n=2 ; part=1 ; who=children
        > killed ; two more fell ; n=2 ; part=1
        > troops_deployed ; 70 flights ; n=70 ; counts=vehicles
        > killed ; 100 killed or hurt ; n=100 ; or=wounded
        > killed ; 9 in 1999 ; n=9 ; role=background
        > killed ; he would have died ; one ; mod=counterfactual
        > killed ; one man fell ; one
        > killed ; nobody died ; n=0 ; mod=negated
        > killed ; 5 planned ; n=5 ; grade=plan
    ").chronicle().value;
    same(
        &tolls(&found),
        "
        killed children: agreed
          a.txt | 2 | 2030-05-05 | agreed | accounts 1 origins 1
        killed people: agreed
          a.txt | 30 | 2030-05-05 | agreed | accounts 1 origins 1
    ",
    );
    let reasons: Vec<String> = uncounted(&found).into_iter().map(|(_, reason)| reason).collect();
    assert_eq!(
        reasons,
        [
            "part_of",
            "not_people",
            "disjunction",
            "background",
            "not_asserted",
            "no_figure",
            "not_asserted",
            "not_asserted"
        ]
    );
}

#[test]
fn countries_part_ministries_and_the_case_has_its_own() {
    let found = Case::read(
        "
        # a.txt 2030-05-06 en
        The Interior Ministry said 13 died.
        > killed ; 13 died ; n=13 ; from=authority:The Interior Ministry
        # b.txt 2030-05-06 en
        The Russian Interior Ministry said 13 died.
        > killed ; 13 died ; n=13 ; from=authority:The Russian Interior Ministry
        # c.txt 2030-05-06 ru
        Министерство внутренних дел России сообщило о 13 погибших.
        > killed ; о 13 погибших ; n=13 ; from=authority:Министерство внутренних дел
    ",
    )
    .chronicle()
    .value;
    let positions = &found.tolls[0].positions;
    assert_eq!(positions.len(), 2, "{}", tolls(&found));
    assert_eq!(
        positions.iter().map(|p| (p.accounts, p.origins)).collect::<Vec<_>>(),
        [(1, 2), (2, 2)]
    );
}

#[test]
fn a_person_who_speaks_for_a_body_is_the_body() {
    let found = Case::read("
        # a.txt 2030-05-15 en
        225 people were killed, said Anton Marek, a representative of the Prosecutor General's Office.
        > killed ; 225 people were killed ; n=225 ; from=person:Anton Marek
        # b.txt 2030-05-15 fr
        Anton Marek a parlé de 225 morts.
        > killed ; 225 morts ; n=225 ; from=person:Anton Marek
        # c.txt 2030-05-15 ru
        Генпрокуратура: 225 погибших.
        > killed ; 225 погибших ; n=225 ; from=authority:Генпрокуратура
    ").chronicle().value;
    same(
        &tolls(&found),
        "
        killed people: agreed
          Генпрокуратура | 225 | 2030-05-15 | agreed | accounts 3 origins 1
    ",
    );
}

#[test]
fn the_ministry_is_the_one_named_before() {
    let found = Case::read(
        "
        # a.txt 2030-05-15 en
        The Health Ministry said 7 died. The ministry added that 90 were wounded.
        > killed ; 7 died ; n=7 ; from=authority:The Health Ministry
        > wounded ; 90 were wounded ; n=90 ; from=authority:The ministry
    ",
    )
    .chronicle()
    .value;
    assert_eq!(found.tolls[0].positions[0].origin, found.tolls[1].positions[0].origin);
}

#[test]
fn one_communique_under_two_labels_is_noticed() {
    let noted = Case::read("
        # a.txt 2030-05-07 en
        The Interior Ministry said 26 armed criminals were killed.
        > killed ; 26 armed criminals were killed ; n=26 ; who=attackers ; from=authority:The Interior Ministry
        # b.txt 2030-05-07 en
        26 protesters were killed, according to the Interior Ministry.
        > killed ; 26 protesters were killed ; n=26 ; who=protesters ; from=authority:the Interior Ministry
    ").chronicle();
    assert_eq!(codes(&noted), ["label-differs"]);
    assert_eq!(noted.value.tolls.len(), 2);
    for toll in &noted.value.tolls {
        let position = &toll.positions[0];
        assert_eq!(toll.positions.len(), 1);
        assert_eq!((position.accounts, position.origins, position.claims.len()), (2, 1, 2));
        let why = position.why.join("\n");
        assert!(why.contains("another label"), "{why}");
        assert!(why.contains("criminals") || why.contains("protesters"), "{why}");
    }
}

#[test]
fn a_claim_whose_words_do_not_stand_is_dropped_with_a_notice() {
    let mut case = Case::read(
        "
        # a.txt 2030-05-07 en
        Trois tués à l'été.
        > killed ; Trois tués ; n=3
        > killed ; tués à ; n=3
        > killed ; l'été ; n=3
    ",
    );
    case.claims[0].range.end = 9_999;
    case.claims[1].range.start += 3;
    case.claims[2].range.end -= 1;
    let noted = case.chronicle();
    assert_eq!(
        codes(&noted).iter().filter(|code| **code == "claim-without-words").count(),
        3,
        "{:?}",
        noted.notices
    );
    assert!(noted.value.statements.is_empty() && noted.value.tolls.is_empty());
}

#[test]
fn people_decide_and_undo() {
    let text = "
        # a.txt 2030-05-07 en
        Twelve died.
        > killed ; Twelve died ; n=12
        # b.txt 2030-05-07 en
        12 dead here.
        > killed ; 12 dead here ; n=12
        # c.txt 2030-05-08 en
        12 dead here, we copy.
        > killed ; 12 dead here ; n=12
        = copy b.txt -> c.txt
    ";
    let plain = Case::read(text);
    assert_eq!(plain.chronicle().value.tolls[0].positions[0].origins, 2);
    let ids: Vec<_> = plain.lineage.origins.iter().map(|origin| origin.id).collect();

    let mut one = plain.clone();
    one.judge(Decision::SameOrigin { origins: ids });
    let found = one.chronicle().value;
    assert_eq!(found.tolls[0].positions.len(), 1);
    assert_eq!((found.tolls[0].positions[0].origins, found.tolls[0].positions[0].accounts), (1, 1));

    let mut apart = plain.clone();
    let link = plain.lineage.links[0].clone();
    apart.judge(Decision::NotSameAccount { a: link.b, b: link.a });
    assert_eq!(apart.chronicle().value.tolls[0].positions[0].origins, 3);

    let mut rejected = plain.clone();
    rejected.judge(Decision::RejectClaim { claim: plain.claims[0].id, words: None });
    let confirmed = plain.claims[1].id;
    rejected.judge(Decision::ConfirmClaim { claim: confirmed, words: None, reading: None });
    let found = rejected.chronicle().value;
    assert_eq!(
        found.statements.iter().filter(|s| s.uncounted == Some(Uncounted::Rejected)).count(),
        1
    );
    assert_eq!(found.statement(confirmed).unwrap().review, Some(Review::Confirmed));
    assert_eq!(found.tolls[0].positions[0].origins, 1);
    rejected.judge(Decision::Undo { judgement: 0 });
    assert_eq!(rejected.chronicle().value.tolls[0].positions[0].origins, 2);
}

#[test]
fn a_review_holds_by_the_words_when_the_rules_change() {
    let text = "
        # a.txt 2030-05-07 en
        The warden said 12 were killed in the east wing and 5 were hurt.
        > killed ; 12 were killed ; n=12 ; who=prisoners ; from=authority:The warden
        > wounded ; 5 were hurt ; n=5
    ";
    let plain = Case::read(text);
    let found = plain.chronicle().value;
    let (killed, wounded) = (&found.statements[0], &found.statements[1]);
    let words = |s: &Statement| ClaimAnchor::of(&s.claim, &s.quote);
    let change = Reading {
        figure: Some(Some(ReadFigure {
            low: Some(12),
            high: Some(15),
            approx: false,
            counts: None,
        })),
        place: Some("Orlan".to_owned()),
        ..Reading::default()
    };
    let corrected = Decision::CorrectClaim {
        claim: killed.claim.id,
        words: words(killed),
        reading: Box::new(Reading::of(&killed.claim).with(&change)),
    };
    let confirmed = Decision::ConfirmClaim {
        claim: wounded.claim.id,
        words: Some(words(wounded)),
        reading: Some(Box::new(Reading::of(&wounded.claim))),
    };
    let says = |case: &Case| {
        let found = case.chronicle().value;
        found
            .statements
            .iter()
            .map(|s| {
                let quantity = s.claim.quantity.as_ref().map(|q| (q.low, q.high));
                (s.claim.event.0.clone(), quantity, s.review)
            })
            .collect::<Vec<_>>()
    };
    let want = vec![
        ("killed".to_owned(), Some((Some(12), Some(15))), Some(Review::Corrected)),
        ("wounded".to_owned(), Some((Some(5), Some(5))), Some(Review::Confirmed)),
    ];

    let mut same = plain.clone();
    same.judge(corrected.clone());
    same.judge(confirmed.clone());
    assert_eq!(says(&same), want);
    let found = same.chronicle().value;
    assert_eq!(found.statements[0].claim.place.as_ref().unwrap().words, "Orlan");
    assert!(found.statements[0].why.iter().any(|why| why.contains("figure 12")), "{found:?}");

    // The rules now cut the words another way, read another figure, and miss the wounded.
    let mut changed = Case::read(
        "
        # a.txt 2030-05-07 en
        The warden said 12 were killed in the east wing and 5 were hurt.
        > killed ; said 12 were killed in the east wing ; n=1 ; mod=hedged
        ",
    );
    changed.judgements = same.judgements.clone();
    assert_eq!(says(&changed), want);
    let found = changed.chronicle();
    assert_eq!(found.value.statements[0].claim.modality, Modality::Certain);
    assert_eq!(found.value.statements[1].quote.exact(), "5 were hurt");
    assert!(found.notices.iter().all(|n| n.code != "judgement-without-effect"), "{found:?}");

    // A rejection finds its claim by the words as well; where nothing is read any more it says so.
    let mut rejected = changed.clone();
    rejected.judgements.clear();
    rejected.judge(Decision::RejectClaim { claim: killed.claim.id, words: Some(words(killed)) });
    rejected.judge(Decision::RejectClaim { claim: wounded.claim.id, words: Some(words(wounded)) });
    let found = rejected.chronicle();
    assert_eq!(found.value.statements[0].uncounted, Some(Uncounted::Rejected));
    assert_eq!(found.value.statements.len(), 1);
    assert_eq!(found.notices.iter().filter(|n| n.code == "judgement-without-effect").count(), 1);

    // Of two decisions the later holds, and an undone one no longer does.
    let mut twice = same.clone();
    twice.judge(Decision::RejectClaim { claim: killed.claim.id, words: Some(words(killed)) });
    assert_eq!(twice.chronicle().value.statements[0].review, Some(Review::Rejected));
    twice.judge(Decision::Undo { judgement: 2 });
    assert_eq!(says(&twice), want);
}

#[test]
fn a_headline_is_no_second_origin_of_the_figure_below_it() {
    let found = Case::read(
        "
        # a.txt 2030-05-07 en
        Ruritania: 225 dead, about 700 hurt
        The Prosecutor General's Office said 225 people had died and 748 were wounded.
        > killed ; 225 dead ; n=225
        > wounded ; about 700 hurt ; n=701..
        > killed ; 225 people had died ; n=225 ; from=authority:The Prosecutor General's Office
        > wounded ; 748 were wounded ; n=748 ; from=authority:The Prosecutor General's Office
    ",
    )
    .chronicle()
    .value;
    same(
        &tolls(&found),
        "
        killed people: agreed
          Prosecutor General's Office | 225 | 2030-05-07 | agreed | accounts 1 origins 1
        wounded people: agreed
          a.txt | 701.. | 2030-05-07 | agreed | accounts 1 origins 1
          Prosecutor General's Office | 748 | 2030-05-07 | agreed | accounts 1 origins 1
    ",
    );
}

#[test]
fn a_narrower_group_stands_in_the_row_of_the_wider_and_contradicts_nothing() {
    let found = Case::read(
        "
        # a.txt 2030-05-07 en
        The Interior Ministry counts 18 members of the security forces dead, the guard two of its own.
        > killed ; 18 members of the security forces dead ; n=18 ; who=security_forces ; from=authority:The Interior Ministry
        > killed ; two of its own ; n=2 ; who=national_guard ; from=organisation:the guard
    ",
    )
    .chronicle()
    .value;
    assert_eq!(found.tolls.len(), 1, "{}", tolls(&found));
    assert!(tolls(&found).starts_with("killed security_forces: agreed"));
}

#[test]
fn a_country_inside_the_name_of_a_ministry_changes_nothing() {
    let found = Case::read(
        "
        # a.txt 2030-05-07 fr
        Le ministère russe de l'Intérieur parle de 9 morts.
        > killed ; 9 morts ; n=9 ; from=authority:Le ministère russe de l'Intérieur
        # b.txt 2030-05-07 ru
        МВД России: 9 погибших.
        > killed ; 9 погибших ; n=9 ; from=authority:МВД России
    ",
    )
    .chronicle()
    .value;
    assert_eq!(found.tolls[0].positions.len(), 1, "{}", tolls(&found));
    assert_eq!(found.tolls[0].positions[0].accounts, 2);
}

#[test]
fn police_and_protesters_are_no_two_labels() {
    let noted = Case::read("
        # a.txt 2030-05-07 en
        The Interior Ministry said 18 officers were killed.
        > killed ; 18 officers were killed ; n=18 ; who=security_forces ; from=authority:The Interior Ministry
        # b.txt 2030-05-07 en
        18 protesters were killed, according to the Interior Ministry.
        > killed ; 18 protesters were killed ; n=18 ; who=protesters ; from=authority:the Interior Ministry
    ").chronicle();
    for toll in &noted.value.tolls {
        assert_eq!((toll.positions[0].accounts, toll.positions[0].claims.len()), (1, 1));
    }
}

#[test]
fn the_country_of_a_case_that_says_none_is_the_one_that_documents_name() {
    let mut case = Case::read("
        # a.txt 2030-05-07 en
        More than 3000 were arrested in Kenya, the Interior Ministry said.
        > arrested ; More than 3000 were arrested in Kenya ; n=3001.. ; at=Kenya ; from=authority:the Interior Ministry
        # b.txt 2030-05-07 fr
        Le ministère de l'Intérieur du Kenya annonce plus de 3800 arrestations.
        > arrested ; plus de 3800 arrestations ; n=3801.. ; from=authority:Le ministère de l'Intérieur
    ");
    case.info.place = None;
    let noted = case.chronicle();
    assert_eq!(noted.value.tolls.len(), 1, "{}", tolls(&noted.value));
    assert_eq!(noted.value.tolls[0].place, None);
    assert_eq!(noted.value.tolls[0].positions[0].origin, noted.value.tolls[0].positions[1].origin);
    assert!(codes(&noted).contains(&"place-of-the-case"));
}

#[test]
fn words_that_name_nobody_are_no_source() {
    for words in ["by voice of a statement", "on in the declaration", "local radio"] {
        let text = format!(
            "
            # a.txt 2030-05-07 en
            Twelve died, {words} said.
            > killed ; Twelve died ; n=12 ; from=organisation:{words}
        "
        );
        let found = Case::read(&text).chronicle().value;
        assert_eq!(found.tolls[0].positions[0].source, "a.txt", "{words}");
    }
}

#[test]
fn whoever_speaks_for_a_body_shows_under_its_own_name() {
    let found = Case::read("
        # a.txt 2030-05-07 en
        The channel of the Health Ministry gave 12 dead. The Health Ministry of Kenya gave 40 wounded. Anna Tor, wife of a doctor, told of 7 missing.
        > killed ; 12 dead ; n=12 ; from=organisation:channel of the Health Ministry
        > wounded ; 40 wounded ; n=40 ; from=authority:The Health Ministry of Kenya
        > missing ; 7 missing ; n=7 ; from=person:Anna Tor
        # b.txt 2030-05-07 en
        The Health Ministry of Kenya: 12 dead.
        > killed ; 12 dead ; n=12 ; from=authority:Health Ministry of Kenya
    ").chronicle().value;
    let shown: Vec<&str> = found.origins.iter().map(|origin| origin.name.as_str()).collect();
    assert!(
        shown.contains(&"Health Ministry of Kenya") && shown.contains(&"Anna Tor"),
        "{shown:?}"
    );
    assert!(!shown.iter().any(|name| name.contains("channel")), "{shown:?}");
}

#[test]
fn rescuers_of_a_town_are_not_its_mayor() {
    let found = Case::read("
        # a.txt 2030-05-07 en
        The mayor of Vesk said 12 died in Vesk. The fire brigade of Vesk said 14 died. The mayor said 30 were hurt.
        > killed ; 12 died ; n=12 ; at=Vesk ; from=authority:The mayor of Vesk
        > killed ; 14 died ; n=14 ; at=Vesk ; from=authority:The fire brigade of Vesk
        > wounded ; 30 were hurt ; n=30 ; at=Vesk ; from=authority:The mayor
    ").chronicle().value;
    let origin = |toll: usize, at: usize| found.tolls[toll].positions[at].origin;
    assert_eq!(found.tolls[0].positions.len(), 2, "{}", tolls(&found));
    assert_ne!(origin(0, 0), origin(0, 1));
    assert!([origin(0, 0), origin(0, 1)].contains(&origin(1, 0)));
}

#[test]
fn what_was_part_of_a_retracted_figure_goes_with_it() {
    let found = Case::read("
        # a.txt 2030-05-09 en
        The Health Ministry reported 164 people killed, 103 of them in Vesk.
        > killed ; 164 people killed ; n=164 ; from=authority:The Health Ministry
        > killed ; 103 of them in Vesk ; n=103 ; at=Vesk ; part=1 ; from=authority:The Health Ministry
        # b.txt 2030-05-10 en
        The Health Ministry called the 164 dead a technical mistake.
        > killed ; the 164 dead a technical mistake ; n=164 ; retracts ; mod=negated ; grade=denied ; from=authority:The Health Ministry
    ").chronicle().value;
    let shown = tolls(&found);
    assert_eq!(shown.matches("retracted").count(), 2, "{shown}");
}

#[test]
fn a_printed_year_long_before_the_crisis_orders_nothing() {
    let mut case = Case::read(
        "
        # a.txt 2030-05-07 en
        The Interior Ministry said 18 died.
        > killed ; 18 died ; n=18 ; from=authority:The Interior Ministry
        # b.txt 2010-05-08 en
        The Interior Ministry said 26 died.
        > killed ; 26 died ; n=26 ; from=authority:The Interior Ministry
    ",
    );
    case.info.period = Some("2030-05-01/2030-05-20".parse().unwrap());
    let noted = case.chronicle();
    assert!(codes(&noted).contains(&"date-orders-nothing"));
    let shown = tolls(&noted.value);
    assert!(shown.contains("18 | 2030-05-07 | superseded"), "{shown}");
    assert!(shown.contains("26 | 2030-05-08 | agreed"), "{shown}");
}

#[test]
fn nobody_killed_is_a_figure_of_a_source_and_no_contradiction_of_a_witness() {
    let text = "
        # a.txt 2030-05-09 en
        WHO that nobody was killed in Vesk.
        > killed ; nobody was killed in Vesk ; n=0 ; at=Vesk ; mod=negatedFROM
        # b.txt 2030-05-09 en
        Civil Protection said 12 were killed in Vesk.
        > killed ; 12 were killed in Vesk ; n=12 ; at=Vesk ; from=authority:Civil Protection
    ";
    let official = text.replace("WHO", "Police said").replace("FROM", " ; from=authority:Police");
    let teller = text.replace("WHO", "I know").replace("FROM", "");
    assert!(tolls(&Case::read(&official).chronicle().value).contains("in Vesk: contested"));
    assert!(tolls(&Case::read(&teller).chronicle().value).contains("in Vesk: agreed"));
}

#[test]
fn entries_of_one_day_stand_in_the_order_of_their_hours() {
    let mut case = Case::read(
        "
        # live.txt 2030-05-09 en
        Police say two are dead. Police say four are dead. Police correct: three are dead.
        > killed ; two are dead ; n=2 ; heading=2030-05-09 ; from=authority:Police
        > killed ; four are dead ; n=4 ; heading=2030-05-09 ; from=authority:Police
        > killed ; three are dead ; n=3 ; heading=2030-05-09 ; from=authority:Police
    ",
    );
    for (claim, hour) in case.claims.iter_mut().zip([9, 10, 14]) {
        claim.time.as_mut().unwrap().clock = Some((hour, 15));
    }
    let shown = tolls(&case.chronicle().value);
    assert_eq!(shown.matches("superseded").count(), 2, "{shown}");
    assert!(shown.contains("| 3 | 2030-05-09 | agreed"), "{shown}");
}

#[test]
fn a_proposal_is_laid_over_no_claim_but_one_that_says_the_same() {
    let text = "
        # a.txt 2030-05-07 en
        The warden said 12 were killed in the east wing and 5 were done to death in the west wing.
        > killed ; 12 were killed ; n=12 ; who=prisoners ; from=authority:The warden
    ";
    let plain = Case::read(text);
    let before = plain.chronicle().value;
    let document = &before.documents[0];
    // A model's quote may hold the words of the rules' claim, too.
    let quote = "12 were killed in the east wing and 5 were done to death";
    let start = document.text.find(quote).unwrap();
    let range = TextRange::new(start, start + quote.len());
    let words = ClaimAnchor {
        document: document.id,
        at: range,
        exact: quote.to_owned(),
        prefix: String::new(),
        suffix: String::new(),
        event: EventType("killed".to_owned()),
    };
    let id = ClaimId::of(Span::new(document.id, range), "proposed killed", 0);
    let figure = |low: u64, counts: Option<Counted>| {
        Some(Some(ReadFigure { low: Some(low), high: Some(low), approx: false, counts }))
    };
    let confirm = |figure| Decision::ConfirmProposal {
        proposal: id,
        words: words.clone(),
        reading: Box::new(Reading {
            event: Some(EventType("killed".to_owned())),
            figure,
            ..Reading::default()
        }),
        proposed_by: "llm:trial:00".to_owned(),
        instead_of: None,
    };
    let figures = |case: &Case| {
        let found = case.chronicle().value;
        let all = found.statements.iter();
        let low = |s: &Statement| s.claim.quantity.as_ref().and_then(|q| q.low);
        all.map(|s| (low(s), s.review, s.uncounted)).collect::<Vec<_>>()
    };

    let mut another = plain.clone();
    another.judge(confirm(figure(5, None)));
    let found = figures(&another);
    assert!(found.contains(&(Some(12), None, None)), "{found:?}");
    assert!(found.contains(&(Some(5), Some(Review::Confirmed), None)), "{found:?}");

    // Later rules read it themselves: one claim, not two.
    let mut same = plain.clone();
    same.judge(confirm(figure(12, None)));
    assert_eq!(figures(&same), [(Some(12), Some(Review::Confirmed), None)]);

    // What is no count of people becomes none by being confirmed.
    let mut lorries = plain.clone();
    lorries.judge(confirm(figure(5, Some(Counted::Vehicles))));
    let found = figures(&lorries);
    let want = (Some(5), Some(Review::Confirmed), Some(Uncounted::NotPeople));
    assert!(found.contains(&want), "{found:?}");

    // Rejected, it touches nothing and is no decision without effect.
    let mut rejected = plain.clone();
    let proposed_by = "llm:trial:00".to_owned();
    rejected.judge(Decision::RejectProposal { proposal: id, words: words.clone(), proposed_by });
    assert_eq!(figures(&rejected), figures(&plain));
    let notices = rejected.chronicle().notices;
    assert!(notices.iter().all(|notice| notice.code != "judgement-without-effect"));
}
