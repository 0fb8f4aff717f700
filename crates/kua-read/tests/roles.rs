//! What stands around an account is told apart from it, by rules that know no document, and an
//! account is never taken for what stands around it.

mod common;

use common::{blocks, plain_document, read_bytes};
use kua_model::Role;

fn roles(text: &str) -> Vec<Role> {
    plain_document(text).blocks.iter().map(|block| block.role).collect()
}

const STORY: &str = "The dam above the village broke on Monday night, the regional office said. Two families were carried away.\n\nNobody had been warned, a resident told the agency; the siren had not worked for years.\n";

#[test]
fn an_article_saved_as_text_keeps_its_parts_apart() {
    let text = format!(
        "×\n\nFlood\n\nThe valley was not warned, residents say after the dam broke\n\nTwo families are missing after a dam broke above the village. The office promises an inquiry into the siren.\n\nAna Example\n\nand Bo Sample\n\n11 March 2019\n\nFacebook Twitter\n\nPhoto: The broken dam seen from the road on 10 March 2019. CARLA MODEL / AP\n\n{STORY}\nFacebook Twitter\nMinister: the railway will be sold\n\nMinister: the railway will be sold\n\n31 workers dismissed at the port's plant\n\n31 workers dismissed at the port’s plant\n"
    );
    use Role::{Byline, Caption, Date, Kicker, Main, Nav, Related, Share, Standfirst, Title};
    assert_eq!(
        roles(&text),
        [
            Nav, Kicker, Title, Standfirst, Byline, Byline, Date, Share, Caption, Main, Main,
            Share, Related, Related, Related, Related
        ]
    );
}

#[test]
fn file_names_links_and_foreign_footers_are_not_the_body() {
    let text = format!(
        "The dam broke at night\n\nREUTERS/ANA EXAMPLE - Soldiers beside the river where the village stood, in the valley, March 10, 2019 REUTERS/ANA EXAMPLE\n\nhttps://example.org/story?id=1\n\n{STORY}\ndam-break\n\n{STORY}\ndam-break\n\n{STORY}\nEnvíanos tus noticias\nSi tienes alguna pista sobre esta noticia, puedes hacérnosla llegar por cualquiera de las siguientes vías. Tu identidad será protegida.\n"
    );
    use Role::{Caption, ImageAlt, Link, Main, TipLine, Title};
    assert_eq!(
        roles(&text),
        [
            Title, Caption, Link, Main, Main, ImageAlt, Main, Main, ImageAlt, Main, Main, TipLine,
            TipLine
        ]
    );
}

#[test]
fn a_live_text_has_headings_and_entries() {
    let text = "Dam breaks above the valley\nThe office announced on Monday that the dam above the valley had broken.\nTuesday, 12 March: the army arrives\nSoldiers reached the village in the morning, the office said on Tuesday.\nFirst toll\nThe office counted two families missing in the village below the dam.\n18H20 : The road is closed again\nThe road to the village was closed again in the evening, drivers said.\n";
    use Role::{Entry, Heading, Main, Title};
    assert_eq!(roles(text), [Title, Main, Heading, Main, Heading, Main, Entry, Main]);
}

#[test]
fn a_letter_with_its_short_lines_stays_whole() {
    let text = "Hello everybody!\n\nI am a citizen of the valley and I want everyone to hear what was done to us.\n\nSend us help.\n\nWhy was nobody warned?\n\nShare this text with friends, do not repost it, just copy it!\n\nThe people are the power!\n\nIrene Sample, citizen of the valley\n";
    let document = plain_document(text);
    for (role, words) in blocks(&document) {
        let body = words.starts_with("Irene") || role.is_body();
        assert!(body, "{words:?} became {role:?}");
    }
    assert_eq!(document.blocks.last().map(|block| block.role), Some(Role::Byline));
}

#[test]
fn testimony_about_photographs_newsletters_and_agencies_is_no_boilerplate() {
    let lines = [
        "The photo on my phone shows the soldiers at the gate, and I gave it to the lawyer.",
        "We were told to subscribe to the newspaper of the party or lose our jobs.",
        "MOSCOW/KYIV, March 11 (Reuters) - Two families were missing after a dam broke, officials said.",
        "He said he would remain anonymous because his brother is still in prison.",
        "All rights were taken from us.",
        "They took his name, his cookies, his money and all his papers at the checkpoint.",
        "She works for AFP/Getty and saw the bodies herself, she told the court.",
    ];
    let text = format!("What I saw at the dam\n\n{}\n\n{STORY}", lines.join("\n\n"));
    for (role, words) in blocks(&plain_document(&text)) {
        assert!(role.is_body(), "{words:?} became {role:?}");
    }
}

#[test]
fn verse_and_lists_of_names_are_not_headings() {
    let text = format!(
        "{STORY}\nKilled on that night\n\nAna Example\nBo Sample\nCarla Model\nDan Pattern\nEva Specimen\n\n{STORY}"
    );
    let document = plain_document(&text);
    for (role, words) in blocks(&document).into_iter().filter(|(_, words)| words.len() < 20) {
        assert!(role.is_body(), "{words:?} became {role:?}");
    }
}

#[test]
fn hard_wrapped_paragraphs_are_one_block() {
    let text = "The dam above the village broke on Monday night, the regional office\nsaid on the radio. Two families were carried away by the water before\nanybody could reach them with a boat, and the road was closed for the\nwhole of the following day.\n\nNobody had been warned, a resident told the agency; the siren had not\nworked for years and the guard had been sent home long before, so that\nthe first sign of the flood was the noise of the trees.\n";
    let document = plain_document(text);
    assert_eq!(document.blocks.len(), 2);
    assert_eq!(document.sentences.len(), 3);
}

#[test]
fn a_page_is_told_apart_by_its_tags_and_classes() {
    let page = r#"<!doctype html><html lang="en"><head><title>Dam breaks | The Valley Post</title>
<style>p{}</style><script>var killed = 999;</script></head>
<body class="has-sidebar newsletter-on"><header><h1 class="logo">The Valley Post</h1><nav><a href=/>Home</a> <a href=/w>World</a></nav></header>
<div id="content"><article><h1>Dam breaks</h1><p class="byline">By Ana Example</p>
<div class="social-share"><a>Facebook</a><a>Twitter</a></div>
<figure><img src=a.jpg alt="A river"><figcaption>The river on Monday. <span class="photo-credit">C. Model / AP</span></figcaption></figure>
<p>Two families are missing, the office said.<p>Nobody <b>had</b> been&nbsp;warned &mdash; <i>so</i> they say.<br>The siren failed.
<table><tr><td>Valley<td>2<tr><td>Hill<td>0</table>
<div style="display: none">hidden words</div>
<blockquote>We ran.</blockquote>
<p><a href="/x">Read also: the port strike</a></p></article>
<aside class="related"><h2>More</h2><ul><li><a href=/1>Mine collapse: 80 missing</a></ul></aside></div>
<!-- 12 dead --><div class="comments"><p>I do not believe it.</p></div>
<footer>© 2019 The Valley Post</footer></body></html>"#;
    let noted = read_bytes("page.html", page.as_bytes());
    let document = &noted.value;
    use Role::{
        Byline, Caption, Comment, Credit, Hidden, ImageAlt, Legal, Main, Nav, Quote, Related,
        Share, Table, Title,
    };
    assert_eq!(
        blocks(document),
        [
            (Hidden, "Dam breaks | The Valley Post"),
            (Nav, "The Valley Post"),
            (Nav, "Home World"),
            (Title, "Dam breaks"),
            (Byline, "By Ana Example"),
            (Share, "FacebookTwitter"),
            (ImageAlt, "A river"),
            (Caption, "The river on Monday."),
            (Credit, "C. Model / AP"),
            (Main, "Two families are missing, the office said."),
            (Main, "Nobody had been\u{a0}warned — so they say.\nThe siren failed."),
            (Table, "Valley\t2"),
            (Table, "Hill\t0"),
            (Hidden, "hidden words"),
            (Quote, "We ran."),
            (Related, "Read also: the port strike"),
            (Related, "More"),
            (Related, "Mine collapse: 80 missing"),
            (Comment, "I do not believe it."),
            (Legal, "© 2019 The Valley Post"),
        ]
    );
    assert_eq!(document.title(), "Dam breaks");
    let omitted: Vec<&str> =
        document.receipt.omitted.iter().map(|omitted| omitted.what.as_str()).collect();
    assert_eq!(omitted, ["markup-declaration", "style", "script", "comment"]);
}

#[test]
fn an_article_inside_a_class_that_promises_a_sidebar_is_not_lost() {
    let paragraph = "The dam above the village broke on Monday night, the regional office said, and two families were carried away by the water. ";
    let page = format!(
        "<html><body><div class=\"sidebar related\"><p>{0}</p><p>{0}</p><p>{0}</p></div></body></html>",
        paragraph.repeat(2)
    );
    let noted = read_bytes("page.html", page.as_bytes());
    assert!(
        noted.value.blocks.iter().all(|block| block.role == Role::Main),
        "{:?}",
        blocks(&noted.value)
    );
}

#[test]
fn a_page_laid_out_with_tables_is_not_a_table() {
    let page = "<html><body><table><tr><td><a href=/>Главная</a> | <a href=/n>Новости</a></td></tr><tr><td><h2>В посёлке прорвало плотину</h2><br><i>11.03.2019, 10:45</i><br><br>Две семьи пропали без вести, сообщили в управлении.<br><br>Никого не предупредили, рассказала жительница посёлка агентству «Пример».<br><br>Читайте также: <a href=/x>Забастовка в порту: 45 задержанных</a></td><td><b>Популярное</b><br><a href=/1>Шахта: 80 пропавших</a><br><a href=/2>Пожар: 12 погибших</a></td></tr></table></body></html>";
    let noted = read_bytes("page.html", page.as_bytes());
    use Role::{Date, Main, Nav, Related, Title};
    let roles: Vec<Role> = noted.value.blocks.iter().map(|block| block.role).collect();
    assert_eq!(
        roles,
        [Nav, Title, Date, Main, Main, Related, Related],
        "{:?}",
        blocks(&noted.value)
    );
}
