//! Measures alignment on sentence-aligned news, when this machine has it.

use kua_lexicon::Lexicons;
use kua_model::*;

use crate::align::{Likeness, Step, align};
use crate::body::Body;
use crate::features::{Background, Sketched};
use crate::wording::AllWordings;

fn document(name: &str, language: &str, sentences: &[&str]) -> Document {
    let text = sentences.join("\n");
    let item = ItemId::of(format!("{name}{language}").as_bytes());
    let language = language.parse().ok();
    let mut at = 0;
    let ranges: Vec<TextRange> = sentences
        .iter()
        .map(|s| {
            let r = TextRange::new(at, at + s.len());
            at += s.len() + 1;
            r
        })
        .collect();
    Document {
        id: DocumentId::new(item, 0),
        item,
        path: name.to_owned(),
        blocks: vec![Block {
            role: Role::Main,
            range: TextRange::new(0, text.len()),
            source: Vec::new(),
            language,
            why: Vec::new(),
        }],
        sentences: ranges.iter().map(|&range| Sentence { range, block: 0, language }).collect(),
        text,
        language,
        title: None,
        dates: DocumentDates::default(),
        receipt: Receipt {
            reader: String::new(),
            version: 1,
            charset: String::new(),
            charset_how: String::new(),
            completeness: Completeness::Complete,
            omitted: Vec::new(),
        },
    }
}

#[test]
fn dump() {
    let Some(out) = std::env::var_os("KUA_DUMP") else { return };
    let folder = std::path::Path::new("/work/shared/parallel");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let names = read("documents.txt");
    let names: Vec<&str> = names.lines().collect();
    let lexicons = Lexicons::embedded();
    let wordings = AllWordings::of(&lexicons);
    let texts: Vec<(&str, String)> = ["en", "fr", "es", "ru", "uk", "kk"]
        .iter()
        .map(|l| (*l, read(&format!("{l}.txt"))))
        .collect();
    let mut lines = String::new();
    let mut sims = String::new();
    let articles: Vec<(usize, usize)> = {
        let mut v = Vec::new();
        let mut s = 0;
        for i in 1..=names.len() {
            if i == names.len() || names[i] != names[s] {
                v.push((s, i));
                s = i;
            }
        }
        v
    };
    for (la, ta) in &texts {
        for (lb, tb) in &texts {
            if la >= lb {
                continue;
            }
            let (a_lines, b_lines): (Vec<&str>, Vec<&str>) =
                (ta.lines().collect(), tb.lines().collect());
            for &(s, e) in articles.iter().step_by(2) {
                let n = e - s;
                // (kind, indices a, indices b)
                let idx = |f: &dyn Fn(usize) -> bool| -> Vec<usize> {
                    (s..e).filter(|i| f(i - s)).collect()
                };
                let mut cases: Vec<(&str, Vec<usize>, Vec<usize>)> = vec![
                    ("true", idx(&|_| true), idx(&|_| true)),
                    ("half", idx(&|i| i < n / 2), idx(&|i| i >= n / 2)),
                    ("odd", idx(&|i| i % 2 == 0), idx(&|i| i % 2 == 1)),
                ];
                for w in [3, 5, 8] {
                    if n >= w {
                        cases.push(("true", idx(&|i| i < w), idx(&|i| i < w)));
                    }
                    if n >= 2 * w {
                        cases.push(("half", idx(&|i| i < w), idx(&|i| i >= w && i < 2 * w)));
                        cases.push((
                            "odd",
                            idx(&|i| i < 2 * w && i % 2 == 0),
                            idx(&|i| i < 2 * w && i % 2 == 1),
                        ));
                    }
                }
                for w in [4, 8] {
                    if n >= 2 * w {
                        cases.push(("inject", idx(&|i| i < w), idx(&|i| i < w)));
                    }
                }
                for (kind, ia, ib) in cases {
                    let da = document("a", la, &ia.iter().map(|&i| a_lines[i]).collect::<Vec<_>>());
                    let w = ib.len();
                    let b_texts: Vec<String> = ib
                        .iter()
                        .map(|&i| {
                            if kind == "inject" {
                                let is_anchor = |(n, x): &(usize, &str)| {
                                    x.contains(|c: char| c.is_ascii_digit())
                                        || (*n > 0
                                            && x.chars()
                                                .find(|c| c.is_alphabetic())
                                                .is_some_and(char::is_uppercase))
                                };
                                let other: Vec<&str> = b_lines[i + w]
                                    .split_whitespace()
                                    .enumerate()
                                    .filter(|x| !is_anchor(x))
                                    .map(|x| x.1)
                                    .collect();
                                let own: Vec<&str> = b_lines[i]
                                    .split_whitespace()
                                    .enumerate()
                                    .filter(is_anchor)
                                    .map(|x| x.1)
                                    .collect();
                                let mid = other.len() / 2;
                                [
                                    &other[..mid.max(1).min(other.len())],
                                    &own,
                                    &other[mid.max(1).min(other.len())..],
                                ]
                                .concat()
                                .join(" ")
                            } else {
                                b_lines[i].to_owned()
                            }
                        })
                        .collect();
                    let db =
                        document("b", lb, &b_texts.iter().map(String::as_str).collect::<Vec<_>>());
                    let bodies = [Body::of(&da), Body::of(&db)];
                    let words = [wordings.get(da.language), wordings.get(db.language)];
                    let background = Background::of(&bodies, &words);
                    let sk: Vec<Vec<Sketched>> = bodies
                        .iter()
                        .zip(words)
                        .map(|(b, w)| {
                            b.units.iter().map(|u| background.sketch(b, u.range, w)).collect()
                        })
                        .collect();
                    let like = Likeness::of(&sk[0], &sk[1]);
                    let steps: Vec<Step> = align(&sk[0], &sk[1], &like, 1.0, |_, _, _, _| 0.0);
                    let look: Vec<Vec<Vec<(u32, f32)>>> = bodies.iter().zip(words).map(|(b, w)| b.units.iter().take(8).map(|u| background.lookup(b, u.range, w)).collect()).collect(); let ta = crate::candidates::telling(&look[0]); let tb: std::collections::BTreeMap<u32, f32> = crate::candidates::telling(&look[1]).into_iter().collect();
                    let retrieval: f32 = ta.iter().map(|(f, w)| w * tb.get(f).copied().unwrap_or(0.0)).sum();
                    sims.push_str(&format!("S\t{la}-{lb}\t{kind}\t{}\t{retrieval:.3}\n", ia.len()));
                    let e = crate::translation::evidence(&sk[0], &sk[1], &steps);
                    if kind == "true" && ia.len() == n && n > 8 {
                        for i in 0..n {
                            let c = sk[0][i].vector.cosine(&sk[1][i].vector);
                            let o = sk[0][i].vector.cosine(&sk[1][(i + 1) % n].vector);
                            sims.push_str(&format!("{la}-{lb}\t{c:.3}\t{o:.3}\n"));
                        }
                    }
                    let right = steps
                        .iter()
                        .filter(|s| {
                            s.a.len() == 1
                                && s.b.len() == 1
                                && ia.get(s.a.start) == ib.get(s.b.start)
                        })
                        .count();
                    lines.push_str(&format!(
                        "{la}-{lb}\t{kind}\t{}\t{}\t{}\t{right}\t{e:?}\n",
                        ia.len(),
                        ib.len(),
                        steps.len()
                    ));
                }
            }
        }
    }
    std::fs::write(out, lines).unwrap();
    std::fs::write("/tmp/kua/sims.txt", sims).unwrap();
}
