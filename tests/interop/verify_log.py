"""Checks a log with pymerkle (PyPI), a Merkle tree library that is not ours.

    verify_log.py FOLDER [ENTRY PROOF]

FOLDER holds `checkpoint` and `tile/` (c2sp.org/tlog-tiles). Every entry goes into a tree of
pymerkle's; its root must be that of the checkpoint, and the hashes in the tiles must be its
hashes. ENTRY (a file with the bytes of an entry) and PROOF (`.tlog-proof`) are held against the
proof pymerkle makes itself. The signature is left to verify_signature.sh and verify_log.go.
"""

import base64
import pathlib
import sys

import pymerkle


def main(folder, proof=None):
    lines = (folder / "checkpoint").read_text().split("\n")
    size, root = int(lines[1]), base64.b64decode(lines[2], validate=True)
    entries = [entry for n in range((size + 255) // 256) for entry in bundle(folder, n, size)]
    check(len(entries) == size, f"{size} entries are signed, {len(entries)} are there")
    tree = tree_of(entries)
    if size:
        check(tree.get_root() == root, "the entries do not lead to the signed root")
    level = [tree.get_leaf(n + 1) for n in range(size)]
    number = 0
    while level:
        for n in range((len(level) + 255) // 256):
            there = tile(folder, str(number), n, len(level))
            check(there == b"".join(level[256 * n:256 * n + 256]), f"tile {number}/{n} is changed")
        number += 1
        each = 256 ** number
        full = range(size // each)
        level = [tree_of(entries[n * each:(n + 1) * each]).get_root() for n in full]
    if proof:
        check_proof(tree, size, *proof)
    print(f"verified: {size} entries of {lines[0]}, root {lines[2]}")


def tree_of(entries):
    tree = pymerkle.InmemoryTree("sha256")
    tree.append_entries(entries)
    return tree


def tile(folder, kind, number, count):
    """One tile of `count` hashes or entries in all: full, or of the width that is left."""
    path = "%03d" % (number % 1000)
    rest = number // 1000
    while rest:
        path = "x%03d/" % (rest % 1000) + path
        rest //= 1000
    width = min(256, count - 256 * number)
    return (folder / "tile" / kind / (path if width == 256 else f"{path}.p/{width}")).read_bytes()


def bundle(folder, number, count):
    data = tile(folder, "entries", number, count)
    entries = []
    while data:
        length = int.from_bytes(data[:2], "big")
        check(len(data) >= 2 + length, f"the bundle {number} is cut short")
        entries.append(data[2:2 + length])
        data = data[2 + length:]
    return entries


def check_proof(tree, size, entry, text):
    head, checkpoint = text.read_text().split("\n\n", 1)
    lines = [line for line in head.split("\n") if not line.startswith("extra ")]
    check(lines[0] == "c2sp.org/tlog-proof@v1", "this is no tlog-proof")
    index = int(lines[1].removeprefix("index "))
    proved, root = checkpoint.split("\n")[1:3]
    leaf = tree_of([entry.read_bytes()]).get_leaf(1)
    check(leaf == tree.get_leaf(index + 1), f"entry {index} is another one")
    check(base64.b64decode(root) == tree.get_root(int(proved)), "the proof is of another log")
    theirs = tree.prove_inclusion(index + 1, int(proved))
    pymerkle.verify_inclusion(leaf, tree.get_root(int(proved)), theirs)
    ours = [base64.b64decode(line, validate=True) for line in lines[2:]]
    check(sorted(ours + [leaf]) == sorted(theirs.path), "the proof is not the one pymerkle makes")


def check(holds, what):
    if not holds:
        print("NOT AS SIGNED:", what)
        sys.exit(1)


if __name__ == "__main__":
    paths = [pathlib.Path(argument) for argument in sys.argv[1:]]
    if len(paths) not in (1, 3):
        sys.exit(__doc__)
    main(paths[0], paths[1:])
