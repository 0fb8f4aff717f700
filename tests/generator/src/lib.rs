//! Makes invented news with planted reuse and planted claims, always the same for the same seed. Places, people and events are made up; nobody wrote these sentences.
//!
//! [`corpus`] makes the articles and says what was planted; [`edit`] changes a text the ways texts
//! are changed when they travel; [`bench_article`] makes the bench corpus of tracing, article by
//! article at any size, and [`BenchTruth`] scores what a tool found in it; the program `kua-generator` writes a folder of articles and the
//! truth beside them as JSON lines.

mod bench;
mod bench_render;
mod bench_words;
mod edits;
mod grammar;
mod random;
mod score;

pub use bench::{BenchArticle, BenchPlan, Planted, Trap, bench_article, person};
pub use edits::{Edit, edit};
pub use grammar::{Language, PlantedClaim, paragraph_of, place};
pub use random::Random;
pub use score::{BenchScore, BenchTruth, FoundLink, Sides};

/// What to make.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Same seed, same corpus.
    pub seed: u64,
    /// How many articles, planted ones included.
    pub articles: usize,
    /// About how many bytes each.
    pub bytes: usize,
    /// One in so many articles reuses an earlier one; 0 for none.
    pub reuse_every: usize,
    /// Languages, in turn.
    pub languages: Vec<Language>,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            seed: 1,
            articles: 10_000,
            bytes: 2_000,
            reuse_every: 10,
            languages: vec![Language::English, Language::French, Language::Russian],
        }
    }
}

/// One article.
#[derive(Debug, Clone)]
pub struct Article {
    /// File name.
    pub name: String,
    /// Its language.
    pub language: Language,
    /// Title, day, and paragraphs, one a line, blank lines between.
    pub text: String,
    /// Figures it states, with the words that state them.
    pub claims: Vec<PlantedClaim>,
}

/// Article `copy` took words from article `of`, which stands before it.
#[derive(Debug, Clone)]
pub struct Reuse {
    /// Number of the article that was taken from.
    pub of: usize,
    /// Number of the article that took.
    pub copy: usize,
    /// How the words were changed.
    pub kind: Edit,
    /// The words as they stand in `copy`, by bytes of its text.
    pub there: std::ops::Range<usize>,
}

/// Articles and what was planted in them.
#[derive(Debug, Clone, Default)]
pub struct Corpus {
    /// The articles, in order.
    pub articles: Vec<Article>,
    /// Planted reuse.
    pub reuse: Vec<Reuse>,
}

/// Makes a corpus.
pub fn corpus(plan: &Plan) -> Corpus {
    let mut corpus = Corpus::default();
    let mut random = Random::new(plan.seed);
    for number in 0..plan.articles {
        let language = plan.languages[number % plan.languages.len().max(1)];
        let article = grammar::article(&mut random, language, number, plan.bytes);
        let reuses = plan.reuse_every > 0 && number % plan.reuse_every == plan.reuse_every - 1;
        let source = (number + 1).checked_sub(plan.languages.len() * (1 + random.below(40)));
        let source = source.and_then(|n| n.checked_sub(1)).filter(|_| reuses);
        match source {
            Some(of) if corpus.articles[of].language == language => {
                let kind = Edit::ALL[random.below(Edit::ALL.len())];
                let (article, there) = planted(&mut random, &corpus.articles[of], article, kind);
                corpus.articles.push(article);
                corpus.reuse.push(Reuse { of, copy: number, kind, there });
            }
            _ => corpus.articles.push(article),
        }
    }
    corpus
}

/// Puts the words of `source`, changed by `kind`, into `host`: in place of all of it for a copy, in
/// the middle of it for a quotation.
fn planted(
    random: &mut Random,
    source: &Article,
    host: Article,
    kind: Edit,
) -> (Article, std::ops::Range<usize>) {
    let body = source.text.splitn(3, "\n\n").nth(2).unwrap_or_default();
    let changed = edit(random, body.trim_end(), kind);
    let head: Vec<&str> = host.text.splitn(3, "\n\n").collect();
    let opening = head.iter().take(2).map(|part| format!("{part}\n\n")).collect::<String>();
    let own = head.get(2).copied().unwrap_or_default();
    let (text, there) = if kind.is_quotation() {
        let (first, rest) = own.split_once("\n\n").unwrap_or((own, ""));
        let start = opening.len() + first.len() + 2;
        let text = format!("{opening}{first}\n\n{changed}\n\n{rest}");
        (text, start..start + changed.len())
    } else {
        let start = opening.len();
        (format!("{opening}{changed}\n"), start..start + changed.len())
    };
    let claims = if kind.is_quotation() { host.claims } else { Vec::new() };
    let claims = claims
        .into_iter()
        .chain(source.claims.iter().cloned())
        .filter(|claim| text.contains(&claim.words))
        .collect();
    (Article { name: host.name, language: host.language, text, claims }, there)
}

/// The truth beside the articles, as JSON lines: what was planted where.
pub fn truth(corpus: &Corpus) -> (String, String) {
    let mut claims = String::new();
    for article in &corpus.articles {
        for claim in &article.claims {
            claims.push_str(&format!(
                "{{\"item\":{:?},\"event\":{:?},\"number\":{},\"words\":{}}}\n",
                article.name,
                claim.event,
                claim.number,
                json(&claim.words)
            ));
        }
    }
    let mut links = String::new();
    for reuse in &corpus.reuse {
        links.push_str(&format!(
            "{{\"of\":{:?},\"copy\":{:?},\"kind\":{:?},\"start\":{},\"end\":{}}}\n",
            corpus.articles[reuse.of].name,
            corpus.articles[reuse.copy].name,
            reuse.kind.name(),
            reuse.there.start,
            reuse.there.end
        ));
    }
    (claims, links)
}

fn json(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            _ => out.push(character),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_corpus_is_the_same_for_the_same_seed_and_what_was_planted_stands_there() {
        let plan = Plan { articles: 300, ..Plan::default() };
        let (one, two) = (corpus(&plan), corpus(&plan));
        assert_eq!(truth(&one), truth(&two));
        assert!(one.reuse.len() > 20);
        for reuse in &one.reuse {
            assert!(one.articles[reuse.copy].text.get(reuse.there.clone()).is_some());
        }
        for article in &one.articles {
            assert!(article.claims.iter().all(|claim| article.text.contains(&claim.words)));
        }
        let bytes: usize = one.articles.iter().map(|a| a.text.len()).sum();
        assert!((1_200..3_200).contains(&(bytes / 300)), "{}", bytes / 300);
    }
}
