package io.trivigil.storage.index;

import io.trivigil.model.Labels;
import java.nio.charset.StandardCharsets;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.document.StringField;
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
  static final Term ODD = new Term("i.odd", "1");
  static final Sort ORDER =
      new Sort(
          new SortField("i.metric", SortField.Type.STRING),
          new SortField(REF, SortField.Type.LONG));

  private static final String METRIC = "i.metric";
  private static final int MAX_TERM_BYTES = 32_000; // Lucene's own limit is 32,766
  private static final int MAX_SORT_BYTES = 256;

  private LuceneFields() {}

  /// The field of a label; apart from our own, whatever the label is called.
  static String label(String name) {
    return "l." + name;
  }

  static boolean isOdd(String value) {
    return value.length() > MAX_TERM_BYTES / 3
        && value.getBytes(StandardCharsets.UTF_8).length > MAX_TERM_BYTES;
  }

  static Document document(long ref, Labels labels) {
    Document document = new Document();
    document.add(new NumericDocValuesField(REF, ref));
    BytesRef metric = new BytesRef(labels.metricName());
    metric.length = Math.min(metric.length, MAX_SORT_BYTES);
    document.add(new SortedDocValuesField(METRIC, metric));
    for (int i = 0; i < labels.size(); i++) {
      if (isOdd(labels.value(i)) || isOdd(labels.name(i))) {
        document.add(new StringField(ODD.field(), ODD.text(), Field.Store.NO));
        return document;
      }
    }
    labels.forEach(
        (name, value) -> {
          document.add(new StringField(label(name), value, Field.Store.NO));
          document.add(new StringField(NAMES, name, Field.Store.NO));
        });
    return document;
  }
}
