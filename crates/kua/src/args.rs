//! Words on the command line. Only parses: what they mean is in `commands`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use kua_case::{Lang, PartialDate};

/// Who says so, how many of them independently, and where exactly?
///
/// kua takes accounts of one crisis (testimonies, letters, articles, chats, in several languages)
/// and makes a chronicle in which every statement leads to the exact words of a preserved file.
#[derive(Debug, Parser)]
#[command(
    name = "kua",
    version,
    propagate_version = true,
    disable_help_subcommand = true,
    after_help = "Try it:\n  kua demo                                 a worked case, in your browser\n\nYour own:\n  kua init winter && cd winter             a new case\n  kua add ~/collected                      preserve files and folders\n  kua build                                read them, find claims, copies, tolls\n  kua toll                                 who says how many\n  kua serve                                read it in a browser, on this machine only"
)]
pub(crate) struct Cli {
    /// Folder of the case [default: this folder, or the nearest case above it]
    #[arg(short = 'C', long = "case", value_name = "DIR", global = true)]
    pub(crate) case: Option<PathBuf>,

    /// Tell on stderr what kua does, without names or content: error, warn, info, debug, trace
    #[arg(long, value_name = "LEVEL", global = true, hide_short_help = true)]
    pub(crate) log: Option<String>,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Build the worked case, sum it up, and show its pages in a browser
    #[command(after_help = "Example:\n  kua demo --no-serve --dir /tmp/kua-demo")]
    Demo(Demo),
    /// Make a new case
    #[command(
        after_help = "Example:\n  kua init winter --title \"The long winter\" --period 2022-01-01/2022-01-31 --place Kazakhstan"
    )]
    Init(Init),
    /// Preserve files and folders in the vault; nothing is changed or moved
    #[command(
        after_help = "Example:\n  kua add letters/ article.html\n\nAn interrupted run loses nothing that was acknowledged: run the same command again."
    )]
    Add(Add),
    /// Run the stages that are out of date
    #[command(after_help = "Example:\n  kua build")]
    Build(Build),
    /// Say where the case stands
    #[command(after_help = "Example:\n  kua status")]
    Status(Json),
    /// List documents: language, date with how it was found, title
    #[command(after_help = "Example:\n  kua documents")]
    Documents(Json),
    /// List origins: who tells of it independently, copies and translations merged
    #[command(
        after_help = "Example:\n  kua origins\n  kua origins --links --json | grep translation"
    )]
    Origins(Origins),
    /// List claims: what each quote asserts, and how its speaker knows
    #[command(after_help = "Example:\n  kua claims --event killed")]
    Claims(Claims),
    /// Ask a model on this machine for claims the rules may miss: proposals for you to decide on
    #[command(
        after_help = "Example:\n  kua ask-model --server http://127.0.0.1:8080\n\nThe server must speak like OpenAI's and run on this machine; kua talks to no other. What it says is checked word by word and counts for nothing until you confirm it: kua claims --proposed. An interrupted run goes on where it was."
    )]
    AskModel(AskModel),
    /// List people, places and bodies under all their spellings
    #[command(after_help = "Example:\n  kua names")]
    Names(Json),
    /// Set figures side by side: who said how many, as of when; never added, never averaged
    #[command(after_help = "Example:\n  kua toll --event killed")]
    Toll(Toll),
    /// List everything odd in the material
    #[command(after_help = "Example:\n  kua notices")]
    Notices(Json),
    /// Tell why: the words, the chain of sources, and every rule behind a claim or an origin
    #[command(after_help = "Example:\n  kua why c4f2        the first digits of an id are enough")]
    Why(Why),
    /// Set two documents side by side: what one took from the other, where they disagree, and why
    #[command(
        after_help = "Example:\n  kua trace letter.txt relay.html\n\nEach is an id, its first digits, or the end of a path. Words in ⟦ ⟧ disagree."
    )]
    Trace(Trace),
    /// Find words in every document, across scripts and spellings
    #[command(
        after_help = "Example:\n  kua search Mamay                also finds Мамай\n  kua search '\"main square\"'      a phrase\n  kua search ministr*             words that begin so"
    )]
    Search(Search),
    /// Show the pages in a browser, on this machine only
    #[command(after_help = "Example:\n  kua serve --port 8100")]
    Serve(Serve),
    /// Write the chronicle as one offline file with the proofs of everything it cites
    #[command(after_help = "Example:\n  kua publish --output winter.html")]
    Publish(Publish),
    /// Pack the vault, or what is new in it, into a bag for a stick
    #[command(
        after_help = "Example:\n  kua pack /media/stick/winter                    a folder, for any system\n  kua pack /media/stick/winter.zip                one file below 4 GB, or several\n  kua pack winter.tar.age --recipient age1…       sealed for the way\n  kua pack more --since 270                       only what they lack"
    )]
    Pack(Pack),
    /// Take in a bundle of another collector, proved before it is believed
    #[command(
        after_help = "Example:\n  kua merge /media/stick/river --key VKEY\n  kua merge river-1.zip river-2.zip               all volumes of one bundle"
    )]
    Merge(Merge),
    /// Open sealed items on an editor's machine; the log says that they were opened
    #[command(after_help = "Example:\n  kua open --identity ~/keys/kua.key --by \"A. B.\"")]
    Open(Open),
    /// Make a key that sealed items can be opened with
    #[command(
        subcommand,
        after_help = "Example:\n  kua key new ~/keys/kua.key      then give away the line that begins with age1"
    )]
    Key(Key),
    /// Destroy items whose consent was withdrawn, and record why
    #[command(
        after_help = "Example:\n  kua erase statement.txt --reason \"asked to be forgotten\" --authority \"the speaker\"\n\nIt first tells what would go. Add --yes to do it: nothing brings it back."
    )]
    Erase(Erase),
    /// Prove that nothing was changed, and say what is wrong where
    #[command(
        after_help = "Example:\n  kua verify                      the case you are in\n  kua verify winter.html          a published file, without the case\n  kua verify stick/bundle.tar     any BagIt bag: a folder, a ZIP or a tar"
    )]
    Verify(Verify),
    /// Tell the custody chain of a file: who had it, when, how, and what is missing
    #[command(
        after_help = "Example:\n  kua custody letter.txt                     by path, or the first digits of its id\n  kua custody letter.txt --proof letter.tlog-proof    what a stranger needs to check it"
    )]
    Custody(Custody),
    /// Record what happened to files: handed over, copied for work, opened, passed on
    #[command(
        subcommand,
        after_help = "Example:\n  kua record transfer letter.txt --to \"the archive of N.\" --reason \"safe keeping\"\n  kua record derive scan.png scan.txt --how \"typed by hand\""
    )]
    Record(Record),
    /// Cosign each other's logs by hand, over files on a stick
    #[command(
        subcommand,
        after_help = "Example:\n  kua cosign request > ours.add-checkpoint      ask\n  kua cosign answer ours.add-checkpoint --key VKEY > ours.cosig     on the other machine\n  kua cosign accept ours.cosig --key VKEY       take the answer in"
    )]
    Cosign(Cosign),
    /// End the log of a vault that was set back or forked, and go on in a new one
    #[command(
        after_help = "Example:\n  kua rotate --reason \"the laptop was restored from an old image\"\n\nThe old log stays as it is. Do this only when the newer copy is lost: it cannot be undone."
    )]
    Rotate(Rotate),
    /// Record a decision; undoing one is another one
    #[command(
        after_help = "Example:\n  kua judge reject c4f2 --by \"A. B.\" --reason \"the figure is from another year\"\n  kua judge correct c4f2 figure=12..15 affected=police --by \"A. B.\" --reason \"read the letter\"\n\nFields of correct: event, figure (12, ~12, 12..15, 12.., ..15), affected, by, place, time (2022-01-05 or 2022-01-05/2022-01-06), sources (KIND:WORDS > KIND:WORDS, outermost first), grade, modality, role. An empty value says that the words do not say it."
    )]
    Judge(Judge),
    /// List decisions: those of this case, and those of other collectors that were taken in
    #[command(
        after_help = "Example:\n  kua judgements\n\nA name that another collector withholds is withheld here at once. Anything else they decided counts for nothing here until it is adopted: kua judge adopt ID."
    )]
    Judgements(Json),
    /// Let others vouch for the time, by files: requests, answers, what they prove
    #[command(
        subcommand,
        after_help = "Example:\n  kua timestamp request --output stick/                       for somebody with a network\n  kua timestamp attach stick/checkpoint-12 stick/answer.tsr   their answer"
    )]
    Timestamp(Timestamp),
    /// Work on the words of a language
    #[command(subcommand)]
    Lexicon(Lexicon),
    /// Write completions for a shell
    #[command(
        after_help = "Example:\n  kua completions bash > ~/.local/share/bash-completion/completions/kua"
    )]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Write the manual page
    #[command(after_help = "Example:\n  kua man > kua.1")]
    Man,
}

#[derive(Debug, Args)]
pub(crate) struct Json {
    /// One JSON record a line, for machines
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Folder for the worked case
    #[arg(long, value_name = "DIR", default_value = "kua-demo")]
    pub(crate) dir: PathBuf,
    /// Do not show pages, stop after the summary
    #[arg(long)]
    pub(crate) no_serve: bool,
    /// Port for the pages; 0 lets the system choose
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub(crate) port: u16,
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Folder of the new case: one that is empty or does not exist yet
    #[arg(value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// Title, as shown on every page [default: name of the folder]
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// Days of the crisis, like 2022-01-01/2022-01-31: claims outside are background
    #[arg(long, value_name = "FROM/TO")]
    pub(crate) period: Option<String>,
    /// Country or region: the place of claims that name none
    #[arg(long)]
    pub(crate) place: Option<String>,
    /// A field case: every item is sealed as it is added, and nothing here can open it
    #[arg(long, requires = "recipient")]
    pub(crate) field: bool,
    /// Public key (age1…) of somebody who shall be able to open; name at least two
    #[arg(long, value_name = "AGE1…", requires = "field")]
    pub(crate) recipient: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Pack {
    /// What to write: a folder, or a name that ends with .zip, .tar or .tar.age
    #[arg(value_name = "OUT")]
    pub(crate) out: PathBuf,
    /// What the other side has of this log: a number of entries, or a file with a checkpoint
    #[arg(long, value_name = "SIZE|FILE")]
    pub(crate) since: Option<String>,
    /// Most bytes of a volume, like 4GB or 700MB [default: 4 GB for a file, none for a folder]
    #[arg(long, value_name = "SIZE")]
    pub(crate) volume_size: Option<String>,
    /// Public key (age1…) to seal the bundle to
    #[arg(long, value_name = "AGE1…")]
    pub(crate) recipient: Vec<String>,
    /// Who gets it: recorded in the vault as a transfer, before it is packed
    #[arg(long, value_name = "NAME")]
    pub(crate) to: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Merge {
    /// The bundle: a folder, a ZIP, a tar; if it has several volumes, all of them
    #[arg(required = true, value_name = "BUNDLE")]
    pub(crate) bundle: Vec<PathBuf>,
    /// Key of their log, as they gave it to you: the bundle must be signed with it
    #[arg(long, value_name = "VKEY")]
    pub(crate) key: Option<String>,
    /// File with the secret key that a sealed bundle was sealed to
    #[arg(long, value_name = "FILE")]
    pub(crate) identity: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Open {
    /// File with your secret key; it is read, never copied
    #[arg(long, value_name = "FILE")]
    pub(crate) identity: PathBuf,
    /// Who opens, as you wish to be named
    #[arg(long, value_name = "NAME")]
    pub(crate) by: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    /// Write a new secret key to FILE and print the public one
    #[command(after_help = "Example:\n  kua key new ~/keys/kua.key")]
    New {
        /// The file to write; it must not exist, nor lie in a case
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Erase {
    /// Path as added, id, or first digits of an id
    #[arg(required = true, value_name = "ITEM")]
    pub(crate) items: Vec<String>,
    /// Why; it stays in the log for ever, so it must name nobody who is to be forgotten
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// By whose authority, like "the speaker" or "court order 12/2031"; stays for ever, too
    #[arg(long, value_name = "TEXT")]
    pub(crate) authority: String,
    /// Do it; without this, only tell what would go
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Add {
    /// Files and folders
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Who takes them in, as they wish to be named
    #[arg(long, value_name = "NAME")]
    pub(crate) by: Option<String>,
    /// Where they come from: a person, a device, an address
    #[arg(long, value_name = "TEXT")]
    pub(crate) source: Option<String>,
    /// A remark
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Build {
    /// Threads to work on [default: one for each processor]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub(crate) threads: usize,
}

#[derive(Debug, Args)]
pub(crate) struct Origins {
    /// Show the links between passages, too, with their reasons
    #[arg(long)]
    pub(crate) links: bool,
    /// One JSON record a line, for machines
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Claims {
    /// Only this kind of event, like killed, wounded, arrested
    #[arg(long, value_name = "EVENT")]
    pub(crate) event: Option<String>,
    /// What a model proposed and nobody has decided on, instead of claims
    #[arg(long)]
    pub(crate) proposed: bool,
    /// Only claims of items whose path holds this text
    #[arg(long, value_name = "TEXT")]
    pub(crate) item: Option<String>,
    /// One JSON record a line, for machines
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct AskModel {
    /// Address of the server: http, and 127.0.0.1, [::1] or localhost
    #[arg(long, value_name = "URL")]
    pub(crate) server: String,
    /// Name of the model [default: the only one the server has]
    #[arg(long, value_name = "NAME")]
    pub(crate) model: Option<String>,
    /// Only items whose path holds this text
    #[arg(long, value_name = "TEXT")]
    pub(crate) item: Option<String>,
    /// At most this many passages
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    /// Longest wait for one answer
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    pub(crate) timeout: u32,
}

#[derive(Debug, Args)]
pub(crate) struct Toll {
    /// Only this kind of event, like killed, wounded, arrested
    #[arg(long, value_name = "EVENT")]
    pub(crate) event: Option<String>,
    /// One JSON record a line, for machines
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Why {
    /// Id of a claim, an origin, a document or an item, or its first digits
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// One JSON record a line, for machines
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Trace {
    /// A document or item: its id, the first digits, or the end of its path
    #[arg(value_name = "A")]
    pub(crate) a: String,
    /// The other one
    #[arg(value_name = "B")]
    pub(crate) b: String,
    /// One JSON record a line, for machines
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Search {
    /// Words to be found, all of them
    #[arg(required = true, value_name = "WORD")]
    pub(crate) words: Vec<String>,
    /// At most this many passages
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) limit: usize,
    /// One JSON record a line, for machines
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Port; 0 lets the system choose
    #[arg(long, value_name = "PORT", default_value_t = 8022)]
    pub(crate) port: u16,
}

#[derive(Debug, Args)]
pub(crate) struct Publish {
    /// The file to write
    #[arg(short, long, value_name = "FILE", default_value = "chronicle.html")]
    pub(crate) output: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// A case, a published file or a BagIt bag [default: the case you are in]
    #[arg(value_name = "PATH")]
    pub(crate) path: Option<PathBuf>,
    /// Key of the log, as its keeper gave it to you: the file must be signed with it
    #[arg(long, value_name = "VKEY")]
    pub(crate) key: Option<String>,
    /// File with the secret key that a sealed bundle was sealed to
    #[arg(long, value_name = "FILE")]
    pub(crate) identity: Option<PathBuf>,
    /// One JSON record a line, for machines
    #[arg(long)]
    pub(crate) json: bool,
    /// Hold it to this too: another copy, a bundle, a published file, a checkpoint; may be given again
    #[arg(long, value_name = "PATH")]
    pub(crate) against: Vec<PathBuf>,
    /// Tell whether the quorum of this trust policy has cosigned the log (C2SP tlog-policy)
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// Hash every byte again [default]
    #[arg(long, conflicts_with = "quick")]
    pub(crate) deep: bool,
    /// Do not hash the bytes of files, only check log, records, presence and length
    #[arg(long)]
    pub(crate) quick: bool,
    /// With a .tlog-proof: the file it shall record
    #[arg(long, value_name = "FILE")]
    pub(crate) item: Option<PathBuf>,
    /// With a .tlog-proof that brings none: the log entry
    #[arg(long, value_name = "FILE")]
    pub(crate) entry: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Custody {
    /// Path of the file as it was added, or the first digits of its id
    #[arg(value_name = "ITEM")]
    pub(crate) item: String,
    /// Write the proof of its log entry to this file (C2SP tlog-proof)
    #[arg(long, value_name = "FILE")]
    pub(crate) proof: Option<PathBuf>,
    /// One JSON record a line, for machines
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Record {
    /// Take in a file that somebody handed over, who had it before
    Receive {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        facts: Facts,
    },
    /// Take in a working copy of a file: a transcript, a redacted or converted form
    Derive {
        /// The original: its path, or the first digits of its id
        #[arg(value_name = "ITEM")]
        item: String,
        /// The working copy
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        facts: Facts,
    },
    /// Files went to somebody else
    Transfer {
        /// Paths, or the first digits of ids
        #[arg(required = true, value_name = "ITEM")]
        items: Vec<String>,
        #[command(flatten)]
        facts: Facts,
    },
    /// Somebody opened files
    Access {
        /// Paths, or the first digits of ids
        #[arg(required = true, value_name = "ITEM")]
        items: Vec<String>,
        #[command(flatten)]
        facts: Facts,
    },
    /// A file made from this case, like a published chronicle, went to somebody
    Export {
        /// The file as it was given
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        facts: Facts,
    },
}

/// Private facts of an event: kept in the vault's records, never in the log itself.
#[derive(Debug, Args)]
pub(crate) struct Facts {
    /// Who did it
    #[arg(long, value_name = "NAME")]
    pub(crate) by: Option<String>,
    /// From whom
    #[arg(long, value_name = "NAME")]
    pub(crate) from: Option<String>,
    /// To whom
    #[arg(long, value_name = "NAME")]
    pub(crate) to: Option<String>,
    /// How: the tool, the steps
    #[arg(long, value_name = "TEXT")]
    pub(crate) how: Option<String>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Cosign {
    /// Print the key this case cosigns with; make one if it has none
    Key {
        /// Name of a new key: it stands in every cosignature, so it must give nobody away
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
    },
    /// Print a request to cosign the log of this case
    Request {
        /// Entries at which the cosigner signed this log last
        #[arg(long, value_name = "SIZE", default_value_t = 0)]
        old: u64,
    },
    /// Answer somebody's request; the answer is printed
    Answer {
        /// The request
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Key of their log, as they gave it to you: needed the first time
        #[arg(long, value_name = "VKEY")]
        key: Option<String>,
    },
    /// Take a cosigner's answer into the vault
    Accept {
        /// The answer
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Key of the cosigner, as they gave it to you
        #[arg(long, value_name = "VKEY")]
        key: String,
    },
    /// List who has cosigned the log, and how far
    List {
        /// One JSON record a line, for machines
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Rotate {
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Timestamp {
    /// Write what an authority needs: a request (.tsq), and the file to be stamped
    #[command(after_help = "Example:\n  kua timestamp request --output stick/")]
    Request {
        /// Id of an item, its first digits, or its path [default: the log's checkpoint, which gives nothing away and covers everything]
        #[arg(value_name = "ITEM")]
        item: Option<String>,
        /// Folder for the files
        #[arg(short, long, value_name = "DIR", default_value = ".")]
        output: PathBuf,
    },
    /// Take in an answer: an RFC 3161 response (.tsr) or an OpenTimestamps proof (.ots)
    #[command(after_help = "Example:\n  kua timestamp attach stick/checkpoint-12 stick/answer.tsr")]
    Attach {
        /// What was stamped: the checkpoint file as requested, or the item
        #[arg(value_name = "ITEM|CHECKPOINT")]
        of: String,
        /// The answer
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Root certificates and block headers: a file or folder [default: roots/ in the case]
        #[arg(long, value_name = "PATH")]
        roots: Option<PathBuf>,
    },
    /// List what is vouched for, prove it again, and say how to check it with other programs
    #[command(after_help = "Example:\n  kua timestamp list")]
    List {
        /// Root certificates and block headers: a file or folder [default: roots/ in the case]
        #[arg(long, value_name = "PATH")]
        roots: Option<PathBuf>,
        /// One JSON record a line, for machines
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Judge {
    /// The decision
    #[arg(value_enum)]
    pub(crate) decision: DecisionWord,
    /// What it is about: ids of claims or origins, names, passages (DOCUMENT@START..END), or the number of a judgement; after the id of a claim to correct, FIELD=VALUE…
    #[arg(required = true, value_name = "WHAT")]
    pub(crate) about: Vec<String>,
    /// Who decides, as they wish to be named
    #[arg(long, value_name = "NAME")]
    pub(crate) by: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DecisionWord {
    /// This claim was read wrongly and must not be counted
    Reject,
    /// A person has read this claim and its words agree
    Confirm,
    /// A person has read this claim: its words are to be read as FIELD=VALUE… says
    Correct,
    /// These origins are one
    SameOrigin,
    /// These two passages are not one account
    NotSameAccount,
    /// These spellings name one person, place or body
    SameName,
    /// These spellings do not
    NotSameName,
    /// These names must not appear on any page or export
    Withhold,
    /// The judgement of this number no longer holds
    Undo,
    /// What another collector decided (its id in kua judgements) is decided here, too
    Adopt,
    /// A name that another collector withholds (by the id in kua judgements) may be shown here
    Release,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Lexicon {
    /// Run the examples of a language folder and name every slip with its line
    #[command(after_help = "Example:\n  kua lexicon check lexicons/fr")]
    Check {
        /// Folder of one language, or of all
        #[arg(value_name = "DIR")]
        dir: PathBuf,
        /// One JSON record a line, for machines
        #[arg(long)]
        json: bool,
    },
    /// Read text from standard input and write its time expressions with TIMEX3 values, JSON lines
    #[command(
        after_help = "Example:\n  echo 'Two years ago' | kua lexicon dates --lang en --anchor 2013-03-22"
    )]
    Dates {
        /// Language of the text: en, fr, ru…
        #[arg(long)]
        lang: Lang,
        /// The day it was written, against which \"yesterday\" is read
        #[arg(long, value_name = "DATE")]
        anchor: Option<PartialDate>,
    },
    /// Read text from standard input and write its quantities with bounds and units, JSON lines
    #[command(after_help = "Example:\n  echo 'At least 40 km' | kua lexicon quantities --lang en")]
    Quantities {
        /// Language of the text: en, fr, ru…
        #[arg(long)]
        lang: Lang,
    },
}
