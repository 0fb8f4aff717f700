//! Figures and intervals as words, the same on pages and in the terminal.
//! Never adds, averages or chooses.

use kua_model::{Position, Quantity};

use crate::words::{self, number};

/// The interval of a position in words: `18`, `18 or more`, `up to 17`, `20 to 99`, `about 50`.
pub fn figure(position: &Position) -> String {
    interval(position.low, position.high, position.approx)
}

/// The interval of a quantity in words.
pub fn quantity(quantity: &Quantity) -> String {
    interval(quantity.low, quantity.high, quantity.approx)
}

/// An interval in words. Both ends included, an open end `None`.
pub fn interval(low: Option<u64>, high: Option<u64>, approx: bool) -> String {
    let plain = match (low, high) {
        (Some(low), Some(high)) if low == high => number(low),
        (Some(low), Some(high)) => format!("{} to {}", number(low), number(high)),
        (Some(low), None) => format!("{} or more", number(low)),
        (None, Some(high)) => format!("up to {}", number(high)),
        (None, None) => return words::NO_NUMBER.to_owned(),
    };
    if approx { format!("about {plain}") } else { plain }
}

/// Where an interval lies on a scale from 0 to `max`: start and width in hundredths, and whether
/// its upper end is open. `None` if it has no number. A single number keeps a width of 1.
pub(crate) fn on_scale(low: Option<u64>, high: Option<u64>, max: u64) -> Option<(u64, u64, bool)> {
    if low.is_none() && high.is_none() {
        return None;
    }
    let max = u128::from(max.max(1));
    let hundredths = |n: u64| u64::try_from(u128::from(n) * 100 / max).unwrap_or(100).min(100);
    let start = hundredths(low.unwrap_or(0)).min(99);
    let end = high.map_or(100, hundredths);
    Some((start, end.saturating_sub(start).max(1), high.is_none()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubt_survives_being_put_in_words() {
        assert_eq!(interval(Some(18), Some(18), false), "18");
        assert_eq!(interval(Some(18), None, false), "18 or more");
        assert_eq!(interval(None, Some(17), false), "up to 17");
        assert_eq!(interval(Some(20), Some(99), false), "20 to 99");
        assert_eq!(interval(Some(50), Some(50), true), "about 50");
        assert_eq!(interval(Some(12_500), Some(12_500), false), "12\u{202f}500");
        assert_eq!(interval(None, None, true), "no number");
    }

    #[test]
    fn the_scale_holds_at_its_edges() {
        assert_eq!(on_scale(Some(0), Some(0), 0), Some((0, 1, false)));
        assert_eq!(on_scale(Some(u64::MAX), Some(u64::MAX), u64::MAX), Some((99, 1, false)));
        assert_eq!(on_scale(Some(20), None, 200), Some((10, 90, true)));
        assert_eq!(on_scale(None, None, 5), None);
    }
}
