//! Sets of things that are one, by number.

/// Disjoint sets; the smallest number of a set stands for it, whatever the order of joining.
#[derive(Debug, Clone)]
pub(crate) struct Sets {
    parent: Vec<usize>,
}

impl Sets {
    /// `count` sets of one.
    pub(crate) fn new(count: usize) -> Self {
        Self { parent: (0..count).collect() }
    }

    /// The smallest number of the set of `at`; a number never seen stands for itself.
    pub(crate) fn find(&mut self, at: usize) -> usize {
        let mut root = at;
        while let Some(&parent) = self.parent.get(root)
            && parent != root
        {
            root = parent;
        }
        let mut next = at;
        while let Some(parent) = self.parent.get_mut(next)
            && *parent != root
        {
            next = std::mem::replace(parent, root);
        }
        root
    }

    /// Makes the sets of `a` and `b` one. False if they were.
    pub(crate) fn join(&mut self, a: usize, b: usize) -> bool {
        let (a, b) = (self.find(a), self.find(b));
        if let Some(parent) = self.parent.get_mut(a.max(b)) {
            *parent = a.min(b);
        }
        a != b
    }
}
