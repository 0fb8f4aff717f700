//! When documents say they were published, and how firmly.

mod common;

use common::{plain_document, read_bytes};
use kua_model::{DateTier, Document};

fn published(document: &Document) -> Option<(String, DateTier)> {
    document.dates.published.as_ref().map(|dated| (dated.value.to_string(), dated.tier))
}

fn page(head: &str, body: &str) -> Document {
    let page = format!(
        "<html><head>{head}</head><body><article><h1>The dam broke</h1>{body}<p>Two families are missing, the office said.</p></article></body></html>"
    );
    read_bytes("page.html", page.as_bytes()).value
}

#[test]
fn declarations_that_agree_come_first() {
    let meta = r#"<meta property="article:published_time" content="2019-03-11T08:00:00+06:00">"#;
    let json = r#"<script type="application/ld+json">{"@type":"NewsArticle","datePublished" : "2019-03-11","dateModified":"2019-03-14"}</script>"#;
    let one = page(meta, "");
    assert_eq!(published(&one), Some(("2019-03-11".to_owned(), DateTier::Declared)));
    let two = page(&format!("{meta}{json}"), "");
    assert_eq!(published(&two), Some(("2019-03-11".to_owned(), DateTier::Agreed)));
    assert_eq!(
        two.dates.modified.as_ref().map(|dated| dated.value.to_string()).as_deref(),
        Some("2019-03-14")
    );
    let address = page(r#"<link rel="canonical" href="https://post.example/2019/03/11/dam">"#, "");
    assert_eq!(published(&address), Some(("2019-03-11".to_owned(), DateTier::Declared)));
    let time = page("", r#"<time datetime="2019-03-11">Monday</time>"#);
    assert_eq!(published(&time), Some(("2019-03-11".to_owned(), DateTier::Marked)));
}

#[test]
fn every_key_of_a_declared_date_arrives() {
    for key in [
        "article:published_time",
        "og:published_time",
        "datePublished",
        "date",
        "DC.date.issued",
        "pubdate",
        "parsely-pub-date",
        "sailthru.date",
    ] {
        for attribute in ["name", "property", "itemprop"] {
            let document = page(&format!(r#"<meta content="2019-03-11" {attribute}="{key}">"#), "");
            assert_eq!(
                published(&document).map(|(date, _)| date).as_deref(),
                Some("2019-03-11"),
                "{attribute}={key}"
            );
        }
    }
}

#[test]
fn a_date_of_the_future_or_of_a_picture_is_not_the_documents() {
    let noted = read_bytes("page.html", br#"<html><meta property="article:published_time" content="2031-01-01"><body><h1>The dam broke</h1><p>Two families are missing, the office said.</p>"#);
    assert_eq!(published(&noted.value), None);
    assert!(noted.notices.iter().any(|notice| notice.code == "date-after-acquisition"));
    let figure = page(
        "",
        r#"<figure><figcaption>The river on 10 March 2017. <time datetime="2017-03-10">then</time></figcaption></figure>"#,
    );
    assert_eq!(published(&figure), None);
    assert_eq!(figure.dates.covers, None);
    let bound = figure.dates.candidates.iter().find(|dated| dated.tier == DateTier::Bound).unwrap();
    assert_eq!(bound.value.to_string(), "2026-01-01");
}

#[test]
fn date_lines_in_six_languages() {
    for (line, day) in [
        ("11 March 2019", "2019-03-11"),
        ("Published on March 11th, 2019 at 10:45", "2019-03-11"),
        ("Publié le lundi 11 mars 2019 à 10h45", "2019-03-11"),
        ("1er mars 2019", "2019-03-01"),
        ("11 марта 2019 года, 10:45", "2019-03-11"),
        ("Опубликовано: 11.03.2019", "2019-03-11"),
        ("2019 жылғы 11 наурыз", "2019-03-11"),
        ("11 березня 2019 р.", "2019-03-11"),
        ("11 de marzo de 2019", "2019-03-11"),
        ("2019-03-11", "2019-03-11"),
    ] {
        let text = format!(
            "The dam broke at night\n\n{line}\n\nTwo families are missing, the regional office said in the morning.\n"
        );
        let document = plain_document(&text);
        assert_eq!(published(&document), Some((day.to_owned(), DateTier::Marked)), "{line}");
    }
}

#[test]
fn a_weekday_that_disagrees_is_noticed_and_nothing_corrected() {
    let text = "The dam broke at night\n\nSummary of what the agency reported on Friday, 7 January 2002, about the dam.\n\nTwo families are missing.\n";
    let noted = read_bytes("note.txt", text.as_bytes());
    assert_eq!(published(&noted.value), Some(("2002-01-07".to_owned(), DateTier::Seen)));
    let notice = noted.notices.iter().find(|notice| notice.code == "weekday-disagrees").unwrap();
    assert!(notice.message.contains("2000, 2005, 2011, 2022, 2028"), "{}", notice.message);
    let right = text.replace("2002", "2022");
    assert!(read_bytes("note.txt", right.as_bytes()).notices.is_empty());
}

#[test]
fn weekdays_date_a_text_without_a_year() {
    let text = "The army arrives in the valley\n\nSoldiers reached the village on the morning of Thursday 6 January, the office said.\n\nThe protests had begun on Sunday 2 January because of the price of gas.\n";
    let document = plain_document(text);
    assert_eq!(published(&document), Some(("2022-01-06".to_owned(), DateTier::Guessed)));
    assert_eq!(
        document.dates.covers.map(|days| days.to_string()).as_deref(),
        Some("2022-01-02/2022-01-06")
    );
}

#[test]
fn yesterday_with_its_date_gives_the_day_of_writing() {
    let text = "What I saw at the dam\n\nYesterday morning, on 5th March, we walked down to the river.\n\nThe spring of March 2019 will not be forgotten; nor that of December 1986.\n";
    assert_eq!(
        published(&plain_document(text)),
        Some(("2019-03-06".to_owned(), DateTier::Guessed))
    );
}

#[test]
fn a_date_whose_day_and_month_may_be_exchanged_keeps_only_its_year() {
    let text = "The dam broke at night\n\n03/04/2019\n\nTwo families are missing, the regional office said in the morning.\n";
    let noted = read_bytes("note.txt", text.as_bytes());
    assert_eq!(published(&noted.value).map(|(date, _)| date).as_deref(), Some("2019"));
    assert_eq!(noted.notices[0].code, "ambiguous-date");
    let french = "Le barrage a cédé dans la nuit\n\n03/04/2019\n\nDeux familles sont portées disparues, a dit le bureau de la région dans la matinée.\n";
    assert_eq!(
        published(&plain_document(french)).map(|(date, _)| date).as_deref(),
        Some("2019-04-03")
    );
}

/// A short line of place, outlet and day between the title and the first long text.
#[test]
fn a_short_line_of_place_and_day_below_the_title_dates_the_text() {
    let told = [
        (
            "Two quarries closed after a landslide\n\nORDAVEL, 5 March 2019 (Northern Agency)\n\nThe quarry office said that two men are missing below the northern slope since noon.\n",
            "2019-03-05",
        ),
        (
            "Deux carrières fermées après un éboulement\n\nOrdavel, le 7 mars 2019\n\nLa direction de la carrière a indiqué que deux hommes manquent depuis midi sous la pente nord.\n",
            "2019-03-07",
        ),
        (
            "Закрыты два карьера после оползня\n\n«Северный вестник», 6 марта 2019 года\n\nВ управлении карьера сообщили, что двое мужчин пропали с полудня под северным склоном горы.\n",
            "2019-03-06",
        ),
        (
            "Cerradas dos canteras tras un alud\n\nOrdavel, 8 de marzo de 2019\n\nLa oficina de la cantera dijo que dos hombres faltan desde el mediodía bajo la ladera norte.\n",
            "2019-03-08",
        ),
        (
            "Закрито два кар’єри після зсуву\n\nОрдавель, 9 березня 2019 року\n\nВ управлінні кар’єру повідомили, що двоє чоловіків зникли опівдні під північним схилом гори.\n",
            "2019-03-09",
        ),
    ];
    for (text, day) in told {
        assert_eq!(
            published(&plain_document(text)),
            Some((day.to_owned(), DateTier::Seen)),
            "{text}"
        );
    }
    // The parts of a chronicle are no date of the whole.
    let chronicle = plain_document(
        "Four days at the quarry\n\n2 March 2019, morning\n\nThe slope above the northern pit began to move, and the office sent nobody home that day.\n\n4 March 2019, evening\n\nTwo men are missing since the slope came down, and the pit is closed until further notice.\n",
    );
    assert_ne!(published(&chronicle), Some(("2019-03-02".to_owned(), DateTier::Seen)));
}
