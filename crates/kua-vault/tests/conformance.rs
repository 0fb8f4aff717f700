//! Third-party vectors: transparency-dev/merkle's 196 proofs and transparency-dev/tessera's log.
//! They are not in the repository; without them these tests say so and pass.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a skipped test says so")]

mod common;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::shared;
use kua_vault::tree::{Node, Nodes, leaf_hash, node_hash, verify_consistency, verify_inclusion};
use kua_vault::{Disk, Log, SignedCheckpoint, VerifierKey, tile, tree, verify_log};
use serde_json::Value;

const TESSERA: &str =
    "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";

fn json_files(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut dirs = vec![dir.to_owned()];
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                dirs.push(path);
            } else if path.extension().is_some_and(|e| e == "json") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// A hash of the vectors; those that are wrong on purpose by having another length are refused.
fn hash(value: &Value) -> Option<Node> {
    STANDARD.decode(value.as_str()?).ok()?.try_into().ok()
}

/// A root of the consistency vectors. One good vector has roots of another length ("don't care
/// 2"); our type has no room for them, so a hash over them stands in: equal ones stay equal, and
/// nothing else matches.
fn root(value: &Value) -> Option<Node> {
    let bytes = STANDARD.decode(value.as_str()?).ok()?;
    Some(Node::try_from(bytes).unwrap_or_else(|bytes| leaf_hash(&bytes)))
}

fn proof(vector: &Value) -> Option<Vec<Node>> {
    match &vector["proof"] {
        Value::Null => Some(Vec::new()),
        proof => proof.as_array()?.iter().map(hash).collect(),
    }
}

#[test]
fn all_98_inclusion_proofs_of_transparency_dev_agree() {
    let Some(dir) = shared("conformance/merkle/testdata/inclusion") else { return };
    let files = json_files(&dir);
    for file in &files {
        let vector: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        let verdict = (|| {
            let (index, size) = (vector["leafIdx"].as_u64()?, vector["treeSize"].as_u64()?);
            let (leaf, root) = (hash(&vector["leafHash"])?, hash(&vector["root"])?);
            verify_inclusion(index, size, &leaf, &proof(&vector)?, &root).ok()
        })();
        assert_eq!(verdict.is_none(), vector["wantErr"].as_bool().unwrap(), "{}", file.display());
    }
    assert_eq!(files.len(), 98);
}

#[test]
fn all_98_consistency_proofs_of_transparency_dev_agree() {
    let Some(dir) = shared("conformance/merkle/testdata/consistency") else { return };
    let files = json_files(&dir);
    for file in &files {
        let vector: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        let verdict = (|| {
            let (old, new) = (vector["size1"].as_u64()?, vector["size2"].as_u64()?);
            let (old_root, new_root) = (root(&vector["root1"])?, root(&vector["root2"])?);
            verify_consistency(old, new, &old_root, &new_root, &proof(&vector)?).ok()
        })();
        assert_eq!(verdict.is_none(), vector["wantErr"].as_bool().unwrap(), "{}", file.display());
    }
    assert_eq!(files.len(), 98);
}

struct Leaves(Vec<Node>);

impl Nodes for Leaves {
    type Error = ();
    fn node(&self, height: u32, index: u64) -> Result<Node, ()> {
        if height == 0 {
            return self.0.get(usize::try_from(index).unwrap()).copied().ok_or(());
        }
        Ok(node_hash(&self.node(height - 1, 2 * index)?, &self.node(height - 1, 2 * index + 1)?))
    }
}

#[test]
fn the_log_of_tessera_is_verified_at_every_size() {
    let Some(dir) = shared("conformance/tessera/testdata/log") else { return };
    let key: VerifierKey = TESSERA.parse().unwrap();
    let signed: Vec<SignedCheckpoint> = (0..=15u64)
        .map(|size| {
            let bytes = std::fs::read(dir.join(format!("checkpoint.{size}"))).unwrap();
            SignedCheckpoint::verify(&bytes, &key).unwrap_or_else(|e| panic!("{size}: {e}"))
        })
        .collect();
    let mut leaves = Vec::new();
    for (size, checkpoint) in signed.iter().enumerate() {
        assert_eq!(checkpoint.size(), size as u64);
        if size > 0 {
            let width = u16::try_from(size).unwrap();
            let bundle = std::fs::read(dir.join(format!("tile/entries/000.p/{width}"))).unwrap();
            let entries = tile::parse_bundle(&bundle, width).unwrap();
            leaves = entries.iter().map(|entry| leaf_hash(entry)).collect();
        }
        assert_eq!(tree::root(&Leaves(leaves.clone()), size as u64).unwrap(), *checkpoint.root());
    }
    let newest = &signed[15];
    let log = Log::at(Arc::new(Disk::new(&dir)), "", newest.clone());
    let mut pairs = 0;
    for old in 1..15usize {
        for new in old + 1..=15 {
            let (a, b) = (&signed[old], &signed[new]);
            let log = Log::at(Arc::new(Disk::new(&dir)), "", b.clone());
            let proof = log.consistency_proof(a.size()).unwrap();
            verify_consistency(a.size(), b.size(), a.root(), b.root(), &proof).unwrap();
            assert!(verify_consistency(a.size(), b.size(), b.root(), a.root(), &proof).is_err());
            pairs += 1;
        }
    }
    assert_eq!(pairs, 105);
    for index in 0..15 {
        log.inclusion_proof(index).unwrap();
    }
    let report = verify_log(&dir, &key);
    assert!(report.is_clean() && report.notices.is_empty(), "{report:#?}");
    assert_eq!(report.size, 15);
}
