//! The gazetteers of a case: `places/*.csv` and `places/*.geojson`, read into names of places.
//! See `docs/formats/case.md`.

use std::fs;
use std::path::Path;

use kua_extract::PlaceNames;
use serde_json::Value;

use crate::error::CaseError;

/// The name a place goes by, and a name it has.
type Pairs = Vec<(String, String)>;

/// Names of all gazetteers in `folder`, files by name; none if there is no such folder.
///
/// # Errors
/// [`CaseError::Places`] with file and line, and what the disk says.
pub(crate) fn place_names(folder: &Path) -> Result<PlaceNames, CaseError> {
    if !folder.is_dir() {
        return Ok(PlaceNames::default());
    }
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(CaseError::io(folder))? {
        paths.push(entry.map_err(CaseError::io(folder))?.path());
    }
    paths.sort();
    let mut pairs: Pairs = Vec::new();
    for path in &paths {
        let kind = path.extension().and_then(|end| end.to_str()).unwrap_or("").to_lowercase();
        let read: fn(&str) -> Result<Pairs, Slip> = match kind.as_str() {
            "csv" | "tsv" => table,
            "geojson" | "json" => features,
            _ => continue,
        };
        let text = fs::read_to_string(path).map_err(CaseError::io(path))?;
        let found = read(text.trim_start_matches('\u{feff}')).map_err(|slip| {
            CaseError::Places { path: path.clone(), line: slip.line, reason: slip.reason }
        })?;
        pairs.extend(found);
    }
    Ok(PlaceNames::new(pairs.iter().map(|(place, name)| (place.as_str(), name.as_str()))))
}

/// Where a gazetteer is not as expected.
#[derive(Debug, PartialEq, Eq)]
struct Slip {
    line: usize,
    reason: String,
}

/// Pairs of place and name of a table with a head: column `name`, and any of `names`, `old`, `alt`,
/// or columns that begin so (`name:ru`, `old_name`), with `|` or `;` between several names.
fn table(text: &str) -> Result<Pairs, Slip> {
    let head_line = text.lines().next().unwrap_or("");
    let comma = [',', '\t', ';'].into_iter().max_by_key(|&mark| {
        // Of equal counts the first, which `max_by_key` would not take.
        (head_line.matches(mark).count(), mark == ',')
    });
    let rows = rows(text, comma.unwrap_or(','))?;
    let Some(((_, head), rows)) = rows.split_first() else { return Ok(Vec::new()) };
    let head: Vec<String> = head.iter().map(|field| field.trim().to_lowercase()).collect();
    let Some(main) = head.iter().position(|field| field == "name") else {
        return Err(Slip {
            line: 1,
            reason: format!("expected a column called name, found {}", head.join(", ")),
        });
    };
    let mut pairs = Vec::new();
    for (line, row) in rows {
        if row.iter().all(|field| field.trim().is_empty()) {
            continue;
        }
        let place = row.get(main).map_or("", |field| field.trim());
        if place.is_empty() {
            return Err(Slip { line: *line, reason: "this row has no name".to_owned() });
        }
        for (column, field) in head.iter().zip(row) {
            if is_name(column) {
                pairs.extend(several(field).map(|name| (place.to_owned(), name.to_owned())));
            }
        }
    }
    Ok(pairs)
}

/// Fields of every row with the line it begins at (RFC 4180; a field in double quotes may hold the
/// divider, line ends, and `""` for a quote).
fn rows(text: &str, divider: char) -> Result<Vec<(usize, Vec<String>)>, Slip> {
    let mut out = Vec::new();
    let (mut row, mut field) = (Vec::new(), String::new());
    let (mut line, mut begins) = (1, 1);
    let mut quoted: Option<usize> = None;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        line += usize::from(c == '\n');
        match c {
            '"' if quoted.is_some() => {
                if characters.peek() == Some(&'"') {
                    characters.next();
                    field.push('"');
                } else {
                    quoted = None;
                }
            }
            _ if quoted.is_some() => field.push(c),
            '"' if field.trim().is_empty() => {
                field.clear();
                quoted = Some(line);
            }
            '\n' => {
                row.push(std::mem::take(&mut field));
                out.push((begins, std::mem::take(&mut row)));
                begins = line;
            }
            '\r' => {}
            c if c == divider => row.push(std::mem::take(&mut field)),
            c => field.push(c),
        }
    }
    if let Some(line) = quoted {
        return Err(Slip {
            line,
            reason: "a quotation mark is opened and not closed: add '\"'".to_owned(),
        });
    }
    if !field.is_empty() || !row.is_empty() {
        row.push(field);
        out.push((begins, row));
    }
    Ok(out)
}

/// Pairs of place and name of a GeoJSON FeatureCollection: `properties.name`, and every property that
/// is called like a name (`name:ru`, `alt_name`, `old_name`, `names`), as OpenStreetMap writes them.
fn features(text: &str) -> Result<Pairs, Slip> {
    let value: Value = serde_json::from_str(text)
        .map_err(|error| Slip { line: error.line(), reason: format!("is not JSON: {error}") })?;
    let Some(features) = value.get("features").and_then(Value::as_array) else {
        return Err(Slip {
            line: 1,
            reason: "expected a GeoJSON FeatureCollection with \"features\"".to_owned(),
        });
    };
    let mut pairs = Vec::new();
    for feature in features {
        let Some(properties) = feature.get("properties").and_then(Value::as_object) else {
            continue;
        };
        // A feature without a name is a shape only.
        let Some(place) = properties.get("name").and_then(Value::as_str) else { continue };
        let named = properties.iter().filter(|(key, _)| is_name(&key.to_lowercase()));
        for (_, value) in named {
            let texts: Vec<&str> = match value {
                Value::String(text) => vec![text],
                Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
                _ => continue,
            };
            for text in texts {
                pairs.extend(several(text).map(|name| (place.trim().to_owned(), name.to_owned())));
            }
        }
    }
    Ok(pairs)
}

/// Whether a column or property holds names.
fn is_name(key: &str) -> bool {
    let key = key.trim();
    matches!(key, "name" | "names" | "old" | "alt" | "aliases")
        || key.starts_with("name:")
        || key.starts_with("name_")
        || key.ends_with("_name")
        || key.contains("_name:")
}

fn several(field: &str) -> impl Iterator<Item = &str> {
    field.split(['|', ';']).map(str::trim).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(place: &str, name: &str) -> (String, String) {
        (place.to_owned(), name.to_owned())
    }

    #[test]
    fn a_table_gives_every_name_of_a_row() {
        let text = "name,names,population\r\n\"Lower, Mill\",Нижняя Мельница|Nyzhnii Mlyn,40\r\n\nOra,,7\n";
        assert_eq!(
            table(text),
            Ok(vec![
                pair("Lower, Mill", "Lower, Mill"),
                pair("Lower, Mill", "Нижняя Мельница"),
                pair("Lower, Mill", "Nyzhnii Mlyn"),
                pair("Ora", "Ora"),
            ])
        );
        assert_eq!(table("").map(|pairs| pairs.len()), Ok(0));
        let semicolons = table("name;name:ru\nOra;Ора\n").unwrap();
        assert_eq!(semicolons.len(), 2);
    }

    #[test]
    fn slips_have_their_line() {
        assert_eq!(table("place,names\nOra,\n").unwrap_err().line, 1);
        assert_eq!(table("name,names\nOra,\n,Ора\n").unwrap_err().line, 3);
        assert_eq!(table("name\nOra\n\"open\n").unwrap_err().line, 3);
        assert_eq!(features("{\n\"features\": [,]}").unwrap_err().line, 2);
        assert!(features("[]").is_err());
    }

    #[test]
    fn geojson_gives_names_as_openstreetmap_writes_them() {
        let text = r#"{"type":"FeatureCollection","features":[
            {"type":"Feature","geometry":null,"properties":
                {"name":"Ora","name:ru":"Ора","old_name":"Red Ora;Krasnaya Ora","place":"village","names":["Oora"]}},
            {"type":"Feature","geometry":null,"properties":{"highway":"track"}},
            {"type":"Feature"}]}"#;
        let names: Vec<_> = features(text).unwrap().into_iter().map(|(_, name)| name).collect();
        assert_eq!(names, ["Ora", "Ора", "Oora", "Red Ora", "Krasnaya Ora"]);
    }
}
