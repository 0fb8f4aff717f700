//! Speed of extraction, as bytes a second on one core. `cargo bench -p kua-extract`.

#[path = "../tests/support/mod.rs"]
mod support;

use divan::Bencher;
use divan::counter::BytesCount;
use kua_extract::{ExtractConfig, Extractor};

fn main() {
    divan::main();
}

const TEXTS: [(&str, &str); 3] = [
    (
        "en",
        "Officials said on Tuesday that the river had risen again overnight. At least 12 people were killed and 30 others wounded in the city of Lima, according to the health ministry. The markets stayed closed while engineers looked at the bridges.\n",
    ),
    (
        "fr",
        "Les autorités ont déclaré mardi que la rivière était encore montée dans la nuit. Au moins 12 personnes ont été tuées et 30 autres blessées dans la ville de Lima, selon le ministère de la Santé. Les marchés sont restés fermés.\n",
    ),
    (
        "ru",
        "Власти заявили во вторник, что река снова поднялась за ночь. Не менее 12 человек погибли и ещё 30 ранены в городе Лима, по данным министерства здравоохранения. Рынки оставались закрытыми, пока инженеры осматривали мосты.\n",
    ),
];

/// A megabyte of news in one language.
#[divan::bench(args = ["en", "fr", "ru"])]
fn news(bencher: Bencher<'_, '_>, lang: &str) {
    let text = TEXTS.iter().find(|(code, _)| *code == lang).map_or("", |(_, text)| *text);
    let text = text.repeat(1_000_000 / text.len());
    let extractor = Extractor::new(&support::lexicons());
    let document = support::plain(&text, lang, Some("2022-01-07"));
    bencher
        .counter(BytesCount::of_str(&text))
        .bench_local(|| extractor.extract(&document, &ExtractConfig::default()).value.len());
}

/// One paragraph without end, whose figures look back for what they count: bytes a second must not
/// fall as it grows.
#[divan::bench(args = [1, 2, 4])]
fn one_paragraph(bencher: Bencher<'_, '_>, megabytes: usize) {
    let sentence =
        "Six houses were burned. Twelve others were arrested. Three of them were released. ";
    let text = sentence.repeat(megabytes * 1_000_000 / sentence.len());
    let extractor = Extractor::new(&support::lexicons());
    let document = support::plain(&text, "en", Some("2022-01-07"));
    bencher
        .counter(BytesCount::of_str(&text))
        .bench_local(|| extractor.extract(&document, &ExtractConfig::default()).value.len());
}

/// Compiling the lexicons of all languages: once a run.
#[divan::bench]
fn compile(bencher: Bencher<'_, '_>) {
    let lexicons = support::lexicons();
    bencher.bench_local(|| Extractor::new(&lexicons));
}
