//! PromQL: tokens to tree. It stops at the first problem and reports it in the words of Prometheus.
//! Recursion is bounded by `DEPTH_MAX` and the height of the tree by `HEIGHT_MAX`, so no text can
//! exhaust the stack here or in what walks over the tree.

use crate::diagnostic::Diagnostic;
use crate::promql::HEIGHT_MAX;
use crate::promql::function;
use crate::promql::lex::Lexer;
use crate::promql::number;
use crate::promql::quote::{quote, unquote};
use crate::promql::token::{Keyword, Token, TokenKind};
use crate::promql::tree::{
    Aggregate, AggregateOp, Binary, BinaryOp, Call, Expr, ExprKind, NumberLiteral, Unary,
};
use crate::{DEPTH_MAX, scan};
use std::ops::Range;

mod duration;
mod modifier;
mod postfix;
mod selector;

type Result<T> = std::result::Result<T, Diagnostic>;

/// Binds tighter than every operator but `^`.
const UNARY_PRECEDENCE: u8 = 6;

/// What the parser is in the middle of, for messages about tokens that do not fit.
#[derive(Debug, Clone, Copy)]
struct Context {
    /// Completes "unexpected … in"; empty for none.
    place: &'static str,
    /// What could stand there.
    expected: &'static [&'static str],
}

const NO_CONTEXT: Context = Context {
    place: "",
    expected: &[],
};
const AGGREGATION: Context = Context {
    place: "aggregation",
    expected: &[],
};

/// An expression and the number of nodes on its longest way down.
#[derive(Debug)]
struct Built {
    expr: Expr,
    height: usize,
}

struct Parser<'a> {
    text: &'a str,
    lexer: Lexer<'a>,
    /// The next token, if it was looked at.
    next: Option<Token>,
    context: Context,
    /// Where the last token taken ended.
    taken_end: usize,
    depth: usize,
    pattern_count: usize,
}

/// Reads an expression; types are not checked yet.
pub(super) fn parse(text: &str) -> Result<Expr> {
    scan::check_length(text)?;
    let mut parser = Parser::new(text);
    if parser.peek()?.kind == TokenKind::End {
        return Err(Diagnostic::syntax(0..0, "no expression found in input"));
    }
    let built = parser.expression(0)?;
    parser.end()?;
    Ok(built.expr)
}

/// Reads a selector without modifiers, `name{label="value"}`.
pub(super) fn parse_selector(text: &str) -> Result<Expr> {
    scan::check_length(text)?;
    let mut parser = Parser::new(text);
    let token = parser.advance()?;
    let built = match token.kind {
        TokenKind::LeftBrace => parser.braces_only(&token)?,
        _ if token.is_metric_name() => parser.named_selector(&token)?,
        _ => return Err(parser.unexpected(&token)),
    };
    parser.end()?;
    Ok(built.expr)
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            lexer: Lexer::new(text),
            next: None,
            context: NO_CONTEXT,
            taken_end: 0,
            depth: 0,
            pattern_count: 0,
        }
    }

    /// Operands and operators that bind at least as tightly as `min`.
    fn expression(&mut self, min: u8) -> Result<Built> {
        self.enter()?;
        let mut lhs = self.operand()?;
        while let TokenKind::Operator(op) = self.peek()?.kind {
            let precedence = op.precedence();
            if precedence < min {
                break;
            }
            self.advance()?;
            let modifiers = self.binary_modifiers()?;
            let rhs_min = if op == BinaryOp::Pow {
                precedence
            } else {
                precedence + 1
            };
            let rhs = self.expression(rhs_min)?;
            let range = lhs.expr.range.start..rhs.expr.range.end;
            let height = lhs.height.max(rhs.height);
            let kind = ExprKind::Binary(Binary {
                op,
                lhs: Box::new(lhs.expr),
                rhs: Box::new(rhs.expr),
                matching: Some(modifiers.matching),
                return_bool: modifiers.return_bool,
            });
            lhs = above(kind, range, height)?;
        }
        self.depth -= 1;
        Ok(lhs)
    }

    /// One operand with its sign or its modifiers.
    fn operand(&mut self) -> Result<Built> {
        let token = self.advance()?;
        let TokenKind::Operator(op @ (BinaryOp::Add | BinaryOp::Sub)) = token.kind else {
            let built = self.primary(&token)?;
            return self.postfix(built);
        };
        let negative = op == BinaryOp::Sub;
        let mut operand = self.expression(UNARY_PRECEDENCE)?;
        let range = token.range.start..operand.expr.range.end;
        if let ExprKind::Number(literal) = &mut operand.expr.kind {
            if negative {
                literal.value = -literal.value;
            }
            operand.expr.range = range;
            return Ok(operand);
        }
        let kind = ExprKind::Unary(Unary {
            negative,
            expr: Box::new(operand.expr),
        });
        above(kind, range, operand.height)
    }

    /// An operand without sign and modifiers; the token is its first.
    fn primary(&mut self, token: &Token) -> Result<Built> {
        match token.kind {
            TokenKind::Number | TokenKind::Duration => {
                let literal = self.number_literal(token)?;
                Ok(leaf(ExprKind::Number(literal), token.range.clone()))
            }
            TokenKind::String => {
                let value = unquote(self.word(token));
                Ok(leaf(ExprKind::String(value), token.range.clone()))
            }
            TokenKind::LeftParen => {
                let inner = self.expression(0)?;
                let closing = self.expect(TokenKind::RightParen)?;
                let range = token.range.start..closing.range.end;
                above(ExprKind::Paren(Box::new(inner.expr)), range, inner.height)
            }
            TokenKind::LeftBrace => self.braces_only(token),
            TokenKind::Aggregate(op) if self.aggregation_follows()? => self.aggregation(token, op),
            TokenKind::Identifier | TokenKind::Builtin(_)
                if self.peek()?.kind == TokenKind::LeftParen =>
            {
                self.call(token)
            }
            _ if token.is_metric_name() => self.named_selector(token),
            _ => Err(self.unexpected(token)),
        }
    }

    fn number_literal(&self, token: &Token) -> Result<NumberLiteral> {
        let word = self.word(token);
        let duration = token.kind == TokenKind::Duration;
        let value = if duration {
            number::parse_duration(word).map(number::ms_to_seconds)
        } else {
            number::parse_number(word)
        };
        match value {
            Ok(value) => Ok(NumberLiteral { value, duration }),
            Err(message) => Err(Diagnostic::syntax(token.range.clone(), message)),
        }
    }

    fn call(&mut self, name: &Token) -> Result<Built> {
        let (args, end) = self.arguments()?;
        let range = name.range.start..end;
        let word = self.word(name);
        let function = function::find(word).ok_or_else(|| unknown_function(word, name))?;
        let height = args.iter().map(|arg| arg.height).max().unwrap_or(0);
        let args = args.into_iter().map(|arg| arg.expr).collect();
        above(ExprKind::Call(Call { function, args }), range, height)
    }

    /// Says if the next token makes the word before it an aggregation.
    fn aggregation_follows(&mut self) -> Result<bool> {
        Ok(matches!(
            self.peek()?.kind,
            TokenKind::LeftParen | TokenKind::Keyword(Keyword::By | Keyword::Without)
        ))
    }

    fn aggregation(&mut self, name: &Token, op: AggregateOp) -> Result<Built> {
        let outer = std::mem::replace(&mut self.context, AGGREGATION);
        let mut modifier = self.grouping_modifier()?;
        let (mut args, mut end) = self.arguments()?;
        if modifier.is_none() {
            modifier = self.grouping_modifier()?;
            if let Some((_, _, modifier_end)) = &modifier {
                end = *modifier_end;
            }
        }
        self.context = outer;
        let range = name.range.start..end;
        if args.is_empty() {
            let message = "no arguments for aggregate expression provided";
            return Err(Diagnostic::syntax(range, message));
        }
        let wanted = if op.has_param() { 2 } else { 1 };
        if args.len() != wanted {
            let message = format!(
                "wrong number of arguments for aggregate expression provided, expected {wanted}, got {}",
                args.len()
            );
            return Err(Diagnostic::syntax(range, message));
        }
        let height = args.iter().map(|arg| arg.height).max().unwrap_or(0);
        let vector = args.pop().map(|arg| arg.expr);
        let param = args.pop().map(|arg| Box::new(arg.expr));
        let (grouping, without, _) = modifier.unwrap_or_default();
        let Some(vector) = vector else {
            return Err(Diagnostic::syntax(range, "aggregation without vector"));
        };
        let kind = ExprKind::Aggregate(Aggregate {
            op,
            expr: Box::new(vector),
            param,
            grouping,
            without,
        });
        above(kind, range, height)
    }

    /// `(a, b)` and where it ends.
    fn arguments(&mut self) -> Result<(Vec<Built>, usize)> {
        self.expect(TokenKind::LeftParen)?;
        let mut args = Vec::new();
        if self.peek()?.kind == TokenKind::RightParen {
            let closing = self.advance()?;
            return Ok((args, closing.range.end));
        }
        loop {
            args.push(self.expression(0)?);
            let token = self.advance()?;
            match token.kind {
                TokenKind::RightParen => return Ok((args, token.range.end)),
                TokenKind::Comma if !self.peek()?.starts_expression() => {
                    let message = "trailing commas not allowed in function call args";
                    return Err(Diagnostic::syntax(token.range, message));
                }
                TokenKind::Comma => {}
                _ => return Err(self.unexpected(&token)),
            }
        }
    }

    fn end(&mut self) -> Result<()> {
        self.expect(TokenKind::End).map(drop)
    }

    fn enter(&mut self) -> Result<()> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            let range = self.peek()?.range.clone();
            let message = format!("nested deeper than {DEPTH_MAX}");
            return Err(Diagnostic::limit(range, message));
        }
        Ok(())
    }

    fn peek(&mut self) -> Result<&Token> {
        if self.next.is_none() {
            self.next = Some(self.lexer.next_token()?);
        }
        Ok(self.next.get_or_insert(Token {
            kind: TokenKind::End,
            range: 0..0,
        }))
    }

    fn advance(&mut self) -> Result<Token> {
        let token = match self.next.take() {
            Some(token) => token,
            None => self.lexer.next_token()?,
        };
        self.taken_end = token.range.end;
        Ok(token)
    }

    fn expect(&mut self, kind: TokenKind) -> Result<Token> {
        let token = self.advance()?;
        if token.kind == kind {
            Ok(token)
        } else {
            Err(self.unexpected(&token))
        }
    }

    fn word(&self, token: &Token) -> &'a str {
        self.text.get(token.range.clone()).unwrap_or_default()
    }

    /// The message about a token that does not fit where the parser is.
    fn unexpected(&self, token: &Token) -> Diagnostic {
        let Context { place, expected } = self.context;
        let mut message = format!("unexpected {}", token.describe(self.text));
        if !place.is_empty() {
            message.push_str(" in ");
            message.push_str(place);
        }
        if let Some((last, first)) = expected.split_last() {
            message.push_str(", expected ");
            message.push_str(&first.join(", "));
            message.push_str(match first.len() {
                0 => "",
                1 => " or ",
                _ => ", or ",
            });
            message.push_str(last);
        }
        let mut diagnostic = Diagnostic::syntax(token.range.clone(), message);
        diagnostic.expected = expected.iter().map(|item| (*item).to_owned()).collect();
        diagnostic
    }
}

fn leaf(kind: ExprKind, range: Range<usize>) -> Built {
    Built {
        expr: Expr { kind, range },
        height: 1,
    }
}

/// A node above others of a height.
fn above(kind: ExprKind, range: Range<usize>, height: usize) -> Result<Built> {
    if height >= HEIGHT_MAX {
        let message = format!("more than {HEIGHT_MAX} operators and calls on top of each other");
        return Err(Diagnostic::limit(range, message));
    }
    Ok(Built {
        expr: Expr { kind, range },
        height: height + 1,
    })
}

fn unknown_function(word: &str, token: &Token) -> Diagnostic {
    let message = format!("unknown function with name {}", quote(word));
    let diagnostic = Diagnostic::syntax(token.range.clone(), message);
    let lower = word.to_ascii_lowercase();
    let near = function::table::FUNCTIONS
        .iter()
        .map(|function| (strsim::damerau_levenshtein(&lower, function.name), function))
        .filter(|(distance, function)| *distance <= 2 && *distance < function.name.len() / 2)
        .min_by_key(|(distance, _)| *distance);
    match near {
        Some((_, function)) => diagnostic.with_hint(format!("did you mean `{}`?", function.name)),
        None => diagnostic,
    }
}
