//! How fast tracing is, by size of corpus, so that growth shows. `cargo bench -p kua-trace`.

use divan::Bencher;
use divan::counter::BytesCount;
use kua_generator::{Language, Plan, corpus};
use kua_lexicon::Lexicons;
use kua_model::*;
use kua_trace::{TraceConfig, trace};

fn main() {
    divan::main();
}

fn documents(articles: usize, languages: &[Language]) -> Vec<Document> {
    let plan = Plan { articles, languages: languages.to_vec(), ..Plan::default() };
    corpus(&plan)
        .articles
        .into_iter()
        .map(|article| {
            let item = ItemId::of(article.name.as_bytes());
            let language = article.language.code().parse().ok();
            let mut blocks = Vec::new();
            let mut sentences = Vec::new();
            let mut at = 0;
            for line in article.text.split_inclusive("\n\n") {
                let range = TextRange::new(at, at + line.len());
                let mut from = at;
                for sentence in line.split_inclusive(". ") {
                    let words = sentence.trim();
                    if !words.is_empty() {
                        let range = TextRange::new(from, from + words.len());
                        sentences.push(Sentence { range, block: blocks.len(), language });
                    }
                    from += sentence.len();
                }
                at += line.len();
                blocks.push(Block {
                    role: Role::Main,
                    range,
                    source: Vec::new(),
                    language,
                    why: Vec::new(),
                });
            }
            Document {
                id: DocumentId::new(item, 0),
                item,
                path: article.name,
                text: article.text,
                blocks,
                sentences,
                language,
                title: None,
                dates: DocumentDates::default(),
                receipt: Receipt {
                    reader: "bench".to_owned(),
                    version: 1,
                    charset: "UTF-8".to_owned(),
                    charset_how: "valid-utf-8".to_owned(),
                    completeness: Completeness::Complete,
                    omitted: Vec::new(),
                },
            }
        })
        .collect()
}

fn run(bencher: Bencher<'_, '_>, documents: &[Document]) {
    let lexicons = Lexicons::embedded();
    let config = TraceConfig::default();
    let bytes: usize = documents.iter().map(|d| d.text.len()).sum();
    bencher.counter(BytesCount::new(bytes)).bench(|| trace(documents, &lexicons, &config));
}

#[divan::bench(args = [1_000, 5_000, 10_000, 50_000], sample_count = 3, sample_size = 1)]
fn one_language(bencher: Bencher<'_, '_>, articles: usize) {
    run(bencher, &documents(articles, &[Language::English]));
}

#[divan::bench(args = [1_000, 5_000, 10_000], sample_count = 3, sample_size = 1)]
fn three_languages(bencher: Bencher<'_, '_>, articles: usize) {
    run(bencher, &documents(articles, &[Language::English, Language::French, Language::Russian]));
}
