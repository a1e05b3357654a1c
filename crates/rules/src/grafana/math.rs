//! Math steps of Grafana to PromQL: `$A / $B * 100 > 5 && $C < 3`. Comparisons give 1 or 0 there; where they
//! decide whether a rule fires they become filters, and `&&` and `||` become `and` and `or`.

/// Deepest nesting.
const DEPTH_MAX: usize = 50;
/// Longest expression, bytes.
const TEXT_BYTES_MAX: usize = 4096;

/// A formula.
enum Formula {
    Number(String),
    Step(String),
    Call(&'static str, Box<Formula>),
    Unary(char, Box<Formula>),
    Binary(&'static str, Box<Formula>, Box<Formula>),
}

const OPERATORS: [(&str, u8); 14] = [
    ("||", 1),
    ("&&", 2),
    ("==", 3),
    ("!=", 3),
    (">=", 3),
    ("<=", 3),
    (">", 3),
    ("<", 3),
    ("+", 4),
    ("-", 4),
    ("**", 6),
    ("*", 5),
    ("/", 5),
    ("%", 5),
];
/// Functions of Grafana with those of PromQL.
const FUNCTIONS: [(&str, &str); 5] = [
    ("abs", "abs"),
    ("log", "ln"),
    ("round", "round"),
    ("ceil", "ceil"),
    ("floor", "floor"),
];

type Lookup<'a> = &'a mut dyn FnMut(&str) -> Result<String, String>;

/// PromQL that gives something where the formula is not 0.
pub(super) fn condition(text: &str, step: Lookup<'_>) -> Result<String, String> {
    filter(&parse(text)?, step)
}

/// PromQL of the formula's value.
pub(super) fn value(text: &str, step: Lookup<'_>) -> Result<String, String> {
    number(&parse(text)?, step)
}

fn filter(formula: &Formula, step: Lookup<'_>) -> Result<String, String> {
    match formula {
        Formula::Binary("&&", left, right) => {
            let (left, right) = (filter(left, step)?, filter(right, step)?);
            Ok(format!("({left}) and ({right})"))
        }
        Formula::Binary("||", left, right) => {
            let (left, right) = (filter(left, step)?, filter(right, step)?);
            Ok(format!("({left}) or ({right})"))
        }
        Formula::Binary(op, left, right) if compares(op) => {
            let (left, right) = (number(left, step)?, number(right, step)?);
            Ok(format!("{left} {op} {right}"))
        }
        Formula::Unary('!', inner) => Ok(format!("{} == 0", number(inner, step)?)),
        other => Ok(format!("{} != 0", number(other, step)?)),
    }
}

fn number(formula: &Formula, step: Lookup<'_>) -> Result<String, String> {
    Ok(match formula {
        Formula::Number(text) => text.clone(),
        Formula::Step(name) => format!("({})", step(name)?),
        Formula::Call(function, inner) => format!("{function}({})", number(inner, step)?),
        Formula::Unary('!', inner) => format!("({} == bool 0)", number(inner, step)?),
        Formula::Unary(sign, inner) => format!("{sign}{}", number(inner, step)?),
        Formula::Binary(op, left, right) => {
            let (left, right) = (number(left, step)?, number(right, step)?);
            match *op {
                "&&" => format!("(({left} != bool 0) * ({right} != bool 0))"),
                "||" => format!("((({left} != bool 0) + ({right} != bool 0)) > bool 0)"),
                "**" => format!("({left} ^ {right})"),
                op if compares(op) => format!("({left} {op} bool {right})"),
                op => format!("({left} {op} {right})"),
            }
        }
    })
}

fn compares(op: &str) -> bool {
    matches!(op, "==" | "!=" | ">=" | "<=" | ">" | "<")
}

fn parse(text: &str) -> Result<Formula, String> {
    if text.len() > TEXT_BYTES_MAX {
        return Err("a math step is too long".to_owned());
    }
    let mut parser = Parser { text, at: 0 };
    let formula = parser.binary(0, 0)?;
    parser.blanks();
    match parser.rest() {
        "" => Ok(formula),
        rest => Err(format!("math step {text:?}: unexpected {rest:?}")),
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn take(&mut self, token: &str) -> bool {
        self.blanks();
        let found = self.rest().starts_with(token);
        self.at += if found { token.len() } else { 0 };
        found
    }

    fn wrong(&self, what: &str) -> String {
        format!(
            "math step {:?}: {what} at character {}",
            self.text,
            self.at + 1
        )
    }

    fn binary(&mut self, least: u8, depth: usize) -> Result<Formula, String> {
        if depth > DEPTH_MAX {
            return Err(self.wrong("nested too deeply"));
        }
        let mut left = self.operand(depth)?;
        loop {
            self.blanks();
            let rest = self.rest();
            let found = OPERATORS.iter().find(|(op, _)| rest.starts_with(op));
            let Some((op, strength)) = found.filter(|(_, strength)| *strength > least) else {
                return Ok(left);
            };
            self.at += op.len();
            // powers go from right to left
            let next = if *op == "**" {
                *strength - 1
            } else {
                *strength
            };
            let right = self.binary(next, depth + 1)?;
            left = Formula::Binary(op, Box::new(left), Box::new(right));
        }
    }

    fn operand(&mut self, depth: usize) -> Result<Formula, String> {
        if depth > DEPTH_MAX {
            return Err(self.wrong("nested too deeply"));
        }
        for sign in ['!', '-'] {
            if self.take(sign.encode_utf8(&mut [0; 4])) {
                let inner = self.operand(depth + 1)?;
                return Ok(Formula::Unary(sign, Box::new(inner)));
            }
        }
        if self.take("(") {
            let inner = self.binary(0, depth + 1)?;
            return if self.take(")") {
                Ok(inner)
            } else {
                Err(self.wrong("expected )"))
            };
        }
        if self.take("${") {
            let name = self.word(|c| c != '}');
            return if self.take("}") {
                Ok(Formula::Step(name))
            } else {
                Err(self.wrong("expected }"))
            };
        }
        if self.take("$") {
            let name = self.word(|c| c.is_alphanumeric() || c == '_');
            return Ok(Formula::Step(name));
        }
        let word = self.word(|c| c.is_alphanumeric() || c == '_' || c == '.');
        if word.parse::<f64>().is_ok() {
            return Ok(Formula::Number(word));
        }
        let function = FUNCTIONS.iter().find(|(name, _)| *name == word);
        let Some((_, function)) = function else {
            return Err(self.wrong(&format!("{word:?} cannot be taken over")));
        };
        if !self.take("(") {
            return Err(self.wrong("expected ("));
        }
        let inner = self.binary(0, depth + 1)?;
        if !self.take(")") {
            return Err(self.wrong("expected )"));
        }
        Ok(Formula::Call(function, Box::new(inner)))
    }

    fn word(&mut self, is_part: impl Fn(char) -> bool) -> String {
        self.blanks();
        let rest = self.rest();
        let end = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default().to_owned()
    }
}
