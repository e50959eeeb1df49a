package io.trivigil.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RegexTest {
  @Test
  void anchoredExpressionMatchesTheWholeText() {
    assertThat(Regex.anchoredDotAll("a|b").matches("b")).isTrue();
    assertThat(Regex.anchoredDotAll("a|b").matches("ab")).isFalse();
    assertThat(Regex.anchoredDotAll("abc").isLiteral()).isTrue();
    assertThat(Regex.anchoredDotAll("abc").matches("abcd")).isFalse();
    assertThat(Regex.anchoredDotAll("a.c").isLiteral()).isFalse();
  }

  @Test
  void dotMatchesNewlineOnlyInPromql() {
    assertThat(Regex.anchoredDotAll("a.b").matches("a\nb")).isTrue();
    assertThat(Regex.anchoredDotAll(".*").matches("a\nb")).isTrue();
    assertThat(Regex.anchored("a.b").matches("a\nb")).isFalse();
  }

  @Test
  void templateFindsAnywhere() {
    assertThat(Regex.unanchored("b+").matches("abbc")).isTrue();
    assertThat(Regex.unanchored("b+").replaceAll("abbcb", "<$0>")).isEqualTo("a<bb>c<b>");
  }

  @Test
  void replacementFollowsGo() {
    Regex regex = Regex.anchoredDotAll("(?P<host>[^:]+):(\\d+)");
    assertThat(regex.expandFirst("a:80", "${host}-$2")).contains("a-80");
    assertThat(regex.expandFirst("a:80", "$1x")).contains(""); // the group named 1x
    assertThat(regex.expandFirst("a:80", "$$1$")).contains("$1$");
    assertThat(regex.expandFirst("a:80", "$9")).contains("");
    assertThat(regex.expandFirst("a", "$1")).isEmpty();
  }

  @Test
  void invalidExpressionIsNamed() {
    assertThatThrownBy(() -> Regex.anchoredDotAll("a("))
        .hasMessageContaining("error parsing regexp");
    assertThatThrownBy(() -> Regex.anchoredDotAll("a)(b"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Regex.anchoredDotAll("(?=a)"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static void refused(String expression, String why) {
    assertThatThrownBy(() -> Regex.anchoredDotAll(expression))
        .as(expression)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("error parsing regexp: " + why);
  }

  @Test
  void repeatsWithinRepeatsAreBounded() {
    refused("((((a{30}){30}){30}){30}){30}", "invalid repeat count: `{30}`");
    refused("(a{1000}){2}", "invalid repeat count: `{2}`");
    refused("b|(?P<x>c|(?:a{2,})*){501}", "invalid repeat count: `{501}`");
    refused("a{30}(?i){40}", "invalid repeat count: `{40}`");
    refused("x{30}){40}(y", "invalid repeat count: `{40}`");
    refused("(\\x{61}{30}[(]){40}", "invalid repeat count: `{40}`");
    refused("([\\]{2}[:alpha:]]{30}]*){1,40}", "invalid repeat count: `{1,40}`");
    refused("a{1001}", "invalid repeat count");
    assertThat(Regex.anchoredDotAll("((a{10}){10}){10}").matches("a".repeat(1_000))).isTrue();
    assertThat(Regex.anchoredDotAll("((a{10}){10}){10}").matches("a".repeat(999))).isFalse();
    assertThat(Regex.anchoredDotAll("(a{1,}b{0,}){1000}").matches("a".repeat(1_000))).isTrue();
    assertThat(Regex.anchoredDotAll("(\\x{61}\\Q{30}{30}\\E){40}").matches("a{30}{30}")).isFalse();
    assertThat(Regex.anchoredDotAll("([{30}]|\\{30}|{,30}){40}").matches("3".repeat(40))).isTrue();
    assertThat(Regex.anchoredDotAll("([]{2}\\]{3}]{25}){40}").matches("]".repeat(1_000))).isTrue();
    assertThat(Regex.anchoredDotAll("[\\p{L}\\pN-]{1,512}").matches("é-1")).isTrue();
    assertThat(Regex.anchoredDotAll(".{0,1000}").matches("a".repeat(1_000))).isTrue();
  }

  @Test
  void theSizeIsBounded() {
    refused("(" + "ab".repeat(100) + "){1000}", "expression too large: `(abab");
    refused("(a{1000})|".repeat(100), "expression too large");
    refused("\\pL".repeat(1_100), "expression too large");
    refused("a".repeat((int) RegexSize.MAX_SIZE + 1), "expression too large");
    refused("(".repeat(251) + "a" + ")".repeat(251), "expression nests too deeply");
    Regex nested = Regex.anchoredDotAll("(".repeat(250) + "a" + ")".repeat(250));
    assertThat(nested.matches("a")).isTrue();
    StringBuilder hosts = new StringBuilder("host0");
    for (int i = 1; i < 10_000; i++) {
      hosts.append("|host").append(i);
    }
    assertThat(Regex.anchoredDotAll(hosts.toString()).matches("host9999")).isTrue();
  }
}
