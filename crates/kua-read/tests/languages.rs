//! Languages kua knows are named, others are unknown rather than mistaken for a neighbour.

mod common;

use common::plain_document;

fn language(text: &str) -> Option<String> {
    plain_document(text).language.map(|lang| lang.to_string())
}

#[test]
fn seven_languages_are_named() {
    for (code, text) in [
        ("en", "Two families are missing after the dam broke."),
        ("fr", "Deux familles sont portées disparues après la rupture du barrage."),
        ("es", "Dos familias siguen desaparecidas tras la rotura de la presa."),
        ("ru", "Две семьи пропали без вести после прорыва плотины."),
        ("uk", "Дві родини зникли безвісти після прориву греблі."),
        ("kk", "Бөгет бұзылғаннан кейін екі отбасы хабарсыз кетті."),
        ("pl", "Dwie rodziny zaginęły po pęknięciu tamy."),
    ] {
        assert_eq!(language(text).as_deref(), Some(code), "{text}");
    }
}

/// A Latin alphabet tells by its own letters, where small words are few and the models do not know
/// the language; not by those of a name.
#[test]
fn short_polish_lines_are_told_by_their_letters() {
    for text in [
        "Spłonęło siedem radiowozów.",
        "Żandarmi zamknęli rzeźnię.",
        "Wojsko wkroczyło do stolicy.",
        "Godzina policyjna obowiązuje od zmierzchu.",
        "Dwie reporterki zostały dotkliwie pobite.",
    ] {
        assert_eq!(language(text).as_deref(), Some("pl"), "{text}");
    }
    for (code, text) in [
        ("fr", "L'usine de Wąchock a été fermée hier, a dit la mairie de Świętochłowice."),
        ("en", "The works at Wąchock were closed yesterday, said Mayor Paweł Żółtowski."),
        ("es", "La fábrica de Wąchock fue cerrada ayer, dijo el alcalde Paweł Żółtowski."),
    ] {
        assert_eq!(language(text).as_deref(), Some(code), "{text}");
    }
}

#[test]
fn neighbours_of_kazakh_and_russian_stay_unknown() {
    for (name, text) in [
        (
            "Kyrgyz",
            "Кечээ шаарда үч киши жараланды, деди дарыгер, бирок өлгөндөр жөнүндө маалымат жок.",
        ),
        (
            "Kyrgyz",
            "Кечээ шаарда үч киши жараланды. Жолдор жабык бойдон калууда, деди шаардын башчысы.",
        ),
        ("Tatar", "Кичә шәһәрдә өч кеше яраланды, диде табиб, ә юл бүген дә ябык, җиңел түгел."),
        ("Tajik", "Дар шаҳр се нафар захмӣ шуданд, гуфт табиби беморхона, роҳ баста аст."),
        ("Uzbek", "Шаҳарда уч киши яраланди, деди шифокор, йўл ҳали ҳам ёпиқ турибди."),
        (
            "Belarusian",
            "Учора ў горадзе паранена трое чалавек, паведаміў урач, дарога ўсё яшчэ закрыта.",
        ),
        (
            "Serbian",
            "Јуче су у граду рањена три човека, рекао је љекар, а пут је још увијек затворен.",
        ),
    ] {
        let document = plain_document(text);
        assert_eq!(document.language, None, "{name}: {text}");
        assert!(
            document.sentences.iter().all(|sentence| sentence.language.is_none()),
            "{name}: {text}"
        );
    }
}

#[test]
fn a_name_in_its_own_spelling_does_not_change_the_language_around_it() {
    assert_eq!(
        language("Партия «Нұр Отан» сообщила, что в посёлке погибли двое её членов.").as_deref(),
        Some("ru")
    );
    assert_eq!(
        language("The party “Нұр Отан” said that two of its members had been killed.").as_deref(),
        Some("en")
    );
}

#[test]
fn each_block_and_sentence_keeps_its_own_language() {
    let text = "Two families are missing after the dam broke above the village.\n\nБөгет бұзылғаннан кейін екі отбасы хабарсыз кетті, деп хабарлады басқарма.\n\n— Нас никто не предупредил, — рассказала жительница посёлка агентству.\n\nTell the world.\n";
    let document = plain_document(text);
    let codes: Vec<String> = document
        .blocks
        .iter()
        .map(|block| block.language.map_or(String::new(), |lang| lang.to_string()))
        .collect();
    assert_eq!(codes, ["en", "kk", "ru", "en"]);
    let mixed = plain_document(
        "The officer shouted at us before the gate was opened. «Никто отсюда не выйдет живым, вы все это знаете.» Then the shooting began in the yard.",
    );
    let codes: Vec<String> = mixed
        .sentences
        .iter()
        .map(|sentence| sentence.language.map_or(String::new(), |lang| lang.to_string()))
        .collect();
    assert_eq!(codes, ["en", "ru", "en"]);
}

#[test]
fn digits_and_marks_are_in_no_language() {
    assert_eq!(language("12 345 — 67 %"), None);
}
