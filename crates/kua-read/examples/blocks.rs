//! Shows how kua reads a file: `cargo run -p kua-read --example blocks -- FILE…`.
#![allow(clippy::print_stdout, reason = "an example for the terminal")]

use kua_lexicon::Lexicons;
use kua_model::{Item, ItemId};
use kua_read::{ReadConfig, read};

fn main() -> std::io::Result<()> {
    let lexicons = Lexicons::embedded();
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path)?;
        let item = Item {
            id: ItemId::of(&bytes),
            path: path.clone(),
            size: bytes.len() as u64,
            acquired_at: "2026-01-01T00:00:00Z".to_owned(),
            acquired_on: "2026-01-01".parse().map_err(std::io::Error::other)?,
            log: String::new(),
            log_index: 0,
        };
        let noted = read(&item, &bytes, &lexicons, &ReadConfig::default());
        for document in &noted.value {
            println!("== {path}: {:?}, title {:?}", document.language, document.title());
            println!("   published {:?}", document.dates.published);
            println!(
                "   covers {:?}, modified {:?}",
                document.dates.covers, document.dates.modified
            );
            println!(
                "   {:?}, {} sentences",
                document.receipt.completeness,
                document.sentences.len()
            );
            for (index, block) in document.blocks.iter().enumerate() {
                let text = block.range.of(&document.text).unwrap_or_default().trim();
                let start: String = text.chars().take(90).collect();
                let language = block.language.map_or("--".to_owned(), |lang| lang.to_string());
                println!(
                    "{index:4} {:<10} {language} {:<22} {start}",
                    format!("{:?}", block.role),
                    block.why.join(",")
                );
            }
        }
        for notice in noted.notices {
            println!("!! {} {}", notice.code, notice.message);
        }
    }
    Ok(())
}
