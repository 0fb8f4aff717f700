//! Pages of a large invented case: 10,000 documents, 20,000 statements, one toll with 10,000
//! positions. The bar is 50 ms a page; `baseline` is what copying that many bytes takes.
//! Run: `cargo bench -p kua-publish`.

#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "a bench may stop at what it did not expect"
)]

#[path = "../tests/fixture/mod.rs"]
mod fixture;

use std::sync::OnceLock;

use divan::{Bencher, black_box};
use fixture::{Fixture, Held, Said};
use kua_model::{Chronicle, Direction, LinkKind, Role, Standing};
use kua_publish::{Route, Site, json, verify};

fn main() {
    divan::main();
}

const DOCUMENTS: u64 = 10_000;

fn chronicle() -> &'static Chronicle {
    static CHRONICLE: OnceLock<Chronicle> = OnceLock::new();
    CHRONICLE.get_or_init(|| {
        let mut f = Fixture::new("Large", "2031-10");
        let filler = "The road along the river stayed closed, and nobody was told why. ".repeat(30);
        let mut held = Vec::new();
        let mut last = None;
        for n in 0..DOCUMENTS {
            let first = format!("On day {n} the council of ward {n} said {n} people were killed.");
            let second = format!("Neighbours of ward {n} counted at least {n} missing.");
            let text = format!("{first} {second}");
            let title = format!("What ward {n} says");
            let path = format!("wards/{n}.txt");
            let parts = [(Role::Title, title.as_str()), (Role::Main, &text), (Role::Main, &filler)];
            let document = f.document(&path, "en", &parts, None);
            let account = f.account(&title, &[document], false);
            let said = |words, event| Said {
                document,
                words,
                figure: "people",
                event,
                low: Some(n),
                high: Some(n),
                origin: account,
                account,
                incident: Some((n / 5) as usize),
                ..Said::default()
            };
            let claim = f.statement(said(&first, "killed"));
            f.statement(Said { figure: "at least", ..said(&second, "missing") });
            held.push(Held {
                origin: account,
                claim,
                low: Some(n),
                high: Some(n),
                words: "n",
                ..Held::default()
            });
            if let Some(before) = last.replace(document)
                && n % 10 == 0
            {
                f.link(
                    LinkKind::Copy,
                    before,
                    document,
                    Direction::AToB,
                    &["same-words: the texts agree."],
                );
            }
        }
        f.toll("killed", "people", None, Standing::Contested, held);
        f.finish()
    })
}

fn site() -> &'static Site<'static> {
    static SITE: OnceLock<Site<'static>> = OnceLock::new();
    SITE.get_or_init(|| Site::new(chronicle()))
}

#[divan::bench]
fn baseline_copy_100_kb(bencher: Bencher<'_, '_>) {
    let bytes = vec![1u8; 100_000];
    bencher.bench_local(|| black_box(&bytes).clone());
}

#[divan::bench(sample_count = 10)]
fn index(bencher: Bencher<'_, '_>) {
    let chronicle = chronicle();
    bencher.bench_local(|| Site::new(chronicle));
}

#[divan::bench(sample_count = 10, args = ["/", "/chronicle", "/toll", "/toll/killed/people", "/toll/killed/people?page=50", "/claims", "/claims?event=missing&page=100", "/origins", "/origins/single", "/documents", "/method", "/notices", "/verify"])]
fn page(bencher: Bencher<'_, '_>, address: &str) {
    let (site, route) = (site(), Route::parse(address).unwrap());
    site.page(&route).unwrap();
    bencher.bench_local(|| site.page(&route));
}

#[divan::bench(sample_count = 10)]
fn claim_page(bencher: Bencher<'_, '_>) {
    let route = Route::Claim(chronicle().statements[777].claim.id);
    bencher.bench_local(|| site().page(&route));
}

#[divan::bench(sample_count = 10)]
fn document_page(bencher: Bencher<'_, '_>) {
    let route = Route::document(chronicle().documents[777].id);
    bencher.bench_local(|| site().page(&route));
}

#[divan::bench(sample_count = 10)]
fn origin_page(bencher: Bencher<'_, '_>) {
    let route = Route::Origin(chronicle().origins[777].id);
    bencher.bench_local(|| site().page(&route));
}

#[divan::bench(sample_count = 2)]
fn single_file(bencher: Bencher<'_, '_>) {
    let site = site();
    bencher.bench_local(|| site.single_file().len());
}

#[divan::bench(sample_count = 2)]
fn read_single_file(bencher: Bencher<'_, '_>) {
    let html = site().single_file();
    bencher.bench_local(|| verify::read_single_file(&html).is_ok());
}

#[divan::bench(sample_count = 4)]
fn claims_as_json(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| {
        let mut out = Vec::new();
        json::claims(chronicle(), &mut out).map(|()| out.len())
    });
}
