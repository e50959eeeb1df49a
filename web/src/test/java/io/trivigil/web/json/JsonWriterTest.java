package io.trivigil.web.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.model.FloatFormat;
import io.trivigil.model.Labels;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonWriterTest {
  private static String written(Consumer<JsonWriter> body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    JsonWriter json = new JsonWriter(out);
    body.accept(json);
    json.flush();
    return out.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1000, 1",
    "1435781430781, 1435781430.781",
    "1100, 1.100",
    "1010, 1.010",
    "1, 0.001",
    "-1, -0.001",
    "-1500, -1.500",
  })
  void timesAreSecondsWithThreeDecimalsOrNone(long timestampMs, String expected) {
    assertThat(written(json -> json.seconds(timestampMs))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1", "0.1, 0.1", "1e21, 1e+21", "1e20, 100000000000000000000", "1e-7, 1e-07",
    "0.000001, 0.000001", "NaN, NaN", "Infinity, +Inf", "-Infinity, -Inf", "-0.0, -0",
    "123456789.125, 123456789.125",
  })
  void sampleValuesAreTexts(double value, String expected) {
    assertThat(written(json -> json.sample(1000, value))).isEqualTo("[1,\"" + expected + "\"]");
  }

  @Test
  void shortDecimalsAreWrittenAsTheLongWayDoes() {
    RandomGenerator random = new Random(7);
    for (int i = 0; i < 50_000; i++) {
      double whole = random.nextLong(10L << random.nextInt(50));
      double power = Math.pow(10, random.nextInt(6));
      double near = Math.nextUp(whole / power);
      for (double value : new double[] {whole / power, -whole / power, near, random.nextDouble()}) {
        assertThat(written(json -> json.sample(0, value)))
            .isEqualTo("[0,\"" + FloatFormat.api(value) + "\"]");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      longs = {0, 9, 10, 99, 100, 101, 999, 1000, 12_345, 99_999_999_999L, 999999999999999L})
  void wholeNumbersAreWrittenDigitByDigit(long number) {
    assertThat(written(json -> json.sample(number * 1000, (double) number)))
        .isEqualTo("[%d,\"%d\"]".formatted(number, number));
    assertThat(written(json -> json.sample(number, (double) (-number - 1))))
        .endsWith(",\"-%d\"]".formatted(number + 1));
  }

  @Test
  void timesAndWholeNumbersOfAnyLengthAreWrittenWhole() {
    RandomGenerator random = new Random(11);
    StringBuilder expected = new StringBuilder("[");
    String text =
        written(
            json -> {
              json.beginArray();
              for (int i = 0; i < 100_000; i++) {
                // Most times are near the one before, as those of a series are.
                long seconds = i % 3 == 0 ? random.nextLong(1L << random.nextInt(1, 50)) : i;
                int ms = random.nextBoolean() ? 0 : random.nextInt(1000);
                long value = random.nextLong(1L << random.nextInt(1, 49));
                String fraction = ms == 0 ? "" : ".%03d".formatted(ms);
                expected.append(i == 0 ? "" : ",").append('[').append(seconds).append(fraction);
                expected.append(",\"").append(value).append("\"]");
                json.sample(seconds * 1000 + ms, (double) value);
              }
              json.endArray();
            });
    assertThat(text.equals(expected.append(']').toString())).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1.5, 1.5", "1e-9, 1e-9", "1e21, 1e+21", "0.0005, 0.0005"})
  void numbersAreGoNumbers(double value, String expected) {
    assertThat(written(json -> json.value(value))).isEqualTo(expected);
  }

  @Test
  void textsAreEscapedAsGoDoes() {
    assertThat(written(json -> json.value("a\"b\\c\n\r\t\u0001<>&\u2028é漢😀")))
        .isEqualTo("\"a\\\"b\\\\c\\n\\r\\t\\u0001\\u003c\\u003e\\u0026\\u2028é漢😀\"");
    assertThat(written(json -> json.value("\ud800"))).isEqualTo("\"\ufffd\"");
    for (char c = 0; c < 0x80; c++) {
      String shown =
          switch (c) {
            case '"', '\\' -> "\\" + c;
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case '<', '>', '&' -> "\\u%04x".formatted((int) c);
            default -> c < ' ' ? "\\u%04x".formatted((int) c) : String.valueOf(c);
          };
      String text = String.valueOf(c);
      assertThat(written(json -> json.value(text + "z"))).isEqualTo('"' + shown + "z\"");
    }
  }

  @Test
  void labelsAreSortedAndKeepTheirAngleBrackets() {
    assertThat(written(json -> json.labels(Labels.of("b", "<1>", "a", "x&y"))))
        .isEqualTo("{\"a\":\"x&y\",\"b\":\"<1>\"}");
  }

  @Test
  void labelsOfAListAreWrittenAsEachAlone() {
    RandomGenerator random = new Random(23);
    String[] names = {"__name__", "cpu", "device", "instance", "job", "mode", "zone"};
    String huge = "x".repeat(40_000); // longer than what is kept back
    String escaped = "\u0001".repeat(20_000); // fills all the room it was given
    String[] values = {"a", "b<c>", "d\"e\\", "\u2028\u00e9\u6f22", "", "idle", huge, escaped};
    for (int round = 0; round < 200; round++) {
      int most = round % 4 == 0 ? values.length : 4; // most lists are short ones
      List<Labels> all = new ArrayList<>();
      for (int i = random.nextInt(60); i >= 0; i--) {
        Labels.Builder labels = new Labels.Builder();
        for (String name : names) {
          String value = values[random.nextInt(random.nextBoolean() ? 2 : most)];
          labels.set(
              name, random.nextInt(9) == 0 ? "" : random.nextInt(9) == 0 ? value + i : value);
        }
        all.add(labels.build());
        if (random.nextInt(5) == 0) {
          all.add(all.getLast());
        }
      }
      String together =
          written(
              json -> {
                json.beginArray();
                all.forEach(labels -> json.beginObject().field("metric", labels).endObject());
                json.endArray();
              });
      String each =
          all.stream()
              .map(labels -> "{\"metric\":" + written(json -> json.labels(labels)) + "}")
              .collect(Collectors.joining(",", "[", "]"));
      assertThat(together.equals(each)).isTrue();
    }
  }

  @Test
  void commasStandBetweenValuesOnly() {
    String text =
        written(
            json ->
                json.beginObject()
                    .name("a")
                    .beginArray()
                    .beginObject()
                    .endObject()
                    .beginArray()
                    .endArray()
                    .nullValue()
                    .value(true)
                    .endArray()
                    .field("b", List.of("x", "y"))
                    .field("c", Labels.EMPTY)
                    .endObject());
    assertThat(text).isEqualTo("{\"a\":[{},[],null,true],\"b\":[\"x\",\"y\"],\"c\":{}}");
  }

  @Test
  void largeAnswersAreWrittenWhole() {
    String text =
        written(
            json -> {
              json.beginArray();
              for (int i = 0; i < 20_000; i++) {
                json.value("value-" + i);
              }
              json.value("x".repeat(100_000)).endArray();
            });
    assertThat(JsonReader.read(text.getBytes(StandardCharsets.UTF_8)).list("all")).hasSize(20_001);
  }

  @Test
  void infinityIsNoNumber() {
    assertThatThrownBy(() -> written(json -> json.value(Double.POSITIVE_INFINITY)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "''",
        "{",
        "[1,]",
        "{} {}",
        "nope",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"
      })
  void wrongBodiesAreRefused(String body) {
    assertThatThrownBy(() -> JsonReader.read(body.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(JsonException.class);
  }
}
