package io.trivigil.web.warmup;

import io.trivigil.model.Names;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What people and dashboards ask, about one metric: selectors, every family of functions,
/// grouping, matching, sorting, subqueries, raw samples, labels; of a moment and of a range.
final class Questions {
  private static final long SPAN_MS = Duration.ofHours(1).toMillis();
  private static final String META_CHARACTERS = "^$.*+?()[]{}|\\";

  private Questions() {}

  /// The paths to be asked, each with its query string.
  static List<String> about(Subject subject) {
    String one = selector(subject.metric(), subject.label(), "=", subject.value());
    String some = selector(subject.metric(), subject.label(), "=~", begin(subject.value()) + ".*");
    String all = subject.series() > Subject.MOST_SERIES ? some : subject.metric();
    String label = Names.quoteIfNeeded(subject.label());
    String group = Names.quoteIfNeeded(subject.group());
    List<String> paths = new ArrayList<>();
    for (String template : MOMENTS) {
      paths.add(moment(filled(template, one, some, all, label, group), subject.endMs()));
    }
    for (String template : RANGES) {
      paths.add(range(filled(template, one, some, all, label, group), subject.endMs()));
    }
    String within =
        "start=%s&end=%s".formatted(seconds(subject.endMs() - SPAN_MS), seconds(subject.endMs()));
    paths.add("/api/v1/label/" + escaped(subject.label()) + "/values?" + within);
    paths.add("/api/v1/labels?" + within);
    paths.add("/api/v1/series?match[]=" + escaped(host(subject, some)) + "&" + within);
    return paths.stream().distinct().toList();
  }

  /// All that one host has, as it is where labels are looked through: code that has seen lists of
  /// one series is compiled anew for the first long one.
  private static String host(Subject subject, String some) {
    return subject.ofValue() == Subject.UNKNOWN || subject.ofValue() > Subject.MOST_SERIES
        ? some
        : selector("", subject.label(), "=", subject.value());
  }

  private static final List<String> MOMENTS =
      List.of(
          "<one>",
          "sum by (<group>) (rate(<all>[5m]))",
          "100 * (1 - avg by (<label>) (rate(<all>[5m])))",
          "histogram_quantile(0.9, sum by (le) (label_replace(rate(<all>[5m]), \"le\", \"+Inf\", \"\", \"\")))",
          "sum(<some>)",
          "topk(10, rate(<all>[5m]))",
          "sort_desc(<some>)",
          "sum by (<group>) (rate(<all>[5m]) * on (<label>) group_left () count by (<label>) (<all>))",
          "<all> / <all> < 2 and on (<label>) <all> >= 0",
          "predict_linear(<all>[30m], 4 * 3600) < 0",
          "max_over_time(sum(rate(<all>[1m]))[30m:1m])",
          "<some>[1h]",
          "count by (part) (label_replace(<all>, \"part\", \"$1\", <label_text>, \"(...).*\"))",
          "scalar(sum(<all>)) / 2",
          "absent(no_such_metric{job=\"none\"})");

  private static final List<String> RANGES =
      List.of(
          "<one>",
          "<some>",
          "<all>",
          "sum by (<group>) (rate(<all>[5m]))",
          "topk(5, sum by (<label>) (rate(<all>[5m])))",
          "avg(avg_over_time(<all>[10m]))",
          "sum by (<group>) (rate(<all>[5m]) * on (<label>) group_left () count by (<label>) (<all>))");

  private static String filled(
      String template, String one, String some, String all, String label, String group) {
    return template
        .replace("<label_text>", label.startsWith("\"") ? label : Names.quote(label))
        .replace("<label>", label)
        .replace("<group>", group)
        .replace("<one>", one)
        .replace("<some>", some)
        .replace("<all>", all);
  }

  private static String selector(String metric, String label, String sign, String value) {
    return "%s{%s%s%s}".formatted(metric, Names.quoteIfNeeded(label), sign, Names.quote(value));
  }

  /// A regular expression for all but the last character.
  private static String begin(String value) {
    StringBuilder out = new StringBuilder();
    value
        .codePoints()
        .limit(Math.max(0, value.codePointCount(0, value.length()) - 1L))
        .forEach(
            point -> {
              if (META_CHARACTERS.indexOf(point) >= 0) {
                out.append('\\');
              }
              out.appendCodePoint(point);
            });
    return out.toString();
  }

  private static String moment(String query, long endMs) {
    return "/api/v1/query?query=%s&time=%s&timeout=2s".formatted(escaped(query), seconds(endMs));
  }

  private static String range(String query, long endMs) {
    return "/api/v1/query_range?query=%s&start=%s&end=%s&step=60&timeout=2s"
        .formatted(escaped(query), seconds(endMs - SPAN_MS), seconds(endMs));
  }

  private static String seconds(long ms) {
    return "%d.%03d".formatted(ms / 1000, ms % 1000);
  }

  private static String escaped(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
