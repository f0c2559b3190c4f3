use super::flaw::Flaw;
use crate::groups::{GroupError, GroupState, ListedGroup};
use crate::wire::{Malformed, Reader, Writer};

/// The one type of group that is served.
const CLASSIC: &str = "classic";

/// Names of states or types in one request: more than there are of either say nothing more.
const MOST_NAMES: usize = 100;

/// What is answered: the groups that this gateway owns, or why they can't be told.
pub(crate) type Listing = Result<Vec<ListedGroup>, GroupError>;

/// Which groups are asked for. No names mean all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Filter<'a> {
    /// Names of states, in any case.
    pub(crate) states: Vec<&'a str>,
    /// Names of types, in any case.
    pub(crate) types: Vec<&'a str>,
    /// What is wrong with the request.
    pub(crate) error: Option<GroupError>,
}

impl<'a> Filter<'a> {
    pub(crate) fn read(reader: &mut Reader<'a>, version: i16) -> Result<Self, Malformed> {
        let mut flaw = Flaw::default();
        let mut names = |reader: &mut Reader<'a>, since: i16, what: &'static str| {
            if version < since {
                return Ok(Vec::new());
            }
            let count = reader.array(what, 1)?;
            flaw.keep(count, MOST_NAMES, |flaw| {
                let name = reader.string(what)?;
                Ok(flaw.text(name, GroupError::InvalidRequest))
            })
        };
        let states = names(reader, 4, "states")?;
        let types = names(reader, 5, "types")?;
        reader.tags()?;
        let error = flaw.error();
        Ok(Self {
            states,
            types,
            error,
        })
    }

    /// Whether a group is asked for.
    pub(crate) fn takes(&self, state: GroupState) -> bool {
        let one_of = |names: &[&str], name: &str| {
            names.is_empty() || names.iter().any(|it| it.eq_ignore_ascii_case(name))
        };
        one_of(&self.states, state.as_str()) && one_of(&self.types, CLASSIC)
    }
}

pub(crate) fn write(writer: &mut Writer<'_>, version: i16, answer: &Listing) {
    if version >= 1 {
        writer.i32(0);
    }
    writer.i16(GroupError::code(answer));
    let groups = answer.as_deref().unwrap_or_default();
    writer.array(groups.iter(), |writer, it| {
        writer.string(it.group.as_str());
        writer.string(&it.protocol_type);
        if version >= 4 {
            writer.string(it.state.as_str());
        }
        if version >= 5 {
            writer.string(CLASSIC);
        }
        writer.no_tags();
    });
    writer.no_tags();
}
