package io.trivigil.promql.eval;

import io.trivigil.model.FloatFormat;
import io.trivigil.promql.ast.PosRange;
import io.trivigil.promql.text.GoStrings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The warnings and infos of one query, each text once, in Prometheus's words.
public final class Notes {
  /// How many of each kind are shown.
  public static final int SHOWN = 10;

  private static final String WARNING = "PromQL warning: ";
  private static final String INFO = "PromQL info: ";

  private final Map<String, PosRange> warnings = new LinkedHashMap<>();
  private final Map<String, PosRange> infos = new LinkedHashMap<>();
  private long said;

  /// Takes over what another part of the query has noticed.
  void addAll(Notes others) {
    warnings.putAll(others.warnings);
    infos.putAll(others.infos);
    said += others.said;
  }

  /// Forgets everything.
  void clear() {
    warnings.clear();
    infos.clear();
    said = 0;
  }

  /// How often anything was said.
  long said() {
    return said;
  }

  void warn(String text, PosRange pos) {
    warnings.put(WARNING + text, pos);
    said++;
  }

  void info(String text, PosRange pos) {
    infos.put(INFO + text, pos);
    said++;
  }

  void invalidQuantile(double q, PosRange pos) {
    warn("quantile value should be between 0 and 1, got " + FloatFormat.general(q), pos);
  }

  void invalidRatio(double ratio, double capped, PosRange pos) {
    warn(
        "ratio value should be between -1 and 1, got %s, capping to %s"
            .formatted(FloatFormat.general(ratio), FloatFormat.general(capped)),
        pos);
  }

  void badBucketLabel(String metric, String label, PosRange pos) {
    warn(
        named(
            "bucket label \"le\" is missing or has a malformed value of " + GoStrings.quote(label),
            metric),
        pos);
  }

  void mixedFloatsHistograms(String metric, PosRange pos) {
    warn(
        "encountered a mix of histograms and floats for metric name " + GoStrings.quote(metric),
        pos);
  }

  void mixedFloatsHistogramsInAggregation(PosRange pos) {
    warn("encountered a mix of histograms and floats for aggregation", pos);
  }

  void mixedClassicNative(String metric, PosRange pos) {
    warn(named("vector contains a mix of classic and native histograms", metric), pos);
  }

  void notCounter(String metric, PosRange pos) {
    warn("this native histogram metric is not a counter: " + GoStrings.quote(metric), pos);
  }

  void notGauge(String metric, PosRange pos) {
    warn("this native histogram metric is not a gauge: " + GoStrings.quote(metric), pos);
  }

  void mixedExponentialCustom(String metric, PosRange pos) {
    warn(
        "vector contains a mix of histograms with exponential and custom buckets schemas for"
            + " metric name "
            + GoStrings.quote(metric),
        pos);
  }

  void incompatibleLayout(String operator, PosRange pos) {
    warn("incompatible bucket layout encountered for binary operator " + operator, pos);
  }

  /// @param during `aggregation` or the like
  void conflictingResets(String during, PosRange pos) {
    warn("conflicting counter resets during histogram " + during, pos);
  }

  void reconciledBuckets(String during, PosRange pos) {
    info("mismatched custom buckets were reconciled during " + during, pos);
  }

  void startOverlaps(String metric, PosRange pos) {
    warn(
        "sample has start time that overlaps with previous sample timestamp for metric "
            + GoStrings.quote(metric),
        pos);
  }

  void possibleNonCounter(String metric, PosRange pos) {
    info(
        "metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "
            + GoStrings.quote(metric),
        pos);
  }

  void forcedMonotonicity(String detail, String metric, PosRange pos) {
    info(
        named(
            "input to histogram_quantile needed to be fixed for monotonicity (see"
                + " https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)"
                + detail,
            metric),
        pos);
  }

  void incompatibleTypes(String left, String operator, String right, PosRange pos) {
    info(
        "incompatible sample types encountered for binary operator %s: %s %s %s"
            .formatted(GoStrings.quote(operator), left, operator, right),
        pos);
  }

  void histogramIgnored(String aggregation, PosRange pos) {
    info("ignored histogram in " + aggregation + " aggregation", pos);
  }

  void histogramIgnoredInMixedRange(String metric, PosRange pos) {
    info(
        "ignored histograms in a range containing both floats and histograms for metric name "
            + GoStrings.quote(metric),
        pos);
  }

  void nanObservations(String text, String metric, PosRange pos) {
    info(named(text, metric), pos);
  }

  private static String named(String text, String metric) {
    return metric.isEmpty() ? text : text + " for metric name " + GoStrings.quote(metric);
  }

  /// The warnings with their positions in `query`, at most [#SHOWN] and a count of the rest.
  public List<String> warnings(String query) {
    return shown(warnings, query, "warning");
  }

  /// The infos with their positions in `query`, at most [#SHOWN] and a count of the rest.
  public List<String> infos(String query) {
    return shown(infos, query, "info");
  }

  private static List<String> shown(Map<String, PosRange> notes, String query, String kind) {
    List<String> texts = new ArrayList<>();
    notes.forEach(
        (text, pos) -> {
          if (texts.size() < SHOWN) {
            texts.add(text + " (" + pos.in(query) + ")");
          }
        });
    if (notes.size() > SHOWN) {
      texts.add((notes.size() - SHOWN) + " more " + kind + " annotations omitted");
    }
    return texts;
  }
}
