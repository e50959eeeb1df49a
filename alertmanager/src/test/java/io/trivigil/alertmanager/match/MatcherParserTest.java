package io.trivigil.alertmanager.match;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MatcherParserTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "foo=bar | {foo=\"bar\"}",
        "{foo=bar} | {foo=\"bar\"}",
        "{foo=\"bar\",} | {foo=\"bar\"}",
        "foo=\"bar\", baz!~\"q.*\" | {foo=\"bar\",baz!~\"q.*\"}",
        "foo = bar | {foo=\"bar\"}",
        "{} | {}",
        "foo=~\"a,b\" | {foo=~\"a,b\"}",
        "\"a b\"=c | {\"a b\"=\"c\"}",
        "foo.bar=baz | {foo.bar=\"baz\"}",
        "foo=🙂 | {foo=\"🙂\"}",
        "\"🙂\"=x | {🙂=\"x\"}",
        "foo=\"line\\nbreak\" | {foo=\"line\\nbreak\"}",
      })
  void bothParsersOrTheNewerOne(String input, String expected) {
    MatcherParser.Parsed parsed = MatcherParser.parse(input);
    assertThat(Matchers.text(parsed.matchers())).isEqualTo(expected);
    assertThat(parsed.warning()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "foo= | {foo=\"\"}",
        "foo=a b | {foo=\"a b\"}",
        "foo={a} | {foo=\"{a\"}",
        "{foo=bar | {foo=\"bar\"}",
        "foo=\"\\x41\" | {foo=\"\\\\x41\"}",
      })
  void theClassicParserIsUsedWithAWarning(String input, String expected) {
    MatcherParser.Parsed parsed = MatcherParser.parse(input);
    assertThat(Matchers.text(parsed.matchers())).isEqualTo(expected);
    assertThat(parsed.warning()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"foo", "=bar", "foo=\"bar", "foo=b\"ar", "foo=~\"(\"", "1x=\"y\" z"})
  void neitherUnderstandsIt(String input) {
    assertThatThrownBy(() -> MatcherParser.parse(input))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void expressionsAreAnchoredAndTheDotStopsAtALineBreak() {
    Matcher matcher = Matchers.of("a", Matcher.Op.MATCHES, "x.y");
    assertThat(matcher.test(Labels.of("a", "x-y"))).isTrue();
    assertThat(matcher.test(Labels.of("a", "xx-y"))).isFalse();
    assertThat(matcher.test(Labels.of("a", "x\ny"))).isFalse();
  }
}
