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
}
