//! Writes the pages of the invented case to a folder, with a list of addresses and files, so that
//! they can be looked at in a browser: `cargo run -p kua-publish --example gallery -- FOLDER`.

#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "the fixture may stop at what it did not expect"
)]
#![allow(clippy::print_stdout, reason = "a tool for people at a terminal")]

#[path = "../tests/fixture/mod.rs"]
mod fixture;

use std::fs;
use std::path::PathBuf;

use kua_publish::Site;

fn main() -> std::io::Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "gallery".to_owned()));
    fs::create_dir_all(&folder)?;
    let chronicle = fixture::chronicle();
    let site = Site::new(&chronicle);
    let mut list = String::new();
    for (n, route) in site.routes().iter().enumerate() {
        if let Some(page) = site.page(route) {
            fs::write(folder.join(format!("{n}.page")), &page.html)?;
            list.push_str(&format!("{}\t{n}.page\t{}\n", route.path(), page.content_type));
        }
    }
    fs::write(folder.join("addresses.tsv"), list)?;
    fs::write(folder.join("chronicle.html"), site.single_file())?;
    println!("{}", folder.display());
    Ok(())
}
