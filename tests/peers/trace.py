#!/usr/bin/env python3
"""Runs other tools for near-copies over the bench corpus of tracing and scores all alike.

Needs `pip install datasketch rensa` (passim is published for Spark only as source, so it is not
here; docs/benches/trace.md has its figures from a like corpus). Not part of any test.

usage: trace.py [ARTICLES [SEED]]      from the top of the repository
"""

import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import time

ARTICLES = sys.argv[1] if len(sys.argv) > 1 else "2000"
SEED = sys.argv[2] if len(sys.argv) > 2 else "1"
WORD = re.compile(r"\w+")


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        cargo("run", "--release", "-q", "-p", "kua-generator", "--", "bench", str(folder), ARTICLES, SEED)
        texts = [path.read_text() for path in sorted((folder / "articles").iterdir())]
        print(f"{len(texts)} articles, {sum(len(t.encode()) for t in texts) / 1e6:.1f} MB")
        kua(folder)
        for threshold, size in ((0.5, 5), (0.2, 3)):
            peer(folder, f"datasketch LSH {threshold}, word {size}-grams", texts, datasketch_pairs, threshold, size)
            peer(folder, f"rensa LSH {threshold}, word {size}-grams", texts, rensa_pairs, threshold, size)


def cargo(*arguments, **settings):
    return subprocess.run(["cargo", *arguments], check=True, **settings)


def kua(folder):
    """The test of the bench corpus writes what it found; its own assertions do not matter here."""
    found = folder / "kua.tsv"
    setting = dict(os.environ, KUA_ARTICLES=ARTICLES, KUA_SEED=SEED, KUA_FOUND=str(found), KUA_ONE_LANGUAGE="1")
    command = ["test", "--release", "-q", "-p", "kua-trace", "--test", "bench_corpus", "--", "--nocapture"]
    done = subprocess.run(["cargo", *command], env=setting, capture_output=True, text=True)
    line = next((line for line in done.stdout.splitlines() if "articles," in line), done.stderr[-400:])
    print(f"\n== kua: {line}")
    # CPU and memory are told by the program that measures them, without translations.
    sizes = cargo("run", "--release", "-q", "-p", "kua-trace", "--example", "size", "--", ARTICLES, "one", capture_output=True, text=True)
    for line in sizes.stdout.splitlines():
        if line.startswith(("step", "all")):
            print(line)
    score(folder, found)


def peer(folder, name, texts, pairs, threshold, size):
    before = resource.getrusage(resource.RUSAGE_SELF)
    start = time.time()
    found = pairs(texts, threshold, size)
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peak = after.ru_maxrss * 1024 / 1e6
    print(f"\n== {name}: {time.time() - start:.1f} s, {cpu:.1f} CPU s, {peak:.0f} MB at its peak (of all so far)")
    path = folder / "peer.tsv"
    with path.open("w") as out:
        for a, b in sorted(found):
            # These tools tell no spans: the whole of both texts is what they claim.
            ends = (len(texts[a].encode()), len(texts[b].encode()))
            out.write(f"{a}\t{b}\t1\t0\t{ends[0]}\t0\t{ends[1]}\n")
    score(folder, path)


def score(folder, path):
    cargo("run", "--release", "-q", "-p", "kua-generator", "--", "score", str(path), ARTICLES, SEED)


def grams(text, size):
    words = WORD.findall(text.lower())
    return {" ".join(words[n : n + size]) for n in range(max(1, len(words) - size + 1))}


def datasketch_pairs(texts, threshold, size):
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=threshold, num_perm=128)
    found = set()
    for n, text in enumerate(texts):
        sketch = MinHash(num_perm=128)
        sketch.update_batch([gram.encode() for gram in grams(text, size)])
        found.update((m, n) for m in index.query(sketch))
        index.insert(n, sketch)
    return found


def rensa_pairs(texts, threshold, size):
    from rensa import RMinHash, RMinHashLSH

    index = RMinHashLSH(threshold=threshold, num_perm=128, num_bands=32 if threshold < 0.4 else 16)
    sketches, found = [], set()
    for n, text in enumerate(texts):
        sketch = RMinHash(num_perm=128, seed=1)
        sketch.update(list(grams(text, size)))
        found.update((m, n) for m in index.query(sketch) if sketches[m].jaccard(sketch) >= threshold)
        index.insert(n, sketch)
        sketches.append(sketch)
    return found


main()
