use redb::{
    ReadTransaction, ReadableDatabase, ReadableTable, TableDefinition, TableHandle,
    WriteTransaction,
};

/// The version of the format of all other tables, and how many writes were made.
pub(crate) const ABOUT: TableDefinition<'_, &str, u64> = TableDefinition::new("groupkeeper");
pub(crate) const FORMAT_ROW: &str = "format";
const WRITES_ROW: &str = "writes";
/// What this version writes, and all it reads.
pub(crate) const FORMAT: u64 = 1;

/// The leader record of each fleet.
pub(crate) const RECORDS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("records");
/// Assignments by fleet and group. The database compares the two texts one after the other, so no
/// name reaches into another fleet.
pub(crate) const ASSIGNMENTS: TableDefinition<'_, (&str, &str), &[u8]> =
    TableDefinition::new("assignments");
/// Gateways by fleet and address.
pub(crate) const GATEWAYS: TableDefinition<'_, (&str, &str), &[u8]> =
    TableDefinition::new("gateways");

/// Assignments that can't be read and were set aside, by fleet and by the commit and the name. Made
/// when it is first needed: a version that does not know it leaves it alone.
pub(crate) const SET_ASIDE: TableDefinition<'_, (&str, &str), &[u8]> =
    TableDefinition::new("set-aside");

/// Groups, with their members and offsets, by fleet and group. Made with the first group: a version that does not know
/// it leaves it alone.
pub(crate) const GROUPS: TableDefinition<'_, (&str, &str), &[u8]> = TableDefinition::new("groups");

/// Whose tables a database has.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Ours, of this version of the format.
    Known(u64),
    /// Not ours.
    Foreign,
}

/// Makes every table, so that no reader finds one missing.
pub(crate) fn create(database: &redb::Database) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    transaction.open_table(ABOUT)?.insert(FORMAT_ROW, FORMAT)?;
    transaction.open_table(RECORDS)?;
    transaction.open_table(ASSIGNMENTS)?;
    transaction.open_table(GATEWAYS)?;
    transaction.commit()?;
    Ok(())
}

/// How many writes the data have seen. Those of a version that did not count are not among them.
pub(crate) fn writes(transaction: &ReadTransaction) -> Result<u64, redb::Error> {
    count(&transaction.open_table(ABOUT)?)
}

/// As [`writes`], of what was last committed.
pub(crate) fn writes_in(database: &redb::Database) -> Result<u64, redb::Error> {
    writes(&database.begin_read()?)
}

/// As [`writes`], after counting this transaction as one more.
pub(crate) fn count_write(transaction: &WriteTransaction) -> Result<u64, redb::Error> {
    let mut about = transaction.open_table(ABOUT)?;
    let writes = count(&about)?.saturating_add(1);
    about.insert(WRITES_ROW, writes)?;
    Ok(writes)
}

/// As [`writes`], in a transaction that is to change nothing.
pub(crate) fn writes_before(transaction: &WriteTransaction) -> Result<u64, redb::Error> {
    count(&transaction.open_table(ABOUT)?)
}

fn count(about: &impl ReadableTable<&'static str, u64>) -> Result<u64, redb::Error> {
    Ok(about.get(WRITES_ROW)?.map_or(0, |writes| writes.value()))
}

/// Reads the format's version, and changes nothing.
pub(crate) fn format(database: &redb::Database) -> Result<Format, redb::Error> {
    let transaction = database.begin_read()?;
    if !transaction
        .list_tables()?
        .any(|table| table.name() == ABOUT.name())
    {
        return Ok(Format::Foreign);
    }
    let about = match transaction.open_table(ABOUT) {
        Err(redb::TableError::TableTypeMismatch { .. }) => return Ok(Format::Foreign),
        opened => opened?,
    };
    let format = about.get(FORMAT_ROW)?.map(|format| format.value());
    Ok(format.map_or(Format::Foreign, Format::Known))
}
