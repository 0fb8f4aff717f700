//! `kua-generator FOLDER [ARTICLES [BYTES [SEED]]]`: writes articles into FOLDER/articles and the
//! truth into FOLDER/truth.

use std::io::Write;
use std::path::Path;

use kua_generator::{Plan, corpus, truth};

fn main() -> std::process::ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next() else {
        let _ =
            writeln!(std::io::stderr(), "usage: kua-generator FOLDER [ARTICLES [BYTES [SEED]]]");
        return std::process::ExitCode::from(2);
    };
    let mut plan = Plan::default();
    let mut number =
        |default: usize| arguments.next().and_then(|n| n.parse().ok()).unwrap_or(default);
    plan.articles = number(plan.articles);
    plan.bytes = number(plan.bytes);
    plan.seed = number(1) as u64;
    match write(Path::new(&folder), &plan) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{folder} could not be written: {error}");
            std::process::ExitCode::from(3)
        }
    }
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
