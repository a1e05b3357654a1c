//! Which rows of a batch match.

/// One flag a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask(pub Vec<bool>);

impl Mask {
    /// All rows alike.
    pub fn of(len: usize, value: bool) -> Self {
        Self(vec![value; len])
    }

    /// Rows of both.
    pub fn and(&mut self, other: &Self) {
        for (flag, more) in self.0.iter_mut().zip(&other.0) {
            *flag &= more;
        }
    }

    /// Rows of either.
    pub fn or(&mut self, other: &Self) {
        for (flag, more) in self.0.iter_mut().zip(&other.0) {
            *flag |= more;
        }
    }

    /// The other rows.
    pub fn negate(&mut self) {
        for flag in &mut self.0 {
            *flag = !*flag;
        }
    }

    /// True if no row is left.
    pub fn is_none(&self) -> bool {
        !self.0.contains(&true)
    }

    /// The rows, ascending.
    pub fn rows(&self) -> Vec<u32> {
        let flagged = self.0.iter().enumerate().filter(|(_, flag)| **flag);
        flagged.map(|(row, _)| row as u32).collect()
    }
}
