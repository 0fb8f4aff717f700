//! Reading speed on generated pages and text: `cargo bench -p kua-read`. Ratios are to a bare
//! `lol_html` pass over the same page in the same run. Figures: `docs/benches/read.md`.

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use kua_lexicon::Lexicons;
use kua_model::{Item, ItemId};
use kua_read::{ReadConfig, read};

fn main() {
    divan::main();
}

/// A news page of about 36 kB with menu, share buttons, 30 paragraphs, related headlines, comments.
fn news_page(seed: usize) -> String {
    let links = |count: usize, kind: &str| -> String {
        (0..count).map(|n| format!("<li class=\"{kind}-item\"><a href=\"/{kind}/{seed}/{n}\" title=\"x\" data-n=\"{n}\"><span>Headline number {n} about town {seed}</span></a></li>\n")).collect()
    };
    let body: String = (0..30)
        .map(|n| format!("<p class=\"paragraph\">On Monday {} people were reported missing after the flood in district {n}, the regional office said. &laquo;The water rose within <b>minutes</b>&raquo;, a resident told <a href=\"/s\">the agency</a> on {} March 2019. Nobody in the villages downstream had been warned, she added; the road was closed for {seed}&nbsp;hours.</p>\n", n * 3 + 2, n % 28 + 1))
        .collect();
    let script = format!(
        "<script>var data = {{{}}};</script>\n",
        "\"key\": [1, 2, 3, \"<b>\"], ".repeat(150)
    );
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Flood in district {seed} | The Page</title><meta property=\"article:published_time\" content=\"2019-03-11T10:00:00Z\"><script type=\"application/ld+json\">{{\"datePublished\": \"2019-03-11\"}}</script>{script}</head><body><header><nav class=\"menu\"><ul>{}</ul></nav></header><main><article><h1>Flood in district {seed}</h1><time datetime=\"2019-03-11\">11 March 2019</time><div class=\"share\"><a>Facebook</a> <a>Twitter</a></div><figure><img src=\"a.jpg\" alt=\"River\"><figcaption>The river. <span class=\"credit\">Photo: A. Example</span></figcaption></figure>{body}</article><aside class=\"related\"><ul>{}</ul></aside></main>{script}<footer><ul>{}</ul>© 2019 The Page</footer></body></html>",
        links(40, "menu"),
        links(60, "related"),
        links(40, "footer"),
    )
}

fn item(path: &str, bytes: &[u8]) -> Item {
    Item {
        id: ItemId::of(b"bench"),
        path: path.to_owned(),
        size: bytes.len() as u64,
        acquired_at: "2026-01-01T00:00:00Z".to_owned(),
        acquired_on: "2026-01-01".parse().expect("a date"),
        log: String::new(),
        log_index: 0,
    }
}

#[divan::bench]
fn html_pages(bencher: Bencher<'_, '_>) {
    let lexicons = Lexicons::embedded();
    let page = news_page(7);
    let item = item("page.html", page.as_bytes());
    bencher
        .counter(ItemsCount::new(1usize))
        .counter(BytesCount::new(page.len()))
        .bench(|| read(&item, page.as_bytes(), &lexicons, &ReadConfig::default()));
}

/// The yardstick: `lol_html` alone, every element and text chunk visited, nothing kept.
#[divan::bench]
fn html_pages_bare_lol_html(bencher: Bencher<'_, '_>) {
    let page = news_page(7);
    bencher.counter(ItemsCount::new(1usize)).counter(BytesCount::new(page.len())).bench(|| {
        let mut letters = 0usize;
        let settings = lol_html::RewriteStrSettings::new()
            .append_element_content_handler(lol_html::element!("*", |_element| Ok(())))
            .append_document_content_handler(lol_html::doc_text!(|chunk| {
                letters += chunk.as_str().len();
                Ok(())
            }))
            .with_strict(false);
        lol_html::rewrite_str(&page, settings).expect("a small page");
        letters
    });
}

fn plain(bencher: Bencher<'_, '_>, paragraph: &str, megabytes: usize) {
    let lexicons = Lexicons::embedded();
    let text = paragraph.repeat((megabytes << 20) / paragraph.len() + 1);
    let item = item("text.txt", text.as_bytes());
    bencher
        .counter(BytesCount::new(text.len()))
        .bench(|| read(&item, text.as_bytes(), &lexicons, &ReadConfig::default()));
}

#[divan::bench(sample_count = 5)]
fn plain_english_8_mb(bencher: Bencher<'_, '_>) {
    plain(
        bencher,
        "On Monday 12 people were reported missing after the flood, the regional office said. “The water rose within minutes”, a resident told the agency. Nobody had been warned.\n\n",
        8,
    );
}

#[divan::bench(sample_count = 5)]
fn plain_russian_8_mb(bencher: Bencher<'_, '_>) {
    plain(
        bencher,
        "В понедельник 12 человек пропали без вести после наводнения, сообщили в управлении. «Вода поднялась за минуты», — рассказала жительница. Никого не предупредили.\n\n",
        8,
    );
}

#[divan::bench(sample_count = 5)]
fn plain_kazakh_8_mb(bencher: Bencher<'_, '_>) {
    plain(
        bencher,
        "Дүйсенбіде су тасқынынан кейін 12 адам хабарсыз кетті, деп хабарлады басқарма. «Су бірнеше минутта көтерілді», – деді тұрғын. Ешкімге алдын ала ескертілмеген.\n\n",
        8,
    );
}
