package io.trivigil.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// What templates say when they are wrong, as Go says it.
class TemplateErrorTest {
  private static final String[][] PARSE = {
    {"{{", "template: t:1: unclosed action"},
    {"a\nb {{ .X", "template: t:2: unclosed action"},
    {"{{ if .X }}", "template: t:1: unexpected EOF"},
    {"{{ if }}{{ end }}", "template: t:1: missing value for if"},
    {"{{ }}", "template: t:1: missing value for command"},
    {"{{ end }}", "template: t:1: unexpected {{end}}"},
    {"{{ else }}", "template: t:1: unexpected {{else}}"},
    {"{{ foo }}", "template: t:1: function \"foo\" not defined"},
    {"\n{{ $x }}", "template: t:2: undefined variable \"$x\""},
    {"{{ .X | 3 }}", "template: t:1: non executable command in pipeline stage 2"},
    {"{{ \"abc }}", "template: t:1: unterminated quoted string"},
    {"{{ `abc }}", "template: t:1: unterminated raw quoted string"},
    {"{{ 'abc }}", "template: t:1: unterminated character constant"},
    {"{{ (.X }}", "template: t:1: unclosed left paren"},
    {"{{ .X) }}", "template: t:1: unexpected right paren"},
    {"{{/* abc", "template: t:1: unclosed comment"},
    {"{{/* abc */ }}", "template: t:1: comment ends before closing delimiter"},
    {"{{ 3x }}", "template: t:1: bad number syntax: \"3x\""},
    {"{{ .X! }}", "template: t:1: bad character U+0021 '!'"},
    {"{{ \u0001 }}", "template: t:1: unrecognized character in action: U+0001"},
    {"{{ break }}", "template: t:1: {{break}} outside {{range}}"},
    {"{{ range .X }}{{ break 1 }}{{ end }}", "template: t:1: unexpected \"1\" in {{break}}"},
    {"{{ range $a, $b, $c := .X }}{{ end }}", "template: t:1: too many declarations in range"},
    {"{{ range $a, 1 }}{{ end }}", "template: t:1: range can only initialize variables"},
    {"{{ template .X }}", "template: t:1: unexpected \".X\" in template clause"},
    {"{{ define x }}{{ end }}", "template: t:1: unexpected \"x\" in define clause"},
    {
      "{{ if 1 }}{{ define \"x\" }}{{ end }}{{ end }}",
      "template: t:1: unexpected <define> in command"
    },
    {"{{ 1.X }}", "template: t:1: bad number syntax: \"1.X\""},
    {"{{ \"a\".X }}", "template: t:1: unexpected . after term \"\\\"a\\\"\""},
    {"{{ .X, 1 }}", "template: t:1: unexpected \",\" in operand"},
    {"{{ if .X }}a{{ else }}b{{ else }}c{{ end }}", "template: t:1: expected end; found {{else}}"},
    {"{{ a: }}", "template: t:1: function \"a\" not defined"},
    {"{{ $x : 1 }}", "template: t:1: undefined variable \"$x\""},
    {"{{ () }}", "template: t:1: missing value for parenthesized pipeline"},
    {"{{ if .X\n\n", "template: t:3: unclosed action started at t:1"},
  };

  private static final String[][] EXECUTION = {
    {
      "{{ .Nope }}",
      "template: t:1:3: executing \"t\" at <.Nope>: can't evaluate field Nope in type Data"
    },
    {
      "日 {{ .Name.X }}",
      "template: t:1:12: executing \"t\" at <.Name.X>: can't evaluate field X in type string"
    },
    {
      "a\n  {{ .Any.n.x }}",
      "template: t:2:9: executing \"t\" at <.Any.n.x>: nil pointer evaluating interface {}.x"
    },
    {
      "{{ eq 1 1.0 }}",
      "template: t:1:3: executing \"t\" at <eq 1 1.0>: error calling eq: incompatible types for comparison"
    },
    {
      "{{ lt \"a\" 1 }}",
      "template: t:1:3: executing \"t\" at <lt \"a\" 1>: error calling lt: incompatible types for comparison"
    },
    {
      "{{ lt true false }}",
      "template: t:1:3: executing \"t\" at <lt true false>: error calling lt: invalid type for comparison"
    },
    {
      "{{ eq 1 }}",
      "template: t:1:3: executing \"t\" at <eq 1>: error calling eq: missing argument for comparison"
    },
    {
      "{{ index .Words 3 }}",
      "template: t:1:3: executing \"t\" at <index .Words 3>: error calling index: reflect: slice index out of range"
    },
    {
      "{{ index .Words 9 }}",
      "template: t:1:3: executing \"t\" at <index .Words 9>: error calling index: index out of range: 9"
    },
    {
      "{{ index nil }}",
      "template: t:1:3: executing \"t\" at <index nil>: error calling index: index of untyped nil"
    },
    {
      "{{ len 3 }}",
      "template: t:1:3: executing \"t\" at <len 3>: error calling len: len of type int"
    },
    {
      "{{ upper 3 }}",
      "template: t:1:9: executing \"t\" at <3>: wrong type for value; expected string; got int"
    },
    {
      "{{ upper }}",
      "template: t:1:3: executing \"t\" at <upper>: wrong number of args for upper: want 1 got 0"
    },
    {
      "{{ upper \"a\" \"b\" }}",
      "template: t:1:3: executing \"t\" at <upper>: wrong number of args for upper: want 1 got 2"
    },
    {
      "{{ and }}",
      "template: t:1:3: executing \"t\" at <and>: wrong number of args for and: want at least 1 got 0"
    },
    {"{{ fail }}", "template: t:1:3: executing \"t\" at <fail>: error calling fail: it failed"},
    {
      "{{ template \"x\" }}",
      "template: t:1:12: executing \"t\" at <{{template \"x\"}}>: template \"x\" not defined"
    },
    {
      "{{ range .Name }}{{ end }}",
      "template: t:1:9: executing \"t\" at <.Name>: range can't iterate over web"
    },
    {"{{ nil }}", "template: t:1:3: executing \"t\" at <nil>: nil is not a command"},
    {
      "{{ .Name 1 }}",
      "template: t:1:3: executing \"t\" at <.Name>: Name has arguments but cannot be invoked as function"
    },
    {
      "{{ .Labels.job 1 }}",
      "template: t:1:10: executing \"t\" at <.Labels.job>: job is not a method but has arguments"
    },
    {
      "{{ 1 | .Name }}",
      "template: t:1:7: executing \"t\" at <.Name>: Name has arguments but cannot be invoked as function"
    },
    {
      "{{ (1) 2 }}",
      "template: t:1:3: executing \"t\" at <(1) 2>: can't give argument to non-function 1"
    },
    {
      "{{ call .Name }}",
      "template: t:1:3: executing \"t\" at <call .Name>: error calling call: non-function of type string"
    },
    {"{{ .Fn }}", "template: t:1:3: executing \"t\" at <.Fn>: can't print {{.Fn}} of type func()"},
    {
      "{{ define \"x\" }}{{ .Nope }}{{ end }}{{ template \"x\" . }}",
      "template: t:1:19: executing \"x\" at <.Nope>: can't evaluate field Nope in type Data"
    },
  };

  @TestFactory
  List<DynamicTest> parsing() {
    return rows(PARSE, source -> TemplateTextTest.set().parse("t", source));
  }

  @TestFactory
  List<DynamicTest> executing() {
    return rows(
        EXECUTION,
        source -> TemplateTextTest.set().parse("t", source).execute("t", TemplateTextTest.data()));
  }

  private static List<DynamicTest> rows(
      String[][] table, java.util.function.Consumer<String> body) {
    List<DynamicTest> tests = new ArrayList<>();
    for (String[] row : table) {
      tests.add(
          DynamicTest.dynamicTest(
              row[0],
              () -> {
                String message = "no error";
                try {
                  body.accept(row[0]);
                } catch (TemplateException e) {
                  message = e.getMessage();
                }
                assertThat(message).isEqualTo(row[1]);
              }));
    }
    return tests;
  }
}
