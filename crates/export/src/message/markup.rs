//! The marks of each service: how text is told from marks, and how bold text, code and links are
//! written. Text of labels and annotations is text of strangers.

/// How a service writes marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Markup {
    /// None.
    Plain,
    /// Slack's.
    Slack,
    /// Discord's Markdown.
    Discord,
    /// The Markdown of Teams.
    Teams,
    /// The HTML of Telegram.
    TelegramHtml,
    /// The old Markdown of Telegram.
    TelegramMarkdown,
    /// The second Markdown of Telegram.
    TelegramMarkdownV2,
    /// A page.
    Html,
}

/// Characters that Discord reads as marks.
const DISCORD: &str = "\\`*_~|<>[]()#@";
/// Characters that Teams reads as marks.
const TEAMS: &str = "\\`*_[]()#~|";
/// Characters that Telegram wants escaped in `MarkdownV2`.
const TELEGRAM_V2: &str = "\\_*[]()~`>#+-=|{}.!";

impl Markup {
    /// Text in which nothing is a mark.
    pub fn escape(self, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Slack => {
                let text = text.replace('&', "&amp;").replace('<', "&lt;");
                text.replace('>', "&gt;")
            }
            Self::Html | Self::TelegramHtml => escape_html(text),
            Self::Discord => with_backslashes(text, &|c| DISCORD.contains(c)),
            Self::Teams => {
                // angle brackets are HTML there
                let text = with_backslashes(text, &|c| TEAMS.contains(c));
                text.replace('<', "&lt;").replace('>', "&gt;")
            }
            Self::TelegramMarkdown => with_backslashes(text, &|c| "_*`[".contains(c)),
            Self::TelegramMarkdownV2 => with_backslashes(text, &|c| TELEGRAM_V2.contains(c)),
        }
    }

    /// Bold text.
    pub fn bold(self, text: &str) -> String {
        let text = &one_line(text);
        match self {
            Self::Plain => text.to_owned(),
            Self::Slack => format!("*{}*", self.escape(&text.replace('*', "∗"))),
            Self::TelegramMarkdown | Self::TelegramMarkdownV2 => format!("*{}*", self.escape(text)),
            Self::Discord | Self::Teams => format!("**{}**", self.escape(text)),
            Self::Html | Self::TelegramHtml => format!("<b>{}</b>", self.escape(text)),
        }
    }

    /// Text of fixed width.
    pub fn code(self, text: &str) -> String {
        let text = &one_line(text);
        let plain = text.replace('`', "'");
        match self {
            Self::Plain => text.to_owned(),
            Self::Slack => format!("`{}`", self.escape(&plain)),
            // no mark counts within
            Self::Discord => format!("`{plain}`"),
            Self::Teams => self.escape(text),
            Self::TelegramMarkdown => format!("`{plain}`"),
            Self::TelegramMarkdownV2 => format!("`{}`", plain.replace('\\', "\\\\")),
            Self::Html | Self::TelegramHtml => format!("<code>{}</code>", self.escape(text)),
        }
    }

    /// A link. The address is one that `links::web` let through.
    pub fn link(self, url: &str, text: &str) -> String {
        let label = self.escape(&one_line(text));
        match self {
            Self::Plain => format!("{text}: {url}"),
            Self::Slack => format!("<{}|{}>", url.replace('|', "%7C"), label.replace('|', "¦")),
            Self::Discord | Self::Teams | Self::TelegramMarkdown | Self::TelegramMarkdownV2 => {
                let url = url
                    .replace('(', "%28")
                    .replace(')', "%29")
                    .replace('\\', "%5C");
                format!("[{label}]({url})")
            }
            Self::Html | Self::TelegramHtml => {
                format!("<a href=\"{}\">{label}</a>", escape_html(url))
            }
        }
    }

    /// What ends a line.
    pub fn line_end(self) -> &'static str {
        match self {
            // one line end alone is a blank there
            Self::Teams => "\n\n",
            _ => "\n",
        }
    }
}

fn escape_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

fn with_backslashes(text: &str, is_mark: &dyn Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_mark(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Text without line ends and other control characters.
pub fn one_line(text: &str) -> String {
    let clean = text
        .trim()
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c });
    clean.collect()
}

#[cfg(test)]
mod tests {
    use super::Markup;

    #[test]
    fn text_of_strangers_has_no_marks() {
        for (markup, expected) in [
            (Markup::Plain, "<!channel> *x* [a](b) </script>"),
            (Markup::Slack, "&lt;!channel&gt; *x* [a](b) &lt;/script&gt;"),
            (
                Markup::Discord,
                "\\<!channel\\> \\*x\\* \\[a\\]\\(b\\) \\</script\\>",
            ),
            (
                Markup::Teams,
                "&lt;!channel&gt; \\*x\\* \\[a\\]\\(b\\) &lt;/script&gt;",
            ),
            (
                Markup::TelegramHtml,
                "&lt;!channel&gt; *x* [a](b) &lt;/script&gt;",
            ),
        ] {
            let text = markup.escape("<!channel> *x* [a](b) </script>");
            assert_eq!(text, expected, "{markup:?}");
        }
    }

    #[test]
    fn marks_cannot_be_left_from_within() {
        assert_eq!(Markup::Slack.code("a`b`\nc"), "`a'b' c`");
        assert_eq!(
            Markup::Slack.link("https://h/?a|b", "x|y"),
            "<https://h/?a%7Cb|x¦y>"
        );
        assert_eq!(
            Markup::Discord.link("https://h/a)b", "t"),
            "[t](https://h/a%29b)"
        );
        assert_eq!(
            Markup::Html.link("https://h/\"x", "<t>"),
            "<a href=\"https://h/&quot;x\">&lt;t&gt;</a>"
        );
    }
}
