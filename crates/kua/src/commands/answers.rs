//! `documents`, `origins`, `claims`, `names`, `toll`, `notices`: what was found, as tables or as
//! JSON lines.

use std::collections::BTreeMap;

use kua_case::publish::{self, Shown, json, words};
use kua_case::{
    Beside, Chronicle, Claim, Direction, Document, DocumentId, Group, Loaded, NoticePlace,
    OriginKind, PlaceMention, ProposedField, Quantity, Standing, Uncounted, shown,
};

use crate::args::{Claims, Json, Origins, Toll};
use crate::console::Console;
use crate::failure::Failure;
use crate::table::Table;

pub(super) fn documents(
    args: &Json,
    loaded: &Loaded,
    console: &mut Console,
) -> Result<(), Failure> {
    let chronicle = &loaded.chronicle;
    if args.json {
        return Ok(json::documents(chronicle, &mut console.out)?);
    }
    let shown_only = Shown::inside(chronicle);
    let chronicle = &*shown_only.chronicle;
    let mut table = Table::new(&["id", "item", "language", "published", "how", "title"]);
    for document in &chronicle.documents {
        let published = document.dates.published.as_ref();
        table.row(vec![
            short(&document.id.to_string()),
            shown(&document.path),
            document.language.map_or_else(|| "unknown".to_owned(), |lang| lang.to_string()),
            published.map_or_else(|| "unknown".to_owned(), |date| date.value.to_string()),
            published.map(|date| words::tier(date.tier).to_owned()).unwrap_or_default(),
            document.title().to_owned(),
        ]);
    }
    print(console, &table, "No documents: nothing that was added could be read as text.")
}

pub(super) fn origins(
    args: &Origins,
    loaded: &Loaded,
    console: &mut Console,
) -> Result<(), Failure> {
    let chronicle = &loaded.chronicle;
    if args.json {
        json::origins(chronicle, &mut console.out)?;
        if args.links {
            json::links(chronicle, &mut console.out)?;
        }
        return Ok(());
    }
    let shown_only = Shown::inside(chronicle);
    let chronicle = &*shown_only.chronicle;
    let paths = paths(chronicle);
    for kind in [OriginKind::Account, OriginKind::Source] {
        let mut table = Table::new(&[
            "id",
            if kind == OriginKind::Account { "account" } else { "named source" },
            ">documents",
            "heard in",
        ]);
        for origin in chronicle.origins.iter().filter(|origin| origin.kind == kind) {
            let heard: Vec<String> = origin
                .accounts
                .iter()
                .filter_map(|account| paths.get(&account.document))
                .map(|path| shown(path))
                .collect();
            let latent = if origin.latent { " (from a text that is not in the vault)" } else { "" };
            table.row(vec![
                short(&origin.id.to_string()),
                format!("{}{latent}", origin.name),
                origin.accounts.len().to_string(),
                heard.join(", "),
            ]);
        }
        if !table.is_empty() {
            table.print(console)?;
            console.line("")?;
        }
    }
    if args.links {
        links(chronicle, &paths, console)?;
    }
    Ok(())
}

fn links(
    chronicle: &Chronicle,
    paths: &BTreeMap<DocumentId, &str>,
    console: &mut Console,
) -> Result<(), Failure> {
    let mut table = Table::new(&["link", "passage", "", "passage", "reasons"]);
    let at = |span: &kua_case::Span| {
        format!(
            "{} {}",
            paths.get(&span.document).map(|path| shown(path)).unwrap_or_default(),
            span.range
        )
    };
    for link in &chronicle.lineage.links {
        let arrow = match link.direction {
            Direction::AToB => "→",
            Direction::BToA => "←",
            Direction::CommonAncestor => "↔",
            Direction::Unknown => "–",
        };
        table.row(vec![
            words::link_kind(link.kind).to_owned(),
            at(&link.a),
            arrow.to_owned(),
            at(&link.b),
            link.reasons.join("; "),
        ]);
    }
    print(console, &table, "No links: no passage is a copy, translation or repeat of another.")
}

pub(super) fn claims(args: &Claims, loaded: &Loaded, console: &mut Console) -> Result<(), Failure> {
    let chronicle = &loaded.chronicle;
    let shown_only = Shown::inside(chronicle);
    // By the paths as they are shown: a withheld name cannot be tried out.
    let paths = paths(&shown_only.chronicle);
    let asked = |claim: &Claim| {
        args.event.as_ref().is_none_or(|event| *event == claim.event.0)
            && args.item.as_ref().is_none_or(|text| {
                paths.get(&claim.document).is_some_and(|path| path.contains(text.as_str()))
            })
    };
    if args.proposed {
        return proposed(args.json, chronicle, &shown_only, &asked, console);
    }
    if args.json {
        let chosen = Chronicle {
            statements: chronicle
                .statements
                .iter()
                .filter(|statement| asked(&statement.claim))
                .cloned()
                .collect(),
            ..chronicle.clone()
        };
        return Ok(json::claims(&chosen, &mut console.out)?);
    }
    let chronicle = &*shown_only.chronicle;
    let mut table = Table::new(&[
        "id",
        "event",
        ">how many",
        "affected",
        "place",
        "time",
        "says who",
        "put as",
        "counted",
        "quote",
    ]);
    for statement in chronicle.statements.iter().filter(|statement| asked(&statement.claim)) {
        let mut row = vec![short(&statement.claim.id.to_string())];
        row.extend(said(&statement.claim));
        row.push(counted(statement.uncounted, statement.standing));
        row.push(statement.quote.exact().to_owned());
        table.row(row);
    }
    print(console, &table, "No such claims.")?;
    let proposed = chronicle.proposals.iter().filter(|proposal| asked(&proposal.claim)).count();
    if proposed > 0 {
        let what = words::count(proposed, "proposal", "proposals");
        console.line("")?;
        console.line(&format!(
            "Beside them {what} of a model, decided by nobody:  kua claims --proposed"
        ))?;
    }
    Ok(())
}

/// What a model proposed, apart from claims: the rules' reading of the same words beside it.
fn proposed(
    json: bool,
    chronicle: &Chronicle,
    shown_only: &Shown<'_>,
    asked: &dyn Fn(&Claim) -> bool,
    console: &mut Console,
) -> Result<(), Failure> {
    if json {
        let chosen = Chronicle {
            proposals: chronicle.proposals.iter().filter(|p| asked(&p.claim)).cloned().collect(),
            ..chronicle.clone()
        };
        return Ok(json::proposals(&chosen, &mut console.out)?);
    }
    let mut table = Table::new(&[
        "id",
        "status",
        "event",
        ">how many",
        "affected",
        "place",
        "time",
        "says who",
        "put as",
        "beside the rules",
        "quote",
    ]);
    let listed = |fields: &[ProposedField]| {
        fields.iter().map(|field| field.word()).collect::<Vec<_>>().join(", ")
    };
    for proposal in shown_only.chronicle.proposals.iter().filter(|p| asked(&p.claim)) {
        let mut row = vec![short(&proposal.claim.id.to_string()), "proposed".to_owned()];
        row.extend(said(&proposal.claim));
        row.push(match &proposal.beside {
            Beside::Alone => "not read by them".to_owned(),
            Beside::Differs { claim, fields } => {
                format!("{} differs: {}", short(&claim.to_string()), listed(fields))
            }
        });
        row.push(proposal.quote.exact().to_owned());
        table.row(row);
    }
    print(console, &table, "No proposals that nobody has decided on.")?;
    if !table.is_empty() {
        console.line("")?;
        console.line("None of them is counted. Decide:  kua judge confirm ID, correct ID FIELD=VALUE, reject ID")?;
    }
    Ok(())
}

/// What a claim says, as columns from `event` to `put as`.
fn said(claim: &Claim) -> [String; 7] {
    let group = |group: &Group| group.id.clone().unwrap_or_else(|| group.words.clone());
    let place =
        |place: &PlaceMention| place.canonical.clone().unwrap_or_else(|| place.words.clone());
    [
        claim.event.to_string(),
        claim.quantity.as_ref().map(quantity).unwrap_or_default(),
        claim.affected.as_ref().map(group).unwrap_or_default(),
        claim.place.as_ref().map(place).unwrap_or_default(),
        claim.time.as_ref().map(|time| time.value.to_string()).unwrap_or_default(),
        sources(claim),
        format!("{}, {}", words::grade(claim.grade), words::modality(claim.modality)),
    ]
}

fn sources(claim: &Claim) -> String {
    let chain: Vec<&str> = claim.sources.iter().map(|source| source.words.as_str()).collect();
    if chain.is_empty() { "the account itself".to_owned() } else { chain.join(" ► ") }
}

fn counted(uncounted: Option<Uncounted>, standing: Standing) -> String {
    match uncounted {
        Some(why) => format!("no: {}", words::uncounted(why)),
        None => words::standing(standing).to_owned(),
    }
}

fn quantity(quantity: &Quantity) -> String {
    publish::quantity(quantity)
}

pub(super) fn names(args: &Json, loaded: &Loaded, console: &mut Console) -> Result<(), Failure> {
    let chronicle = &loaded.chronicle;
    if args.json {
        return Ok(json::names(chronicle, &mut console.out)?);
    }
    let shown_only = Shown::inside(chronicle);
    let chronicle = &*shown_only.chronicle;
    let mut table = Table::new(&["kind", "name", ">times", "spellings"]);
    for name in &chronicle.names {
        let spellings: Vec<String> = name
            .variants
            .iter()
            .map(|variant| format!("{} ({})", variant.text, variant.count))
            .collect();
        table.row(vec![
            words::name_kind(name.kind).to_owned(),
            name.name.clone(),
            name.variants.iter().map(|variant| variant.count).sum::<usize>().to_string(),
            spellings.join(", "),
        ]);
    }
    print(console, &table, "No names.")
}

pub(super) fn toll(args: &Toll, loaded: &Loaded, console: &mut Console) -> Result<(), Failure> {
    let mut chronicle = loaded.chronicle.clone();
    if let Some(event) = &args.event {
        chronicle.tolls.retain(|toll| toll.event.0 == *event);
    }
    if args.json {
        return Ok(json::tolls(&chronicle, &mut console.out)?);
    }
    let shown_only = Shown::inside(&chronicle);
    let chronicle = &*shown_only.chronicle;
    if chronicle.tolls.is_empty() {
        console.line("No figures that may be counted.")?;
        return Ok(());
    }
    let mut first = true;
    for toll in &chronicle.tolls {
        if !first {
            console.line("")?;
        }
        first = false;
        let place = toll.place.as_deref().map(|place| format!(", {place}")).unwrap_or_default();
        console.heading(&format!(
            "{}: {}{place} ({})",
            words::label(&toll.event.0),
            words::group(&toll.affected),
            words::standing(toll.standing),
        ))?;
        let mut table = Table::new(&[
            "source",
            "as of",
            ">how many",
            "in words",
            "put as",
            "standing",
            "who tells",
        ]);
        for position in &toll.positions {
            table.row(vec![
                publish::source_name(chronicle, position, 400),
                position.as_of.map(|span| span.to_string()).unwrap_or_default(),
                publish::figure(position),
                position.words.clone(),
                format!("{}, {}", words::grade(position.grade), words::modality(position.modality)),
                words::standing(position.standing).to_owned(),
                words::corroboration(position.accounts, position.origins),
            ]);
        }
        table.print(console)?;
    }
    Ok(())
}

pub(super) fn notices(args: &Json, loaded: &Loaded, console: &mut Console) -> Result<(), Failure> {
    let shown_only = Shown::inside(&loaded.chronicle);
    let chronicle = &*shown_only.chronicle;
    let paths = paths(chronicle);
    let items: BTreeMap<_, _> =
        chronicle.items.iter().map(|item| (item.id, item.path.as_str())).collect();
    let place = |place: &NoticePlace| match place {
        NoticePlace::Case => String::new(),
        NoticePlace::Item(item) => {
            items.get(item).map(|path| (*path).to_owned()).unwrap_or_default()
        }
        NoticePlace::Span(span) => {
            paths.get(&span.document).map(|path| (*path).to_owned()).unwrap_or_default()
        }
    };
    if args.json {
        for notice in &chronicle.notices {
            let (start, end) = match &notice.place {
                NoticePlace::Span(span) => (Some(span.range.start), Some(span.range.end)),
                _ => (None, None),
            };
            let item = place(&notice.place);
            let record = serde_json::json!({
                "notice": notice.code, "severity": notice.severity,
                "item": (!item.is_empty()).then_some(item), "start": start, "end": end,
                "message": notice.message,
            });
            console.line(&record.to_string())?;
        }
        return Ok(());
    }
    let mut table = Table::new(&["kind", "weight", "item", "what"]);
    for notice in &chronicle.notices {
        table.row(vec![
            notice.code.clone(),
            words::severity(notice.severity).to_owned(),
            shown(&place(&notice.place)),
            notice.message.clone(),
        ]);
    }
    print(console, &table, "Nothing odd.")
}

fn print(console: &mut Console, table: &Table, none: &str) -> Result<(), Failure> {
    if table.is_empty() {
        console.line(none)?;
        return Ok(());
    }
    Ok(table.print(console)?)
}

/// Path of each document's item.
fn paths(chronicle: &Chronicle) -> BTreeMap<DocumentId, &str> {
    chronicle
        .documents
        .iter()
        .map(|document: &Document| (document.id, document.path.as_str()))
        .collect()
}

/// Enough of an id to type.
fn short(id: &str) -> String {
    id.chars().take(9).collect()
}
