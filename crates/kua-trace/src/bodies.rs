//! The texts of a case as they are compared: in memory, or set aside on disk and read again each time
//! they are asked for, because a million would not fit.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::io;
use std::ops::Deref;
use std::sync::OnceLock;

use kua_model::{
    Completeness, Document, DocumentDates, DocumentId, Lang, Notice, NoticePlace, Receipt,
    Severity, Sha256, Span, TextRange,
};
use rayon::prelude::*;

use crate::body::Body;
use crate::fold::Folded;
use crate::passage::Side;
use crate::scratch::{Place, Scratch};
use crate::wording::Wordings;

/// Longest text, in bytes, that is traced: places in it are kept in 32 bits.
const LONGEST: usize = u32::MAX as usize;

/// Documents that are read from a shelf at a time.
const AT_A_TIME: usize = 1 << 10;

/// Where documents are kept that memory should not hold all at once.
pub trait Shelf: Sync {
    /// How many there are.
    fn count(&self) -> usize;

    /// Document `n`, from 0. Each is asked for once.
    ///
    /// # Errors
    /// If it cannot be read.
    fn document(&self, n: usize) -> io::Result<Document>;
}

/// The bodies of a case, in order of document.
pub(crate) struct Bodies<'t> {
    ids: Vec<DocumentId>,
    languages: Vec<Option<Lang>>,
    held: Held<'t>,
    /// The first failure to read a text again. What was read instead counts for nothing then.
    failed: OnceLock<io::Error>,
}

enum Held<'t> {
    Memory(Vec<Body<'t>>),
    Aside(&'t dyn Scratch, Vec<Place>),
}

/// Something that is kept, or that was read for whoever asked.
pub(crate) enum Lent<'b, T> {
    Kept(&'b T),
    Read(Box<T>),
}

impl<T> Deref for Lent<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self {
            Self::Kept(kept) => kept,
            Self::Read(read) => read,
        }
    }
}

impl<'t> Bodies<'t> {
    /// Of documents in memory, each once; with what must be said of those that are left out.
    pub(crate) fn of(documents: &'t [Document]) -> (Self, Vec<Notice>) {
        let mut ordered: Vec<&Document> = documents.iter().collect();
        ordered.sort_by_key(|document| document.id);
        ordered.dedup_by_key(|document| document.id);
        let mut notices = Vec::new();
        ordered.retain(|document| {
            let notice = too_long(document);
            let fits = notice.is_none();
            notices.extend(notice);
            fits
        });
        let bodies: Vec<Body<'_>> =
            ordered.par_iter().map(|document| Body::of(Cow::Borrowed(*document))).collect();
        let bodies = Self {
            ids: bodies.iter().map(|body| body.document.id).collect(),
            languages: bodies.iter().map(Body::language).collect(),
            held: Held::Memory(bodies),
            failed: OnceLock::new(),
        };
        (bodies, notices)
    }

    /// The same of documents on a shelf, set aside as they are read; and for each what `digest` says.
    pub(crate) fn aside(
        shelf: &dyn Shelf,
        scratch: &'t dyn Scratch,
        digest: impl Fn(&Document) -> Sha256 + Sync,
    ) -> io::Result<(Self, Vec<Notice>, Vec<Sha256>)> {
        let set_aside = |n: usize| -> io::Result<Result<Text, Notice>> {
            let document = shelf.document(n)?;
            if let Some(notice) = too_long(&document) {
                return Ok(Err(notice));
            }
            let digest = digest(&document);
            let body = Body::of(Cow::Owned(without_origins(document)));
            let (id, language) = (body.document.id, body.language());
            let place = Place::of(&packed(body)?, scratch)?;
            Ok(Ok(Text { id, language, digest, place }))
        };
        let (mut texts, mut notices) = (Vec::with_capacity(shelf.count()), Vec::new());
        for from in (0..shelf.count()).step_by(AT_A_TIME) {
            let to = (from + AT_A_TIME).min(shelf.count());
            let read: Vec<_> = (from..to).into_par_iter().map(set_aside).collect();
            for text in read {
                match text? {
                    Ok(text) => texts.push(text),
                    Err(notice) => notices.push(notice),
                }
            }
        }
        texts.sort_by_key(|text| text.id);
        texts.dedup_by_key(|text| text.id);
        let bodies = Self {
            ids: texts.iter().map(|text| text.id).collect(),
            languages: texts.iter().map(|text| text.language).collect(),
            held: Held::Aside(scratch, texts.iter().map(|text| text.place).collect()),
            failed: OnceLock::new(),
        };
        Ok((bodies, notices, texts.into_iter().map(|text| text.digest).collect()))
    }

    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    /// Ids of all documents, sorted.
    pub(crate) fn ids(&self) -> &[DocumentId] {
        &self.ids
    }

    /// Number of a document.
    pub(crate) fn number(&self, id: DocumentId) -> Option<usize> {
        self.ids.binary_search(&id).ok()
    }

    /// Language of each document, or of most of its body.
    pub(crate) fn languages(&self) -> &[Option<Lang>] {
        &self.languages
    }

    /// Body `n`.
    pub(crate) fn get(&self, n: usize) -> Lent<'_, Body<'_>> {
        match &self.held {
            Held::Memory(bodies) => Lent::Kept(&bodies[n]),
            Held::Aside(..) => Lent::Read(Box::new(self.read(n).body())),
        }
    }

    /// Bodies in memory; none if they are set aside.
    pub(crate) fn in_memory(&self) -> &[Body<'t>] {
        match &self.held {
            Held::Memory(bodies) => bodies,
            Held::Aside(..) => &[],
        }
    }

    /// What was set aside of text `n`. Of nothing if it cannot be read: that is told when all is done,
    /// because then nothing of it holds.
    fn read(&self, n: usize) -> Packed<'_> {
        let place = match &self.held {
            Held::Memory(_) => Place::default(),
            Held::Aside(_, places) => places[n],
        };
        Packed { bodies: self, id: self.ids[n], bytes: self.read_aside(place) }
    }

    pub(crate) fn is_aside(&self) -> bool {
        matches!(self.held, Held::Aside(..))
    }

    /// Sets something aside beside the texts, if these are; else nothing of it.
    pub(crate) fn set_aside(&self, bytes: &[u8]) -> Place {
        match &self.held {
            Held::Memory(_) => Place::default(),
            Held::Aside(scratch, _) => self.sound(Place::of(bytes, *scratch)),
        }
    }

    /// What was set aside at a place.
    pub(crate) fn read_aside(&self, place: Place) -> Vec<u8> {
        match &self.held {
            Held::Memory(_) => Vec::new(),
            Held::Aside(scratch, _) => self.sound(place.read(*scratch)),
        }
    }

    /// The value; if there is none, notes why and gives an empty one.
    fn sound<T: Default>(&self, read: io::Result<T>) -> T {
        read.unwrap_or_else(|error| {
            self.failed.get_or_init(|| error);
            T::default()
        })
    }

    /// The first failure to read a text again, if there was any.
    pub(crate) fn failure(self) -> Option<io::Error> {
        self.failed.into_inner()
    }
}

/// What is noted of a text that is set aside.
struct Text {
    id: DocumentId,
    language: Option<Lang>,
    digest: Sha256,
    place: Place,
}

fn too_long(document: &Document) -> Option<Notice> {
    (document.text.len() >= LONGEST).then(|| {
        let start = Span::new(document.id, TextRange::new(0, 0));
        Notice::new(
            Severity::Loss,
            "too-long-to-trace",
            NoticePlace::Span(start),
            format!(
                "{} holds {} bytes of text, more than the 4 GiB that can be traced. It was not compared with the other documents: split it into parts and add those.",
                document.path,
                document.text.len()
            ),
        )
    })
}

/// The document without what only leads back to its item: tracing asks for none of it.
fn without_origins(mut document: Document) -> Document {
    for block in &mut document.blocks {
        block.source = Vec::new();
        block.why = Vec::new();
    }
    document.dates.candidates = Vec::new();
    document.receipt.omitted = Vec::new();
    document
}

/// A body and its letters as bytes: two counts of 32 bits, of letters and of bytes of what else is known of them; the letters; the rest of them; the body.
fn packed(body: Body<'static>) -> io::Result<Vec<u8>> {
    let mut folded = fold(&body);
    let letters = std::mem::take(&mut folded.units);
    let of_letters = postcard::to_allocvec(&folded).map_err(io::Error::other)?;
    let mut out = Vec::with_capacity(2 * (letters.len() + of_letters.len() + body.len()));
    for count in [letters.len(), of_letters.len()] {
        out.extend(u32::try_from(count).map_err(io::Error::other)?.to_le_bytes());
    }
    out.extend(letters.into_iter().flat_map(u16::to_le_bytes));
    out.extend(of_letters);
    postcard::to_extend(&body, out).map_err(io::Error::other)
}

fn counts_of(bytes: [u8; 8]) -> [usize; 2] {
    let counts = bytes.as_chunks::<4>().0;
    [0, 1].map(|n| u32::from_le_bytes(counts[n]) as usize)
}

/// The bytes of a body and its letters.
pub(crate) struct Packed<'b> {
    bodies: &'b Bodies<'b>,
    id: DocumentId,
    bytes: Vec<u8>,
}

/// What is packed, part by part.
struct Parts<'p> {
    letters: &'p [[u8; 2]],
    /// What else is known of the letters.
    of_letters: &'p [u8],
    body: &'p [u8],
}

impl Packed<'_> {
    fn parts(&self) -> Option<Parts<'_>> {
        let (counts, rest) = self.bytes.split_first_chunk::<8>()?;
        let [letters, of_letters] = counts_of(*counts);
        let (letters, rest) = rest.split_at_checked(2 * letters)?;
        let (of_letters, body) = rest.split_at_checked(of_letters)?;
        Some(Parts { letters: letters.as_chunks().0, of_letters, body })
    }

    fn folded(&self) -> Folded {
        let unpacked = || {
            let parts = self.parts().ok_or(io::ErrorKind::UnexpectedEof)?;
            let mut folded: Folded =
                postcard::from_bytes(parts.of_letters).map_err(io::Error::other)?;
            folded.units = parts.letters.iter().copied().map(u16::from_le_bytes).collect();
            Ok(folded)
        };
        self.bodies.sound(unpacked())
    }

    fn body(&self) -> Body<'static> {
        let unpacked = || {
            let parts = self.parts().ok_or(io::ErrorKind::UnexpectedEof)?;
            let body: Body<'static> = postcard::from_bytes(parts.body).map_err(io::Error::other)?;
            // Bytes of nothing may be read as a text without words.
            let is_it = body.document.id == self.id;
            is_it.then_some(Some(body)).ok_or_else(|| io::ErrorKind::InvalidData.into())
        };
        self.bodies.sound(unpacked()).unwrap_or_else(|| empty(self.id))
    }
}

/// A text that could not be read.
fn empty(id: DocumentId) -> Body<'static> {
    let document = Document {
        id,
        item: kua_model::ItemId::of(&[]),
        path: String::new(),
        text: String::new(),
        blocks: Vec::new(),
        sentences: Vec::new(),
        language: None,
        title: None,
        dates: DocumentDates::default(),
        receipt: Receipt {
            reader: String::new(),
            version: 0,
            charset: String::new(),
            charset_how: String::new(),
            completeness: Completeness::Empty,
            omitted: Vec::new(),
        },
    };
    Body::of(Cow::Owned(document))
}

fn fold(body: &Body<'_>) -> Folded {
    let sentences = body.units.iter().map(|unit| unit.range);
    Folded::in_sentences(&body.document.text, &body.ranges, sentences)
}

/// A body that is read when it is first looked into: most pairs of texts are told apart by their
/// letters.
pub(crate) enum Later<'b> {
    Kept(&'b Body<'b>),
    Packed(Packed<'b>, OnceCell<Box<Body<'static>>>),
}

impl<'b> Deref for Later<'b> {
    type Target = Body<'b>;

    fn deref(&self) -> &Body<'b> {
        match self {
            Self::Kept(body) => body,
            Self::Packed(packed, body) => body.get_or_init(|| Box::new(packed.body())),
        }
    }
}

/// A body and its letters.
pub(crate) struct Spelled<'b> {
    body: Later<'b>,
    pub(crate) folded: Lent<'b, Folded>,
}

impl<'b> Spelled<'b> {
    /// The text as one side of a comparison, in the words of its language.
    pub(crate) fn side<'s>(&'s self, words: &'s Wordings) -> Side<'s, 'b> {
        Side { body: &self.body, folded: &self.folded, words }
    }
}

/// Folded bodies. Of those in memory each is made when it is first asked for: at two bytes a letter
/// they are smaller than the documents, which are held in any case; to make them again for each pair
/// would take minutes.
pub(crate) struct Folds<'s, 'd> {
    pub(crate) bodies: &'s Bodies<'d>,
    /// None of bodies that are set aside: their letters are with them.
    made: Vec<OnceLock<Folded>>,
}

impl<'s, 'd> Folds<'s, 'd> {
    pub(crate) fn of(bodies: &'s Bodies<'d>) -> Self {
        let kept = if matches!(bodies.held, Held::Memory(_)) { bodies.len() } else { 0 };
        Self { bodies, made: (0..kept).map(|_| OnceLock::new()).collect() }
    }

    pub(crate) fn get(&self, n: usize) -> Spelled<'_> {
        match &self.bodies.held {
            Held::Memory(bodies) => {
                let body = &bodies[n];
                let folded = self.made[n].get_or_init(|| fold(body));
                Spelled { body: Later::Kept(body), folded: Lent::Kept(folded) }
            }
            Held::Aside(..) => {
                let packed = self.bodies.read(n);
                let folded = Lent::Read(Box::new(packed.folded()));
                Spelled { body: Later::Packed(packed, OnceCell::new()), folded }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct One(Document);

    impl Shelf for One {
        fn count(&self) -> usize {
            1
        }

        fn document(&self, _: usize) -> io::Result<Document> {
            Ok(self.0.clone())
        }
    }

    /// Takes everything in, and gives back as many bytes of a kind.
    struct Lost(Option<u8>);

    impl Scratch for Lost {
        fn add(&self, _: &[u8]) -> io::Result<u64> {
            Ok(0)
        }

        fn read(&self, _: u64, out: &mut [u8]) -> io::Result<()> {
            out.fill(self.0.ok_or(io::ErrorKind::UnexpectedEof)?);
            Ok(())
        }
    }

    #[test]
    fn a_text_that_cannot_be_read_again_is_empty_and_told_at_the_end() {
        let id = DocumentId::new(kua_model::ItemId::of(b"one"), 0);
        let shelf = One(empty(id).document.into_owned());
        for scratch in [Lost(None), Lost(Some(0)), Lost(Some(255))] {
            let (bodies, _, digests) =
                Bodies::aside(&shelf, &scratch, |_| Sha256::of(b"")).unwrap();
            assert_eq!((bodies.len(), digests.len()), (1, 1));
            assert_eq!(bodies.get(0).document.id, id);
            assert!(Folds::of(&bodies).get(0).folded.units.is_empty());
            assert!(bodies.failure().is_some());
        }
    }
}
