//! `why`: everything behind one id, from the statement down to the entry in the log.

use kua_case::publish::{self, Shown, words};
use kua_case::{
    Beside, Chronicle, Document, Found, Item, Link, Loaded, Origin, Proposal, ProposedField, Span,
    Statement, TextRange, shown,
};
use serde_json::json;

use crate::args::Why;
use crate::console::Console;
use crate::failure::Failure;

pub(super) fn why(args: &Why, loaded: &Loaded, console: &mut Console) -> Result<(), Failure> {
    let shown_only = Shown::inside(&loaded.chronicle);
    let chronicle = &*shown_only.chronicle;
    let mut told = Told { lines: Vec::new() };
    let (kind, id) = match kua_case::find(chronicle, &args.id)? {
        Found::Statement(statement) => {
            told.statement(chronicle, statement);
            ("claim", statement.claim.id.to_string())
        }
        Found::Proposal(proposal) => {
            told.proposal(proposal);
            ("proposal", proposal.claim.id.to_string())
        }
        Found::Origin(origin) => {
            told.origin(chronicle, origin);
            ("origin", origin.id.to_string())
        }
        Found::Document(document) => {
            told.document(chronicle, document);
            ("document", document.id.to_string())
        }
        Found::Item(item) => {
            told.item(item);
            ("item", item.id.to_string())
        }
        _ => return Ok(()),
    };
    if args.json {
        let why: Vec<_> =
            told.lines.iter().map(|(head, text)| json!({ "of": head, "text": text })).collect();
        console.line(&json!({ "id": id, "kind": kind, "why": why }).to_string())?;
        return Ok(());
    }
    console.heading(&format!("{kind} {id}"))?;
    let mut last = "";
    for (head, text) in &told.lines {
        let shown_head = if head == &last { "" } else { head };
        console.line(&format!("{shown_head:<12}{}", one_line(text)))?;
        last = head;
    }
    Ok(())
}

fn one_line(text: &str) -> String {
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    shown(&joined).replace("\\\\", "\\")
}

fn names(fields: &[ProposedField]) -> String {
    fields.iter().map(|field| field.word()).collect::<Vec<_>>().join(", ")
}

struct Told {
    lines: Vec<(&'static str, String)>,
}

impl Told {
    fn line(&mut self, head: &'static str, text: impl Into<String>) {
        self.lines.push((head, text.into()));
    }

    fn proposal(&mut self, proposal: &Proposal) {
        let (claim, quote) = (&proposal.claim, &proposal.quote);
        self.line("status", "proposed by a model; no claim before a person confirms it");
        self.line("by", proposal.proposed_by.as_str());
        self.line("context", format!("…{}[{}]{}…", quote.prefix(), quote.exact(), quote.suffix()));
        self.line("event", words::label(&claim.event.0));
        if let Some(quantity) = &claim.quantity {
            self.line("how many", publish::quantity(quantity));
        }
        if let Some(time) = &claim.time {
            self.line("time", time.value.to_string());
        }
        self.line("put as", words::modality(claim.modality));
        if let Beside::Differs { claim, fields } = &proposal.beside {
            self.line("beside", format!("claim {claim} reads otherwise: {}", names(fields)));
        }
        if !proposal.changed.is_empty() {
            self.line("not borne out", names(&proposal.changed));
        }
        for why in &claim.why {
            self.line("rule", why.rule.as_str());
        }
    }

    fn statement(&mut self, chronicle: &Chronicle, statement: &Statement) {
        let claim = &statement.claim;
        let quote = &statement.quote;
        self.line("words", format!("“{}”", quote.exact()));
        self.line("context", format!("…{}[{}]{}…", quote.prefix(), quote.exact(), quote.suffix()));
        self.line("event", words::label(&claim.event.0));
        if let Some(quantity) = &claim.quantity {
            let convention = quantity.convention.as_ref();
            let by = convention.map(|name| format!(" (by convention: {name})")).unwrap_or_default();
            self.line("how many", format!("{}{by}", publish::quantity(quantity)));
        }
        if let Some(group) = &claim.affected {
            self.line("affected", taken(&group.words, group.inherited));
        }
        if let Some(group) = &claim.perpetrator {
            self.line("by", taken(&group.words, group.inherited));
        }
        if let Some(place) = &claim.place {
            self.line(
                "place",
                taken(place.canonical.as_deref().unwrap_or(&place.words), place.inherited),
            );
        }
        if let Some(time) = &claim.time {
            self.line("time", format!("{} ({})", time.value, words::time_how(time.how)));
        }
        for source in &claim.sources {
            let said = format!("{} ({})", source.words, words::source_kind(source.kind));
            self.line("says who", taken(&said, source.inherited));
        }
        if claim.sources.is_empty() {
            self.line("says who", "the account itself");
        }
        self.line("known", words::grade_long(claim.grade));
        self.line("put as", words::modality_long(claim.modality));
        self.line("standing", words::standing_long(statement.standing));
        if let Some(why) = statement.uncounted {
            self.line("not counted", words::uncounted_long(why));
        }
        if let Some(same) = statement.same_as {
            self.line("same as", same.to_string());
        }
        if let Some(origin) = chronicle.origin(statement.origin) {
            self.line("origin", format!("{} {}", origin.id, origin.name));
        }
        if let Some(account) = chronicle.origin(statement.account) {
            self.line("account", format!("{} {}", account.id, account.name));
        }
        for why in &statement.why {
            self.line("because", why);
        }
        let document = chronicle.document(claim.document);
        for why in &claim.why {
            let at = why.range.zip(document).and_then(|(range, document)| range.of(&document.text));
            let words = at.map(|words| format!(" on “{words}”")).unwrap_or_default();
            let note = why.note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
            self.line("rule", format!("{}{words}{note}", why.rule));
        }
        if let Some(document) = document {
            self.place(chronicle, document, claim.range);
        }
    }

    fn place(&mut self, chronicle: &Chronicle, document: &Document, range: TextRange) {
        self.line("document", format!("{} bytes {range}, “{}”", document.id, document.title()));
        if let Some(block) = document.block_at(range.start) {
            self.line("block", words::block(block.role));
        }
        if let Some(item) = chronicle.items.iter().find(|item| item.id == document.item) {
            self.item(item);
        }
    }

    fn item(&mut self, item: &Item) {
        self.line("item", shown(&item.path));
        self.line("sha-256", item.id.to_string());
        self.line("log", format!("entry {}, acquired {}", item.log_index, item.acquired_at));
    }

    fn origin(&mut self, chronicle: &Chronicle, origin: &Origin) {
        self.line("name", &origin.name);
        for account in &origin.accounts {
            let path = chronicle.document(account.document).map(|document| shown(&document.path));
            let spans: Vec<String> = account.spans.iter().map(ToString::to_string).collect();
            self.line(
                "heard in",
                format!("{} bytes {}", path.unwrap_or_default(), spans.join(", ")),
            );
        }
        if origin.latent {
            self.line("because", "It descends from a text that is not in the vault.");
        }
        for why in &origin.why {
            self.line("because", why);
        }
        for link in origin.links.iter().filter_map(|index| chronicle.lineage.links.get(*index)) {
            let at = |span: &Span| {
                let path = chronicle.document(span.document).map(|document| shown(&document.path));
                format!("{} {}", path.unwrap_or_default(), span.range)
            };
            self.line(
                "link",
                format!(
                    "{}, {}: {} and {}",
                    words::link_kind(link.kind),
                    words::direction(link.direction),
                    at(&link.a),
                    at(&link.b)
                ),
            );
            for reason in &link.reasons {
                self.line("reason", reason);
            }
            let words: Vec<String> = learnt(chronicle, link)
                .into_iter()
                .take(12)
                .map(|(a, b)| format!("{a} = {b}"))
                .collect();
            if !words.is_empty() {
                self.line("words", words.join(", "));
            }
        }
        for statement in chronicle.statements.iter().filter(|s| s.origin == origin.id) {
            self.line("claim", format!("{} “{}”", statement.claim.id, statement.quote.exact()));
        }
    }

    fn document(&mut self, chronicle: &Chronicle, document: &Document) {
        self.line("title", document.title());
        let language = document.language.map(|lang| words::language(lang.as_str()));
        self.line("language", language.unwrap_or_else(|| "not known".to_owned()));
        match &document.dates.published {
            Some(date) => {
                self.line(
                    "published",
                    format!("{}: {} ({})", date.value, words::tier(date.tier), date.how),
                );
            }
            None => self.line("published", "not known"),
        }
        if let Some(span) = document.dates.covers {
            self.line("covers", span.to_string());
        }
        let receipt = &document.receipt;
        self.line(
            "read as",
            format!(
                "{}, {} ({}), {}",
                receipt.reader,
                receipt.charset,
                receipt.charset_how,
                words::completeness(receipt.completeness)
            ),
        );
        if let Some(item) = chronicle.items.iter().find(|item| item.id == document.item) {
            self.item(item);
        }
    }
}

/// Learnt words that stand on both sides of a link between two languages.
fn learnt(chronicle: &Chronicle, link: &Link) -> Vec<(String, String)> {
    let side = |span: &Span| {
        let document = chronicle.document(span.document)?;
        Some((document.language?, span.range.of(&document.text)?))
    };
    match (side(&link.a), side(&link.b)) {
        (Some(a), Some(b)) => chronicle.lineage.words_in(a, b),
        _ => Vec::new(),
    }
}

fn taken(words: &str, inherited: bool) -> String {
    if inherited { format!("{words} (taken over from the words before)") } else { words.to_owned() }
}
