package io.trivigil.promql.script;

import io.trivigil.model.FloatHistogram;
import io.trivigil.model.FloatHistogram.Buckets;
import io.trivigil.model.FloatHistogram.Hint;
import io.trivigil.promql.text.GoNumbers;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// A native histogram as scripts write it: `{{schema:1 sum:3 count:2 buckets:[1 1]}}`.
///
/// @param hinted whether `counter_reset_hint` was given
record HistogramNotation(FloatHistogram histogram, boolean hinted) {
  private static final Pattern ENTRY = Pattern.compile("\\G\\s*([a-z_]+):(\\[[^\\]]*]|\\S+)\\s*");

  static HistogramNotation parse(String body) {
    Map<String, String> fields = new HashMap<>();
    var entries = ENTRY.matcher(body);
    int end = 0;
    while (entries.find()) {
      if (fields.put(entries.group(1), entries.group(2)) != null) {
        throw new IllegalArgumentException("duplicate key in histogram: " + body);
      }
      end = entries.end();
    }
    if (!body.substring(end).isBlank()) {
      throw new IllegalArgumentException("bad histogram: " + body);
    }
    String hint = fields.get("counter_reset_hint");
    FloatHistogram histogram =
        new FloatHistogram(
            (int) number(fields, "schema"),
            hint == null ? Hint.UNKNOWN : Hint.valueOf(hint.toUpperCase(Locale.ROOT)),
            number(fields, "count"),
            number(fields, "sum"),
            number(fields, "z_bucket"),
            number(fields, "z_bucket_w"),
            buckets(fields, "buckets", "offset"),
            buckets(fields, "n_buckets", "n_offset"),
            list(fields, "custom_values"));
    return new HistogramNotation(histogram, hint != null);
  }

  SeriesNotation.Item item() {
    return new SeriesNotation.Item(false, 0, Optional.of(histogram), hinted);
  }

  private static double number(Map<String, String> fields, String key) {
    String text = fields.get(key);
    return text == null ? 0 : GoNumbers.parseSigned(text);
  }

  private static double[] list(Map<String, String> fields, String key) {
    String text = fields.get(key);
    if (text == null) {
      return new double[0];
    }
    String inner = text.substring(1, text.length() - 1).strip();
    if (inner.isEmpty()) {
      return new double[0];
    }
    return Arrays.stream(inner.split("\\s+")).mapToDouble(GoNumbers::parseSigned).toArray();
  }

  private static Buckets buckets(Map<String, String> fields, String key, String offsetKey) {
    double[] counts = list(fields, key);
    int offset = (int) number(fields, offsetKey);
    int[] indexes = new int[counts.length];
    Arrays.setAll(indexes, i -> i + offset);
    return new Buckets(indexes, counts);
  }
}
