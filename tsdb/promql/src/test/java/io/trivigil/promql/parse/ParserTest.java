package io.trivigil.promql.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.promql.Features;
import io.trivigil.promql.QueryException;
import io.trivigil.promql.ast.Expr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The grammar as a table: what a query prints as, and what is wrong with those that are none.
class ParserTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '§',
      quoteCharacter = '\0',
      value = {
        "1 § 1",
        "0x10 § 16",
        "010 § 8",
        "1_000 § 1000",
        ".5 § 0.5",
        "1e3 § 1000",
        "1h30m § 1h30m",
        "-inf § -Inf",
        "nAn § NaN",
        "-2^2 § -2 ^ 2",
        "2 ^ 3 ^ 2 § 2 ^ 3 ^ 2",
        "- foo * 2 § -foo * 2",
        "foo{a='b',c!=\"d\",} § foo{a=\"b\",c!=\"d\"}",
        "{\"utf8.name\", \"l.x\"=~\"y|z\"} § {\"l.x\"=~\"y|z\",__name__=\"utf8.name\"}",
        "foo{`__name__`=`x`,a=\"b\"} § !1:1: parse error: metric name must not be set twice: \"foo\" or \"x\"",
        "sum by (a, b,) (foo) § sum by (a, b) (foo)",
        "SUM(foo) WITHOUT (\"a.b\") § sum without (\"a.b\") (foo)",
        "sum § sum",
        "topk(3, foo) § topk(3, foo)",
        "foo offset 5m @ 1.5 § foo @ 1.500 offset 5m",
        "foo[5m] offset -1h § foo[5m] offset -1h",
        "foo[5] § foo[5s]",
        "rate(foo[5m])[1h:] @ end() § rate(foo[5m])[1h:] @ end()",
        "foo[1h:30s] offset 1d § foo[1h:30s] offset 1d",
        "foo[(5m + step()) * 2] § foo[(5m + step()) * 2s]",
        "foo offset (min_of(1m, range())) § foo offset (min_of(1m, range()))",
        "a + on (x) group_left (y) b § a + on (x) group_left (y) b",
        "a == bool ignoring (x) b § a == bool ignoring (x) b",
        "a and b or c unless d § a and b or c unless d",
        "a + fill_left(1) fill_right(-2) b § a + fill_left (1) fill_right (-2) b",
        "fill + fill § fill + fill",
        "foo # a comment § foo",
        "foo[5m] anchored § foo[5m] anchored",
        "a </ 5 § a </ 5",
        "label_replace(a, 'b', '$1', 'c', '(.*)') § label_replace(a, \"b\", \"$1\", \"c\", \"(.*)\")",
      })
  void printsWhatItRead(String query, String printed) {
    if (printed.startsWith("!")) {
      assertThatThrownBy(() -> Parser.parse(query, Features.all()))
          .hasMessage(printed.substring(1));
      return;
    }
    Expr expr = Parser.parse(query, Features.all());
    assertThat(expr.print()).isEqualTo(printed);
    assertThat(Parser.parse(printed, Features.all()).print()).isEqualTo(printed);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '§',
      quoteCharacter = '\0',
      value = {
        "1 + § 1:4: parse error: unexpected end of input",
        "(1 § 1:3: parse error: unclosed left parenthesis",
        "1) § 1:2: parse error: unexpected right parenthesis ')'",
        "foo[5m § 1:7: parse error: unclosed left bracket",
        "foo[ § 1:5: parse error: unexpected end of input in duration expression",
        "foo{ § 1:5: parse error: unexpected end of input inside braces",
        "foo{a § 1:6: parse error: unexpected end of input inside braces",
        "foo{a} § 1:6: parse error: unexpected \"}\" in label matching, expected label matching operator",
        "foo{a=1} § 1:7: parse error: unexpected character inside braces: '1'",
        "foo{a=~\"b\" c} § 1:12: parse error: unexpected identifier \"c\" in label matching, expected \",\" or \"}\"",
        "{} § 1:1: parse error: vector selector must contain at least one non-empty matcher",
        "{a=~\".*\"} § 1:1: parse error: vector selector must contain at least one non-empty matcher",
        "nope(1) § 1:1: parse error: unknown function with name \"nope\"",
        "rate(foo) § 1:6: parse error: expected type range vector in call to function \"rate\", got instant vector",
        "rate(foo[5m], 1) § 1:1: parse error: expected 1 argument(s) in call to \"rate\", got 2",
        "label_join(foo) § 1:1: parse error: expected at least 3 argument(s) in call to \"label_join\", got 1",
        "sum() § 1:1: parse error: no arguments for aggregate expression provided",
        "topk(foo) § 1:1: parse error: wrong number of arguments for aggregate expression provided, expected 2, got 1",
        "sum(1) § 1:5: parse error: expected type instant vector in aggregation expression, got scalar",
        "1 == 1 § 1:3: parse error: comparisons between scalars must use BOOL modifier",
        "a + bool b § 1:3: parse error: bool modifier can only be used on comparison operators",
        "1 and a § 1:1: parse error: set operator \"and\" not allowed in binary scalar expression",
        "a and on (x) group_left b § 1:1: parse error: no grouping allowed for \"and\" operation",
        "a + on (x) group_left (x) b § 1:3: parse error: label \"x\" must not occur in ON and GROUP clause at once",
        "foo[5m][5m] § 1:8: parse error: ranges only allowed for vector selectors",
        "foo[0] § 1:5: parse error: duration must be greater than 0",
        "foo[5x] § 1:5: parse error: bad number or duration syntax: \"5\"",
        "1 offset 5m § 1:1: parse error: offset modifier must be preceded by an instant vector selector or range vector selector or a subquery",
        "foo offset 5m offset 5m § 1:1: parse error: offset may not be set multiple times",
        "foo @ x § 1:7: parse error: unexpected identifier \"x\" in @, expected timestamp",
        "-\"a\" § 1:1: parse error: unary expression only allowed on expressions of type scalar or instant vector, got \"string\"",
        "'a § 1:1: parse error: unterminated quoted string",
        "'\\c' § 1:1: parse error: unknown escape sequence U+0063 'c'",
        "foo bar § 1:5: parse error: unexpected identifier \"bar\"",
        "sum(foo,) § 1:8: parse error: trailing commas not allowed in function call args",
        "ä § 1:1: parse error: unexpected character: 'ä'",
      })
  void saysWhatIsWrong(String query, String message) {
    assertThatThrownBy(() -> Parser.parse(query)).hasMessage(message);
  }

  @Test
  void columnsCountBytesAndLinesCountFromOne() {
    assertThatThrownBy(() -> Parser.parse("foo{a=\"ä€\"} +\n  nope(1)"))
        .hasMessage("2:3: parse error: unknown function with name \"nope\"");
    assertThatThrownBy(() -> Parser.parse("foo{a=\"ä€😀\"} + nope(1)"))
        .hasMessage("1:22: parse error: unknown function with name \"nope\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sort_by_label(a, 'b')",
        "limitk(1, a)",
        "a + fill(1) b",
        "a[5m] smoothed",
        "mad_over_time(a[5m])"
      })
  void experimentsWaitForTheirFlag(String query) {
    assertThat(Parser.parse(query, Features.all())).isNotNull();
    assertThatThrownBy(() -> Parser.parse(query)).isInstanceOf(ParseException.class);
  }

  @Test
  void deepNestingIsRefused() {
    String query = "(".repeat(2 * Parser.MAX_DEPTH) + "1" + ")".repeat(2 * Parser.MAX_DEPTH);
    assertThatThrownBy(() -> Parser.parse(query))
        .isInstanceOf(QueryException.class)
        .hasMessageContaining("nests too deeply");
    assertThat(Parser.parse("(".repeat(400) + "1" + ")".repeat(400))).isNotNull();
  }

  @Test
  void hugeRegularExpressionsAreRefused() {
    assertThatThrownBy(() -> Parser.parse("up{job=~\"((((a{30}){30}){30}){30}){30}\"}"))
        .isInstanceOf(ParseException.class)
        .hasMessageEndingWith("error parsing regexp: invalid repeat count: `{30}`");
  }

  @Test
  void longChainsAreRefused() {
    assertThat(Parser.parse("a" + " or a".repeat(Parser.MAX_CHAIN))).isNotNull();
    assertThatThrownBy(() -> Parser.parse("a" + " or a".repeat(Parser.MAX_CHAIN + 1)))
        .hasMessageContaining("too many operators in a row");
  }

  @Test
  void matchersOfASelectorAndOfAnExpression() {
    assertThat(Parser.parseMatchers("up{job=~\"a|b\"}")).hasSize(2);
    assertThat(Parser.parseMatchers("{}")).isEmpty();
    assertThat(Parser.parseMatchers("{job=\"\"}")).hasSize(1);
    assertThatThrownBy(() -> Parser.parseMatchers("up + 1")).isInstanceOf(ParseException.class);
    assertThat(Parser.parse("a / on (x) sum(rate(b[5m]))").selectors()).hasSize(2);
  }
}
