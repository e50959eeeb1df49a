package io.trivigil.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.model.SampleBuffer;
import io.trivigil.promql.Querier;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What views contain, as text: comparable to [ReferenceStore#content].
final class Contents {
  private static final Pattern SAMPLE = Pattern.compile(" (-?\\d+)=\\w+");
  private static final Pattern METRIC = Pattern.compile("\\bm\\d\\b");

  private Contents() {}

  /// All that a view contains, a line a series.
  static String of(Querier querier) {
    return of(querier, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  /// What of it is within a range.
  static String of(Querier querier, long fromMs, long toMs) {
    TreeMap<Labels, String> lines = new TreeMap<>();
    Querier.Hints range = new Querier.Hints(fromMs, toMs, 0, 0, "");
    for (Querier.Series series : querier.select(range, List.of())) {
      StringBuilder out = new StringBuilder();
      SampleBuffer samples = new SampleBuffer();
      series.read(fromMs, toMs, samples);
      for (int i = 0; i < samples.size(); i++) {
        out.append(' ').append(samples.timestampMs(i)).append('=');
        out.append(RandomHistograms.text(samples, i));
      }
      // A series of which all was deleted may still be shown, without samples.
      if (!samples.isEmpty()) {
        assertThat(lines.put(series.labels(), out.toString())).isNull();
      }
    }
    StringBuilder out = new StringBuilder();
    lines.forEach((labels, line) -> out.append(labels).append(line).append('\n'));
    return out.toString();
  }

  /// What of a content is within a range.
  static String within(String content, long fromMs, long toMs) {
    StringBuilder out = new StringBuilder();
    for (String line : content.lines().toList()) {
      Matcher sample = SAMPLE.matcher(line);
      StringBuilder samples = new StringBuilder();
      int labelsEnd = line.length();
      while (sample.find()) {
        labelsEnd = Math.min(labelsEnd, sample.start());
        long timestampMs = Long.parseLong(sample.group(1));
        if (timestampMs >= fromMs && timestampMs <= toMs) {
          samples.append(sample.group());
        }
      }
      if (!samples.isEmpty()) {
        out.append(line, 0, labelsEnd).append(samples).append('\n');
      }
    }
    return out.toString();
  }

  /// The metrics of the series whose line has a part.
  static List<String> metrics(String content, String part) {
    return content
        .lines()
        .filter(line -> line.contains(part))
        .flatMap(line -> METRIC.matcher(line).results().map(MatchResult::group))
        .toList();
  }

  /// The first sample, every one that is below the one before it, with that, and the last.
  static String course(SampleBuffer samples) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < samples.size(); i++) {
      boolean end = i == 0 || i == samples.size() - 1;
      boolean falls = !end && !(samples.value(i) >= samples.value(i - 1));
      boolean before = !end && !(samples.value(i + 1) >= samples.value(i));
      if (end || falls || before) {
        out.append(' ').append(samples.timestampMs(i)).append('=');
        out.append(RandomHistograms.text(samples, i));
      }
    }
    return out.toString();
  }
}
