//! Escaping of HTML templates, against what Go's `html/template` documents.

use super::set;
use crate::value::Value;

#[track_caller]
fn check(cases: &[(&str, &str)], data: &Value) {
    for (text, expected) in cases {
        let output = set().execute_text(text, data, true).expect(text);
        assert_eq!(output, *expected, "{text}");
    }
}

#[test]
fn values_stay_values() {
    let data: Value = "O'Reilly: How are <i>you</i>? + \"&".into();
    let escaped = "O&#39;Reilly: How are &lt;i&gt;you&lt;/i&gt;? &#43; &#34;&amp;";
    check(
        &[
            ("<b>{{.}}</b>", &format!("<b>{escaped}</b>")),
            ("<a title='{{.}}'>", &format!("<a title='{escaped}'>")),
            ("<a title=\"{{.}}\">", &format!("<a title=\"{escaped}\">")),
            (
                "<a href=\"/search?q={{.}}\">",
                "<a href=\"/search?q=O%27Reilly%3a%20How%20are%20%3ci%3eyou%3c%2fi%3e%3f%20%2b%20%22%26\">",
            ),
            (
                "<title>{{.}}</title>{{.}}",
                &format!("<title>{escaped}</title>{escaped}"),
            ),
            (
                "{{. | html}}",
                "O&#39;Reilly: How are &lt;i&gt;you&lt;/i&gt;? + &#34;&amp;",
            ),
            ("<p>1 < 2 {{\"<\"}}", "<p>1 < 2 &lt;"),
            (
                "<script>var x = {{.}};</script>",
                "<script>var x = \"O\\u0027Reilly: How are \\u003ci\\u003eyou\\u003c/i\\u003e? + \\\"\\u0026\";</script>",
            ),
        ],
        &data,
    );
}

#[test]
fn urls_run_no_programs() {
    check(
        &[
            ("<a href=\"{{.}}\">", "<a href=\"#ZgotmplZ\">"),
            (
                "<a href='{{\"http://a/b?c=d&e f\"}}'>",
                "<a href='http://a/b?c=d&amp;e%20f'>",
            ),
            (
                "<a href=\"{{safeUrl .}}\">",
                "<a href=\"javascript:alert%281%29\">",
            ),
            ("<a href={{\"/a b\"}}>", "<a href=/a%20b>"),
            (
                "<a href=\"{{\"http://x\"}}/#/alerts?receiver={{\"a b\" | urlquery}}\">",
                "<a href=\"http://x/#/alerts?receiver=a&#43;b\">",
            ),
            ("<img data-src=\"{{.}}\">", "<img data-src=\"#ZgotmplZ\">"),
            (
                "<a href=\"mailto:{{.}}\">",
                "<a href=\"mailto:javascript:alert%281%29\">",
            ),
        ],
        &"javascript:alert(1)".into(),
    );
}

#[test]
fn other_places() {
    check(
        &[
            (
                "<p style=\"color: {{\"red\"}}\">",
                "<p style=\"color: red\">",
            ),
            (
                "<p style=\"color: {{\"red; x: url(y)\"}}\">",
                "<p style=\"color: ZgotmplZ\">",
            ),
            (
                "<p onclick=\"f({{\"a\"}})\">",
                "<p onclick=\"f(&#34;a&#34;)\">",
            ),
            (
                "<p onclick=\"f('{{\"');x('\"}}')\">",
                "<p onclick=\"f('\\u0027\\u0029\\u003bx\\u0028\\u0027')\">",
            ),
            (
                "<script>x = \"{{\"\\\"+a+\\\"\"}}\"; y = {{1}}</script>{{1}}",
                "<script>x = \"\\u0022\\u002ba\\u002b\\u0022\"; y = 1</script>1",
            ),
            (
                "<script/>{{\"a\"}}</script>{{\"a\"}}",
                "<script/>\"a\"</script>a",
            ),
            ("<br/>{{\"a\"}}", "<br/>a"),
            ("<p {{\"onclick\"}}=\"x\">", "<p ZgotmplZ=\"x\">"),
            ("<p class={{\"a b\"}}>{{\"<\"}}", "<p class=a&#32;b>&lt;"),
            ("a<!-- {{.}} <b> -->b{{\"<\"}}", "ab&lt;"),
            ("{{safeHtml \"<b>x</b>\"}}", "<b>x</b>"),
            (
                "<a title=\"{{safeHtml \"<b>x &amp; y</b>\"}}\">",
                "<a title=\"x &amp; y\">",
            ),
            ("{{.missing}}{{print nil}}", "&lt;nil&gt;"),
            (
                "<style>a { color: {{\"</style>\"}} }</style>{{1}}",
                "<style>a { color: ZgotmplZ }</style>1",
            ),
            (
                "{{define \"t\"}}{{.}}{{end}}<a href=\"{{template \"t\" \"vbscript:x\"}}\">{{template \"t\" \"<\"}}</a>",
                "<a href=\"#ZgotmplZ\">&lt;</a>",
            ),
        ],
        &Value::map([("a", Value::Int(1))]),
    );
}

#[test]
fn a_set_knows_which_templates_are_html() {
    let mut set = set();
    set.add("text", "{{define \"t\"}}{{.}}{{end}}").unwrap();
    set.add_html("html", "{{define \"h\"}}{{template \"t\" .}}{{end}}")
        .unwrap();
    assert_eq!(set.execute("t", &"<".into()).unwrap(), "<");
    assert_eq!(set.execute("h", &"<".into()).unwrap(), "&lt;");
}
