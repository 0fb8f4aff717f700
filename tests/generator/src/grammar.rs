//! Grammar-made news: titles, days, sentences without figures, and sentences that state a toll.

use crate::bench_render::{Cast, Form, meaning, render};
use crate::bench_words::TOLD;
use crate::{Article, Random};

/// A language the generator writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// English.
    English,
    /// French.
    French,
    /// Russian.
    Russian,
    /// Kazakh.
    Kazakh,
}

impl Language {
    /// ISO 639 code.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
            Self::Russian => "ru",
            Self::Kazakh => "kk",
        }
    }
}

/// A figure an article states.
#[derive(Debug, Clone)]
pub struct PlantedClaim {
    /// `killed`, `wounded` or `arrested`.
    pub event: &'static str,
    /// How many people.
    pub number: usize,
    /// The sentence, as it stands.
    pub words: String,
}

/// Words of one language.
struct Words {
    months: [&'static str; 12],
    who: &'static [&'static str],
    did: &'static [&'static str],
    what: &'static [&'static str],
    where_to: &'static [&'static str],
    when: &'static [&'static str],
    why: &'static [&'static str],
    sources: &'static [&'static str],
}

const ENGLISH: Words = Words {
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    who: &[
        "fishermen",
        "teachers",
        "bus drivers",
        "students",
        "market women",
        "miners",
        "nurses",
        "shepherds",
        "two pensioners",
        "railway workers",
        "neighbours",
        "the bakers",
        "dockers",
        "a choir",
        "the beekeepers",
        "young lawyers",
        "a shoemaker",
        "the ferrymen",
        "villagers",
        "local historians",
    ],
    did: &[
        "carried",
        "repaired",
        "waited for",
        "photographed",
        "sheltered",
        "counted",
        "remembered",
        "blocked",
        "painted",
        "sold",
        "collected",
        "found",
        "guarded",
        "described",
        "buried",
        "cleaned",
        "borrowed",
        "lifted",
        "brought",
        "hid",
    ],
    what: &[
        "old boats",
        "wet blankets",
        "a broken bell",
        "sacks of flour",
        "letters",
        "the school roof",
        "fresh bread",
        "wooden benches",
        "a green lorry",
        "the last candles",
        "two generators",
        "garden tools",
        "a family album",
        "radio sets",
        "the stone steps",
        "empty crates",
        "winter coats",
        "a lame horse",
        "the town clock",
        "water pipes",
    ],
    where_to: &[
        "near the bridge of",
        "on the way to",
        "behind the mill in",
        "outside",
        "along the canal at",
        "above the harbour of",
        "between the houses of",
        "in a courtyard in",
        "under the arches of",
        "at the station of",
    ],
    when: &[
        "before dawn",
        "all night",
        "after the rain",
        "that evening",
        "for hours",
        "around noon",
        "twice a week",
        "since spring",
        "in the dark",
        "until the bells rang",
    ],
    why: &[
        "because the road was closed",
        "while the wind grew",
        "although nobody had asked",
        "as the power failed again",
        "so that the children could sleep",
        "since help was late",
        "when the ice broke",
        "without telling anyone",
        "to everyone's surprise",
        "as they had every year",
    ],
    sources: &[
        "the Interior Ministry",
        "the regional hospital",
        "the prosecutor's office",
        "the Red Crescent",
        "the governor",
        "police",
    ],
};

const FRENCH: Words = Words {
    months: [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    who: &[
        "des pêcheurs",
        "des institutrices",
        "les chauffeurs",
        "des étudiants",
        "les marchandes",
        "des mineurs",
        "les infirmières",
        "des bergers",
        "deux retraités",
        "les cheminots",
        "des voisins",
        "les boulangers",
        "des dockers",
        "une chorale",
        "les apiculteurs",
        "de jeunes avocats",
        "un cordonnier",
        "les passeurs",
        "des villageois",
        "les historiens locaux",
    ],
    did: &[
        "ont porté",
        "ont réparé",
        "ont attendu",
        "ont photographié",
        "ont abrité",
        "ont compté",
        "ont retrouvé",
        "ont bloqué",
        "ont repeint",
        "ont vendu",
        "ont ramassé",
        "ont gardé",
        "ont décrit",
        "ont caché",
        "ont nettoyé",
        "ont emprunté",
        "ont soulevé",
        "ont apporté",
        "ont oublié",
        "ont rangé",
    ],
    what: &[
        "de vieilles barques",
        "des couvertures mouillées",
        "une cloche fêlée",
        "des sacs de farine",
        "des lettres",
        "le toit de l'école",
        "du pain frais",
        "des bancs de bois",
        "un camion vert",
        "les dernières bougies",
        "deux générateurs",
        "des outils de jardin",
        "un album de famille",
        "des postes de radio",
        "les marches de pierre",
        "des caisses vides",
        "des manteaux d'hiver",
        "un cheval boiteux",
        "l'horloge du bourg",
        "des tuyaux",
    ],
    where_to: &[
        "près du pont de",
        "sur la route de",
        "derrière le moulin de",
        "à la sortie de",
        "le long du canal de",
        "au-dessus du port de",
        "entre les maisons de",
        "dans une cour de",
        "sous les arcades de",
        "à la gare de",
    ],
    when: &[
        "avant l'aube",
        "toute la nuit",
        "après la pluie",
        "ce soir-là",
        "pendant des heures",
        "vers midi",
        "deux fois par semaine",
        "depuis le printemps",
        "dans le noir",
        "jusqu'aux cloches",
    ],
    why: &[
        "parce que la route était coupée",
        "tandis que le vent montait",
        "bien que personne ne l'ait demandé",
        "quand le courant a lâché",
        "pour que les enfants dorment",
        "car les secours tardaient",
        "quand la glace a cédé",
        "sans prévenir personne",
        "à la surprise générale",
        "comme chaque année",
    ],
    sources: &[
        "le ministère de l'Intérieur",
        "l'hôpital régional",
        "le parquet",
        "le Croissant-Rouge",
        "le gouverneur",
        "la police",
    ],
};

const RUSSIAN: Words = Words {
    months: [
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ],
    who: &[
        "рыбаки",
        "учителя",
        "водители",
        "студенты",
        "торговки",
        "шахтёры",
        "медсёстры",
        "пастухи",
        "два пенсионера",
        "железнодорожники",
        "соседи",
        "пекари",
        "докеры",
        "певчие",
        "пасечники",
        "молодые юристы",
        "сапожники",
        "паромщики",
        "сельчане",
        "краеведы",
    ],
    did: &[
        "несли",
        "чинили",
        "ждали",
        "снимали",
        "укрывали",
        "считали",
        "вспоминали",
        "перекрыли",
        "красили",
        "продавали",
        "собирали",
        "нашли",
        "стерегли",
        "описали",
        "прятали",
        "чистили",
        "одолжили",
        "подняли",
        "привезли",
        "забыли",
    ],
    what: &[
        "старые лодки",
        "мокрые одеяла",
        "треснувший колокол",
        "мешки с мукой",
        "письма",
        "школьную крышу",
        "свежий хлеб",
        "деревянные скамьи",
        "зелёный грузовик",
        "последние свечи",
        "два генератора",
        "садовые инструменты",
        "семейный альбом",
        "приёмники",
        "каменные ступени",
        "пустые ящики",
        "зимние пальто",
        "хромую лошадь",
        "городские часы",
        "водопроводные трубы",
    ],
    where_to: &[
        "у моста в городе",
        "по дороге в город",
        "за мельницей в посёлке",
        "на окраине города",
        "вдоль канала в городе",
        "над гаванью города",
        "между домами посёлка",
        "во дворе в городе",
        "под арками города",
        "на станции",
    ],
    when: &[
        "до рассвета",
        "всю ночь",
        "после дождя",
        "в тот вечер",
        "часами",
        "около полудня",
        "дважды в неделю",
        "с весны",
        "в темноте",
        "до самого звона",
    ],
    why: &[
        "потому что дорогу закрыли",
        "пока усиливался ветер",
        "хотя никто не просил",
        "когда снова пропал свет",
        "чтобы дети могли спать",
        "ведь помощь опаздывала",
        "когда треснул лёд",
        "никого не предупредив",
        "ко всеобщему удивлению",
        "как и каждый год",
    ],
    sources: &[
        "министерство внутренних дел",
        "областная больница",
        "прокуратура",
        "Красный Полумесяц",
        "губернатор",
        "полиция",
    ],
};

/// Sentences in Kazakh are made as in the bench corpus: its word order does not fit the forms here.
const KAZAKH: Words = Words {
    months: [
        "қаңтар",
        "ақпан",
        "наурыз",
        "сәуір",
        "мамыр",
        "маусым",
        "шілде",
        "тамыз",
        "қыркүйек",
        "қазан",
        "қараша",
        "желтоқсан",
    ],
    who: &[],
    did: &[],
    what: &[],
    where_to: &[],
    when: &[],
    why: &[],
    sources: &[
        "ішкі істер министрлігі",
        "облыстық аурухана",
        "прокуратура",
        "Қызыл Жарты ай",
        "әкім",
        "полиция",
    ],
};

fn words(language: Language) -> &'static Words {
    match language {
        Language::Kazakh => &KAZAKH,
        Language::English => &ENGLISH,
        Language::French => &FRENCH,
        Language::Russian => &RUSSIAN,
    }
}

pub(crate) const LATIN: [&str; 24] = [
    "ba", "lor", "min", "ke", "tos", "ur", "vel", "sha", "dri", "pon", "gu", "rek", "zan", "ish",
    "omo", "tir", "fen", "qua", "sel", "bri", "nod", "ela", "hur", "kai",
];
pub(crate) const CYRILLIC: [&str; 24] = [
    "ба", "лор", "мин", "ке", "тос", "ур", "вел", "ша", "дри", "пон", "гу", "рек", "зан", "иш",
    "омо", "тир", "фен", "ква", "сел", "бри", "нод", "ела", "хур", "кай",
];

/// A made-up place.
pub fn place(random: &mut Random, language: Language) -> String {
    let syllables = match language {
        Language::Russian | Language::Kazakh => &CYRILLIC,
        Language::English | Language::French => &LATIN,
    };
    let name: String = (0..2 + random.below(3)).map(|_| random.of(syllables)).collect();
    let mut letters = name.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// A made-up word in the script of another.
pub(crate) fn invented(random: &mut Random, like: &str) -> String {
    let syllables = if like.is_ascii() || like.chars().all(|c| (c as u32) < 0x250) {
        &LATIN
    } else {
        &CYRILLIC
    };
    (0..2 + random.below(2)).map(|_| random.of(syllables)).collect()
}

/// A made-up word in the script of a language.
fn coined(random: &mut Random, language: Language) -> String {
    let syllables = match language {
        Language::Russian | Language::Kazakh => &CYRILLIC,
        Language::English | Language::French => &LATIN,
    };
    (0..2 + random.below(3)).map(|_| random.of(syllables)).collect()
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// A sentence without figures.
fn sentence(random: &mut Random, language: Language) -> String {
    if language == Language::Kazakh {
        let cast = Cast::new(random);
        let form = Form::Told(random.below(TOLD.len()));
        return render(&meaning(random, form, &cast), language).text;
    }
    let w = words(language);
    let (here, there) = (place(random, language), place(random, language));
    let who = random.of(w.who);
    let did = random.of(w.did);
    let what = random.of(w.what);
    let where_to = random.of(w.where_to);
    let (when, why) = (random.of(w.when), random.of(w.why));
    // Made-up words between the phrases, as names and rare words stand in real news: without them a
    // few thousand articles would share their phrases and nothing could be told from reuse.
    let (one, two) = (coined(random, language), coined(random, language));
    let text = match random.below(4) {
        0 => format!("{when} {one} {who} {did} {two} {what} {where_to} {here}"),
        1 => format!("{who} {one} {did} {what} {when} {two}, {where_to} {here}"),
        2 => format!("{why}, {one} {who} {did} {two} {what} {where_to} {here} {when}"),
        _ => {
            let (did_too, what_too) = (random.of(w.did), random.of(w.what));
            format!("{where_to} {there} {who} {did} {one} {what}, {did_too} {two} {what_too}")
        }
    };
    format!("{}.", capital(&text))
}

/// A sentence that states a toll.
fn claim(random: &mut Random, language: Language) -> PlantedClaim {
    let w = words(language);
    let number = 11 + random.below(890);
    let event = ["killed", "wounded", "arrested"][random.below(3)];
    let source = random.of(w.sources);
    let here = place(random, language);
    let form = random.below(2);
    let words = match language {
        Language::English => {
            let done = event;
            match form {
                0 => format!("{number} people were {done} in {here}, {source} said."),
                _ => format!("According to {source}, {number} people were {done} in {here}."),
            }
        }
        Language::French => {
            let done = match event {
                "killed" => "tuées",
                "wounded" => "blessées",
                _ => "arrêtées",
            };
            match form {
                0 => format!("{number} personnes ont été {done} à {here}, a annoncé {source}."),
                _ => format!("Selon {source}, {number} personnes ont été {done} à {here}."),
            }
        }
        Language::Russian => {
            let done = match event {
                "killed" => "погибли",
                "wounded" => "ранены",
                _ => "задержаны",
            };
            match form {
                0 => format!("В городе {here} {done} {number} человек, сообщает {source}."),
                _ => format!(
                    "По данным, которые приводит {source}, в городе {here} {done} {number} человек."
                ),
            }
        }
        Language::Kazakh => {
            let done = match event {
                "killed" => "қаза тапты",
                "wounded" => "жараланды",
                _ => "ұсталды",
            };
            match form {
                0 => format!("{here} қаласында {number} адам {done}, деп хабарлады {source}."),
                _ => format!("{source} мәліметінше, {here} қаласында {number} адам {done}."),
            }
        }
    };
    PlantedClaim { event, number, words: capital(&words) }
}

/// A paragraph of about `bytes` bytes without figures.
pub fn paragraph_of(random: &mut Random, language: Language, bytes: usize) -> String {
    let mut out = String::new();
    while out.len() < bytes {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&sentence(random, language));
    }
    out
}

pub(crate) fn article(
    random: &mut Random,
    language: Language,
    number: usize,
    bytes: usize,
) -> Article {
    let w = words(language);
    let day = 1 + random.below(28);
    let month = w.months[random.below(12)];
    let day = format!("{day} {month} 2031");
    let title = sentence(random, language);
    let mut text = format!("{}\n\n{day}\n\n", title.trim_end_matches('.'));
    let mut claims = Vec::new();
    while text.len() < bytes {
        let long = 150 + random.below(250);
        let mut paragraph = paragraph_of(random, language, long);
        if claims.len() < 2 && random.in_hundred(50) {
            let planted = claim(random, language);
            paragraph = format!("{paragraph} {}", planted.words);
            claims.push(planted);
        }
        text.push_str(&paragraph);
        text.push_str("\n\n");
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    Article { name: format!("{number:06}-{}.txt", language.code()), language, text, claims }
}
