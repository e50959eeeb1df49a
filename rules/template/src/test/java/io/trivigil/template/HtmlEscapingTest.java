package io.trivigil.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.template.value.GoMap;
import io.trivigil.template.value.GoStruct;
import io.trivigil.template.value.Safe;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Where a value stands decides how it is escaped.
class HtmlEscapingTest {
  private static final String[][] OUTPUTS = {
    {"<p>{{ .Evil }}</p>", "<p>&lt;b&gt;&#34;O&#39;Reilly&#34; &amp; x&lt;/b&gt;</p>"},
    {"<p>{{ .Safe }}</p>", "<p><b>ok</b></p>"},
    {"<p>{{ .Nil }}</p>", "<p></p>"},
    {"<p>{{ .Number }}</p>", "<p>1.5</p>"},
    {"<p>{{ .Evil | html }}</p>", "<p>&lt;b&gt;&#34;O&#39;Reilly&#34; &amp; x&lt;/b&gt;</p>"},
    {"<p>{{ html .Safe }}</p>", "<p>&lt;b&gt;ok&lt;/b&gt;</p>"},
    {"a < b {{ 1 }}", "a &lt; b 1"},
    {"x<!-- {{ .Evil }} -->y", "xy"},
    {"<!DOCTYPE html><p>{{ 1 }}", "<!DOCTYPE html><p>1"},
    {
      "<p title=\"{{ .Evil }}\">", "<p title=\"&lt;b&gt;&#34;O&#39;Reilly&#34; &amp; x&lt;/b&gt;\">"
    },
    {"<p title='{{ .Safe }}'>", "<p title='ok'>"},
    {"<p title={{ .Two }}>", "<p title=a&#32;b&#61;c>"},
    {"<p title={{ .Empty }}>", "<p title=ZgotmplZ>"},
    {"<p {{ .Attr }}=\"1\">", "<p dir=\"1\">"},
    {"<p {{ .Evil }}=\"1\">", "<p ZgotmplZ=\"1\">"},
    {"<p {{ .OnClick }}=\"1\">", "<p ZgotmplZ=\"1\">"},
    {"<a href=\"{{ .Js }}\">", "<a href=\"#ZgotmplZ\">"},
    {"<a href=\"{{ .SafeUrl }}\">", "<a href=\"javascript:go%28%29\">"},
    {"<a href=\"{{ .Url }}\">", "<a href=\"http://h/p?a=b&amp;c=d%20e\">"},
    {"<a href=\"/x/{{ .Two }}\">", "<a href=\"/x/a%20b=c\">"},
    {"<a href=\"/x?q={{ .Two }}\">", "<a href=\"/x?q=a%20b%3dc\">"},
    {"<a href={{ .Url }}>", "<a href=http://h/p?a&#61;b&amp;c&#61;d%20e>"},
    {"<img src='{{ .Js }}'>", "<img src='#ZgotmplZ'>"},
    {"<form action=\"{{ .Js }}\">", "<form action=\"#ZgotmplZ\">"},
    {"<img srcset=\"{{ .Js }} 2x\">", "<img srcset=\"#ZgotmplZ 2x\">"},
    {
      "<script>var x = {{ .Evil }};</script>",
      "<script>var x = \"\\u003cb\\u003e\\u0022O\\u0027Reilly\\u0022 \\u0026 x\\u003c/b\\u003e\";</script>"
    },
    {"<script>var x = {{ .Number }};</script>", "<script>var x =  1.5 ;</script>"},
    {"<script>var x = {{ .Map }};</script>", "<script>var x = {\"a\":\"1\",\"b\":\"2\"};</script>"},
    {
      "<script>var x = {{ .List }}, y = {{ .Nil }};</script>",
      "<script>var x = [1,\"two\"], y =  null ;</script>"
    },
    {
      "<script>var x = '{{ .Evil }}';</script>",
      "<script>var x = '\\u003cb\\u003e\\u0022O\\u0027Reilly\\u0022 \\u0026 x\\u003c\\/b\\u003e';</script>"
    },
    {"<script>// {{ .Evil }}\nx</script>", "<script>// \nx</script>"},
    {
      "<script>x = `a ${ {{ .Two }} } {{ .Tmpl }}`</script>",
      "<script>x = `a ${ \"a b=c\" } \\$\\{x\\}`</script>"
    },
    {"<script>x = /a{{ .Regex }}/.test(y)</script>", "<script>x = /aa\\.b\\*/.test(y)</script>"},
    {
      "<a onclick=\"go({{ .Evil }})\">",
      "<a onclick=\"go(&#34;\\u003cb\\u003e\\u0022O\\u0027Reilly\\u0022 \\u0026 x\\u003c/b\\u003e&#34;)\">"
    },
    {"<style>p { color: {{ .Color }} }</style>", "<style>p { color: red }</style>"},
    {"<style>p { color: {{ .Evil }} }</style>", "<style>p { color: ZgotmplZ }</style>"},
    {"<p style=\"width: {{ .Number }}px\">", "<p style=\"width: 1.5px\">"},
    {"<p style=\"background: url({{ .Js }})\">", "<p style=\"background: url(#ZgotmplZ)\">"},
    {"<p style=\"color: {{ .Expression }}\">", "<p style=\"color: ZgotmplZ\">"},
    {
      "<textarea>{{ .Safe }}{{ .Evil }}</textarea>{{ .Two }}",
      "<textarea>&lt;b&gt;ok&lt;/b&gt;&lt;b&gt;&#34;O&#39;Reilly&#34; &amp; x&lt;/b&gt;</textarea>a b=c"
    },
    {"<title>{{ .Two }}</title><p>{{ .Two }}", "<title>a b=c</title><p>a b=c"},
    {
      "{{ define \"row\" }}<td class=\"{{ . }}\">{{ . }}</td>{{ end }}{{ template \"row\" .Evil }}",
      "<td class=\"&lt;b&gt;&#34;O&#39;Reilly&#34; &amp; x&lt;/b&gt;\">&lt;b&gt;&#34;O&#39;Reilly&#34; &amp; x&lt;/b&gt;</td>"
    },
    {"<a {{ if .Number }}href{{ else }}title{{ end }}=\"{{ .Js }}\">", "<a href=\"#ZgotmplZ\">"},
    {"1+1 {{ \"+\" }}", "1+1 &#43;"},
  };

  private static Object data() {
    return GoStruct.named("Data")
        .field("Evil", "<b>\"O'Reilly\" & x</b>")
        .field("Safe", Safe.html("<b>ok</b>"))
        .field("Nil", null)
        .field("Empty", "")
        .field("Number", 1.5)
        .field("Two", "a b=c")
        .field("Attr", "dir")
        .field("OnClick", "onclick")
        .field("Js", "javascript:go()")
        .field("SafeUrl", Safe.url("javascript:go()"))
        .field("Url", "http://h/p?a=b&c=d e")
        .field("Map", GoMap.ofStrings(Map.of("b", "2", "a", "1")))
        .field("List", List.of(1L, "two"))
        .field("Tmpl", "${x}")
        .field("Regex", "a.b*")
        .field("Color", "red")
        .field("Expression", "exPRession")
        .build();
  }

  @TestFactory
  List<DynamicTest> outputs() {
    List<DynamicTest> tests = new ArrayList<>();
    for (String[] row : OUTPUTS) {
      tests.add(
          DynamicTest.dynamicTest(
              row[0],
              () ->
                  assertThat(TemplateSet.html().parse("t", row[0]).execute("t", data()))
                      .isEqualTo(row[1])));
    }
    return tests;
  }

  @Test
  void tagNamesMayNotBeAssembled() {
    assertThatThrownBy(() -> TemplateSet.html().parse("t", "<s{{ \"cript\" }}>").execute("t", null))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining("tag name");
  }

  @Test
  void noContextLetsMarkupThrough() {
    String evil = "\"'><script>alert(1)</script>`${1}*/-->";
    String[] places = {
      "<p>%s</p>",
      "<p a=\"%s\">",
      "<p a='%s'>",
      "<p a=%s>",
      "<a href=\"%s\">",
      "<a href='x?%s'>",
      "<script>a=%s</script>",
      "<script>a=\"%s\"</script>",
      "<script>a='%s'</script>",
      "<style>a{b:%s}</style>",
      "<style>a{b:\"%s\"}</style>",
      "<p style='a:%s'>",
      "<p onclick=\"%s\">",
      "<p onclick='a(\"%s\")'>",
      "<textarea>%s</textarea>",
      "<script>a=/%s/</script>",
      "<script>/*%s*/</script>",
      "<iframe srcdoc=\"%s\">",
    };
    for (String place : places) {
      String out = TemplateSet.html().parse("t", place.replace("%s", "{{ . }}")).execute("t", evil);
      assertThat(out).as(place).doesNotContain("<script>alert");
      assertThat(out.indexOf("\">")).as(place + " gave " + out).isIn(-1, out.length() - 2);
    }
  }
}
