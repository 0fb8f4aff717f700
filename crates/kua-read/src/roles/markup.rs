//! What markup says, taken with care: designers use classes loosely, so running text that a class
//! would throw away is taken back when the page has no other.

use kua_model::Role;

use super::Page;
use super::furniture::is_address;
use crate::draft::Draft;

pub(crate) fn settle(page: &mut Page<'_>, draft: &Draft) {
    take_back(page, draft);
    for (index, block) in draft.blocks.iter().enumerate() {
        let role = page.role(index);
        if block.heading > 0 && (role.is_none() || role == Some(Role::Table)) {
            page.set(index, Role::Heading, "heading-element");
        }
        let row = page.lines[index].text.contains('\t') && page.lines[index].chars <= 400;
        if role == Some(Role::Table) && !row && block.heading == 0 {
            // A table that only lays out the page, or a row of one cell.
            page.roles[index] = None;
            page.why[index].clear();
        }
        if matches!(page.role(index), Some(Role::Date)) && page.lines[index].is_paragraph()
            || matches!(page.role(index), Some(Role::Byline)) && page.lines[index].chars > 300
        {
            page.roles[index] = None;
            page.why[index].clear();
        }
    }
    links(page, draft);
}

/// If classes leave hardly any running text, the classes are wrong, not the page empty.
fn take_back(page: &mut Page<'_>, draft: &Draft) {
    let mass = |wanted: &dyn Fn(usize) -> bool| -> usize {
        (0..page.lines.len())
            .filter(|&index| {
                wanted(index) && page.lines[index].is_paragraph() && draft.blocks[index].linked < 50
            })
            .map(|index| page.lines[index].chars)
            .sum()
    };
    let body = mass(&|index| page.role(index).is_none_or(Role::is_body));
    let loose = |index: usize| {
        let block = &draft.blocks[index];
        block.loose
            && matches!(
                page.role(index),
                Some(
                    Role::Related
                        | Role::Nav
                        | Role::Share
                        | Role::Newsletter
                        | Role::Legal
                        | Role::Byline
                        | Role::Date
                )
            )
    };
    let lost = mass(&loose);
    if lost < 300 || body * 2 > lost {
        return;
    }
    let back: Vec<usize> = (0..page.lines.len())
        .filter(|&index| {
            loose(index) && page.lines[index].is_paragraph() && draft.blocks[index].linked < 50
        })
        .collect();
    for index in back {
        page.set(index, Role::Main, "class-overruled");
    }
}

/// Blocks that are nothing but links: menus above the text, other articles below it.
fn links(page: &mut Page<'_>, draft: &Draft) {
    let has_article = draft.blocks.iter().any(|block| block.in_article);
    let first_text = (0..page.lines.len())
        .find(|&index| page.role(index).is_none() && page.lines[index].is_paragraph());
    for (index, block) in draft.blocks.iter().enumerate() {
        let line = &page.lines[index];
        let role = page.role(index);
        if block.linked < 80 || line.words > 30 || line.is_paragraph() && block.in_article {
            continue;
        }
        let inside = block.in_article && has_article;
        match role {
            None | Some(Role::List) if is_address(line.text) => {
                page.set(index, Role::Link, "bare-link")
            }
            None | Some(Role::List) => {
                let above = first_text.is_none_or(|first| index < first);
                if inside && line.words < 3 {
                    continue;
                }
                let role = if above && line.words < 5 { Role::Nav } else { Role::Related };
                page.set(index, role, "only-links");
            }
            Some(Role::Heading) if !inside => {
                let text_below = page
                    .lines
                    .get(index + 1)
                    .is_some_and(|next| next.is_paragraph() && page.role(index + 1).is_none());
                if block.heading > 1 && !text_below {
                    page.set(index, Role::Related, "only-links");
                }
            }
            _ => {}
        }
    }
}
