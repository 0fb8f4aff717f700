//! Times the whole way: from cold files to pages, and one article more. Runs a release build of
//! kua as a person would, prints a table and the ratios. No test asserts a time.
//!
//! ```text
//! cargo build --release && cargo run --release -p kua-scorer --bin whole -- target/release/kua [ARTICLES]
//! ```
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a bench for people")]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use kua_generator::{Plan, corpus};

/// Time and largest memory of one command.
struct Cost {
    seconds: f64,
    megabytes: f64,
}

fn main() {
    let mut args = std::env::args().skip(1);
    let kua = PathBuf::from(args.next().unwrap_or_else(|| "target/release/kua".into()));
    let kua = fs::canonicalize(kua).unwrap();
    let articles: usize = args.next().and_then(|n| n.parse().ok()).unwrap_or(10_000);
    let scratch = tempfile::tempdir().unwrap();
    println!("| case | add | build | one page | peak memory |\n| --- | --- | --- | --- | --- |");
    if let Some(shared) = kua_scorer::shared() {
        whole(&kua, &scratch.path().join("seeds-case"), &shared.join("seeds"), "five seeds");
    }
    let folder = scratch.path().join("articles");
    fs::create_dir_all(&folder).unwrap();
    let made = corpus(&Plan { articles: articles + 1, ..Plan::default() });
    for article in made.articles.iter().take(articles) {
        fs::write(folder.join(&article.name), &article.text).unwrap();
    }
    let case = scratch.path().join("case");
    whole(&kua, &case, &folder, &format!("{articles} generated articles of 2 kB"));
    let one = made.articles.last().unwrap();
    let more = scratch.path().join(&one.name);
    fs::write(&more, &one.text).unwrap();
    measure(&kua, &case, &more, "one article more");
}

fn whole(kua: &Path, case: &Path, files: &Path, name: &str) {
    assert!(
        Command::new(kua).arg("init").arg(case).stdout(Stdio::null()).status().unwrap().success()
    );
    measure(kua, case, files, name);
}

fn measure(kua: &Path, case: &Path, files: &Path, name: &str) {
    let add = run(kua, &["-C".as_ref(), case.as_os_str(), "add".as_ref(), files.as_os_str()]);
    let build = run(kua, &["-C".as_ref(), case.as_os_str(), "build".as_ref()]);
    let page = pages(kua, case);
    println!(
        "| {name} | {:.2} s | {:.2} s | {:.1} ms | {:.0} MB |",
        add.seconds,
        build.seconds,
        page.as_secs_f64() * 1000.0,
        add.megabytes.max(build.megabytes)
    );
}

fn run(kua: &Path, args: &[&std::ffi::OsStr]) -> Cost {
    let start = Instant::now();
    let mut child = Command::new(kua).args(args).stdout(Stdio::null()).spawn().unwrap();
    let mut megabytes: f64 = 0.0;
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        megabytes = megabytes.max(peak(child.id()));
        std::thread::sleep(Duration::from_millis(5));
    };
    assert!(status.success(), "{args:?}");
    Cost { seconds: start.elapsed().as_secs_f64(), megabytes }
}

/// Largest resident memory so far, as Linux has it.
fn peak(id: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kilobytes.unwrap_or_default() / 1024.0
}

/// Slowest of a few pages, asked for twice.
fn pages(kua: &Path, case: &Path) -> Duration {
    let mut child = Command::new(kua)
        .arg("-C")
        .arg(case)
        .args(["serve", "--port", "0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let port = line.trim().trim_end_matches('/').rsplit(':').next().unwrap().to_owned();
    let mut slowest = Duration::ZERO;
    for page in [
        "/",
        "/chronicle",
        "/toll",
        "/claims",
        "/origins",
        "/origins/sources",
        "/documents",
        "/method",
        "/notices",
        "/verify",
    ] {
        for _ in 0..2 {
            let start = Instant::now();
            let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
            write!(
                stream,
                "GET {page} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
            )
            .unwrap();
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).unwrap();
            slowest = slowest.max(start.elapsed());
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    slowest
}
