package io.trivigil.template;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.template.value.GoDuration;
import io.trivigil.template.value.GoError;
import io.trivigil.template.value.GoFunction;
import io.trivigil.template.value.GoMap;
import io.trivigil.template.value.GoStruct;
import io.trivigil.template.value.GoTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// What templates print, as a table of source and output. The outputs are Go's.
class TemplateTextTest {
  static final String[][] OUTPUTS = {
    {"plain", "plain"},
    {"", ""},
    {
      "{{ 1 }} {{ -3 }} {{ 0x1F }} {{ 017 }} {{ 1_000 }} {{ 1.5 }} {{ 1e6 }} {{ 'a' }}",
      "1 -3 31 15 1000 1.5 1e+06 97"
    },
    {
      "{{ 100000.0 }} {{ 1e20 }} {{ 1e21 }} {{ 0.0001 }} {{ 0.00001 }} {{ 123456.0 }} {{ 1234567.0 }}",
      "100000 1e+20 1e+21 0.0001 1e-05 123456 1.234567e+06"
    },
    {"{{ \"a\\tb\\u00e9\\n\" }}|{{ `raw\\n` }}", "a\tbé\n|raw\\n"},
    {"{{ true }} {{ false }}", "true false"},
    {"{{ .Name }}", "web"},
    {"{{ $.Name }}", "web"},
    {"{{ .Labels.instance }}", "n1:9100"},
    {"[{{ .Labels.missing }}]", "[]"},
    {"[{{ .Any.missing }}]", "[<no value>]"},
    {"{{ .Nil }}", "<no value>"},
    {"{{ .Labels }}", "map[instance:n1:9100 job:node]"},
    {"{{ .List }} {{ .Words }} {{ .Empty }}", "[1 2 3] [b a c] []"},
    {"{{ .Any }}", "map[deep:map[x:7] f:1.5 n:<nil>]"},
    {"{{ .Any.deep.x }}", "7"},
    {"{{ .Struct }}", "{left 2}"},
    {"{{ printf \"%+v\" .Struct }}", "{A:left B:2}"},
    {"{{ .Struct.A }}{{ .Struct.Twice 21 }}", "left42"},
    {"{{ .Struct.Twice (len .Words) }}", "6"},
    {"{{ 4 | .Struct.Twice }}", "8"},
    {"{{ .Self.Self.Name }}", "web"},
    {"{{ .Time.Year }} {{ .Time.Format \"2006-01-02 15:04:05\" }}", "2015 2015-03-04 05:06:07"},
    {"{{ (.Time.Add .Hour).Unix }}", "1425449167"},
    {"{{ .Time }}", "2015-03-04 05:06:07 +0000 UTC"},
    {"{{ .Hour }} {{ .Hour.Seconds }} {{ .Hour.Minutes }}", "1h0m0s 3600 60"},
    {"{{ if eq .Hour 3600000000000 }}same{{ end }}", "same"},
    {
      "{{ .Time.Weekday }} {{ printf \"%d\" .Time.Weekday }} {{ .Time.Month }}", "Wednesday 3 March"
    },
    // Trimming and comments.
    {"a {{- 1 -}} b", "a1b"},
    {"a \n\t{{- /* gone */ -}}\n b", "ab"},
    {"a{{/* gone */}}b", "ab"},
    {"{{ \"x\" -}}\n  y", "xy"},
    {"{{-3}}", "-3"},
    {"{{- 3}}", "3"},
    {"x {{- \"}}\" }}", "x}}"},
    {"{{\n  .Name\n}}", "web"},
    // Conditions.
    {"{{ if .Name }}yes{{ else }}no{{ end }}", "yes"},
    {"{{ if .Missing }}yes{{ else }}no{{ end }}", "no"},
    {"{{ if 0 }}a{{ else if \"\" }}b{{ else if 1.0 }}c{{ else }}d{{ end }}", "c"},
    {"{{ if and .Name .Empty }}a{{ else }}b{{ end }}", "b"},
    {"{{ if not .Empty }}a{{ end }}", "a"},
    {"{{ if $x := .Name }}{{ $x }}{{ end }}", "web"},
    {"{{ with .Labels }}{{ .job }}{{ end }}", "node"},
    {"{{ with .Empty }}x{{ else }}{{ .Name }}{{ end }}", "web"},
    {"{{ with .Empty }}x{{ else with .Labels }}{{ .job }}{{ else }}z{{ end }}", "node"},
    {"{{ with $l := .Labels }}{{ $l.job }}{{ $.Name }}{{ end }}", "nodeweb"},
    {"{{ and 1 0 (fail) }} {{ or 0 2 (fail) }} {{ and 1 2 }} {{ or 0 \"\" }}", "0 2 2 "},
    {"{{ 1 | and 2 }} {{ 0 | or 0 }}", "1 0"},
    // Loops.
    {"{{ range .List }}<{{ . }}>{{ end }}", "<1><2><3>"},
    {"{{ range $i, $e := .Words }}{{ $i }}{{ $e }} {{ end }}", "0b 1a 2c "},
    {"{{ range $e := .Words }}{{ $e }}{{ end }}", "bac"},
    {"{{ range $k, $v := .Labels }}{{ $k }}={{ $v }};{{ end }}", "instance=n1:9100;job=node;"},
    {"{{ range .Labels }}{{ . }},{{ end }}", "n1:9100,node,"},
    {"{{ range .Empty }}x{{ else }}none{{ end }}", "none"},
    {"{{ range .Nil }}x{{ else }}none{{ end }}", "none"},
    {"{{ range 3 }}{{ . }}{{ end }}", "012"},
    {"{{ range $i := 3 }}{{ $i }}{{ end }}", "012"},
    {"{{ range .List }}{{ if eq . 2 }}{{ continue }}{{ end }}{{ . }}{{ end }}", "13"},
    {"{{ range .List }}{{ if eq . 2 }}{{ break }}{{ end }}{{ . }}{{ end }}", "1"},
    {"{{ range .List }}{{ with 1 }}{{ break }}{{ end }}{{ end }}ok", "ok"},
    {"{{ $n := 0 }}{{ range .List }}{{ $n = . }}{{ end }}{{ $n }}", "3"},
    {"{{ $e := 9 }}{{ range $e = .List }}{{ end }}{{ $e }}", "3"},
    {"{{ $x := 1 }}{{ if true }}{{ $x := 2 }}{{ end }}{{ $x }}", "1"},
    {"{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}", "2"},
    // Templates.
    {
      "{{ define \"T\" }}[{{ . }}]{{ end }}{{ template \"T\" .Name }}{{ template \"T\" }}",
      "[web][<no value>]"
    },
    {"{{ block \"B\" .Name }}({{ . }}){{ end }}", "(web)"},
    {
      "{{ define \"R\" }}{{ if . }}{{ len . }}{{ template \"R\" slice . 1 }}{{ end }}{{ end }}{{ template \"R\" \"abc\" }}",
      "321"
    },
    // Functions.
    {"{{ len .Name }} {{ len \"日本\" }} {{ len .List }} {{ len .Labels }}", "3 6 3 2"},
    {
      "{{ index .Words 1 }} {{ index .Labels \"job\" }} {{ index .Any \"deep\" \"x\" }}|{{ index .Labels \"zz\" }}|",
      "a node 7||"
    },
    {
      "{{ slice .Words 1 }} {{ slice .Words 0 1 }} {{ slice .Name 1 2 }} {{ slice .Name }}",
      "[a c] [b] e web"
    },
    {"{{ print 1 2 \"x\" 3 4.5 \"y\" }}|{{ println 1 \"x\" }}", "1 2x3 4.5y|1 x\n"},
    {
      "{{ html \"<a href='x'>\" }} {{ js \"it's <\" }} {{ urlquery \"a b*~\" }}",
      "&lt;a href=&#39;x&#39;&gt; it\\'s \\u003C a+b%2A~"
    },
    {"{{ call .Fn 2 3 }}", "[2 3]"},
    {
      "{{ eq 1 1 }} {{ eq 1 2 3 1 }} {{ ne \"a\" \"b\" }} {{ lt 1 2 }} {{ le 2 2 }} {{ gt \"b\" \"a\" }} {{ ge 1.5 2.5 }}",
      "true true true true true true false"
    },
    {"{{ eq .Nil nil }} {{ eq .Name nil }}", "true false"},
    {"{{ .Name | printf \"%s-%s\" \"a\" }}", "a-web"},
    {"{{ (index .Words 0) | printf \"%q\" }}", "\"b\""},
    {"{{ (printf \"%d\" 3) }}{{ print (len .Words) (len .Name) }}", "33 3"},
    {"{{ upper .Name }}{{ .Name | upper }}", "WEBWEB"},
    {"{{ $v := .Labels.job }}{{ $v | upper }}", "NODE"},
    {"{{ $l := .Labels }}{{ $l.job }}", "node"},
    {"{{ (.Self).Name }}", "web"},
    {"{{ range $i, $w := .Words }}{{ if $i }}, {{ end }}{{ $w }}{{ end }}", "b, a, c"},
  };

  static TemplateSet set() {
    return TemplateSet.text()
        .withMissingKey(TemplateSet.MissingKey.ZERO)
        .withFunctions(
            Map.of(
                "upper",
                GoFunction.of(1, args -> args.string(0).toUpperCase(java.util.Locale.ROOT)),
                "fail",
                GoFunction.of(
                    0,
                    _ -> {
                      throw new GoError("it failed");
                    })));
  }

  static Object data() {
    Map<String, @Nullable Object> any = new java.util.HashMap<>();
    any.put("deep", GoMap.ofAny(Map.of("x", 7L)));
    any.put("f", 1.5);
    any.put("n", null);
    GoStruct struct =
        GoStruct.named("Pair")
            .field("A", "left")
            .field("B", 2L)
            .method("Twice", GoFunction.of(1, args -> args.integer(0) * 2))
            .build();
    GoStruct.Builder root =
        GoStruct.named("Data")
            .field("Name", "web")
            .field("Missing", null)
            .field("Nil", null)
            .field("Empty", List.of())
            .field("List", List.of(1L, 2L, 3L))
            .field("Words", List.of("b", "a", "c"))
            .field("Labels", GoMap.ofStrings(Map.of("job", "node", "instance", "n1:9100")))
            .field("Any", GoMap.ofAny(any))
            .field("Struct", struct)
            .field("Fn", GoFunction.variadic(0, args -> args.all()))
            .field("Time", GoTime.utc(Instant.parse("2015-03-04T05:06:07Z")))
            .field("Hour", GoDuration.ofMs(3_600_000));
    GoStruct plain = root.build();
    GoStruct inner = root.method("Self", GoFunction.of(0, _ -> plain)).build();
    return root.method("Self", GoFunction.of(0, _ -> inner)).build();
  }

  @TestFactory
  List<DynamicTest> outputs() {
    List<DynamicTest> tests = new ArrayList<>();
    for (String[] row : OUTPUTS) {
      if (row[1].startsWith("ERR ")) {
        continue;
      }
      tests.add(
          DynamicTest.dynamicTest(
              row[0].isEmpty() ? "(empty)" : row[0],
              () -> assertThat(set().parse("t", row[0]).execute("t", data())).isEqualTo(row[1])));
    }
    assertThat(tests).hasSizeGreaterThan(60);
    return tests;
  }

  @Test
  void everyExecutionEndsAtItsLimits() {
    TemplateLimits small = new TemplateLimits(100, 1000, 10);
    TemplateSet set = TemplateSet.text().withLimits(small);
    assertFails(set.parse("t", "{{ range 1000000 }}{{ end }}"), "exceeded 1000 steps");
    assertFails(set.parse("t", "{{ range 50 }}abc{{ end }}"), "output exceeds 100 characters");
    assertFails(
        set.parse("t", "{{ define \"r\" }}{{ template \"r\" }}{{ end }}{{ template \"r\" }}"),
        "exceeded maximum template depth (10)");
    assertThat(set.parse("t", "{{ range 30 }}abc{{ end }}").execute("t", null)).hasSize(90);
    try {
      set.parse("t", "{{if 1}}".repeat(11) + "{{end}}".repeat(11));
      org.assertj.core.api.Assertions.fail("the nesting is too deep");
    } catch (TemplateException e) {
      assertThat(e).hasMessageContaining("nested deeper than 10");
    }
    set.parse("t", "{{if 1}}".repeat(10) + "{{end}}".repeat(10));
  }

  private static void assertFails(TemplateSet set, String message) {
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> set.execute("t", null))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining(message);
  }

  @Test
  void laterSourcesReplaceEarlierTemplatesUnlessEmpty() {
    TemplateSet base = TemplateSet.text().parse("base", "{{ block \"x\" . }}old{{ end }}");
    assertThat(base.execute("base", null)).isEqualTo("old");
    TemplateSet next = base.parse("more", "{{ define \"x\" }}new{{ end }}");
    assertThat(next.execute("base", null)).isEqualTo("new");
    assertThat(base.execute("base", null)).isEqualTo("old");
    assertThat(next.parse("again", "{{ define \"x\" }} {{ end }}").execute("base", null))
        .isEqualTo("new");
    assertThat(next.names()).containsExactly("base", "more", "x");
  }
}
