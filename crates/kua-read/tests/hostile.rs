//! Material made, by accident or on purpose, to break readers. Whatever comes: no panic, linear
//! time, no text lost without a notice, and the laws of a document hold.

mod common;

use common::{blocks, plain_document, read_bytes};
use kua_model::{Completeness, Role, Severity};
use proptest::prelude::*;

fn codes(noted: &kua_model::Noted<kua_model::Document>) -> Vec<&str> {
    noted.notices.iter().map(|notice| notice.code.as_str()).collect()
}

#[test]
fn an_empty_file_and_a_binary_are_named_and_give_no_text() {
    let noted = read_bytes("empty.txt", b"");
    assert_eq!(noted.value.receipt.completeness, Completeness::Empty);
    assert_eq!(codes(&noted), ["empty-file"]);

    let mut random = Vec::new();
    let mut state = 7u64;
    for _ in 0..20_000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        random.push(state.to_be_bytes()[0]);
    }
    for bytes in [
        b"%PDF-1.7\n1 0 obj".as_slice(),
        b"PK\x03\x04rest",
        b"\x89PNG\r\n\x1a\nrest",
        &random,
        &[0; 5000],
    ] {
        let noted = read_bytes("report.txt", bytes);
        assert_eq!(noted.value.receipt.completeness, Completeness::Unsupported);
        assert_eq!(noted.value.text, "");
        assert_eq!(codes(&noted), ["unsupported"]);
        assert_eq!(noted.notices[0].severity, Severity::Loss);
    }
}

#[test]
fn broken_utf8_keeps_everything_but_the_broken_bytes() {
    let mut bytes = "Трое рабочих ранены на карьере. Их увезли в больницу.".as_bytes().to_vec();
    bytes.truncate(bytes.len() - 2);
    bytes[20] = 0xFF;
    let noted = read_bytes("note.txt", &bytes);
    assert!(noted.value.text.contains("ранены на карьере"));
    assert!(noted.value.text.contains('\u{FFFD}'));
    assert_eq!(noted.value.receipt.completeness, Completeness::Partial);
    assert!(codes(&noted).contains(&"broken-characters"));
}

#[test]
fn a_page_that_lies_about_its_charset_is_read_right_and_noticed() {
    let page = "<html><head><meta charset=\"windows-1251\"></head><body><p>Село эвакуировано, погибших нет.</p></body></html>";
    let noted = read_bytes("page.html", page.as_bytes());
    assert!(noted.value.text.contains("Село эвакуировано"));
    assert_eq!(codes(&noted), ["charset-declared-wrongly"]);
}

#[test]
fn old_pages_and_unmarked_text_find_their_charset() {
    let text =
        "Вчера в посёлке прорвало плотину. Двое жителей пропали без вести, сообщил глава района.";
    let (cp1251, _, _) = encoding_rs::WINDOWS_1251.encode(text);
    let (koi8, _, _) = encoding_rs::KOI8_R.encode(text);
    for bytes in [&cp1251, &koi8] {
        let noted = read_bytes("letter.txt", bytes);
        assert_eq!(noted.value.text, text);
        assert_eq!(noted.value.receipt.charset_how, "guessed");
    }
    let page = format!("<meta charset=koi8-r><p>{text}</p>");
    let (bytes, _, _) = encoding_rs::KOI8_R.encode(&page);
    let noted = read_bytes("page.html", &bytes);
    assert_eq!(blocks(&noted.value), [(Role::Main, text)]);
    assert_eq!(
        (noted.value.receipt.charset.as_str(), noted.value.receipt.charset_how.as_str()),
        ("KOI8-R", "declared")
    );

    for big in [false, true] {
        for mark in [false, true] {
            let mut bytes: Vec<u8> = Vec::new();
            let units = mark.then_some(0xFEFF).into_iter().chain(text.encode_utf16());
            for unit in units {
                bytes.extend(if big { unit.to_be_bytes() } else { unit.to_le_bytes() });
            }
            let noted = read_bytes("letter.txt", &bytes);
            assert_eq!(noted.value.text, text, "big {big}, mark {mark}");
        }
    }
    let marked = [b"\xEF\xBB\xBF".as_slice(), text.as_bytes()].concat();
    let noted = read_bytes("letter.txt", &marked);
    assert_eq!(noted.value.text, text);
    assert_eq!(noted.value.receipt.omitted[0].what, "byte-order-mark");

    let shift_jis = encoding_rs::SHIFT_JIS
        .encode("<meta charset=shift_jis><p>三人が負傷した。</p><p>道路は閉鎖。</p>")
        .0;
    assert_eq!(
        read_bytes("page.html", &shift_jis).value.text,
        "三人が負傷した。\n\n道路は閉鎖。\n\n"
    );
}

#[test]
fn a_charset_nobody_can_decode_is_named() {
    let page = b"<meta charset=\"kz-1048\"><p>\xcf\xf0\xe8\xe2\xe5\xf2, \xf2\xf0\xee\xe5 \xf0\xe0\xed\xe5\xed\xfb.</p>";
    let noted = read_bytes("page.html", page);
    assert!(codes(&noted).contains(&"charset-unknown"), "{:?}", noted.notices);
}

#[test]
fn nesting_attributes_and_links_without_end_stay_linear() {
    let deep = format!("{}the bridge is down{}", "<div>".repeat(100_000), "</div>".repeat(100_000));
    let noted = read_bytes("deep.html", deep.as_bytes());
    assert_eq!(noted.value.text.trim(), "the bridge is down");
    assert_eq!(codes(&noted), ["html-cap"]);

    let attributes: String = (0..200_000).map(|n| format!(" a{n}=\"{n}\"")).collect();
    let wide = format!("<html><body><p{attributes}>the road is open</p>");
    let noted = read_bytes("wide.html", wide.as_bytes());
    assert_eq!(noted.value.text.trim(), "the road is open");
    assert_eq!(codes(&noted), ["html-cap"]);

    for shape in [
        "<ul><li>",
        "<a href=x>",
        "<table><tr><td>",
        "<b><i>",
        "<p>",
        "</p></div>",
        "<script>",
        "<!--",
        "<title>",
        "<",
        "&",
        "<a <a ",
        "<svg><title>",
        "<select><option>",
        "\"",
        "<p '",
    ] {
        let page = format!("<html><body>seen {}", shape.repeat(512 * 1024 / shape.len()));
        let noted = read_bytes("shape.html", page.as_bytes());
        assert!(noted.value.text.starts_with("seen"), "{shape}");
    }
    for shape in [
        "(",
        "\"",
        "« ",
        ". ",
        "a.",
        "http://",
        "10.01.",
        "a-a-",
        "- ",
        "\n",
        "\r",
        "х",
        "1 january ",
        "photo: ",
    ] {
        let text = shape.repeat(1024 * 1024 / shape.len());
        read_bytes("shape.txt", text.as_bytes());
    }
}

#[test]
fn a_page_cut_anywhere_keeps_what_came_before() {
    let page = "<!doctype html><html><head><title>Dam breaks</title></head><body><article><h1>Dam breaks</h1><p class=\"lead\">Two villages were <b>flooded</b> on Monday.</p><p>Nobody was hurt &mdash; so far.</p></article></body></html>";
    for cut in 0..=page.len() {
        let noted = read_bytes("cut.html", &page.as_bytes()[..cut]);
        let whole_sentence = page.find("on Monday.").unwrap() + 10;
        if cut >= whole_sentence {
            assert!(
                noted.value.text.contains("Two villages were flooded on Monday."),
                "cut at {cut}"
            );
        }
    }
    let noted = read_bytes("cut.html", &page.as_bytes()[..page.find("ad\">").unwrap()]);
    assert!(codes(&noted).contains(&"html-cut"));
    assert_eq!(noted.value.receipt.completeness, Completeness::Partial);
}

#[test]
fn odd_characters_stay_in_the_text() {
    let text = "A zero\u{200b}width, a mark \u{202e}right to left\u{202c}, a line\u{2028}separator, an e\u{301}, a \u{0}null.";
    assert_eq!(plain_document(text).text, text);
    let crlf = "First line of the letter.\r\nSecond line.\r\rThird\u{c}Fourth.";
    assert_eq!(plain_document(crlf).text, crlf);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes_keep_the_laws(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read_bytes("any.txt", &bytes);
        read_bytes("any.html", &bytes);
    }

    #[test]
    fn any_text_keeps_the_laws(text in "(\\PC|[ \n\t.!?\"«»—:\u{a0}])*") {
        let document = plain_document(&text);
        if document.receipt.reader == "plain" {
            prop_assert_eq!(document.text, text);
        }
    }

    #[test]
    fn any_soup_keeps_the_laws(parts in prop::collection::vec(prop::sample::select(vec![
        "<p>", "</p>", "<div>", "</div>", "<br>", "<b>", "</b>", "<li>", "<ul>", "</ul>", "<td>", "<tr>",
        "<table>", "</table>", "<h1>", "</h1>", "<a href=x>", "</a>", "<pre>", "</pre>", "<nav>", "</nav>",
        "<title>", "</title>", "<script>", "</script>", "<!--", "-->", "<img alt=' a b '>", "<input value=x type=submit>",
        "<span hidden>", "</span>", "<time datetime=2020-01-02>", "</time>", "<span class=credit>", "<figcaption>",
        "&nbsp;", "&amp;", "&#32;", "&#10;", "&", " ", "\n", "\t", "word", "é.", "Two killed. ", "5 May 2020",
    ]), 0..60), charset in prop::sample::select(vec!["utf-8", "windows-1251", "utf-16le", "gbk"])) {
        let page = format!("<html>{}", parts.concat());
        let bytes = match charset {
            "utf-16le" => page.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            name => encoding_rs::Encoding::for_label(name.as_bytes()).unwrap().encode(&page).0.into_owned(),
        };
        read_bytes("soup.html", &bytes);
    }
}
