//! Time of reconciling generated cases, and how it grows: ten times the claims should cost about
//! ten times as much. Run with `cargo bench -p kua-reconcile`.
#![allow(clippy::print_stdout, reason = "a bench prints what it measures")]

use std::time::Instant;

#[path = "../tests/support/mod.rs"]
mod support;

use support::Case;

fn main() {
    let (small, large) = (generated(1_000), generated(10_000));
    let time = |case: &Case| {
        let start = Instant::now();
        divan::black_box(case.chronicle());
        start.elapsed()
    };
    let (one, ten) = (time(&small), time(&large));
    println!(
        "1,000 claims {one:?}, 10,000 claims {ten:?}: ratio {:.1}",
        ten.as_secs_f64() / one.as_secs_f64()
    );
    divan::main();
}

/// `claims` claims, five a document, of 40 sources, 6 groups, 20 places and a growing toll; each
/// fifth document is a copy of the one before it.
fn generated(claims: usize) -> Case {
    let mut text = String::new();
    for number in 0..claims / 5 {
        let day = 1 + number * 27 / (claims / 5).max(1);
        text += &format!(
            "# d{number:05}.txt 2030-05-{day:02} en\nMr Anton Marek{} spoke in Sela.\n",
            number % 50
        );
        for n in 0..5 {
            let seed = number * 7 + n * 13;
            let event = ["killed", "wounded", "arrested"][seed % 3];
            let group =
                ["people", "protesters", "security_forces", "civilians", "children", "police"]
                    [seed % 6];
            let place =
                if seed % 4 == 0 { String::new() } else { format!(" ; at=Place{}", seed % 20) };
            let source = match seed % 5 {
                0 => String::new(),
                1 => " ; from=authority:The Interior Ministry".to_owned(),
                2 => " ; from=authority:министерство здравоохранения".to_owned(),
                _ => format!(" ; from=organisation:Union {}", seed % 37),
            };
            text += &format!(
                "{n} so many\n> {event} ; {n} so many ; n={} ; who={group}{place}{source}\n",
                day * 10 + seed % 9
            );
        }
    }
    for number in (5..claims / 5).step_by(5) {
        text += &format!("= copy d{:05}.txt -> d{number:05}.txt\n", number - 1);
    }
    Case::read(&text)
}

#[divan::bench(args = [1_000, 10_000], sample_count = 5)]
fn reconcile(bencher: divan::Bencher<'_, '_>, claims: usize) {
    let case = generated(claims);
    bencher.bench_local(|| case.chronicle());
}
