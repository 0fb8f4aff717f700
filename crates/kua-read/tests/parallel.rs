//! Language of single sentences and of sentences in their article, measured on `parallel/` of the
//! shared folder; skipped when it is absent. Nothing of it is in this repository.

mod common;

use std::collections::BTreeMap;

use common::{plain_document, shared};

const LANGUAGES: [&str; 6] = ["en", "es", "fr", "kk", "ru", "uk"];

#[test]
fn sentences_of_six_languages_are_told_apart() {
    let Some(folder) = shared("parallel") else { return };
    let articles = std::fs::read_to_string(folder.join("documents.txt")).unwrap();
    let articles: Vec<&str> = articles.lines().collect();
    let show = std::env::var("KUA_SHOW").is_ok();
    let mut sums = (0.0, 0.0);
    for language in LANGUAGES {
        let text = std::fs::read_to_string(folder.join(format!("{language}.txt"))).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        // Each sentence as a document of its own: nothing around it helps.
        let mut wrong: BTreeMap<String, usize> = BTreeMap::new();
        let mut alone = 0;
        for line in &lines {
            let found =
                plain_document(line).language.map_or("--".to_owned(), |lang| lang.to_string());
            if found == language {
                alone += 1;
            } else {
                if show {
                    println!("{language} as {found}: {line}");
                }
                *wrong.entry(found).or_default() += 1;
            }
        }
        // Each article as a document, its sentences by their place.
        let (mut right, mut all) = (0usize, 0usize);
        let mut start = 0;
        while start < lines.len() {
            let end = (start..lines.len())
                .find(|&at| articles[at] != articles[start])
                .unwrap_or(lines.len());
            let document = plain_document(&lines[start..end].join("\n\n"));
            for sentence in &document.sentences {
                let length = sentence.range.len();
                if length < 4 {
                    continue;
                }
                all += 1;
                right +=
                    usize::from(sentence.language.is_some_and(|lang| lang.as_str() == language));
            }
            start = end;
        }
        let (alone, inside) = (f64::from(alone) / lines.len() as f64, right as f64 / all as f64);
        println!(
            "{language}: alone {alone:.4}, in its article {inside:.4}, mistaken alone for {wrong:?}"
        );
        sums = (sums.0 + alone, sums.1 + inside);
        assert!(inside >= 0.99, "{language} in its article: {inside}");
    }
    let count = LANGUAGES.len() as f64;
    println!("macro: alone {:.4}, in its article {:.4}", sums.0 / count, sums.1 / count);
}
