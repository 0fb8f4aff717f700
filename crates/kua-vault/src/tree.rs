//! Merkle tree of the log: hashes, roots, and proofs made and checked.
//! Follows RFC 6962 section 2.1 and RFC 9162 sections 2.1.3 and 2.1.4.
//! Knows nothing of tiles, files or signatures.

use sha2::{Digest, Sha256};
use thiserror::Error;

/// A node of the tree: 32 bytes of SHA-256.
pub type Node = [u8; 32];

/// Hash of one log entry: `SHA-256(0x00 ‖ entry)`.
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Node {
    Sha256::new().chain_update([0]).chain_update(entry).finalize().into()
}

/// Hash of two subtrees: `SHA-256(0x01 ‖ left ‖ right)`.
#[must_use]
pub fn node_hash(left: &Node, right: &Node) -> Node {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// Root of the tree without entries: `SHA-256("")`.
#[must_use]
pub fn empty_root() -> Node {
    Sha256::digest([]).into()
}

/// Root over complete subtrees that stand side by side, largest first.
/// The empty slice gives [`empty_root`].
#[must_use]
pub fn root_of_peaks(peaks: &[Node]) -> Node {
    peaks
        .iter()
        .rev()
        .copied()
        .reduce(|right, left| node_hash(&left, &right))
        .unwrap_or_else(empty_root)
}

/// The complete subtrees of a tree that grows by one leaf at a time, largest first.
/// Memory is one hash per set bit of the size.
#[derive(Debug, Clone, Default)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Node>,
}

impl Frontier {
    /// Appends one node that stands for one leaf.
    pub fn push(&mut self, leaf: Node) {
        let mut node = leaf;
        // Every trailing one bit of the old size is a complete subtree of equal height to join.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                node = node_hash(&left, &node);
            }
        }
        self.peaks.push(node);
        self.size += 1;
    }

    /// Root over everything pushed so far.
    #[must_use]
    pub fn root(&self) -> Node {
        root_of_peaks(&self.peaks)
    }

    /// Number of leaves pushed so far.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }
}

/// Where proofs take their complete subtrees from.
pub trait Nodes {
    /// What can go wrong when fetching a node.
    type Error;

    /// The complete subtree over leaves `index << height .. (index + 1) << height`.
    ///
    /// # Errors
    /// Whatever the place the hashes lie in reports.
    fn node(&self, height: u32, index: u64) -> Result<Node, Self::Error>;
}

/// Root of the tree over the first `size` leaves.
///
/// # Errors
/// Passes on errors of `nodes`.
pub fn root<N: Nodes>(nodes: &N, size: u64) -> Result<Node, N::Error> {
    if size == 0 { Ok(empty_root()) } else { range(nodes, 0, size) }
}

/// Inclusion proof of leaf `index` in the tree over `size` leaves, the leaf's sibling first.
/// The caller makes sure that `index < size`; otherwise the proof is empty.
///
/// # Errors
/// Passes on errors of `nodes`.
pub fn inclusion_proof<N: Nodes>(nodes: &N, index: u64, size: u64) -> Result<Vec<Node>, N::Error> {
    let mut proof = Vec::new();
    let (mut start, mut end) = (0, size);
    if index >= size {
        return Ok(proof);
    }
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            proof.push(range(nodes, middle, end)?);
            end = middle;
        } else {
            proof.push(range(nodes, start, middle)?);
            start = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// Consistency proof between the trees over the first `old` and the first `new` leaves
/// (RFC 6962 section 2.1.2). Empty if `old` is 0 or not below `new`.
///
/// # Errors
/// Passes on errors of `nodes`.
pub fn consistency_proof<N: Nodes>(nodes: &N, old: u64, new: u64) -> Result<Vec<Node>, N::Error> {
    let mut proof = Vec::new();
    if old == 0 || old >= new {
        return Ok(proof);
    }
    let (mut start, mut end) = (0, new);
    // False once the old tree's right edge lies strictly inside the range, so that the
    // verifier cannot know the subtree and must be told it.
    let mut known = true;
    while old != end {
        let middle = start + split(end - start);
        if old <= middle {
            proof.push(range(nodes, middle, end)?);
            end = middle;
        } else {
            proof.push(range(nodes, start, middle)?);
            start = middle;
            known = false;
        }
    }
    if !known {
        proof.push(range(nodes, start, end)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Why a proof does not prove.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TreeError {
    /// The leaf lies outside the tree.
    #[error("entry {index} is not in a log of {size} entries")]
    OutOfRange {
        /// Leaf the proof was made for.
        index: u64,
        /// Leaves in the tree.
        size: u64,
    },
    /// The sizes do not allow a consistency proof.
    #[error("no consistency proof exists from {old} to {new} entries")]
    Sizes {
        /// Leaves in the older tree.
        old: u64,
        /// Leaves in the newer tree.
        new: u64,
    },
    /// Too many or too few hashes.
    #[error("the proof has {found} hashes, which is the wrong number for this position")]
    Length {
        /// Hashes found.
        found: usize,
    },
    /// The hashes lead to another root.
    #[error("the proof leads to another root than the one that was signed")]
    Root,
}

/// Checks that `leaf` is number `index` of the `size` leaves under `root` (RFC 9162, 2.1.3.2).
///
/// # Errors
/// [`TreeError`] says whether position, length or root is wrong.
pub fn verify_inclusion(
    index: u64,
    size: u64,
    leaf: &Node,
    proof: &[Node],
    root: &Node,
) -> Result<(), TreeError> {
    if index >= size {
        return Err(TreeError::OutOfRange { index, size });
    }
    let length = || TreeError::Length { found: proof.len() };
    let (mut position, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return Err(length());
        }
        if position & 1 == 1 || position == last {
            hash = node_hash(sibling, &hash);
            while position & 1 == 0 && position != 0 {
                position >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        position >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(length());
    }
    if hash == *root { Ok(()) } else { Err(TreeError::Root) }
}

/// Checks that the tree of `old` leaves under `old_root` is the beginning of the tree of `new`
/// leaves under `new_root` (RFC 9162, 2.1.4.2). `old` = 0 proves nothing and is an error.
///
/// # Errors
/// [`TreeError`] says whether sizes, length or a root is wrong.
pub fn verify_consistency(
    old: u64,
    new: u64,
    old_root: &Node,
    new_root: &Node,
    proof: &[Node],
) -> Result<(), TreeError> {
    if old == 0 || old > new {
        return Err(TreeError::Sizes { old, new });
    }
    let length = || TreeError::Length { found: proof.len() };
    if old == new {
        if !proof.is_empty() {
            return Err(length());
        }
        return if old_root == new_root { Ok(()) } else { Err(TreeError::Root) };
    }
    let mut hashes = proof.iter();
    // When the old tree is one complete subtree the verifier already has its hash.
    let first = if old.is_power_of_two() { Some(old_root) } else { hashes.next() };
    let first = first.ok_or_else(length)?;
    let (mut position, mut last) = (old - 1, new - 1);
    while position & 1 == 1 {
        position >>= 1;
        last >>= 1;
    }
    let (mut from_old, mut from_new) = (*first, *first);
    for hash in hashes {
        if last == 0 {
            return Err(length());
        }
        if position & 1 == 1 || position == last {
            from_old = node_hash(hash, &from_old);
            from_new = node_hash(hash, &from_new);
            while position & 1 == 0 && position != 0 {
                position >>= 1;
                last >>= 1;
            }
        } else {
            from_new = node_hash(&from_new, hash);
        }
        position >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(length());
    }
    if from_old == *old_root && from_new == *new_root { Ok(()) } else { Err(TreeError::Root) }
}

/// Largest power of two strictly below `leaves`, which must be at least 2.
fn split(leaves: u64) -> u64 {
    1 << (leaves - 1).ilog2()
}

/// Root of the subtree over leaves `start..end`, where `start` is a multiple of the next power
/// of two: the only ranges RFC 6962 splitting yields.
fn range<N: Nodes>(nodes: &N, start: u64, end: u64) -> Result<Node, N::Error> {
    let mut peaks = Vec::new();
    let mut at = start;
    while at < end {
        let height = (end - at).ilog2();
        peaks.push(nodes.node(height, at >> height)?);
        at += 1 << height;
    }
    Ok(root_of_peaks(&peaks))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every leaf in memory; subtrees by brute force.
    struct Leaves(Vec<Node>);

    impl Nodes for Leaves {
        type Error = ();
        fn node(&self, height: u32, index: u64) -> Result<Node, ()> {
            if height == 0 {
                return self.0.get(usize::try_from(index).unwrap()).copied().ok_or(());
            }
            let left = self.node(height - 1, index * 2)?;
            let right = self.node(height - 1, index * 2 + 1)?;
            Ok(node_hash(&left, &right))
        }
    }

    /// MTH exactly as RFC 6962 words it.
    fn mth(leaves: &[Node]) -> Node {
        match leaves {
            [] => empty_root(),
            [one] => *one,
            many => {
                let k = usize::try_from(split(many.len() as u64)).unwrap();
                node_hash(&mth(&many[..k]), &mth(&many[k..]))
            }
        }
    }

    fn log(size: u64) -> Leaves {
        Leaves((0..size).map(|i| leaf_hash(&i.to_be_bytes())).collect())
    }

    #[test]
    fn the_root_is_that_of_the_rfc_at_every_size() {
        let log = log(70);
        let mut frontier = Frontier::default();
        for size in 0..=70u64 {
            let by_rfc = mth(&log.0[..usize::try_from(size).unwrap()]);
            assert_eq!(root(&log, size).unwrap(), by_rfc, "size {size}");
            assert_eq!(frontier.root(), by_rfc, "size {size}");
            if size < 70 {
                frontier.push(log.0[usize::try_from(size).unwrap()]);
            }
        }
    }

    #[test]
    fn every_entry_of_every_small_log_is_proved_and_no_other() {
        let log = log(40);
        for size in 1..=40u64 {
            let root = root(&log, size).unwrap();
            for index in 0..size {
                let proof = inclusion_proof(&log, index, size).unwrap();
                let leaf = log.0[usize::try_from(index).unwrap()];
                verify_inclusion(index, size, &leaf, &proof, &root).unwrap();
                let other = leaf_hash(b"never added");
                assert!(verify_inclusion(index, size, &other, &proof, &root).is_err());
                if size > 1 {
                    let wrong = (index + 1) % size;
                    assert!(verify_inclusion(wrong, size, &leaf, &proof, &root).is_err());
                }
            }
            assert!(verify_inclusion(size, size, &log.0[0], &[], &root).is_err());
        }
    }

    #[test]
    fn growth_is_proved_between_all_pairs_of_sizes_and_a_changed_past_is_not() {
        let log = log(40);
        for new in 1..=40u64 {
            let new_root = root(&log, new).unwrap();
            for old in 1..=new {
                let old_root = root(&log, old).unwrap();
                let proof = consistency_proof(&log, old, new).unwrap();
                verify_consistency(old, new, &old_root, &new_root, &proof).unwrap();
                let changed = leaf_hash(b"another past");
                assert!(verify_consistency(old, new, &changed, &new_root, &proof).is_err());
                assert!(verify_consistency(old, new, &old_root, &changed, &proof).is_err());
            }
            assert_eq!(
                verify_consistency(0, new, &empty_root(), &new_root, &[]),
                Err(TreeError::Sizes { old: 0, new })
            );
        }
    }
}
