package io.trivigil.storage.index;

import io.trivigil.model.Labels;
import java.nio.charset.StandardCharsets;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.util.BytesRef;

/// One series as a document: a field for each label (term only), a field with the names of the
/// labels, the reference, and what documents are sorted by: the metric, then the reference.
///
/// A series with a value longer than Lucene takes is *odd*: its document holds the reference alone,
/// and every search looks at its labels themselves.
final class LuceneFields {
  /// The names of a document's labels.
  static final String NAMES = "i.names";

  static final String REF = "i.ref";
  static final String METRIC = "i.metric";
  static final Term ODD = new Term("i.odd", "1");
  static final Sort ORDER =
      new Sort(
          new SortField(METRIC, SortField.Type.STRING), new SortField(REF, SortField.Type.LONG));

  private static final int MAX_TERM_BYTES = 32_000; // Lucene's own limit is 32,766
  private static final int MAX_SORT_BYTES = 256;

  private LuceneFields() {}

  /// The field of a label; apart from our own, whatever the label is called.
  static String label(String name) {
    return "l." + name;
  }

  /// Whether a series is odd.
  static boolean isOdd(Labels labels) {
    for (int i = 0; i < labels.size(); i++) {
      if (isOdd(labels.value(i)) || isOdd(labels.name(i))) {
        return true;
      }
    }
    return false;
  }

  /// What documents are sorted by, of a metric's bytes.
  static BytesRef sortedBy(BytesRef metric) {
    return new BytesRef(metric.bytes, metric.offset, Math.min(metric.length, MAX_SORT_BYTES));
  }

  static boolean isOdd(String value) {
    return value.length() > MAX_TERM_BYTES / 3
        && value.getBytes(StandardCharsets.UTF_8).length > MAX_TERM_BYTES;
  }
}
