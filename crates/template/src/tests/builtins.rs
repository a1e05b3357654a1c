//! The functions of the language.

use super::go::data;
use super::{check, check_fails};

#[test]
fn builtin_functions() {
    check(
        &[
            (
                "{{and 1 0 2}} {{and 1 2}} {{or 0 3 4}} {{or 0 \"\"}} {{not 0}} {{2 | and 1}}",
                "0 2 3  true 2",
            ),
            (
                "{{or true (index .List 9)}} {{and false (index .List 9)}}",
                "true false",
            ),
            (
                "{{eq 1 1}} {{eq 1 2 3 1}} {{eq \"a\" \"b\"}} {{ne 1 2}}",
                "true true false true",
            ),
            (
                "{{lt 1 2}} {{le 2 2}} {{gt 1 2}} {{ge 2.5 2.5}} {{lt \"a\" \"b\"}}",
                "true true false true true",
            ),
            ("{{eq .Missing nil}} {{eq .Name nil}}", "true false"),
        ],
        &data(),
    );
}

#[test]
fn builtin_functions_on_values() {
    check(
        &[
            ("{{len \"abc\"}} {{len .List}} {{.Map | len}}", "3 3 2"),
            (
                "{{index .List 1}} {{index .Map \"b\"}} {{index .Deep \"X\" \"Y\"}} {{index \"abc\" 1}}",
                "2 2 deep 98",
            ),
            ("{{index .Map \"zz\"}}", "<no value>"),
            (
                "{{slice \"abcdef\" 1 3}} {{slice .List 1}} {{slice .List 0 1 2}} {{slice \"abc\"}}",
                "bc [2 3] [1] abc",
            ),
            (
                "{{print 1 2 \"a\" \"b\" 3 4}} {{println \"a\" 1}}",
                "1 2ab3 4 a 1\n",
            ),
            (
                "{{html \"<a href='x'>\\\"&\"}}",
                "&lt;a href=&#39;x&#39;&gt;&#34;&amp;",
            ),
            (
                "{{js \"It'd be <nice>\\n\"}}",
                r"It\'d be \u003Cnice\u003E\u000A",
            ),
            (
                "{{urlquery \"http://a/b c?d=ä\"}}",
                "http%3A%2F%2Fa%2Fb+c%3Fd%3D%C3%A4",
            ),
            ("{{ .Missing | html }}", "&lt;no value&gt;"),
        ],
        &data(),
    );
}

#[test]
fn builtin_functions_refuse() {
    check_fails(
        &[
            (
                "{{eq 1}}",
                "error calling eq: missing argument for comparison",
            ),
            (
                "{{eq 1 1.0}}",
                "error calling eq: incompatible types for comparison",
            ),
            (
                "{{gt .Ratio 1}}",
                "error calling gt: incompatible types for comparison",
            ),
            (
                "{{lt true false}}",
                "error calling lt: invalid type for comparison",
            ),
            (
                "{{eq .List .List}}",
                "non-comparable types [1 2 3]: []interface {}, []interface {}: [1 2 3]",
            ),
            ("{{len 3}}", "error calling len: len of type int"),
            ("{{len nil}}", "error calling len: len of nil pointer"),
            (
                "{{index .List 3}}",
                "error calling index: index out of range: 3",
            ),
            (
                "{{index .List -1}}",
                "error calling index: index out of range: -1",
            ),
            (
                "{{index .List \"a\"}}",
                "cannot index slice/array with type string",
            ),
            (
                "{{index nil 1}}",
                "error calling index: index of untyped nil",
            ),
            (
                "{{slice .List 2 1}}",
                "error calling slice: invalid slice index: 2 > 1",
            ),
            ("{{slice \"abc\" 1 2 3}}", "cannot 3-index slice a string"),
            ("{{call nil}}", "error calling call: call of nil"),
            (
                "{{call 1}}",
                "error calling call: non-function 1 of type int",
            ),
            (
                "{{printf 1}}",
                "wrong type for value; expected string; got int",
            ),
            ("{{printf .Missing}}", "invalid value; expected string"),
            ("{{len}}", "wrong number of args for len: want 1 got 0"),
            (
                "{{and}}",
                "wrong number of args for and: want at least 1 got 0",
            ),
            ("{{template \"zz\"}}", "template \"zz\" not defined"),
        ],
        &data(),
    );
}
