//! `kua-generator FOLDER [ARTICLES [BYTES [SEED]]]`: writes articles into FOLDER/articles and the
//! truth into FOLDER/truth.
//!
//! `kua-generator bench FOLDER [ARTICLES [SEED]]`: writes the bench corpus into FOLDER/articles.
//!
//! `kua-generator score FOUND [ARTICLES [SEED]]`: scores what a tool found in it. A line of FOUND is a
//! passage, seven numbers with tabs between: the two articles, 1 if they are one account else 0, and
//! first byte and end on either side.

use std::io::Write;
use std::path::Path;

use kua_generator::{BenchPlan, BenchTruth, FoundLink, Plan, bench_article, corpus, truth};

fn main() -> std::process::ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next() else {
        let _ =
            writeln!(std::io::stderr(), "usage: kua-generator FOLDER [ARTICLES [BYTES [SEED]]]");
        return std::process::ExitCode::from(2);
    };
    if let "bench" | "score" = folder.as_str() {
        let path = arguments.next().unwrap_or_default();
        let defaults = BenchPlan::default();
        let mut number =
            |default: usize| arguments.next().and_then(|n| n.parse().ok()).unwrap_or(default);
        let plan =
            BenchPlan { articles: number(defaults.articles), seed: number(1) as u64, ..defaults };
        let done = if folder == "bench" {
            write_bench(Path::new(&path), &plan)
        } else {
            score(Path::new(&path), &plan)
        };
        return ended(&path, done);
    }
    let mut plan = Plan::default();
    let mut number =
        |default: usize| arguments.next().and_then(|n| n.parse().ok()).unwrap_or(default);
    plan.articles = number(plan.articles);
    plan.bytes = number(plan.bytes);
    plan.seed = number(1) as u64;
    ended(&folder, write(Path::new(&folder), &plan))
}

fn ended(path: &str, done: std::io::Result<()>) -> std::process::ExitCode {
    match done {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{path} could not be read or written: {error}");
            std::process::ExitCode::from(3)
        }
    }
}

fn write_bench(folder: &Path, plan: &BenchPlan) -> std::io::Result<()> {
    let articles = folder.join("articles");
    std::fs::create_dir_all(&articles)?;
    for number in 0..plan.articles {
        let article = bench_article(plan, number);
        std::fs::write(articles.join(&article.name), &article.text)?;
    }
    Ok(())
}

fn score(found: &Path, plan: &BenchPlan) -> std::io::Result<()> {
    let mut truth = BenchTruth::default();
    (0..plan.articles).for_each(|number| truth.push(&bench_article(plan, number)));
    let links: Vec<FoundLink> = std::fs::read_to_string(found)?
        .lines()
        .filter_map(|line| {
            let n: Vec<usize> = line.split('\t').filter_map(|n| n.parse().ok()).collect();
            let &[a, b, one, a0, a1, b0, b1] = &n[..] else { return None };
            Some(FoundLink {
                between: (a, b),
                one_account: one == 1,
                pieces: vec![(a0..a1, b0..b1)],
                conflicts: Vec::new(),
            })
        })
        .collect();
    write!(std::io::stdout(), "{}", truth.score(&links, &[]))
}

fn write(folder: &Path, plan: &Plan) -> std::io::Result<()> {
    let articles = folder.join("articles");
    std::fs::create_dir_all(&articles)?;
    std::fs::create_dir_all(folder.join("truth"))?;
    let corpus = corpus(plan);
    for article in &corpus.articles {
        std::fs::write(articles.join(&article.name), &article.text)?;
    }
    let (claims, links) = truth(&corpus);
    std::fs::write(folder.join("truth/claims.jsonl"), claims)?;
    std::fs::write(folder.join("truth/links.jsonl"), links)
}
