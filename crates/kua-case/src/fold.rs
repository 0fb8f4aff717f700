//! Words as they are searched for: two foldings beside the words themselves, so that a search
//! finds a name whatever script or spelling it was typed in. Folds letters; knows no words.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower case, no marks, and letters of a script that differ from another letter only by a hook,
/// bar or tail as that letter: `Қаңтар` and `Кантар`, `Алёна` and `Алена`, `Tokaïev` and `Tokaiev`.
pub(crate) fn plain(text: &str) -> String {
    text.nfkd()
        .filter(|character| !is_combining_mark(*character))
        .flat_map(char::to_lowercase)
        .map(without_tail)
        .collect()
}

/// The same in Latin letters: `Мамай` as `mamay`.
pub(crate) fn roman(text: &str) -> String {
    // Composed first: й has a reading of its own, which its parts have not.
    let composed: String = text.nfc().collect();
    let latin = any_ascii::any_ascii(&composed).to_lowercase();
    latin.replace(['\'', '`'], "")
}

/// The Unicode name of each of these is the name of the other letter and WITH DESCENDER, STROKE,
/// HOOK or BARRED; decomposition leaves them whole. І and Ә are what their letters are typed as
/// on keyboards without them.
fn without_tail(letter: char) -> char {
    match letter {
        'қ' | 'ҡ' | 'ҝ' | 'ӄ' => 'к',
        'ғ' | 'ӻ' => 'г',
        'ң' | 'ӈ' | 'ҥ' => 'н',
        'ө' => 'о',
        'ү' | 'ұ' => 'у',
        'һ' | 'ҳ' => 'х',
        'ә' => 'а',
        'і' => 'и',
        'җ' => 'ж',
        'ҷ' | 'ҹ' => 'ч',
        'ґ' => 'г',
        'ł' => 'l',
        'ø' => 'o',
        'đ' => 'd',
        'ħ' => 'h',
        'ı' => 'i',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::{plain, roman};

    #[test]
    fn one_name_in_many_spellings_folds_to_one_word() {
        assert_eq!(plain("Қаңтар"), plain("кантар"));
        assert_eq!(plain("Алёна"), plain("Алена"));
        assert_eq!(plain("Tokaïev"), "tokaiev");
        assert_eq!(plain("Мамай"), "мамаи");
        assert_eq!(roman("Мамай"), "mamay");
        assert_eq!(roman("Mamay"), "mamay");
        assert_eq!(roman("Τζο"), roman("Tzo"));
    }
}
