package io.trivigil.template.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Go's texts of numbers, times and formats.
class GoFormatTest {
  private static void check(String expected, String format, @Nullable Object... args) {
    assertThat(GoFormat.sprintf(format, Arrays.<@Nullable Object>asList(args)))
        .as(format)
        .isEqualTo(expected);
  }

  @Test
  void integers() {
    check("42|+42| 42|   42|42   |00042", "%d|%+d|% d|%5d|%-5d|%05d", 42L, 42L, 42L, 42L, 42L, 42L);
    check("-0042|00042|  042", "%05d|%.5d|%5.3d", -42L, 42L, 42L);
    check(
        "2a|2A|0x2a|0X2A|101010|52|0o52|052",
        "%x|%X|%#x|%#X|%b|%o|%O|%#o",
        42L,
        42L,
        42L,
        42L,
        42L,
        42L,
        42L,
        42L);
    check("A|'A'|U+0041|U+1F600 '😀'", "%c|%q|%U|%#U", 65L, 65L, 65L, 0x1f600L);
    check("-9223372036854775808", "%d", Long.MIN_VALUE);
    check("%!d(string=x) %!s(int=3) %!d(float64=1.5) %!t(int=1)", "%d %s %d %t", "x", 3L, 1.5, 1L);
    check("   42|42   |00042", "%*d|%*d|%0*d", 5L, 42L, -5L, 42L, 5L, 42L);
  }

  @Test
  void floats() {
    check(
        "1.5|1.500000|1.50|2|1.5e+00|1.500000e+00",
        "%v|%f|%.2f|%.0f|%.1e|%e",
        1.5,
        1.5,
        1.5,
        1.5,
        1.5,
        1.5);
    check(
        "1e+06|100000|1e-05|0.0001|1.234567e+06",
        "%v|%v|%g|%g|%v",
        1e6,
        1e5,
        1e-5,
        1e-4,
        1234567.0);
    check(
        "123.5|1.235e+05|0.0001235|1e+03|12|0",
        "%.4g|%.4g|%.4g|%.1g|%.4g|%.4g",
        123.456,
        123456.0,
        0.000123456,
        1000.0,
        12.0,
        0.0);
    check(
        "NaN|+Inf|-Inf|+Inf| Inf|  NaN",
        "%v|%v|%v|%f|% v|%5.1f",
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        Double.POSITIVE_INFINITY,
        Double.POSITIVE_INFINITY,
        Double.NaN);
    check("+1.50| 1.50|001.50|1.50  |-0", "%+.2f|% .2f|%06.2f|%-6.2f|%v", 1.5, 1.5, 1.5, 1.5, -0.0);
    check(
        "0.1|0.3|2.675|2.67|5e-324|1.7976931348623157e+308",
        "%v|%v|%v|%.2f|%v|%v",
        0.1,
        0.3,
        2.675,
        2.675,
        Double.MIN_VALUE,
        Double.MAX_VALUE);
    check("2e+23|9.007199254740992e+15|1E+06", "%v|%v|%G", 2e23, 9007199254740992.0 + 1, 1e6);
  }

  @Test
  void texts() {
    check(
        "x|  x|x  |ab|\"a\\\"b\\n\"|`ab`|6869|68 69|日本",
        "%s|%3s|%-3s|%.2s|%q|%#q|%x|% x|%.2s",
        "x",
        "x",
        "x",
        "abc",
        "a\"b\n",
        "ab",
        "hi",
        "hi",
        "日本語");
    check("true false|100%", "%t %v|100%%", true, false);
    check(
        "[1 a <nil>] map[a:1 b:2] [\"x\" \"y\"]",
        "%v %v %q",
        Arrays.asList(1L, "a", null),
        Map.of("b", 2L, "a", 1L),
        List.of("x", "y"));
    check(
        "string int float64 bool <nil> time.Duration",
        "%T %T %T %T %T %T",
        "",
        1L,
        1.0,
        true,
        null,
        new GoDuration(1));
    check("%!s(<nil>) <nil>", "%s %v", null, null);
    check("%!d(MISSING) %!(NOVERB)", "%d %");
    check("a%!(EXTRA int=1, string=b)", "a", 1L, "b");
    check("%!z(int=1)", "%z", 1L);
    check("b a", "%[2]s %[1]s", "a", "b");
    check("%!s(BADINDEX)", "%[5]s", "a");
    check(
        "1.5s 1500000000", "%v %d", new GoDuration(1_500_000_000L), new GoDuration(1_500_000_000L));
  }

  @Test
  void durations() {
    assertThat(new GoDuration(0).text()).isEqualTo("0s");
    assertThat(new GoDuration(1).text()).isEqualTo("1ns");
    assertThat(new GoDuration(1_100).text()).isEqualTo("1.1µs");
    assertThat(new GoDuration(2_200_000).text()).isEqualTo("2.2ms");
    assertThat(new GoDuration(3_300_000_000L).text()).isEqualTo("3.3s");
    assertThat(GoDuration.ofMs(245_000).text()).isEqualTo("4m5s");
    assertThat(GoDuration.ofMs(18_367_000).text()).isEqualTo("5h6m7s");
    assertThat(GoDuration.ofMs(-60_000).text()).isEqualTo("-1m0s");
    assertThat(new GoDuration(Long.MIN_VALUE).text()).isEqualTo("-2562047h47m16.854775808s");
    assertThat(GoDuration.parse("1h30m").orElseThrow()).isEqualTo(5_400_000_000_000L);
    assertThat(GoDuration.parse("-1.5s").orElseThrow()).isEqualTo(-1_500_000_000L);
    for (String bad : new String[] {"", "1", "1x", "h", "1.2.3s", "--1s", "9999999999h"}) {
      assertThat(GoDuration.parse(bad)).as(bad).isEmpty();
    }
  }

  @Test
  void layouts() {
    Instant instant = Instant.parse("2009-02-05T05:00:57.012345600Z");
    String[][] table = {
      {"2006-01-02T15:04:05Z07:00", "2009-02-05T05:00:57Z"},
      {"2006-01-02T15:04:05.999999999Z07:00", "2009-02-05T05:00:57.0123456Z"},
      {"Mon, 02 Jan 2006 15:04:05 MST", "Thu, 05 Feb 2009 05:00:57 UTC"},
      {"Monday January _2 3:04PM 06", "Thursday February  5 5:00AM 09"},
      {"Jan 2 03:4:5 pm .000 ,000000", "Feb 5 05:0:57 am .012 ,012345"},
      {"-0700 -07:00 -07 Z0700", "+0000 +00:00 +00 Z"},
      {"002 __2 Month", "036  36 Month"},
      {"2006.01.02", "2009.02.05"},
    };
    for (String[] row : table) {
      assertThat(GoLayout.format(GoTime.utc(instant).time(), row[0])).isEqualTo(row[1]);
    }
    GoTime shanghai = new GoTime(instant.atZone(ZoneId.of("Asia/Shanghai")));
    assertThat(GoLayout.format(shanghai.time(), "15:04 -0700 Z07:00 MST"))
        .isEqualTo("13:00 +0800 +08:00 CST");
    assertThat(GoTime.zero().text()).isEqualTo("0001-01-01 00:00:00 +0000 UTC");
    assertThat(GoLayout.parse("2006-01-02 15:04:05", "2015-06-07 08:09:10.5").time().toInstant())
        .isEqualTo(Instant.parse("2015-06-07T08:09:10.5Z"));
    assertThat(
            GoLayout.parse("Jan _2 2006 3:04PM -0700", "Feb  5 2009 1:02PM +0800")
                .time()
                .toInstant())
        .isEqualTo(Instant.parse("2009-02-05T05:02:00Z"));
    assertThatThrownBy(() -> GoLayout.parse("2006-01-02", "x"))
        .hasMessage("parsing time \"x\" as \"2006-01-02\": cannot parse \"x\" as \"2006\"");
  }

  @Test
  void literals() {
    assertThat(GoStrings.quote("a\"\\\n\u0001é\u200b😀"))
        .isEqualTo("\"a\\\"\\\\\\n\\x01é\\u200b😀\"");
    assertThat(GoStrings.unquote("\"\\x41\\u00e9\\101\\U0001F600\"")).isEqualTo("AéA😀");
    assertThat(GoStrings.unquote("\"\\q\"")).isNull();
    assertThat(GoStrings.queryEscape("a b+c*~/é")).isEqualTo("a+b%2Bc%2A~%2F%C3%A9");
    assertThat(GoStrings.byteOrder().compare("\uffff", "😀")).isNegative();
    assertThat(GoFloat.parse("0x1p-2").getAsDouble()).isEqualTo(0.25);
    for (String bad : new String[] {"1f", "1.0d", " 1", "1 ", "", ".", "0x1"}) {
      assertThat(GoFloat.parse(bad)).as(bad).isEmpty();
    }
  }
}
