package io.trivigil.scraper.relabel;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.config.Problems;
import io.trivigil.config.YamlMap;
import io.trivigil.config.YamlValue;
import io.trivigil.model.Labels;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RelabelRuleTest {
  // Input labels, rules as YAML flow, expected labels or "dropped".
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a=foo,b=bar,c=baz | [{source_labels: [a], regex: 'f(.*)', replacement: 'ch${1}-ch${1}', target_label: d, separator: ;}] | {a="foo", b="bar", c="baz", d="choo-choo"}
          a=foo,b=bar,c=baz | [{source_labels: [a, b], regex: 'f(.*);(.*)r', replacement: 'b${1}${2}m', target_label: a}] | {a="boobam", b="bar", c="baz"}
          a=foo | [{source_labels: [a], regex: '.*o.*', action: drop}, {source_labels: [a], target_label: d}] | dropped
          a=abc | [{source_labels: [a], regex: '.*(b).*', target_label: d}] | {a="abc", d="b"}
          a=foo | [{source_labels: [a], regex: 'no-match', action: drop}] | {a="foo"}
          a=foo | [{source_labels: [a], regex: 'f', action: drop}] | {a="foo"}
          a=foo | [{source_labels: [a], regex: 'no-match', action: keep}] | dropped
          a=foo | [{source_labels: [a], regex: 'f.*', action: Keep}] | {a="foo"}
          a=boo | [{source_labels: [a], regex: 'f', target_label: b, replacement: bar}] | {a="boo"}
          a=foo,b=bar | [{source_labels: [c], target_label: d, action: hashmod, modulus: 1000}] | {a="foo", b="bar", d="958"}
          a=foo,b=bar,c=baz | [{source_labels: [c], target_label: d, action: hashmod, modulus: 1000}] | {a="foo", b="bar", c="baz", d="976"}
          a=foo,b1=bar,b2=baz | [{action: labelmap, regex: '(b.*)', replacement: 'bar_${1}'}] | {a="foo", b1="bar", b2="baz", bar_b1="bar", bar_b2="baz"}
          a=foo,__meta_my_bar=aaa,__meta_my_baz=bbb | [{action: labelmap, regex: '__meta_(my.*)'}] | {__meta_my_bar="aaa", __meta_my_baz="bbb", a="foo", my_bar="aaa", my_baz="bbb"}
          a=some-name-value | [{source_labels: [a], regex: 'some-([^-]+)-([^,]+)', action: replace, replacement: '${2}', target_label: '${1}'}] | {a="some-name-value", name="value"}
          a=some-name-value | [{source_labels: [a], regex: 'some-([^-]+)-([^,]+)', replacement: '${3}', target_label: '${1}'}] | {a="some-name-value"}
          a=some-name-0 | [{source_labels: [a], regex: 'some-([^-]+)-([^,]+)', replacement: '${1}', target_label: '${3}'}] | {a="some-name-0"}
          a=foo,b=x | [{source_labels: [a], regex: 'foo', replacement: '', target_label: b}] | {a="foo"}
          a=foo | [{source_labels: [a], replacement: '$1x', target_label: b}] | {a="foo"}
          a=foo | [{source_labels: [a], regex: '(?P<n>f)oo', replacement: '$n', target_label: b}] | {a="foo", b="f"}
          a=foo,b1=bar,b2=baz | [{action: labelkeep, regex: '(b.*)'}] | {b1="bar", b2="baz"}
          a=foo,b1=bar,b2=baz | [{action: labeldrop, regex: '(b.*)'}] | {a="foo"}
          foo=bAr123Foo | [{source_labels: [foo], action: uppercase, target_label: u}, {source_labels: [foo], action: lowercase, target_label: l}] | {foo="bAr123Foo", l="bar123foo", u="BAR123FOO"}
          a=x,b=x | [{source_labels: [a], action: keepequal, target_label: b}] | {a="x", b="x"}
          a=x,b=y | [{source_labels: [a], action: keepequal, target_label: b}] | dropped
          a=x,b=x | [{source_labels: [a], action: dropequal, target_label: b}] | dropped
          a=x,b=y | [{source_labels: [a], action: dropequal, target_label: b}] | {a="x", b="y"}
          a=x | [{target_label: b, replacement: static}] | {a="x", b="static"}
          """)
  void rulesDoWhatUpstreamDoes(String input, String yaml, String expected) {
    Labels.Builder labels = new Labels.Builder();
    for (String pair : input.split(",")) {
      labels.set(pair.split("=")[0], pair.split("=")[1]);
    }
    Problems problems = new Problems();
    YamlMap map = YamlValue.parse("f", "r: " + yaml, problems).orElseThrow().map("test", problems);
    List<RelabelRule> rules =
        map.list("r", "rule", rule -> RelabelRule.read(rule, NameScheme.LEGACY));
    assertThat(problems.errors()).isEmpty();
    boolean kept = RelabelRule.apply(rules, labels);
    assertThat(kept ? labels.build().toString() : "dropped").isEqualTo(expected);
  }
}
