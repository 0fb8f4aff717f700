//! Short notes about one crisis: a translation is one account, another telling with the same figures
//! is not. The notes, places and figures are invented.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking and prints"
)]

mod common;

use common::*;
use kua_lexicon::Lexicons;
use kua_model::*;
use kua_trace::{TraceConfig, trace};

const EN: &str = "Landslide buries market in Dorvale
On the night of 14 March, a landslide came down on the central market of Dorvale, the regional authorities reported.
At least 37 people were killed and 112 injured, according to the emergency service of the province of Melkor.
The director of the hospital, Tomas Arvenko, said that 19 patients were in critical condition.
Rescue teams from Brasko and Lemnia are still searching for 8 missing persons under the ruins of the market.
The government declared a state of emergency in the district and promised compensation to 240 families.
";
const FR: &str = "Un glissement de terrain ensevelit le marché de Dorvale
Dans la nuit du 14 mars, un glissement de terrain s'est abattu sur le marché central de Dorvale, ont rapporté les autorités régionales.
Au moins 37 personnes ont été tuées et 112 blessées, selon le service d'urgence de la province de Melkor.
Le directeur de l'hôpital, Tomas Arvenko, a déclaré que 19 patients étaient dans un état critique.
Des équipes de secours de Brasko et de Lemnia recherchent encore 8 personnes disparues sous les ruines du marché.
Le gouvernement a décrété l'état d'urgence dans le district et promis une compensation à 240 familles.
";
const RU: &str = "Оползень накрыл рынок в Дорвале
В ночь на 14 марта оползень сошёл на центральный рынок Дорвале, сообщили региональные власти.
По данным экстренной службы провинции Мелькор, погибли не менее 37 человек, 112 ранены.
Директор госпиталя Томас Арвенко сообщил, что 19 пациентов находятся в критическом состоянии.
Спасатели из Браско и Лемнии продолжают искать под руинами рынка 8 пропавших без вести.
Правительство объявило в районе режим чрезвычайной ситуации и обещало компенсации 240 семьям.
";
/// The same event and figures, told by another paper.
const FR_OTHER: &str = "Dorvale : le bilan de la catastrophe s'alourdit
Les secouristes de Lemnia ont travaillé toute la journée de mardi avec des chiens, sans électricité ni eau courante.
Tomas Arvenko, qui dirige l'hôpital, refuse de se prononcer sur le sort des 19 blessés les plus graves.
Des habitants accusent la mairie d'avoir ignoré les fissures apparues l'an dernier au-dessus du marché.
Le bilan est désormais de 37 morts et de 112 blessés.
Une minute de silence sera observée vendredi à Brasko.
";
const RU_OTHER: &str = "Трагедия в Дорвале: что известно
Жители Дорвале рассказывают, что трещины на склоне над рынком появились ещё прошлой осенью.
Мэр города от комментариев отказался, его заместитель уехал в Браско.
Число погибших выросло до 37, ранены 112 человек, ещё 19 — в тяжёлом состоянии, говорит Томас Арвенко.
Похороны первых жертв назначены на пятницу, из Мелькора прибыли священники.
";
/// Two papers on one figure of one ministry.
const BRIEF_EN: &str = "The Interior Ministry of Valdoria says 26 protesters were killed and 18 wounded in the capital.
More than 3,000 people were detained, the ministry added on Friday.
The airport remains closed.
";
const BRIEF_RU: &str = "В пятницу МВД Вальдории обнародовало новые данные о беспорядках.
По версии ведомства, задержаны более 3000 человек.
Убиты 26 протестующих, ранены 18; правозащитники эти цифры оспаривают.
";

fn translations(documents: &[Document]) -> Vec<(String, String)> {
    let lineage = trace(documents, &Lexicons::embedded(), &TraceConfig::default()).value;
    assert_tiled(documents, &lineage);
    println!("{}", show(documents, &lineage));
    let mut out: Vec<(String, String)> = lineage
        .links
        .iter()
        .filter(|l| l.kind == LinkKind::Translation)
        .map(|l| {
            let mut ends = [l.a, l.b].map(|s| path(documents, s.document).to_owned());
            ends.sort();
            let [a, b] = ends;
            (a, b)
        })
        .collect();
    out.sort();
    out
}

#[test]
fn a_translated_note_is_one_account_and_another_telling_is_not() {
    let documents = [
        document("en", "en", EN),
        document("fr", "fr", FR),
        document("ru", "ru", RU),
        document("fr-other", "fr", FR_OTHER),
        document("ru-other", "ru", RU_OTHER),
    ];
    let found = translations(&documents);
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert!(found.contains(&pair("en", "fr")), "{found:?}");
    assert!(found.contains(&pair("en", "ru")) || found.contains(&pair("fr", "ru")), "{found:?}");
    assert!(found.iter().all(|(a, b)| !a.ends_with("other") && !b.ends_with("other")), "{found:?}");
}

#[test]
fn two_briefs_on_one_communique_are_two_accounts() {
    assert!(
        translations(&[document("a", "en", BRIEF_EN), document("b", "ru", BRIEF_RU)]).is_empty()
    );
}

#[test]
fn a_note_that_says_it_is_a_translation_is_believed_and_tells_the_direction() {
    let marked = format!("Traduction de l'anglais.\n{FR}");
    let documents = [document("en", "en", EN), document("fr", "fr", &marked)];
    let lineage = trace(&documents, &Lexicons::embedded(), &TraceConfig::default()).value;
    let link = lineage.links.iter().find(|l| l.kind == LinkKind::Translation).unwrap();
    let from_a = path(&documents, link.a.document) == "en";
    assert_eq!(link.direction, if from_a { Direction::AToB } else { Direction::BToA });
    assert!(link.reasons.iter().any(|r| r.starts_with("says-so")));
    assert_eq!(lineage.origins.len(), 1);
}

#[test]
fn a_translation_with_another_figure_does_not_carry_it_over() {
    let documents = [
        document("en", "en", EN),
        document("fr", "fr", &FR.replace("37", "51").replace("112", "163")),
    ];
    let lineage = trace(&documents, &Lexicons::embedded(), &TraceConfig::default()).value;
    let at = |d: &Document, words: &str| origin_at(&lineage, d, d.text.find(words).unwrap());
    assert_ne!(
        at(&documents[0], "37 people"),
        at(&documents[1], "51 personnes"),
        "{}",
        show(&documents, &lineage)
    );
}
