//! `kua erase`: withdraws items when consent is withdrawn: from the vault, from what was worked
//! out of it, and from the next pages.

use std::collections::BTreeSet;
use std::fs;

use kua_model::{ItemId, Notice, NoticePlace, Severity};
use kua_vault::{ErasePlan, Withdrawal};

use crate::error::CaseError;
use crate::evidence::EvidenceError;
use crate::folder::Case;
use crate::proposals::Drawer;

impl Case {
    /// Items meant by `names`: a path as added, an id, or its first digits.
    ///
    /// # Errors
    /// [`CaseError::NoSuchId`] and [`CaseError::ManyIds`].
    pub fn items_named(&self, names: &[String]) -> Result<BTreeSet<ItemId>, CaseError> {
        let mut known: Vec<(ItemId, String)> = Vec::new();
        for item in self.evidence.items()? {
            known.push((item.id, item.path));
        }
        let sealed = self.evidence.vault().sealed().map_err(EvidenceError::from)?;
        known.extend(sealed.into_iter().map(|item| (item.id, String::new())));
        let mut found = BTreeSet::new();
        for name in names {
            let is_prefix = name.len() >= 4 && name.bytes().all(|b| b.is_ascii_hexdigit());
            let prefix = name.to_ascii_lowercase();
            let matches: BTreeSet<ItemId> = known
                .iter()
                .filter(|(id, path)| {
                    path == name || is_prefix && id.to_string().starts_with(&prefix)
                })
                .map(|(id, _)| *id)
                .collect();
            match matches.len() {
                0 => return Err(CaseError::NoSuchId { prefix: name.clone() }),
                1 => found.extend(matches),
                _ => {
                    let ids = matches.iter().take(8).map(ToString::to_string).collect();
                    return Err(CaseError::ManyIds { prefix: name.clone(), ids });
                }
            }
        }
        Ok(found)
    }

    /// What erasing these items would destroy, with paths for showing.
    ///
    /// # Errors
    /// The vault's.
    pub fn plan_erasure(
        &self,
        items: &BTreeSet<ItemId>,
    ) -> Result<(ErasePlan, Vec<String>), CaseError> {
        let plan = self.evidence.vault().plan_erasure(items).map_err(EvidenceError::from)?;
        let all = self.evidence.items()?;
        let named = all.into_iter().filter(|item| plan.items.contains(&item.id));
        let paths = named.map(|item| item.path).collect();
        Ok((plan, paths))
    }

    /// Destroys these items and working copies made from them, and records why. Everything that
    /// was worked out of the case goes first; the next build makes it anew without them.
    ///
    /// # Errors
    /// [`CaseError::NoReason`], [`CaseError::Building`], the disk's and the vault's. After an
    /// error past the log entry the next command that writes finishes.
    pub fn erase(
        &self,
        items: &BTreeSet<ItemId>,
        reason: &str,
        authority: &str,
    ) -> Result<ErasePlan, CaseError> {
        if reason.trim().is_empty() || authority.trim().is_empty() {
            return Err(CaseError::NoReason);
        }
        let alone = self.only_builder()?;
        let derived = self.derived();
        // Whole, not row by row: words of an item also stand in indexes, in memories of earlier
        // builds and on free pages. It is only a cache.
        for entry in fs::read_dir(&derived).map_err(CaseError::io(&derived))? {
            let path = entry.map_err(CaseError::io(&derived))?.path();
            if path.ends_with("build.lock") {
                continue;
            }
            let removed =
                if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            removed.map_err(CaseError::io(&path))?;
        }
        // What a model said of an item holds words of it.
        let planned = self.evidence.vault().plan_erasure(items).map_err(EvidenceError::from)?;
        if Drawer::of(&self.dir).is_there() {
            let drawer = Drawer::open_alone(&self.dir)?;
            planned.items.iter().try_for_each(|item| drawer.forget(*item))?;
        }
        let at = self.clock.now();
        let plan = self.evidence.vault().erase(items, reason, authority, &at);
        let plan = plan.map_err(EvidenceError::from)?;
        drop(alone);
        Ok(plan)
    }

    /// Withdrawals that the logs of this case record.
    ///
    /// # Errors
    /// The vault's.
    pub fn withdrawals(&self) -> Result<Vec<Withdrawal>, CaseError> {
        Ok(self.evidence.vault().withdrawals().map_err(EvidenceError::from)?)
    }

    /// What a reader of the chronicle should know of what is not in it: items withdrawn, or sealed
    /// and not opened here, and decisions of others that count for nothing here.
    pub(crate) fn absent(&self) -> Result<Vec<Notice>, CaseError> {
        let mut notices = Vec::new();
        for withdrawal in self.withdrawals()? {
            notices.push(Notice::new(
                Severity::Loss,
                "withdrawn",
                NoticePlace::Case,
                told(&withdrawal),
            ));
        }
        let (sealed, opened) = self.sealed()?;
        if sealed > opened {
            notices.push(Notice::new(
                Severity::Loss,
                "sealed",
                NoticePlace::Case,
                format!(
                    "{} sealed and not opened here, so nothing of it was read: kua open.",
                    items(sealed - opened, "is", "are")
                ),
            ));
        }
        notices.extend(self.undecided()?);
        Ok(notices)
    }
}

/// One withdrawal in words.
pub(crate) fn told(withdrawal: &Withdrawal) -> String {
    let Withdrawal { day, reason, authority, index, .. } = withdrawal;
    let on = if day.is_empty() { String::new() } else { format!(" on {day}") };
    let whose = if withdrawal.own { "" } else { " by its collector" };
    format!(
        "{} withdrawn{whose}{on}, as recorded in log entry {index}: {reason} ({authority}). Nothing of it is shown.",
        items(withdrawal.items.len(), "was", "were")
    )
}

fn items(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 item {one}") } else { format!("{count} items {many}") }
}
