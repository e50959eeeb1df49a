package io.trivigil.web.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1.001, 1001",
    "1435781430.781, 1435781430781",
    "1e3, 1000000",
    "-0.5, -500",
    ".5, 500",
    "1.0006, 1001",
    "1435781430, 1435781430000",
    "1435781430., 1435781430000",
    "1435781430.7, 1435781430700",
    "1435781430.78, 1435781430780",
    "1435781430.7816, 1435781430782",
    "99999999999.999, 99999999999999",
    "123456789012.5, 123456789012500",
    "2015-07-01T20:10:30.781Z, 1435781430781",
    "2015-07-01T22:10:30.781+02:00, 1435781430781",
  })
  void timesAreSecondsOrRfc3339(String text, long expected) {
    assertThat(Times.parseMs(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        ".",
        "1.x",
        "1..2",
        "1d",
        "1f",
        "0x10",
        "NaN",
        "1e300",
        "2015-13-01T00:00:00Z"
      })
  void otherTimesAreRefused(String text) {
    assertThatThrownBy(() -> Times.parseMs(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cannot parse \"%s\" to a valid timestamp".formatted(text));
  }

  @ParameterizedTest
  @CsvSource({"15, 15000", "0.5, 500", "5m, 300000", "1h30m, 5400000", "1e2, 100000"})
  void lengthsAreSecondsOrDurations(String text, long expected) {
    assertThat(Times.parseDurationMs(text)).isEqualTo(expected);
  }

  @Test
  void goTrimsZeroesAndAlertmanagerDoesNot() {
    assertThat(Times.goTime(1435781430700L)).isEqualTo("2015-07-01T20:10:30.7Z");
    assertThat(Times.goTime(1435781430000L)).isEqualTo("2015-07-01T20:10:30Z");
    assertThat(Times.millisTime(1435781430000L)).isEqualTo("2015-07-01T20:10:30.000Z");
  }

  @Test
  void timesOfParametersAreRefusedInPrometheusWords() {
    Params params = Params.parse("start=x");
    assertThatThrownBy(() -> Times.param(params, "start", 0))
        .isInstanceOf(ApiException.class)
        .hasMessage(
            "invalid parameter \"start\": invalid time value for 'start': cannot parse \"x\" to a"
                + " valid timestamp");
    assertThatThrownBy(() -> Times.requiredParam(params, "start"))
        .hasMessage("invalid parameter \"start\": cannot parse \"x\" to a valid timestamp");
    assertThatThrownBy(() -> Times.requiredParam(params, "end"))
        .hasMessage("invalid parameter \"end\": cannot parse \"\" to a valid timestamp");
    assertThat(Times.param(params, "end", 7)).isEqualTo(7);
  }

  @Test
  void parametersKeepTheirOrderAndForms() {
    Params params = Params.parse("match[]=a&b=1%2B2&match[]=c+d", "match%5B%5D=e&flag");
    assertThat(params.all("match[]")).containsExactly("a", "c d", "e");
    assertThat(params.first("b")).isEqualTo("1+2");
    assertThat(params.has("flag")).isTrue();
    assertThat(params.first("none")).isEmpty();
  }
}
