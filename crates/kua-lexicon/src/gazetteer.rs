//! Towns of the world by their names in many scripts, old and new. Facts of GeoNames (CC BY 4.0), see
//! `lexicons/gazetteer/README.md`. Knows nothing of texts: what it is asked is a folded name.

use std::io::Read;
use std::sync::OnceLock;

use flate2::read::GzDecoder;

use crate::token::{TokenKind, tokens};

/// A town.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Town<'g> {
    /// Its name in Latin letters.
    pub name: &'g str,
    /// ISO 3166-1 code of the country, two letters.
    pub country: &'g str,
    /// People living there.
    pub people: u64,
}

/// Names of towns, unpacked once a process when first asked.
#[derive(Debug)]
pub struct Gazetteer {
    text: String,
    /// Where the line of each town begins.
    towns: Vec<usize>,
    /// Where the line of each name begins, in order of the names' bytes.
    names: Vec<usize>,
}

impl Gazetteer {
    /// The towns inside the binary.
    pub fn world() -> &'static Self {
        static WORLD: OnceLock<Gazetteer> = OnceLock::new();
        WORLD.get_or_init(|| {
            let packed = include_bytes!("../lexicons/gazetteer/world.tsv.gz");
            let mut text = String::new();
            // A test holds that it unpacks; without it there are no towns, and nothing else fails.
            if GzDecoder::new(packed.as_slice()).read_to_string(&mut text).is_err() {
                text.clear();
            }
            Self::of(text)
        })
    }

    fn of(text: String) -> Self {
        let (mut towns, mut names) = (Vec::new(), Vec::new());
        let mut at = 0;
        let mut second = false;
        for line in text.split_inclusive('\n') {
            if line == "\n" {
                second = true;
            } else if second {
                names.push(at);
            } else {
                towns.push(at);
            }
            at += line.len();
        }
        Self { text, towns, names }
    }

    /// The towns a folded name ([`place_key`]) may be, the largest first; empty if it is none's.
    pub fn find(&self, key: &str) -> Vec<Town<'_>> {
        // A name ends in a tab, which is less than any letter of a key: so as many bytes as the key
        // has tell which of the two comes first.
        let here = |at: usize| {
            let rest = self.text.as_bytes().get(at..).unwrap_or_default();
            rest.get(..key.len()).unwrap_or(rest)
        };
        let index = self.names.partition_point(|&at| here(at) < key.as_bytes());
        let Some(&at) = self.names.get(index).filter(|&&at| self.name_at(at) == key) else {
            return Vec::new();
        };
        let numbers = self.line_at(at).split_once('\t').map_or("", |(_, numbers)| numbers);
        numbers.split(',').filter_map(|number| self.town(number.parse().ok()?)).collect()
    }

    fn town(&self, number: usize) -> Option<Town<'_>> {
        let mut fields = self.line_at(*self.towns.get(number)?).split('\t');
        Some(Town {
            name: fields.next()?,
            country: fields.next()?,
            people: fields.next()?.parse().ok()?,
        })
    }

    fn line_at(&self, at: usize) -> &str {
        let rest = self.text.get(at..).unwrap_or("");
        rest.split_once('\n').map_or(rest, |(line, _)| line)
    }

    fn name_at(&self, at: usize) -> &str {
        let line = self.line_at(at);
        line.split_once('\t').map_or(line, |(name, _)| name)
    }
}

/// A name as gazetteers keep it: its words folded and divided by one space, without marks.
pub fn place_key(name: &str) -> String {
    let words: Vec<_> = tokens(name, 0)
        .into_iter()
        .filter(|token| token.kind != TokenKind::Mark)
        .map(|token| token.fold.into_owned())
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(name: &str) -> Option<&'static str> {
        match Gazetteer::world().find(&place_key(name)).as_slice() {
            [town] => Some(town.name),
            _ => None,
        }
    }

    #[test]
    fn towns_are_found_by_old_and_new_names_in_every_script() {
        for name in ["Kyiv", "Kiev", "Київ", "Киев"] {
            assert_eq!(one(name), Some("Kyiv"), "{name}");
        }
        assert_eq!(one("Алма-Ата"), Some("Almaty"));
        assert_eq!(one("Port-au-Prince"), Some("Port-au-Prince"));
        assert_eq!(one("Nueva Delhi"), Some("New Delhi"));
        assert_eq!(one("القاهرة"), Some("Cairo"));
    }

    #[test]
    fn a_name_of_several_like_towns_is_none_of_them() {
        assert!(Gazetteer::world().find(&place_key("Брест")).len() > 1);
        assert!(Gazetteer::world().find("no such town").is_empty());
        assert!(Gazetteer::world().find("").is_empty());
    }

    #[test]
    fn names_stand_in_order_so_that_each_can_be_found() {
        let world = Gazetteer::world();
        assert!(world.names.len() > 200_000 && world.towns.len() > 30_000);
        assert!(world.names.windows(2).all(|two| world.name_at(two[0]) < world.name_at(two[1])));
    }
}
