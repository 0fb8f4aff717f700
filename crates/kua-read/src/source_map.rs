//! From an offset in decoded text back to a byte of the item. Built while decoding, asked often.

use encoding_rs::Encoding;

/// How the bytes of a piece became its text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Unit {
    /// Byte for byte.
    Utf8,
    /// The piece is one replacement character for all its bytes.
    Whole,
    /// One character a byte.
    SingleByte,
    /// Two or four bytes a character.
    Utf16,
    /// A multi-byte set; stepped through byte by byte.
    Legacy(&'static Encoding),
}

/// Where a run of text that was decoded in one way begins.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece {
    pub text: usize,
    pub source: usize,
    pub unit: Unit,
}

/// Pieces in order; the end is where the last one ends.
#[derive(Debug, Default)]
pub(crate) struct SourceMap {
    pieces: Vec<Piece>,
    text_end: usize,
    source_end: usize,
}

impl SourceMap {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Text that equals its bytes from `offset` on.
    pub(crate) fn identity(offset: usize, length: usize) -> Self {
        let mut map = Self::new();
        map.push(Piece { text: 0, source: offset, unit: Unit::Utf8 });
        map.close(length, offset + length);
        map
    }

    pub(crate) fn push(&mut self, piece: Piece) {
        self.pieces.push(piece);
    }

    pub(crate) fn close(&mut self, text: usize, source: usize) {
        self.text_end = text;
        self.source_end = source;
    }

    /// The byte at which the character at `at` of `text` begins (for the end of the text, the byte
    /// after the last). `text` is the whole decoded text, `bytes` the whole item.
    /// Costs at most one piece.
    pub(crate) fn byte_of(&self, at: usize, text: &str, bytes: &[u8]) -> u64 {
        let found = if at >= self.text_end {
            self.source_end
        } else {
            let index = self.pieces.partition_point(|piece| piece.text <= at);
            match index.checked_sub(1).and_then(|index| self.pieces.get(index)) {
                None => self.pieces.first().map_or(self.source_end, |piece| piece.source),
                Some(piece) => {
                    let next = self.pieces.get(index).map_or(self.source_end, |next| next.source);
                    piece.byte_of(at, next, text, bytes)
                }
            }
        };
        found as u64
    }
}

impl Piece {
    fn byte_of(&self, at: usize, next: usize, text: &str, bytes: &[u8]) -> usize {
        let before = text.get(self.text..at).unwrap_or_default();
        let length = match self.unit {
            Unit::Utf8 => before.len(),
            Unit::Whole => 0,
            Unit::SingleByte => before.chars().count(),
            Unit::Utf16 => before.chars().map(|c| 2 * c.len_utf16()).sum(),
            Unit::Legacy(encoding) => {
                step(encoding, bytes.get(self.source..next).unwrap_or_default(), before.len())
            }
        };
        (self.source + length).min(next)
    }
}

/// How many bytes of `piece` it takes to write `wanted` bytes of UTF-8.
fn step(encoding: &'static Encoding, piece: &[u8], wanted: usize) -> usize {
    if wanted == 0 {
        return 0;
    }
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let (mut written, mut room) = (0, [0u8; 64]);
    for (read, byte) in piece.iter().enumerate() {
        let (_, _, count, _) = decoder.decode_to_utf8(std::slice::from_ref(byte), &mut room, false);
        written += count;
        if written >= wanted {
            return read + 1;
        }
    }
    piece.len()
}
