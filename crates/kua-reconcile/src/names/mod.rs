//! Names of persons, places and bodies under all their spellings. Every literal spelling is kept
//! with its places; nothing is ever overwritten by a standard form.

mod cluster;
mod compare;
mod find;
mod memo;
mod parts;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kua_lexicon::{Lexicons, fold};
use kua_model::{
    Claim, Document, DocumentId, Memo, Name, NameKind, NameVariant, Sha256, SourceKind, Span,
    TextRange,
};
use rayon::prelude::*;

use crate::romanise::Romaniser;
use crate::rulings::Rulings;
use crate::vocabulary::{Vocabulary, Words};
use cluster::{Clusters, Spelling, cluster};
use find::Mention;

pub use compare::{Verdict, compare};
pub use parts::{NameGrammar, NamePart, NameParts, Sex};

/// Names, and which folded spelling belongs to which.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    pub(crate) names: Vec<Name>,
    /// Folded spelling to a key that all spellings of one name share.
    pub(crate) identities: BTreeMap<String, String>,
    /// Folded spellings of places, and the name each is shown under.
    pub(crate) places: BTreeMap<String, String>,
    /// Folded spellings of persons.
    pub(crate) persons: BTreeSet<String>,
}

/// All names of a case. `documents` stand in order.
pub(crate) fn names(
    documents: &[Document],
    claims: &[Claim],
    rulings: &Rulings,
    vocabulary: &Vocabulary,
    romaniser: &Romaniser,
    lexicons: &Lexicons,
    memo: &dyn Memo,
) -> Found {
    let grammar = NameGrammar::new(lexicons, romaniser);
    let mut mentions = memo::mentions(documents, vocabulary, lexicons, memo);
    mentions.extend(seeds(documents, claims, vocabulary));
    let texts = Texts::of(&mentions, &grammar, romaniser);
    settle_kinds(&mut mentions, &texts);

    let mut kinds: Vec<(NameKind, usize, usize)> = mentions
        .iter()
        .enumerate()
        .filter_map(|(n, mention)| Some((mention.kind?, texts.folds[texts.of_mentions[n]], n)))
        .collect();
    kinds.sort_unstable();
    let groups: Vec<Group> = kinds
        .chunk_by(|x, y| (x.0, x.1) == (y.0, y.1))
        .map(|group| {
            let mentions = group.iter().map(|&(_, _, n)| &mentions[n]).collect();
            Group { kind: group[0].0, text: texts.of_mentions[group[0].2], mentions }
        })
        .collect();
    let spellings: Vec<Spelling> = groups
        .par_iter()
        .map(|Group { kind, text, mentions }| {
            let words = mentions.first().map_or("", |mention| mention.text);
            let bare = bare(words, *kind, vocabulary);
            let parts = if bare == words {
                texts.parts[*text].clone()
            } else {
                grammar.parts(bare, romaniser)
            };
            Spelling {
                text: words.to_owned(),
                kind: *kind,
                canonical: mentions.iter().find_map(|mention| mention.canonical.clone()),
                only_opening: mentions.iter().all(|mention| mention.opening),
                parts,
            }
        })
        .collect();
    let clusters = cluster(&spellings, rulings);
    gather(&groups, clusters, documents, rulings)
}

/// Mentions of one kind whose folded spelling is the same, in order of documents.
struct Group<'m> {
    kind: NameKind,
    /// Number of the text of the first.
    text: usize,
    mentions: Vec<&'m Mention<'m>>,
}

/// The different texts of the mentions of a case, each looked at once.
struct Texts {
    /// For each mention the number of its text.
    of_mentions: Vec<usize>,
    /// For each text the number of its folded spelling, in order of spelling.
    folds: Vec<usize>,
    /// How many folded spellings there are.
    spellings: usize,
    /// For each text its parts as a name.
    parts: Vec<NameParts>,
}

impl Texts {
    fn of(mentions: &[Mention<'_>], grammar: &NameGrammar, romaniser: &Romaniser) -> Self {
        let mut numbers: HashMap<&str, usize> = HashMap::new();
        let mut texts: Vec<&str> = Vec::new();
        let of_mentions = mentions
            .iter()
            .map(|mention| {
                *numbers.entry(mention.text).or_insert_with(|| {
                    texts.push(mention.text);
                    texts.len() - 1
                })
            })
            .collect();
        let folded: Vec<_> = texts.par_iter().map(|text| fold(text)).collect();
        let mut order: Vec<usize> = (0..texts.len()).collect();
        order.par_sort_unstable_by(|&x, &y| folded[x].cmp(&folded[y]));
        let mut folds = vec![0; texts.len()];
        let mut spellings = 0;
        for same in order.chunk_by(|&x, &y| folded[x] == folded[y]) {
            same.iter().for_each(|&text| folds[text] = spellings);
            spellings += 1;
        }
        Self { of_mentions, folds, spellings, parts: grammar.all(&texts, romaniser) }
    }
}

/// The name without the word that says what place it is: `Example` of `rue Example`.
fn bare<'t>(text: &'t str, kind: NameKind, vocabulary: &Vocabulary) -> &'t str {
    if kind != NameKind::Place {
        return text;
    }
    let words = Words::new(text);
    let is_place =
        |at: usize| vocabulary.place_words.at(&words, at).is_some_and(|found| found.tokens == 1);
    let first = usize::from(words.len() > 1 && is_place(0));
    let last = words.len().saturating_sub(1);
    let count = if last > first && is_place(last) { last - first } else { words.len() - first };
    words.spelled(first, count)
}

/// Names that claims already point to: places, and sources that are named.
fn seeds<'d>(
    documents: &'d [Document],
    claims: &[Claim],
    vocabulary: &Vocabulary,
) -> Vec<Mention<'d>> {
    let by_id: BTreeMap<_, &Document> =
        documents.iter().map(|document| (document.id, document)).collect();
    let mut out = Vec::new();
    for claim in claims {
        let Some(document) = by_id.get(&claim.document) else { continue };
        let sources = claim.sources.iter().filter_map(|source| {
            let kind = match source.kind {
                SourceKind::Person => NameKind::Person,
                SourceKind::Outlet | SourceKind::Agency | SourceKind::Organisation => {
                    NameKind::Organisation
                }
                SourceKind::Account | SourceKind::Authority | SourceKind::Unnamed => return None,
            };
            Some((source.range?, kind, None))
        });
        let place = claim
            .place
            .as_ref()
            .and_then(|place| Some((place.range?, NameKind::Place, place.canonical.clone())));
        for (range, kind, canonical) in sources.chain(place) {
            out.extend(seed(document, range, kind, canonical, vocabulary));
        }
    }
    out
}

/// The part of a mention from its first to its last capitalised word, titles stripped.
fn seed<'d>(
    document: &'d Document,
    range: TextRange,
    kind: NameKind,
    canonical: Option<String>,
    vocabulary: &Vocabulary,
) -> Option<Mention<'d>> {
    let words = Words::new(range.of(&document.text)?);
    let mut first = words.tokens.iter().position(|token| token.capital)?;
    while kind == NameKind::Person
        && let Some(title) = vocabulary.titles.at(&words, first)
        && first + title.tokens < words.len()
    {
        first += title.tokens;
    }
    let first = first + words.tokens[first..].iter().position(|token| token.capital)?;
    let last =
        words.tokens.iter().rposition(|token| token.capital).filter(|&last| last >= first)?;
    if first == last && vocabulary.function_words.at(&words, first).is_some() {
        return None;
    }
    let text = words.spelled(first, last + 1 - first);
    let start = range.start + words.tokens[first].range.start;
    Some(Mention {
        text,
        at: Span::new(document.id, TextRange::new(start, start + text.len())),
        kind: Some(kind),
        canonical,
        opening: false,
        words: last + 1 - first,
        after_in: false,
    })
}

/// Gives a kind to mentions that nothing around them explains: that of the same spelling elsewhere,
/// else a person's if it has two to four words, is a word of a person's full name, or ends like a
/// family name inside a sentence. What is left is no name that can be shown.
fn settle_kinds(mentions: &mut [Mention<'_>], texts: &Texts) {
    /// Of kinds told equally often the first is taken.
    const KINDS: [NameKind; 3] = [NameKind::Person, NameKind::Place, NameKind::Organisation];
    // Of each spelling: how often each kind is told, how often it stands at all and after "in",
    // whether it stands inside a sentence, and whether it does so where nothing tells its kind.
    #[derive(Clone, Default)]
    struct Told {
        kinds: [usize; KINDS.len()],
        all: usize,
        after_in: usize,
        inside: bool,
        untold_inside: bool,
    }
    let mut told = vec![Told::default(); texts.spellings];
    for (mention, &text) in mentions.iter().zip(&texts.of_mentions) {
        let told = &mut told[texts.folds[text]];
        for (kind, count) in KINDS.iter().zip(&mut told.kinds) {
            *count += usize::from(mention.kind == Some(*kind));
        }
        told.all += 1;
        told.after_in += usize::from(mention.after_in);
        told.inside |= !mention.opening;
    }
    for (mention, &text) in mentions.iter_mut().zip(&texts.of_mentions) {
        let told = &mut told[texts.folds[text]];
        let most = told.kinds.iter().max().filter(|&&most| most > 0);
        if let Some(at) = most.and_then(|most| told.kinds.iter().position(|n| n == most)) {
            mention.kind = KINDS.get(at).copied();
            continue;
        }
        // Where nothing else tells, most of its mentions standing after "in" make it a place.
        if mention.words == 1 && told.after_in * 2 > told.all {
            mention.kind = Some(NameKind::Place);
        } else if (2..=4).contains(&mention.words) {
            mention.kind = Some(NameKind::Person);
        } else if told.inside && mention.text.chars().all(char::is_uppercase) {
            mention.kind = Some(NameKind::Organisation);
        }
        told.untold_inside |= told.inside;
    }
    // Of each text: whether it names a person, and a place.
    let mut named = vec![(false, false); texts.parts.len()];
    for (mention, &text) in mentions.iter().zip(&texts.of_mentions) {
        named[text].0 |= mention.kind == Some(NameKind::Person);
        named[text].1 |= mention.kind == Some(NameKind::Place);
    }
    let mut held: HashMap<&str, (bool, bool)> = HashMap::new();
    for (named, parts) in named.iter().zip(&texts.parts).filter(|(named, _)| named.0 || named.1) {
        for part in &parts.parts {
            let (person, place) = held.entry(&part.block).or_default();
            *person |= named.0;
            *place |= named.1;
        }
    }
    for (mention, &text) in mentions.iter_mut().zip(&texts.of_mentions) {
        let ([part], None) = (texts.parts[text].parts.as_slice(), mention.kind) else { continue };
        let kinds = held.get(part.block.as_str());
        let family = part.sex.is_some() && told[texts.folds[text]].untold_inside;
        if kinds.is_some_and(|(person, _)| *person) {
            mention.kind = Some(NameKind::Person);
        } else if kinds.is_some() {
            mention.kind = Some(NameKind::Place);
        } else if family {
            mention.kind = Some(NameKind::Person);
        }
    }
}

fn gather(
    groups: &[Group<'_>],
    mut clusters: Clusters,
    documents: &[Document],
    rulings: &Rulings,
) -> Found {
    let rank: HashMap<_, usize> = documents.iter().enumerate().map(|(at, d)| (d.id, at)).collect();
    let mut by_set: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for at in 0..groups.len() {
        by_set.entry(clusters.sets.find(at)).or_default().push(at);
    }
    let sets: Vec<Vec<usize>> = by_set.into_values().collect();
    // The spellings of each name, and their folded forms.
    let of_sets: Vec<(Vec<NameVariant>, Vec<String>)> = sets
        .par_iter()
        .map(|members| {
            let variants = variants(members, groups, &rank);
            let folded = variants.iter().map(|variant| fold(&variant.text).into_owned()).collect();
            (variants, folded)
        })
        .collect();
    let mut found = Found::default();
    for (members, (variants, folded)) in sets.into_iter().zip(of_sets) {
        let Some(kind) = members.first().map(|&member| groups[member].kind) else { continue };
        let words = |text: &str| text.split_whitespace().count();
        let fullest = variants.iter().max_by_key(|variant| {
            let person = if kind == NameKind::Person { words(&variant.text) } else { 0 };
            (person, variant.count, std::cmp::Reverse(variant.text.clone()))
        });
        let Some(name) = fullest.map(|variant| variant.text.clone()) else { continue };
        let why: BTreeSet<String> = members
            .iter()
            .filter_map(|member| clusters.why.get(member))
            .flatten()
            .cloned()
            .collect();
        let withheld = folded.iter().any(|spelling| rulings.withheld.contains(spelling));
        let id = id(kind, &name);
        for spelling in folded {
            match kind {
                NameKind::Place => {
                    found.places.entry(spelling).or_insert_with(|| name.clone());
                    continue;
                }
                NameKind::Person => {
                    found.persons.insert(spelling.clone());
                }
                NameKind::Organisation => {}
            }
            found.identities.entry(spelling).or_insert_with(|| id.clone());
        }
        found.names.push(Name {
            id,
            kind,
            name,
            variants,
            why: why.into_iter().collect(),
            withheld,
        });
    }
    found.names.sort_by(|a, b| (a.kind, &a.name, &a.id).cmp(&(b.kind, &b.name, &b.id)));
    found
}

/// The spellings of one name with their places, the commonest first.
fn variants(
    members: &[usize],
    groups: &[Group<'_>],
    rank: &HashMap<DocumentId, usize>,
) -> Vec<NameVariant> {
    let mut places: Vec<(&str, usize, Span)> = members
        .iter()
        .flat_map(|&member| &groups[member].mentions)
        .map(|mention| {
            let rank = rank.get(&mention.at.document).copied().unwrap_or(usize::MAX);
            (mention.text, rank, mention.at)
        })
        .collect();
    places.sort_unstable();
    places.dedup();
    let mut variants: Vec<NameVariant> = places
        .chunk_by(|x, y| x.0 == y.0)
        .map(|places| NameVariant {
            text: places[0].0.to_owned(),
            script: script(places[0].0).to_owned(),
            count: places.len(),
            at: places.iter().map(|&(_, _, span)| span).collect(),
        })
        .collect();
    variants.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.text.cmp(&b.text)));
    variants
}

fn id(kind: NameKind, name: &str) -> String {
    let digest = Sha256::of(format!("name\n{kind:?}\n{}", fold(name)).as_bytes()).to_string();
    format!("n{}", digest.get(..16).unwrap_or_default())
}

/// ISO 15924 code of the script of most letters of `text`.
fn script(text: &str) -> &'static str {
    const SCRIPTS: [(&str, u32, u32); 8] = [
        ("Latn", 0x41, 0x24F),
        ("Latn", 0x1E00, 0x1EFF),
        ("Grek", 0x370, 0x3FF),
        ("Cyrl", 0x400, 0x52F),
        ("Hebr", 0x590, 0x5FF),
        ("Arab", 0x600, 0x77F),
        ("Geor", 0x10A0, 0x10FF),
        ("Hani", 0x4E00, 0x9FFF),
    ];
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for letter in text.chars().filter(|c| c.is_alphabetic()).map(u32::from) {
        let script = SCRIPTS.iter().find(|(_, from, to)| (*from..=*to).contains(&letter));
        *counts.entry(script.map_or("Zyyy", |(name, ..)| name)).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map_or("Zyyy", |(name, _)| name)
}
