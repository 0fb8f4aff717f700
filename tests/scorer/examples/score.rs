//! Scores one corpus folder with planted truth (`case.toml`, `notes/`, `truth/`) and prints
//! everything: `cargo run --release -p kua-scorer --example score -- DIR`.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a tool for developers")]

use std::path::PathBuf;

use kua_scorer::{build, score_claims, score_documents, score_lineage, score_tolls, truth_of};

fn main() {
    let dir = PathBuf::from(std::env::args().nth(1).unwrap());
    let toml = std::fs::read_to_string(dir.join("case.toml")).unwrap();
    let built = build(&dir.join("notes"), &toml);
    let truth = dir.join("truth");
    println!("{}", score_documents(&built.chronicle, &truth));
    println!("{}", score_lineage(&built.chronicle, &truth));
    let claims = score_claims(&built.chronicle, &truth_of(&truth));
    println!("{claims}");
    println!("other readings:\n    {}", claims.other_readings.join("\n    "));
    println!("missed:\n    {}", claims.missed.join("\n    "));
    println!("invented:\n    {}", claims.invented.join("\n    "));
    println!("{}", score_tolls(&built.chronicle, &truth));
}
