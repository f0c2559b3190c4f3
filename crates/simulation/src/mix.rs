use crate::faults::Kind;

/// Which faults there may be, besides the usual ones.
#[derive(Debug, Clone, Default)]
pub struct Mix {
    extra: Vec<Kind>,
}

impl Mix {
    /// All there are.
    pub fn all() -> Self {
        Self {
            extra: Kind::EXTRA.to_vec(),
        }
    }

    /// With these, by their names in lower case.
    ///
    /// # Errors
    /// The first name that is none.
    pub fn with(names: &[String]) -> Result<Self, String> {
        let find = |name: &String| {
            let mut all = Kind::EXTRA.iter().copied();
            all.find(|kind| word(*kind) == *name).ok_or_else(|| {
                let known: Vec<_> = Kind::EXTRA.iter().map(|kind| word(*kind)).collect();
                format!("no such fault: `{name}`; there are {}", known.join(", "))
            })
        };
        let extra = names.iter().map(find).collect::<Result<_, _>>()?;
        Ok(Self { extra })
    }

    /// The names, as [`with`](Self::with) takes them.
    pub fn names(&self) -> Vec<String> {
        self.extra.iter().map(|kind| word(*kind)).collect()
    }

    pub(crate) fn has(&self, kind: Kind) -> bool {
        self.extra.contains(&kind)
    }

    /// The kinds of faults that there are.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = Kind> {
        let usual = Kind::USUAL.iter().copied();
        usual.chain(self.extra.iter().copied())
    }
}

fn word(kind: Kind) -> String {
    format!("{kind:?}").to_lowercase()
}
