package io.trivigil.scraper.exposition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.trivigil.model.FloatFormat;
import io.trivigil.model.Labels;
import io.trivigil.scraper.config.ScrapeProtocol;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class ExpositionParserTest {
  private static final Path BODIES =
      Path.of(System.getProperty("trivigil.root"), "../shared/conformance/exposition").normalize();

  /// Writes down what was found.
  private static final class Notes implements ExpositionSink {
    final List<String> lines = new ArrayList<>();
    final Map<String, MetricType> types = new HashMap<>();

    @Override
    public void sample(byte[] body, int from, int to, double value, long timestampMs) {
      Labels.Builder labels = SeriesText.parse(body, from, to);
      String name = labels.get(Labels.NAME).replaceFirst("_bucket$", "");
      SeriesText.normalizeBounds(labels, types.getOrDefault(name, MetricType.UNKNOWN));
      lines.add(
          labels.build()
              + " "
              + FloatFormat.plain(value)
              + (timestampMs == NO_TIMESTAMP ? "" : " @" + timestampMs));
    }

    @Override
    public void exemplar(byte[] body, int from, int to, double value, long timestampMs) {
      lines.add(
          "exemplar "
              + SeriesText.parseLabels(body, from, to)
              + " "
              + FloatFormat.plain(value)
              + (timestampMs == NO_TIMESTAMP ? "" : " @" + timestampMs));
    }

    @Override
    public void type(String family, MetricType type) {
      types.put(family, type);
      lines.add("type " + family + " " + type.text());
    }

    @Override
    public void help(String family, String help) {
      lines.add("help " + family + " [" + help + "]");
    }

    @Override
    public void unit(String family, String unit) {
      lines.add("unit " + family + " " + unit);
    }
  }

  private static List<String> parse(String body, ExpositionFormat format)
      throws ExpositionException {
    Notes notes = new Notes();
    ExpositionParser.parse(body.getBytes(StandardCharsets.UTF_8), format, notes);
    return notes.lines;
  }

  static Stream<Path> bodies() throws IOException {
    try (Stream<Path> files = Files.list(BODIES)) {
      return files
          .filter(
              file -> {
                String name = file.getFileName().toString();
                return name.contains("txt")
                    || name.contains("openmetrics")
                    || name.equals("promtool-metrics-test.prom");
              })
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void conformanceBodiesParse(Path file) throws Exception {
    String body = Files.readString(file);
    boolean openMetrics = body.stripTrailing().endsWith("# EOF");
    List<String> found =
        parse(body, openMetrics ? ExpositionFormat.OPEN_METRICS : ExpositionFormat.TEXT);
    long samples = body.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).count();
    assertThat(found.stream().filter(line -> line.startsWith("{")).count())
        .isEqualTo(samples)
        .isPositive();
  }

  @Test
  void theTextFormatIsTolerant() throws Exception {
    assertThat(
            parse(
                """
                # HELP a with \\\\ and \\n inside
                # TYPE a histogram
                  a_bucket {le="1", x="q\\"uo\\\\te\\nd",} 1 -5
                a_bucket{le="+Inf"}\t+Inf

                #just a comment
                # TYPE s summary
                s{quantile="0.50"} NaN
                {"utf8.name", "l.x"="ü"} 0x1p-2 12
                neg -1.5e3""",
                ExpositionFormat.TEXT))
        .containsExactly(
            "help a [with \\ and \n inside]",
            "type a histogram",
            "{__name__=\"a_bucket\", le=\"1.0\", x=\"q\\\"uo\\\\te\\nd\"} 1 @-5",
            "{__name__=\"a_bucket\", le=\"+Inf\"} +Inf",
            "type s summary",
            "{__name__=\"s\", quantile=\"0.5\"} NaN",
            "{__name__=\"utf8.name\", \"l.x\"=\"ü\"} 0.25 @12",
            "{__name__=\"neg\"} -1500");
  }

  @Test
  void openMetricsCountsSecondsAndHasExemplars() throws Exception {
    assertThat(
            parse(
                """
                # TYPE a_seconds counter
                # UNIT a_seconds seconds
                a_seconds_total{x="}"} 17 1.5 # {trace="x"} 0.67 1520879607.789
                a_seconds_total 1 # {} 2
                # EOF
                """,
                ExpositionFormat.OPEN_METRICS))
        .containsExactly(
            "type a_seconds counter",
            "unit a_seconds seconds",
            "{__name__=\"a_seconds_total\", x=\"}\"} 17 @1500",
            "exemplar {trace=\"x\"} 0.67 @1520879607789",
            "{__name__=\"a_seconds_total\"} 1",
            "exemplar {} 2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          TEXT | a{x="1" 2 | parsing error in line 1: unexpected end of line in the label set
          TEXT | a 1~b 1d | parsing error in line 2: invalid number "1d"
          TEXT | a{x=1} 2 | parsing error in line 1: expected a quoted label value, got "1"
          TEXT | a | parsing error in line 1: expected value after metric
          TEXT | a 1 1.5 | parsing error in line 1: invalid timestamp "1.5"
          TEXT | a 1 1 1 | parsing error in line 1: expected end of line, got "1"
          TEXT | a{x="1",x="2"} 1 | parsing error in line 1: label name "x" is not unique
          TEXT | 1a 1 | parsing error in line 1: invalid metric name "1a"
          TEXT | {x="1"} 1 | parsing error in line 1: metric name not set while parsing
          TEXT | # TYPE a what | parsing error in line 1: invalid metric type "what"
          OPEN_METRICS | a 1 | parsing error in line 1: data does not end with # EOF
          OPEN_METRICS | # EOF~a 1 | parsing error in line 2: unexpected data after # EOF
          OPEN_METRICS | a 1~~# EOF | parsing error in line 2: blank line
          OPEN_METRICS | # UNIT a_b seconds~# EOF | parsing error in line 1: unit "seconds" is not a suffix of metric "a_b"
          """)
  void mistakesAreFoundWithTheirLine(ExpositionFormat format, String body, String message) {
    assertThat(catchThrowable(() -> parse(body.replace('~', '\n'), format)))
        .isInstanceOf(ExpositionException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          text/plain; version=0.0.4; charset=utf-8 | TEXT
          text/plain | TEXT
          text/plain;version=1.0.0;escaping=allow-utf-8 | TEXT
          application/openmetrics-text; version=1.0.0; charset=utf-8 | OPEN_METRICS
          """)
  void theContentTypeNamesTheFormat(String header, ExpositionFormat format) {
    assertThat(ExpositionFormat.of(header, Optional.empty())).isEqualTo(format);
  }

  @Test
  void anUnknownContentTypeNeedsAFallback() {
    assertThat(catchThrowable(() -> ExpositionFormat.of("", Optional.empty())))
        .hasMessageContaining("blank Content-Type");
    assertThat(catchThrowable(() -> ExpositionFormat.of("text/html", Optional.empty())))
        .hasMessageContaining("unsupported Content-Type \"text/html\"");
    assertThat(ExpositionFormat.of("text/html", Optional.of(ScrapeProtocol.TEXT_0_0_4)))
        .isEqualTo(ExpositionFormat.TEXT);
  }
}
