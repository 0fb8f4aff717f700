//! Places by gazetteers: towns of the world in any case ending and script, places of the case.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

mod support;

use std::sync::LazyLock;

use kua_extract::{ExtractConfig, Extractor, PlaceNames};

/// The canonical place of the first claim of a sentence.
fn place(lang: &str, text: &str, places: &PlaceNames) -> Option<String> {
    static EXTRACTOR: LazyLock<Extractor> = LazyLock::new(|| Extractor::new(&support::lexicons()));
    let config = ExtractConfig { places: places.clone(), ..ExtractConfig::default() };
    let document = support::plain(text, lang, None);
    let claims = EXTRACTOR.extract(&document, &config).value;
    claims.first().and_then(|claim| claim.place.clone()).and_then(|place| place.canonical)
}

#[test]
fn towns_of_the_world_in_every_language() {
    let none = PlaceNames::default();
    for (lang, text, expected) in [
        ("en", "Twelve people were killed in Port-au-Prince.", "Port-au-Prince"),
        ("en", "Twelve people were killed in Kiev.", "Kyiv"),
        ("en", "KHARKIV, 5 May - Twelve people were killed.", "Kharkiv"),
        ("fr", "Douze personnes ont été tuées à Bamako.", "Bamako"),
        ("fr", "Douze personnes ont été tuées au Caire.", "Cairo"),
        ("es", "Murieron 12 personas en Puerto Príncipe.", "Port-au-Prince"),
        ("ru", "В Харькове погибли 12 человек.", "Kharkiv"),
        ("ru", "Под Нижним Новгородом ранены трое.", "Nizhniy Novgorod"),
        ("ru", "В Ростове-на-Дону задержали 40 человек.", "Rostov-on-Don"),
        ("uk", "У Києві загинули 12 людей.", "Kyiv"),
        ("uk", "У Львові поранено 5 осіб.", "Lviv"),
        ("kk", "Харьковте 12 адам қаза тапты.", "Kharkiv"),
    ] {
        assert_eq!(place(lang, text, &none).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn a_town_of_several_places_or_a_person_is_none() {
    let none = PlaceNames::default();
    assert_eq!(place("ru", "В Бресте погибли двое.", &none), None);
    assert_eq!(place("en", "Sofia Berg was arrested with two friends.", &none), None);
    assert_eq!(place("en", "Two people were killed, Florence said.", &none), None);
}

#[test]
fn places_of_the_case_come_first_and_need_no_preposition() {
    let own = PlaceNames::new([("Kyiv Street", "Киев"), ("Lower Mill", "Нижняя Мельница")]);
    assert_eq!(place("ru", "В Киеве погибли двое.", &own).as_deref(), Some("Kyiv Street"));
    assert_eq!(place("ru", "Нижняя Мельница: погибли двое.", &own).as_deref(), Some("Lower Mill"));
    assert_eq!(place("ru", "В Нижней Мельнице погибли двое.", &own).as_deref(), Some("Lower Mill"));
}
