use std::fmt;

use unicode_width::UnicodeWidthStr as _;

/// Columns of text, as wide as they need to be.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table whose first row is this.
    pub(crate) fn new<const N: usize>(head: [&str; N]) -> Self {
        let mut table = Self::default();
        table.row(head.map(str::to_owned));
        table
    }

    /// Appends a row.
    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into());
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths = Vec::new();
        for row in &self.rows {
            widths.resize(widths.len().max(row.len()), 0);
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.width().max(*width);
            }
        }
        widths
    }
}

/// Lines that end without blanks.
impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        for row in &self.rows {
            for (place, (cell, width)) in row.iter().zip(&widths).enumerate() {
                f.write_str(cell)?;
                if place + 1 < row.len() {
                    // Not the formatter's own padding: it counts characters, and some are wide.
                    let gap = width - cell.width() + 2;
                    write!(f, "{:gap$}", "")?;
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_also_under_wide_characters() {
        let mut table = Table::new(["GROUP", "N"]);
        table.row(["日本語".to_owned(), "1".to_owned()]);
        table.row(["x".to_owned(), String::new()]);
        assert_eq!(table.to_string(), "GROUP   N\n日本語  1\nx       \n");
    }
}
