//! Every word kua itself says on a page, in one place, so that a translation can follow.
//! Knows nothing of HTML. Words of the material never pass through here, except as arguments.

use kua_model::{
    ClaimRole, Completeness, DateSpan, DateTier, DayPart, Direction, Grade, LinkKind, Locator,
    Modality, NameKind, PartialDate, Role, Severity, SourceKind, Standing, TimeHow, Uncounted,
};

/// How the speaker knows, in a few words.
pub fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::Seen => "saw or underwent it",
        Grade::Heard => "heard it from others",
        Grade::Official => "an authority says so",
        Grade::Media => "an outlet or agency says so",
        Grade::Asserted => "does not say how it is known",
        Grade::Command => "an order",
        Grade::Plan => "an intention",
        Grade::Denied => "said in order to deny it",
    }
}

/// How the speaker knows, as a sentence for the Method page.
pub fn grade_long(grade: Grade) -> &'static str {
    match grade {
        Grade::Seen => "The teller saw it or underwent it.",
        Grade::Heard => "The teller heard it from others.",
        Grade::Official => {
            "A ministry, police, army, court, hospital or official says so. \
             Official is not the same as true."
        }
        Grade::Media => "A named outlet or agency says so.",
        Grade::Asserted => "It is said without saying how it is known.",
        Grade::Command => "The words give an order; they do not report its execution.",
        Grade::Plan => "The words state an intention.",
        Grade::Denied => "The words are reported in order to be denied.",
    }
}

/// How the event is put, in a few words.
pub fn modality(modality: Modality) -> &'static str {
    match modality {
        Modality::Certain => "put as fact",
        Modality::Hedged => "put with doubt",
        Modality::Negated => "put as not having happened",
        Modality::Hypothetical => "put as a condition",
        Modality::Counterfactual => "did not come about",
        Modality::Plan => "yet to come",
        Modality::Imperative => "commanded or asked for",
        Modality::Question => "asked",
        Modality::Attempted => "tried",
        Modality::Hoped => "wished",
    }
}

/// How the event is put, as a sentence for the Method page.
pub fn modality_long(modality: Modality) -> &'static str {
    match modality {
        Modality::Certain => {
            "The words put the event as having happened. Only these count as fact."
        }
        Modality::Hedged => {
            "The words keep a doubt, or pass on hearsay. Shown with the doubt, never as fact."
        }
        Modality::Negated => "The words say it did not happen, or is not known to have happened.",
        Modality::Hypothetical => "The event is a condition, not a report.",
        Modality::Counterfactual => "It would have happened, but did not.",
        Modality::Plan => "It lies in the future of the speaker.",
        Modality::Imperative => "The words command it or ask for it.",
        Modality::Question => "The words ask whether it happened.",
        Modality::Attempted => "It was tried; the words do not say that it succeeded.",
        Modality::Hoped => "The words wish for it.",
    }
}

/// What has become of a figure, as a label.
pub fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Agreed => "Not contradicted",
        Standing::Contested => "Contested",
        Standing::Superseded => "Superseded",
        Standing::Retracted => "Retracted",
    }
}

/// What the label of a standing means.
pub fn standing_long(standing: Standing) -> &'static str {
    match standing {
        Standing::Agreed => "No other origin gives a figure that excludes it. This is not proof.",
        Standing::Contested => "Another origin gives a figure that excludes it. Both stay.",
        Standing::Superseded => {
            "Its own source later gave another figure. The old one stays visible."
        }
        Standing::Retracted => "Its own source took it back. It stays visible, struck through.",
    }
}

/// What the standing of a whole toll means.
pub fn toll_standing_long(standing: Standing) -> &'static str {
    match standing {
        Standing::Contested => {
            "Two or more origins give figures that exclude one another. All stay, side by side."
        }
        Standing::Agreed => "No figures here exclude one another. This is not proof.",
        other => standing_long(other),
    }
}

/// Why a statement is not in a toll, as a label.
pub fn uncounted(why: Uncounted) -> &'static str {
    match why {
        Uncounted::Repeat => "Repeat",
        Uncounted::SameAccount => "Copy or translation",
        Uncounted::PartOf => "Part of another figure",
        Uncounted::Disjunction => "Killed or wounded together",
        Uncounted::NoFigure => "No number of people",
        Uncounted::NotAsserted => "Not put as fact",
        Uncounted::Background => "Other time or crisis",
        Uncounted::Boilerplate => "Sidebar, caption or footer",
        Uncounted::NotPeople => "Does not count people",
        Uncounted::Rejected => "Rejected by a person",
    }
}

/// Why a statement is not in a toll, as a sentence.
pub fn uncounted_long(why: Uncounted) -> &'static str {
    match why {
        Uncounted::Repeat => "It repeats another statement of the same account.",
        Uncounted::SameAccount => {
            "It copies or translates a statement that is counted where the account is nearest its origin."
        }
        Uncounted::PartOf => "Its people are already inside another figure that is counted.",
        Uncounted::Disjunction => {
            "Its number covers several kinds of harm together, so it belongs to none of them alone."
        }
        Uncounted::NoFigure => "It gives no number of people.",
        Uncounted::NotAsserted => {
            "It is negated, planned, asked, wished or hypothetical: not a report that it happened."
        }
        Uncounted::Background => "It speaks of another time or another crisis.",
        Uncounted::Boilerplate => {
            "It stands in a sidebar, a caption or a footer, not in the account."
        }
        Uncounted::NotPeople => "What it counts are not people.",
        Uncounted::Rejected => "A person read it and found that the machine had misread it.",
    }
}

/// The key of a reason in an address.
pub fn uncounted_key(why: Uncounted) -> &'static str {
    match why {
        Uncounted::Repeat => "repeat",
        Uncounted::SameAccount => "same_account",
        Uncounted::PartOf => "part_of",
        Uncounted::Disjunction => "disjunction",
        Uncounted::NoFigure => "no_figure",
        Uncounted::NotAsserted => "not_asserted",
        Uncounted::Background => "background",
        Uncounted::Boilerplate => "boilerplate",
        Uncounted::NotPeople => "not_people",
        Uncounted::Rejected => "rejected",
    }
}

/// All reasons, in the order they are listed.
pub const UNCOUNTED: [Uncounted; 10] = [
    Uncounted::Repeat,
    Uncounted::SameAccount,
    Uncounted::PartOf,
    Uncounted::Disjunction,
    Uncounted::NoFigure,
    Uncounted::NotAsserted,
    Uncounted::Background,
    Uncounted::Boilerplate,
    Uncounted::NotPeople,
    Uncounted::Rejected,
];

/// All grades, in the order they are listed.
pub const GRADES: [Grade; 8] = [
    Grade::Seen,
    Grade::Heard,
    Grade::Official,
    Grade::Media,
    Grade::Asserted,
    Grade::Command,
    Grade::Plan,
    Grade::Denied,
];

/// All modalities, in the order they are listed.
pub const MODALITIES: [Modality; 10] = [
    Modality::Certain,
    Modality::Hedged,
    Modality::Negated,
    Modality::Hypothetical,
    Modality::Counterfactual,
    Modality::Plan,
    Modality::Imperative,
    Modality::Question,
    Modality::Attempted,
    Modality::Hoped,
];

/// All standings, in the order they are listed.
pub const STANDINGS: [Standing; 4] =
    [Standing::Agreed, Standing::Contested, Standing::Superseded, Standing::Retracted];

/// Part of an account a claim belongs to.
pub fn part(role: ClaimRole) -> &'static str {
    match role {
        ClaimRole::Crisis => "The crisis under study",
        ClaimRole::Background => "Background: other times",
        ClaimRole::Boilerplate => "Sidebar, caption or footer",
    }
}

/// The key of a part in an address.
pub fn part_key(role: ClaimRole) -> &'static str {
    match role {
        ClaimRole::Crisis => "crisis",
        ClaimRole::Background => "background",
        ClaimRole::Boilerplate => "boilerplate",
    }
}

/// All parts.
pub const PARTS: [ClaimRole; 3] =
    [ClaimRole::Crisis, ClaimRole::Background, ClaimRole::Boilerplate];

/// What a block of a document is.
pub fn block(role: Role) -> &'static str {
    match role {
        Role::Title => "Title",
        Role::Kicker => "Kicker",
        Role::Standfirst => "Standfirst",
        Role::Byline => "Byline",
        Role::Date => "Date line",
        Role::Main => "Text",
        Role::Heading => "Heading",
        Role::List => "List",
        Role::Table => "Table",
        Role::Quote => "Quotation",
        Role::Caption => "Caption",
        Role::Credit => "Credit",
        Role::ImageAlt => "Picture text",
        Role::Link => "Link",
        Role::Entry => "Entry",
        Role::Comment => "Reader’s comment",
        Role::Share => "Share buttons",
        Role::Related => "Other headlines",
        Role::TipLine => "Call for tips",
        Role::Newsletter => "Newsletter",
        Role::Legal => "Legal",
        Role::Nav => "Menu",
        Role::Hidden => "Not shown on the page",
    }
}

/// How a date was found.
pub fn tier(tier: DateTier) -> &'static str {
    match tier {
        DateTier::Agreed => "two or more independent declarations agree",
        DateTier::Declared => "declared for machines",
        DateTier::Marked => "marked as a date",
        DateTier::Seen => "seen in the text",
        DateTier::Guessed => "guessed from the dates the text speaks of",
        DateTier::Bound => "upper bound only: when the bytes were acquired",
    }
}

/// How the time of a claim was found.
pub fn time_how(how: TimeHow) -> &'static str {
    match how {
        TimeHow::Stated => "stated in the clause",
        TimeHow::Relative => "worked out from a relative date",
        TimeHow::Heading => "from the heading above",
        TimeHow::Earlier => "from an earlier sentence",
        TimeHow::Document => "from the date of the document",
    }
}

/// Who speaks where nobody is named.
pub const ACCOUNT_ITSELF: &str = "the account itself:";

/// Notices about dates, which make any figure doubtful that is dated by them.
pub const ABOUT_DATES: [&str; 5] = [
    "weekday-disagrees",
    "dates-disagree",
    "ambiguous-date",
    "date-after-acquisition",
    "date-orders-nothing",
];

/// Part of a day.
pub fn day_part(part: DayPart) -> &'static str {
    match part {
        DayPart::Morning => "morning",
        DayPart::Afternoon => "afternoon",
        DayPart::Evening => "evening",
        DayPart::Night => "night",
    }
}

/// What kind of source.
pub fn source_kind(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Account => "the account itself",
        SourceKind::Outlet => "outlet",
        SourceKind::Agency => "news agency",
        SourceKind::Authority => "authority",
        SourceKind::Person => "person",
        SourceKind::Organisation => "organisation",
        SourceKind::Unnamed => "nobody in particular",
    }
}

/// What kind of name.
pub fn name_kind(kind: NameKind) -> &'static str {
    match kind {
        NameKind::Person => "Person",
        NameKind::Place => "Place",
        NameKind::Organisation => "Organisation",
    }
}

/// Heading of a kind of names.
pub fn name_kinds(kind: NameKind) -> &'static str {
    match kind {
        NameKind::Person => "Persons",
        NameKind::Place => "Places",
        NameKind::Organisation => "Organisations",
    }
}

/// Heading of a severity.
pub fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Loss => "Lost: could not be read or used",
        Severity::Caution => "Caution: may mislead",
        Severity::Note => "Worth knowing",
    }
}

/// What a link is, as a noun.
pub fn link_kind(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Copy => "Copy",
        LinkKind::Translation => "Translation",
        LinkKind::Quotation => "Quotation",
        LinkKind::Digest => "Digest",
        LinkKind::Paraphrase => "Paraphrase",
        LinkKind::Revision => "Revision",
        LinkKind::CommonAncestor => "Common ancestor",
        LinkKind::Repeat => "Repeat",
        LinkKind::Boilerplate => "Boilerplate",
    }
}

/// What a link means.
pub fn link_long(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Copy => "The same words, lightly edited or not: one account.",
        LinkKind::Translation => "The same account in another language: one account.",
        LinkKind::Quotation => {
            "A passage of one stands in quotation marks in the other: one account."
        }
        LinkKind::Digest => "One condenses the other, keeping its sentences: one account.",
        LinkKind::Paraphrase => {
            "The same told in other words. Never makes two accounts one by itself."
        }
        LinkKind::Revision => "The same formula with other figures: a new statement, never a copy.",
        LinkKind::CommonAncestor => {
            "Both descend from a text that is not in the vault: one account."
        }
        LinkKind::Repeat => "A passage repeated inside one document: counted once.",
        LinkKind::Boilerplate => "Menus, credits, footers: reuse, but not testimony.",
    }
}

/// All kinds of links.
pub const LINKS: [LinkKind; 9] = [
    LinkKind::Copy,
    LinkKind::Translation,
    LinkKind::Quotation,
    LinkKind::Digest,
    LinkKind::Paraphrase,
    LinkKind::Revision,
    LinkKind::CommonAncestor,
    LinkKind::Repeat,
    LinkKind::Boilerplate,
];

/// Which of two texts came first.
pub fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::AToB => "the second was made from the first",
        Direction::BToA => "the first was made from the second",
        Direction::CommonAncestor => "both were made from a text that is not in the vault",
        Direction::Unknown => "which came first cannot be told",
    }
}

/// Whether everything was read.
pub fn completeness(completeness: Completeness) -> &'static str {
    match completeness {
        Completeness::Complete => "every visible character",
        Completeness::Partial => "something was left out; see the notices",
        Completeness::Empty => "no text at all",
        Completeness::Unsupported => "not a format kua reads",
    }
}

/// A place in an item.
pub fn locator(at: &Locator) -> String {
    match at {
        Locator::Bytes { start, end } => format!("bytes {start} to {end} of the file"),
        Locator::Part { path, start, end } => format!("bytes {start} to {end} of part {path}"),
        Locator::Page(page) => format!("page {page}"),
        Locator::Message { id, pointer } => format!("message {id} ({pointer})"),
    }
}

/// An id of a lexicon (`security_forces`) as a reader would write it: “Security forces”.
pub fn label(id: &str) -> String {
    let mut out = String::with_capacity(id.len());
    for (at, c) in id.chars().map(|c| if c == '_' { ' ' } else { c }).enumerate() {
        if at == 0 { out.extend(c.to_uppercase()) } else { out.push(c) }
    }
    out
}

/// The group of a toll: “people” means that nobody in particular is meant.
pub fn group(id: &str) -> String {
    if id == "people" { "People, not said who".to_owned() } else { label(id) }
}

/// English name of a language, or its code in capitals if it is not among the common ones.
pub fn language(code: &str) -> String {
    const NAMES: &[(&str, &str)] = &[
        ("am", "Amharic"),
        ("ar", "Arabic"),
        ("az", "Azerbaijani"),
        ("be", "Belarusian"),
        ("bg", "Bulgarian"),
        ("bn", "Bengali"),
        ("cs", "Czech"),
        ("de", "German"),
        ("el", "Greek"),
        ("en", "English"),
        ("es", "Spanish"),
        ("et", "Estonian"),
        ("fa", "Persian"),
        ("fi", "Finnish"),
        ("fr", "French"),
        ("he", "Hebrew"),
        ("hi", "Hindi"),
        ("hu", "Hungarian"),
        ("hy", "Armenian"),
        ("id", "Indonesian"),
        ("it", "Italian"),
        ("ja", "Japanese"),
        ("ka", "Georgian"),
        ("kaa", "Karakalpak"),
        ("kk", "Kazakh"),
        ("ko", "Korean"),
        ("ku", "Kurdish"),
        ("ky", "Kyrgyz"),
        ("lt", "Lithuanian"),
        ("lv", "Latvian"),
        ("my", "Burmese"),
        ("nl", "Dutch"),
        ("pl", "Polish"),
        ("ps", "Pashto"),
        ("pt", "Portuguese"),
        ("ro", "Romanian"),
        ("ru", "Russian"),
        ("so", "Somali"),
        ("sr", "Serbian"),
        ("sv", "Swedish"),
        ("sw", "Swahili"),
        ("tg", "Tajik"),
        ("ti", "Tigrinya"),
        ("tr", "Turkish"),
        ("tt", "Tatar"),
        ("ug", "Uyghur"),
        ("uk", "Ukrainian"),
        ("ur", "Urdu"),
        ("uz", "Uzbek"),
        ("vi", "Vietnamese"),
        ("zh", "Chinese"),
    ];
    NAMES
        .iter()
        .find(|(known, _)| *known == code)
        .map_or_else(|| code.to_uppercase(), |(_, name)| (*name).to_owned())
}

/// English name of a script by its ISO 15924 code, or the code itself.
pub fn script(code: &str) -> &str {
    match code {
        "Latn" => "Latin",
        "Cyrl" => "Cyrillic",
        "Arab" => "Arabic",
        "Hebr" => "Hebrew",
        "Grek" => "Greek",
        "Armn" => "Armenian",
        "Geor" => "Georgian",
        "Deva" => "Devanagari",
        "Ethi" => "Ethiopic",
        "Hani" => "Han",
        other => other,
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn month(number: i8) -> &'static str {
    usize::try_from(number).ok().and_then(|n| MONTHS.get(n.wrapping_sub(1))).copied().unwrap_or("")
}

/// A date as it is read: `5 January 2022`, `January 2022`, `2022`.
pub fn date(date: PartialDate) -> String {
    match (date.month(), date.day_of_month()) {
        (Some(m), Some(day)) => format!("{day} {} {}", month(m), date.year()),
        (Some(m), None) => format!("{} {}", month(m), date.year()),
        _ => date.year().to_string(),
    }
}

/// A span of dates as it is read: `5–6 January 2022`, `until 6 January 2022`.
pub fn dates(span: DateSpan) -> String {
    match (span.from, span.to) {
        (Some(from), Some(to)) if from == to => date(from),
        (Some(from), Some(to)) => match (from.day_of_month(), to.day_of_month()) {
            (Some(a), Some(_)) if (from.year(), from.month()) == (to.year(), to.month()) => {
                format!("{a}–{}", date(to))
            }
            _ => format!("{} to {}", date(from), date(to)),
        },
        (Some(from), None) => format!("from {}", date(from)),
        (None, Some(to)) => format!("until {}", date(to)),
        (None, None) => UNKNOWN_DATE.to_owned(),
    }
}

/// The standing of what a single origin says.
pub const LONE: &str = "One origin only";

/// When there is no date.
pub const UNKNOWN_DATE: &str = "date not known";

/// `1 account`, `3 accounts`.
pub fn count(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", number(n as u64), if n == 1 { one } else { many })
}

/// `N accounts, M origins`: how kua always states corroboration.
pub fn corroboration(accounts: usize, origins: usize) -> String {
    format!("{}, {}", count(accounts, "account", "accounts"), count(origins, "origin", "origins"))
}

/// What a number of origins with compatible positions amounts to.
pub fn corroborated(origins: usize) -> &'static str {
    match origins {
        0 | 1 => "one origin only",
        2 => "two origins compatible",
        _ => "several origins compatible",
    }
}

/// A whole number with thin spaces between thousands from 10,000 on: `9999`, `12 500`.
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    if digits.len() < 5 {
        return digits;
    }
    let mut out = String::with_capacity(digits.len() * 2);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

/// The conventions by which words become intervals, as shown on the Method page.
pub const CONVENTIONS: [(&str, &str); 9] = [
    ("a number N", "N, exactly"),
    ("“at least N”", "N or more"),
    ("“more than N”", "N + 1 or more"),
    ("“up to N”", "N or fewer"),
    ("“about N”, “nearly N”", "N, marked as approximate"),
    ("“tens”, “dozens”", "20 to 99, by convention: shown with its words, never added"),
    ("“hundreds”", "200 to 999, by convention: shown with its words, never added"),
    ("“several”", "2 or more"),
    ("a single person, no number", "1"),
];

/// What kua does not tell.
pub const LIMITS: [(&str, &str); 6] = [
    (
        "It does not decide what is true.",
        "It shows who says what, how they say they know, and what speaks against it.",
    ),
    (
        "It does not pick a figure.",
        "Figures are never added, averaged or chosen. Only people whom one sentence tells one after the other (“two women and a child”) are read as one number, with those words beside it. A person may record a judgement; it is shown with name, reason and date.",
    ),
    (
        "Independence is inferred.",
        "Two origins are accounts that show no trace of one another in this vault. Two people may still have spoken beforehand. The reasons for every merge are given.",
    ),
    (
        "It counts statements, not the dead.",
        "A documented toll is a lower view of what happened: what nobody told, or nobody preserved, is not here.",
    ),
    (
        "Machines misread.",
        "Every statement stands beside its exact words so that a reader can check it. Statements a person has confirmed, corrected or rejected are marked.",
    ),
    (
        "The log proves preservation, not honesty.",
        "It proves that these bytes were preserved and have not changed since. It does not prove that what they say is so.",
    ),
];

/// In place of a name that must not appear.
pub const WITHHELD: &str = "[name withheld]";
/// Said where words were withheld.
pub const WITHHELD_NOTE: &str = "Names withheld on this page by a person’s decision are replaced by a mark; nothing else of the words was changed.";
/// Shown for an open amount.
pub const NO_NUMBER: &str = "no number";
