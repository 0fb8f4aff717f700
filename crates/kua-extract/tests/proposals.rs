//! A second reader that tells the truth, and one that lies: what is left of what they say.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

mod support;

use kua_extract::{Asked, Checked, ExtractConfig, Refusal, check_proposals, passages};
use kua_lexicon::Lexicons;
use kua_model::{
    Document, Grade, Modality, ProposedClaim, ProposedField, ProposedFigure, SourceKind, TextRange,
};

const LETTER: &str = "Letter from the harbour\n\
On 4 May 2031 the harbour master said that 12 dockers were done to death at Pier Nine.\n\
Reportedly five nurses were wounded on Thursday. There is no confirmation of this.\n\
Nobody was arrested. Police fired at 30 lorries, and three people were killed near Lower Mill.\n";

/// Quote, words of the event, event; further fields are filled by the test.
fn said(quote: &str, trigger: &str, event: &str) -> ProposedClaim {
    ProposedClaim {
        quote: quote.to_owned(),
        trigger: trigger.to_owned(),
        event: event.to_owned(),
        ..ProposedClaim::default()
    }
}

fn figure(low: u64, high: u64) -> Option<ProposedFigure> {
    Some(ProposedFigure { low: Some(low), high: Some(high) })
}

fn letter() -> Document {
    support::plain(LETTER, "en", Some("2031-05-09"))
}

/// The whole letter is one passage.
fn check(claim: &ProposedClaim) -> Result<Checked, Refusal> {
    let document = letter();
    let asked = [Asked { passage: TextRange::new(0, LETTER.len()), claim }];
    let config = ExtractConfig::default();
    let mut answers = check_proposals(&document, &Lexicons::embedded(), &config, &asked);
    assert_eq!(answers.len(), 1);
    answers.remove(0)
}

#[test]
fn what_the_rules_miss_is_found_again_field_by_field() {
    // "done to death" is in no lexicon.
    let claim = ProposedClaim {
        figure: figure(12, 12),
        affected: Some("dockers".to_owned()),
        place: Some("pier nine".to_owned()),
        when: Some("4 May 2031".to_owned()),
        sources: vec!["the harbour master".to_owned()],
        ..said("12 dockers were done to death at  Pier Nine", "were done to death", "killed")
    };
    let Checked { claim, changed } = check(&claim).unwrap();
    assert_eq!(changed, []);
    assert_eq!(claim.range.of(LETTER), Some("12 dockers were done to death at Pier Nine"));
    let quantity = claim.quantity.unwrap();
    assert_eq!((quantity.low, quantity.high), (Some(12), Some(12)));
    assert_eq!(quantity.range.unwrap().of(LETTER), Some("12"));
    assert_eq!(claim.affected.unwrap().words, "dockers");
    // As the letter writes it, not as the model does.
    assert_eq!(claim.place.unwrap().words, "Pier Nine");
    assert_eq!(claim.time.unwrap().value.to_string(), "2031-05-04");
    assert_eq!(claim.sources[0].words, "the harbour master");
    assert_eq!(claim.modality, Modality::Certain);
}

#[test]
fn a_quote_that_does_not_stand_there_is_refused() {
    let refused =
        |quote: &str, trigger: &str, event: &str| check(&said(quote, trigger, event)).err();
    let killed = |quote: &str| refused(quote, "done to death", "killed");
    assert_eq!(killed("13 dockers were done to death"), Some(Refusal::QuoteNotInPassage));
    assert_eq!(killed("12 dockers were brutally done to death"), Some(Refusal::QuoteNotInPassage));
    assert_eq!(killed(""), Some(Refusal::QuoteNotInPassage));
    assert_eq!(killed("12 dockers were"), Some(Refusal::TriggerNotInQuote));
    assert_eq!(refused("people were killed", "", "killed"), Some(Refusal::TriggerNotInQuote));
    assert_eq!(refused("were", "were", "killed"), Some(Refusal::QuoteTwice));
    assert_eq!(
        refused("12 dockers were done to death", "done to death", "eclipse"),
        Some(Refusal::UnknownEvent)
    );
    assert_eq!(refused("five nurses were wounded", "wounded", "killed"), Some(Refusal::OtherEvent));
}

#[test]
fn a_passage_ends_where_it_ends() {
    let document = letter();
    let claim = said("three people were killed", "killed", "killed");
    let passage = TextRange::new(0, LETTER.find("Reportedly").unwrap());
    let asked = [Asked { passage, claim: &claim }];
    let config = ExtractConfig::default();
    let answers = check_proposals(&document, &Lexicons::embedded(), &config, &asked);
    assert_eq!(answers[0].as_ref().err(), Some(&Refusal::QuoteNotInPassage));
}

#[test]
fn fields_that_are_made_up_are_emptied() {
    let claim = ProposedClaim {
        figure: figure(30, 30),
        affected: Some("civilians".to_owned()),
        by: Some("Colonel Vane".to_owned()),
        place: Some("Upper Mill".to_owned()),
        when: Some("5 May 2031".to_owned()),
        sources: vec!["Reuters".to_owned()],
        ..said("three people were killed near Lower Mill", "killed", "killed")
    };
    let Checked { claim, changed } = check(&claim).unwrap();
    use ProposedField::{Affected, By, Figure, Place, Sources, Time};
    assert_eq!(changed, [Figure, Affected, By, Place, Time, Sources]);
    assert!(claim.quantity.is_none() && claim.affected.is_none() && claim.place.is_none());
    assert!(claim.perpetrator.is_none() && claim.time.is_none());
    assert!(claim.sources.iter().all(|source| source.words != "Reuters"));
}

#[test]
fn a_figure_must_be_read_the_same_way() {
    let with = |quote: &str, trigger: &str, low: Option<u64>, high: Option<u64>| {
        let figure = Some(ProposedFigure { low, high });
        let claim = ProposedClaim { figure, ..said(quote, trigger, "killed") };
        check(&claim).unwrap()
    };
    let killed = "three people were killed";
    assert!(with(killed, "killed", Some(3), None).claim.quantity.is_none());
    assert!(with(killed, "killed", Some(2), Some(3)).claim.quantity.is_none());
    let read = with(killed, "killed", Some(3), Some(3));
    assert_eq!((read.claim.quantity.unwrap().low, read.changed), (Some(3), vec![]));
    // Nothing given is nothing changed.
    assert_eq!(with(killed, "killed", None, None).changed, []);
    // Of lorries: the number stands there, and is no number of people.
    let whole = "Police fired at 30 lorries, and three people were killed";
    let lorries = with(whole, "killed", Some(30), Some(30)).claim.quantity;
    assert!(lorries.is_none_or(|quantity| quantity.counts != kua_model::Counted::People));
}

#[test]
fn the_more_cautious_reading_wins() {
    let hedged = ProposedClaim {
        modality: Some("certain".to_owned()),
        ..said("five nurses were wounded", "wounded", "wounded")
    };
    // "Reportedly" stands outside the quote.
    let Checked { claim, changed } = check(&hedged).unwrap();
    assert_eq!((claim.modality, changed), (Modality::Hedged, vec![ProposedField::Modality]));

    let doubted = ProposedClaim {
        modality: Some("hypothetical".to_owned()),
        ..said("three people were killed", "killed", "killed")
    };
    let Checked { claim, changed } = check(&doubted).unwrap();
    assert_eq!((claim.modality, changed), (Modality::Hypothetical, vec![]));

    let odd = ProposedClaim { modality: Some("sure!".to_owned()), ..doubted };
    let Checked { claim, changed } = check(&odd).unwrap();
    assert_eq!((claim.modality, changed), (Modality::Hedged, vec![ProposedField::Modality]));

    let nobody = said("Nobody was arrested", "arrested", "arrested");
    assert_eq!(check(&nobody).unwrap().claim.modality, Modality::Negated);
}

#[test]
fn words_of_the_next_sentence_may_put_it_in_doubt() {
    let text = "A report\nOn Monday 12 dockers were done to death at the pier. There is no official confirmation.\n";
    let document = support::plain(text, "en", Some("2031-05-09"));
    let claim = said("12 dockers were done to death", "done to death", "killed");
    let asked = [Asked { passage: TextRange::new(9, text.len()), claim: &claim }];
    let config = ExtractConfig::default();
    let answers = check_proposals(&document, &Lexicons::embedded(), &config, &asked);
    assert_eq!(answers[0].as_ref().unwrap().claim.modality, Modality::Hedged);
}

#[test]
fn an_attribution_is_not_lost_and_a_stranger_is_nobody_in_particular() {
    let claim = said("12 dockers were done to death", "done to death", "killed");
    let read = check(&claim).unwrap().claim;
    assert!(!read.sources.is_empty(), "{read:?}");
    let by = ProposedClaim { sources: vec!["dockers".to_owned()], ..claim };
    let read = check(&by).unwrap().claim;
    assert_eq!(read.sources[0].kind, SourceKind::Unnamed);
    assert_eq!(read.grade, Grade::Heard);
}

#[test]
fn a_language_nobody_can_check_is_refused_and_never_asked() {
    let text = "Quinque homines occisi sunt in portu, ut dicunt nautae.\n";
    let document = support::plain(text, "la", None);
    assert!(passages(&document, &Lexicons::embedded()).is_empty());
    let claim = said("Quinque homines occisi sunt", "occisi", "killed");
    let asked = [Asked { passage: TextRange::new(0, text.len()), claim: &claim }];
    let config = ExtractConfig::default();
    let answers = check_proposals(&document, &Lexicons::embedded(), &config, &asked);
    assert_eq!(answers[0].as_ref().err(), Some(&Refusal::NoLexicon));
}

#[test]
fn passages_are_whole_sentences_of_one_block() {
    let lexicons = Lexicons::embedded();
    let document = letter();
    let found: Vec<&str> =
        passages(&document, &lexicons).into_iter().filter_map(|r| r.of(LETTER)).collect();
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(found[1].starts_with("On 4 May") && found[1].ends_with("Nine."));
    // A block without end is cut, between words, at characters.
    let long = format!("{}.\n", "Дым стоял над гаванью всю ночь ".repeat(400));
    let document = support::plain(&long, "ru", None);
    let cut = passages(&document, &lexicons);
    assert!(cut.len() > 8 && cut.iter().all(|range| range.len() <= 1_500));
    assert!(cut.windows(2).all(|pair| pair[0].end <= pair[1].start));
}

#[test]
fn no_answer_makes_it_stumble() {
    let odd = ["", " ", "\u{200b}", "«", "\u{0}\u{301}", "İ", "12", ".", "ﬃ", "—", "\"were\""];
    let document = letter();
    let config = ExtractConfig::default();
    let mut claims = Vec::new();
    for quote in
        odd.into_iter().chain(["were done to death at Pier Nine.\nReportedly five", LETTER])
    {
        for trigger in odd.into_iter().chain(["done to death", "wounded", "killed", quote]) {
            claims.push(ProposedClaim {
                figure: Some(ProposedFigure { low: Some(u64::MAX), high: Some(0) }),
                affected: Some(quote.to_owned()),
                by: Some(trigger.to_owned()),
                place: Some(quote.repeat(3)),
                when: Some(trigger.to_owned()),
                sources: vec![quote.to_owned(), trigger.to_owned(), "a ".repeat(5_000)],
                modality: Some(quote.to_owned()),
                ..said(quote, trigger, "killed")
            });
        }
    }
    let passages = [(0, LETTER.len()), (5, 2), (900, 9_000), (25, 60)];
    let asked: Vec<Asked<'_>> = passages
        .iter()
        .flat_map(|&passage| claims.iter().map(move |claim| (passage, claim)))
        .map(|(passage, claim)| Asked { passage: passage.into(), claim })
        .collect();
    let answers = check_proposals(&document, &Lexicons::embedded(), &config, &asked);
    assert_eq!(answers.len(), asked.len());
    for read in answers.iter().flatten() {
        assert!(read.claim.range.of(LETTER).is_some());
    }
}
