package io.trivigil.rules.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.rules.query.Expressions.QueryFailedException;
import io.trivigil.rules.query.VectorSample;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The functions and variables of alert templates, as a table.
class AlertTextsTest {
  private static final String[][] TABLE = {
    {"{{ $labels.instance }} {{ .Labels.job }} {{ $labels.nope }}|", "n1:9100 node |"},
    {
      "{{ $value }} {{ .Value }} {{ $value | printf \"%.1f\" }}",
      "1.234567e+06 1.234567e+06 1234567.0"
    },
    {
      "{{ $externalLabels.cluster }} {{ $externalURL }} {{ externalURL }} {{ pathPrefix }}",
      "c1 http://h:9/p http://h:9/p /p"
    },
    {"{{ $labels }}", "map[__name__:up instance:n1:9100 job:node]"},
    {"{{ range query \"up\" }}{{ .Labels.instance }}={{ .Value }} {{ end }}", "b=2 a=1 "},
    {"{{ query \"up\" | first | value }} {{ query \"up\" | first | label \"instance\" }}", "2 b"},
    {"{{ range query \"up\" | sortByLabel \"instance\" }}{{ .Labels.instance }}{{ end }}", "ab"},
    {"{{ with query \"text\" }}{{ . | first | strvalue }}{{ end }}", "hello"},
    {
      "{{ query \"none\" | first }}",
      "ERR: error executing template __alert_A: template: __alert_A:1:130: executing \"__alert_A\" at <first>: error calling first: first() called on vector with no elements"
    },
    {
      "{{ query \"broken\" }}",
      "ERR: error executing template __alert_A: template: __alert_A:1:115: executing \"__alert_A\" at <query \"broken\">: error calling query: it broke"
    },
    {
      "{{ .Nope }}",
      "ERR: error executing template __alert_A: template: __alert_A:1:115: executing \"__alert_A\" at <.Nope>: can't evaluate field Nope in type struct"
    },
    {
      "{{ humanize 0 }} {{ humanize 1.0 }} {{ humanize 1234567.0 }} {{ humanize 0.00002 }} {{ humanize \"2e6\" }} {{ humanize -1200 }}",
      "0 1 1.235M 20u 2M -1.2k"
    },
    {
      "{{ humanize1024 0 }} {{ humanize1024 1048576 }} {{ humanize1024 1500.0 }} {{ humanize1024 0.5 }}",
      "0 1Mi 1.465ki 0.5"
    },
    {
      "{{ humanizeDuration 0 }} {{ humanizeDuration 59.9 }} {{ humanizeDuration 60 }} {{ humanizeDuration 3661 }} {{ humanizeDuration 90061 }} {{ humanizeDuration 0.001 }} {{ humanizeDuration -61 }}",
      "0s 59.9s 1m 0s 1h 1m 1s 1d 1h 1m 1s 1ms -1m 1s"
    },
    {"{{ humanizePercentage 0.1234567 }} {{ humanizePercentage 1 }}", "12.35% 100%"},
    {
      "{{ humanizeTimestamp 1420070400 }} {{ humanizeTimestamp 1435065584.128 }}",
      "2015-01-01 00:00:00 +0000 UTC 2015-06-23 13:19:44.128 +0000 UTC"
    },
    {
      "{{ (toTime 1420070400).Year }} {{ toDuration 90 }} {{ (toDuration \"1.5\").Seconds }} {{ humanizeDuration (toDuration 90) }}",
      "2015 1m30s 1.5 1m 30s"
    },
    {
      "{{ now }} {{ (now | toTime).Unix }} {{ parseDuration \"1h\" }} {{ parseDuration \"-5m\" }}",
      "1.00000001e+08 100000001 3600 -300"
    },
    {"{{ title \"aa bB-c d_e\" }} {{ toUpper \"aB\" }} {{ toLower \"aB\" }}", "Aa BB-C D_e AB ab"},
    {
      "{{ match \"a+\" \"baab\" }} {{ match \"^a\" \"ba\" }} {{ reReplaceAll \"(a)b\" \"${1}x\" \"abab\" }}",
      "true false axax"
    },
    {
      "{{ stripPort \"h:9100\" }} {{ stripPort \"[::1]:9100\" }} {{ stripPort \"h\" }} {{ stripPort \"::1\" }}",
      "h ::1 h ::1"
    },
    {
      "{{ stripDomain \"a.b.c:9\" }} {{ stripDomain \"a.b\" }} {{ stripDomain \"10.0.0.1:80\" }} {{ stripDomain \"[::1]:80\" }}",
      "a:9 a 10.0.0.1:80 [::1]:80"
    },
    {
      "{{ graphLink \"up == 0\" }} {{ tableLink \"up\" }} {{ urlQueryEscape \"a b\" }}",
      "/graph?g0.expr=up+%3D%3D+0&g0.tab=0 /graph?g0.expr=up&g0.tab=1 a+b"
    },
    {"{{ with args 1 \"x\" }}{{ .arg0 }}{{ .arg1 }}{{ end }} {{ safeHtml \"<b>\" }}", "1x <b>"},
    {"{{ define \"t\" }}<{{ . }}>{{ end }}{{ template \"t\" 1 }}{{ tmpl \"t\" 2 }}", "<1><2>"},
    {"no template", "no template"},
    {
      "{{ humanize \"x\" }}",
      "ERR: error executing template __alert_A: template: __alert_A:1:115: executing \"__alert_A\" at <humanize \"x\">: error calling humanize: strconv.ParseFloat: parsing \"x\": invalid syntax"
    },
    {
      "{{ nope }}",
      "ERR: error parsing template __alert_A: template: __alert_A:1: function \"nope\" not defined"
    },
  };

  private static List<VectorSample> query(String expr) {
    return switch (expr) {
      case "up" ->
          List.of(
              new VectorSample(Labels.of("__name__", "up", "instance", "b"), 2),
              new VectorSample(Labels.of("__name__", "up", "instance", "a"), 1));
      case "text" -> List.of(new VectorSample(Labels.of("__value__", "hello"), 0));
      case "none" -> List.of();
      default -> throw new QueryFailedException("it broke");
    };
  }

  @TestFactory
  List<DynamicTest> table() {
    AlertTexts texts =
        new AlertTexts(
            AlertTextsTest::query, 100_000_001_000L, Labels.of("cluster", "c1"), "http://h:9/p");
    Labels labels = Labels.of("__name__", "up", "instance", "n1:9100", "job", "node");
    List<DynamicTest> tests = new ArrayList<>();
    for (String[] row : TABLE) {
      String expected =
          row[1].startsWith("ERR: ")
              ? "<error expanding template: " + row[1].substring(5) + ">"
              : row[1];
      tests.add(
          DynamicTest.dynamicTest(
              row[0],
              () ->
                  assertThat(texts.expand("A", row[0], labels, 1234567).text())
                      .isEqualTo(expected)));
    }
    return tests;
  }

  @Test
  void problemsAreFoundBeforeAnythingRuns() {
    assertThat(AlertTexts.problem("A", "{{ $labels.x }} {{ query \"up\" }}")).isEmpty();
    assertThat(AlertTexts.problem("A", "{{ $nope }}"))
        .isEqualTo(
            "error parsing template __alert_A: template: __alert_A:1: undefined variable \"$nope\"");
  }
}
