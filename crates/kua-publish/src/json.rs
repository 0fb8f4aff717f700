//! JSON lines for machines: one record a line, names as in `docs/formats/json.md`. Names withheld
//! by decision are masked; offsets are those of the preserved text all the same.

use std::collections::BTreeMap;
use std::io::{self, Write};

use kua_model::{
    Beside, Chronicle, Claim, ClaimId, ClaimRole, DateSpan, Direction, Document, DocumentId,
    EventType, Grade, Group, Lang, LinkKind, Modality, NameKind, OriginId, OriginKind, PartialDate,
    ProposedField, Quote, Review, Role, Standing, TextRange, Uncounted,
};
use serde::Serialize;

use crate::withhold::Shown;

/// One record a statement: `kua claims --json`. Fails only if `out` does.
pub fn claims(chronicle: &Chronicle, out: &mut dyn Write) -> io::Result<()> {
    let at = Places::new(chronicle);
    for statement in &at.shown.chronicle.statements {
        let claim = &statement.claim;
        let rules = claim.why.iter().map(|why| match &why.note {
            Some(note) => format!("{}: {note}", why.rule),
            None => why.rule.clone(),
        });
        line(
            out,
            &ClaimRecord {
                id: claim.id,
                said: at.said(claim, &statement.quote),
                origin: statement.origin,
                why: statement.why.iter().cloned().chain(rules).collect(),
                account: statement.account,
                standing: statement.standing,
                uncounted: statement.uncounted,
                same_as: statement.same_as,
                incident: statement.incident,
                confirmed: statement.review == Some(Review::Confirmed),
                review: statement.review,
                language: claim.language,
                or_events: &claim.or_events,
            },
        )?;
    }
    Ok(())
}

/// One record a proposal of a model: `kua claims --proposed --json`. Fails only if `out` does.
pub fn proposals(chronicle: &Chronicle, out: &mut dyn Write) -> io::Result<()> {
    let at = Places::new(chronicle);
    for proposal in &at.shown.chronicle.proposals {
        let claim = &proposal.claim;
        let (beside, differs) = match &proposal.beside {
            Beside::Alone => (None, &[][..]),
            Beside::Differs { claim, fields } => (Some(*claim), fields.as_slice()),
        };
        line(
            out,
            &ProposalRecord {
                id: claim.id,
                status: "proposed",
                proposed_by: &proposal.proposed_by,
                said: at.said(claim, &proposal.quote),
                beside,
                differs,
                changed: &proposal.changed,
                language: claim.language,
            },
        )?;
    }
    Ok(())
}

/// One record an origin: `kua origins --json`.
pub fn origins(chronicle: &Chronicle, out: &mut dyn Write) -> io::Result<()> {
    let at = Places::new(chronicle);
    for origin in &at.shown.chronicle.origins {
        line(
            out,
            &OriginRecord {
                origin: origin.id,
                kind: origin.kind,
                name: &origin.name,
                latent: origin.latent,
                accounts: origin
                    .accounts
                    .iter()
                    .map(|account| AccountRecord {
                        item: at.path(account.document),
                        document: account.document,
                        spans: account
                            .spans
                            .iter()
                            .map(|range| at.shown.original(account.document, *range))
                            .collect(),
                    })
                    .collect(),
                why: &origin.why,
            },
        )?;
    }
    Ok(())
}

/// One record a link: `kua origins --links --json`.
pub fn links(chronicle: &Chronicle, out: &mut dyn Write) -> io::Result<()> {
    let at = Places::new(chronicle);
    for link in &at.shown.chronicle.lineage.links {
        let (a, b) = (link.a.document, link.b.document);
        let span = |span: kua_model::Span| {
            let range = at.shown.original(span.document, span.range);
            SpanRecord {
                item: at.path(span.document),
                start: range.start,
                end: range.end,
                document: span.document,
            }
        };
        let original = |document, range: Option<TextRange>| {
            range.map(|range| at.shown.original(document, range))
        };
        line(
            out,
            &LinkRecord {
                link: link.kind,
                direction: link.direction,
                a: span(link.a),
                b: span(link.b),
                agreements: link
                    .agreements
                    .iter()
                    .map(|agreement| ConflictRecord {
                        kind: &agreement.kind,
                        a: original(a, Some(agreement.a)),
                        b: original(b, Some(agreement.b)),
                    })
                    .collect(),
                conflicts: link
                    .conflicts
                    .iter()
                    .map(|conflict| ConflictRecord {
                        kind: &conflict.kind,
                        a: original(a, conflict.a),
                        b: original(b, conflict.b),
                    })
                    .collect(),
                reasons: &link.reasons,
                aligned: link
                    .aligned
                    .iter()
                    .map(|pair| (at.shown.original(a, pair.a), at.shown.original(b, pair.b)))
                    .collect(),
                score: link.score,
            },
        )?;
    }
    Ok(())
}

/// One record a position: `kua toll --json`.
pub fn tolls(chronicle: &Chronicle, out: &mut dyn Write) -> io::Result<()> {
    let shown = Shown::inside(chronicle);
    for toll in &shown.chronicle.tolls {
        for position in &toll.positions {
            line(
                out,
                &TollRecord {
                    event: &toll.event,
                    affected: &toll.affected,
                    place: toll.place.as_deref(),
                    origin: position.origin,
                    source: &position.source,
                    as_of: position.as_of,
                    low: position.low,
                    high: position.high,
                    approx: position.approx,
                    standing: position.standing,
                    accounts: position.accounts,
                    origins: position.origins,
                    claims: &position.claims,
                    words: &position.words,
                    grade: position.grade,
                    modality: position.modality,
                    toll_standing: toll.standing,
                    why: &position.why,
                },
            )?;
        }
    }
    Ok(())
}

/// One record a document: `kua documents --json`.
pub fn documents(chronicle: &Chronicle, out: &mut dyn Write) -> io::Result<()> {
    let shown = Shown::inside(chronicle);
    for document in &shown.chronicle.documents {
        let published = document.dates.published.as_ref();
        line(
            out,
            &DocumentRecord {
                item: &document.path,
                document: document.id,
                title: document.title(),
                language: document.language,
                published: published.map(|dated| dated.value),
                published_how: published.map(|dated| dated.tier),
                blocks: document
                    .blocks
                    .iter()
                    .map(|block| {
                        let range = shown.original(document.id, block.range);
                        BlockRecord {
                            start: range.start,
                            end: range.end,
                            role: block.role,
                            language: block.language,
                        }
                    })
                    .collect(),
                published_signal: published.map(|dated| dated.how.as_str()),
                covers: document.dates.covers,
            },
        )?;
    }
    Ok(())
}

/// One record a name: `kua names --json`. Withheld names have none.
pub fn names(chronicle: &Chronicle, out: &mut dyn Write) -> io::Result<()> {
    let shown = Shown::inside(chronicle);
    for name in &shown.chronicle.names {
        line(
            out,
            &NameRecord {
                id: &name.id,
                kind: name.kind,
                name: &name.name,
                variants: name
                    .variants
                    .iter()
                    .map(|variant| VariantRecord {
                        text: &variant.text,
                        script: &variant.script,
                        count: variant.count,
                    })
                    .collect(),
                why: &name.why,
            },
        )?;
    }
    Ok(())
}

fn line(out: &mut dyn Write, record: &impl Serialize) -> io::Result<()> {
    let text = serde_json::to_string(record)?;
    // JSON leaves these as they are, but a terminal obeys them. Outside of strings there are none.
    let mut from = 0;
    for (at, c) in text.char_indices().filter(|(_, c)| commands_a_terminal(*c)) {
        out.write_all(text.get(from..at).unwrap_or_default().as_bytes())?;
        write!(out, "\\u{:04x}", u32::from(c))?;
        from = at + c.len_utf8();
    }
    out.write_all(text.get(from..).unwrap_or_default().as_bytes())?;
    out.write_all(b"\n")
}

/// DEL, the second set of controls, and marks that turn the direction of what follows.
fn commands_a_terminal(c: char) -> bool {
    matches!(c, '\u{7f}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What may be shown, with paths by document.
struct Places<'a> {
    shown: Shown<'a>,
    paths: BTreeMap<DocumentId, String>,
}

impl<'a> Places<'a> {
    fn new(chronicle: &'a Chronicle) -> Self {
        let shown = Shown::inside(chronicle);
        let path = |document: &Document| (document.id, document.path.clone());
        let paths = shown.chronicle.documents.iter().map(path).collect();
        Self { shown, paths }
    }

    fn path(&self, id: DocumentId) -> &str {
        self.paths.get(&id).map_or("", String::as_str)
    }

    fn said<'r>(&'r self, claim: &'r Claim, quote: &'r Quote) -> Said<'r> {
        let range = self.shown.original(claim.document, claim.range);
        let quantity = claim.quantity.as_ref();
        let group = |group: &Group| group.id.clone().unwrap_or_else(|| group.words.clone());
        Said {
            item: self.path(claim.document),
            document: claim.document,
            start: range.start,
            end: range.end,
            quote: quote.exact(),
            event: &claim.event,
            low: quantity.and_then(|quantity| quantity.low),
            high: quantity.and_then(|quantity| quantity.high),
            approx: quantity.is_some_and(|quantity| quantity.approx),
            affected: claim.affected.as_ref().map(group),
            by: claim.perpetrator.as_ref().map(group),
            place: claim.place.as_ref().map(|p| p.canonical.as_deref().unwrap_or(&p.words)),
            time: claim.time.as_ref().map(|time| time.value),
            sources: claim.sources.iter().map(|source| source.words.as_str()).collect(),
            grade: claim.grade,
            modality: claim.modality,
            role: claim.role,
        }
    }
}

/// What a claim, or a proposal of one, says in which words.
#[derive(Serialize)]
struct Said<'r> {
    item: &'r str,
    document: DocumentId,
    start: usize,
    end: usize,
    quote: &'r str,
    event: &'r EventType,
    low: Option<u64>,
    high: Option<u64>,
    approx: bool,
    affected: Option<String>,
    by: Option<String>,
    place: Option<&'r str>,
    time: Option<DateSpan>,
    sources: Vec<&'r str>,
    grade: Grade,
    modality: Modality,
    role: ClaimRole,
}

#[derive(Serialize)]
struct ClaimRecord<'r> {
    id: ClaimId,
    #[serde(flatten)]
    said: Said<'r>,
    origin: OriginId,
    why: Vec<String>,
    account: OriginId,
    standing: Standing,
    uncounted: Option<Uncounted>,
    same_as: Option<ClaimId>,
    incident: Option<usize>,
    confirmed: bool,
    review: Option<Review>,
    language: Option<Lang>,
    or_events: &'r [EventType],
}

#[derive(Serialize)]
struct ProposalRecord<'r> {
    id: ClaimId,
    status: &'static str,
    proposed_by: &'r str,
    #[serde(flatten)]
    said: Said<'r>,
    beside: Option<ClaimId>,
    differs: &'r [ProposedField],
    changed: &'r [ProposedField],
    language: Option<Lang>,
}

#[derive(Serialize)]
struct OriginRecord<'r> {
    origin: OriginId,
    accounts: Vec<AccountRecord<'r>>,
    kind: OriginKind,
    name: &'r str,
    latent: bool,
    why: &'r [String],
}

#[derive(Serialize)]
struct AccountRecord<'r> {
    item: &'r str,
    document: DocumentId,
    spans: Vec<TextRange>,
}

#[derive(Serialize)]
struct LinkRecord<'r> {
    link: LinkKind,
    direction: Direction,
    a: SpanRecord<'r>,
    b: SpanRecord<'r>,
    agreements: Vec<ConflictRecord<'r>>,
    conflicts: Vec<ConflictRecord<'r>>,
    reasons: &'r [String],
    aligned: Vec<(TextRange, TextRange)>,
    score: u16,
}

#[derive(Serialize)]
struct SpanRecord<'r> {
    item: &'r str,
    start: usize,
    end: usize,
    document: DocumentId,
}

#[derive(Serialize)]
struct ConflictRecord<'r> {
    kind: &'r str,
    a: Option<TextRange>,
    b: Option<TextRange>,
}

#[derive(Serialize)]
struct TollRecord<'r> {
    event: &'r EventType,
    affected: &'r str,
    place: Option<&'r str>,
    origin: OriginId,
    source: &'r str,
    as_of: Option<DateSpan>,
    low: Option<u64>,
    high: Option<u64>,
    approx: bool,
    standing: Standing,
    accounts: usize,
    origins: usize,
    claims: &'r [ClaimId],
    words: &'r str,
    grade: Grade,
    modality: Modality,
    toll_standing: Standing,
    why: &'r [String],
}

#[derive(Serialize)]
struct DocumentRecord<'r> {
    item: &'r str,
    document: DocumentId,
    title: &'r str,
    language: Option<Lang>,
    published: Option<PartialDate>,
    published_how: Option<kua_model::DateTier>,
    blocks: Vec<BlockRecord>,
    published_signal: Option<&'r str>,
    covers: Option<DateSpan>,
}

#[derive(Serialize)]
struct BlockRecord {
    start: usize,
    end: usize,
    role: Role,
    language: Option<Lang>,
}

#[derive(Serialize)]
struct NameRecord<'r> {
    id: &'r str,
    kind: NameKind,
    name: &'r str,
    variants: Vec<VariantRecord<'r>>,
    why: &'r [String],
}

#[derive(Serialize)]
struct VariantRecord<'r> {
    text: &'r str,
    script: &'r str,
    count: usize,
}
