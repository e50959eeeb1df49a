package io.trivigil.storage.index;

import io.trivigil.model.Labels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexableField;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.util.BytesRefBuilder;

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

  /// One document after the other in the same objects, with what they have in common: a label's
  /// value is often that of the document before. Belongs to one thread; a document holds until the
  /// next.
  static final class Documents {
    /// Labels whose fields are kept at the most.
    static final int MOST_LABELS = 1_000;

    private static final class Part {
      private final StringField name;
      private final BytesRefBuilder bytes = new BytesRefBuilder();
      private final StringField field;
      private String value = ""; // which no label has

      Part(String label) {
        name = new StringField(NAMES, label, Field.Store.NO);
        field = new StringField(label(label), bytes.get(), Field.Store.NO);
      }

      @SuppressWarnings("ReferenceEquality") // a short cut: the store keeps each text once
      StringField of(String next) {
        if (next != value) {
          value = next;
          bytes.copyChars(next);
          field.setBytesValue(bytes.get());
        }
        return field;
      }
    }

    private final NumericDocValuesField ref = new NumericDocValuesField(REF, 0);
    private final BytesRefBuilder metricBytes = new BytesRefBuilder();
    private final SortedDocValuesField metric = new SortedDocValuesField(METRIC, metricBytes.get());
    private final Map<String, Part> parts = new HashMap<>();
    private final List<IndexableField> fields = new ArrayList<>();

    List<IndexableField> of(long series, Labels labels) {
      fields.clear();
      ref.setLongValue(series);
      fields.add(ref);
      metricBytes.copyChars(labels.metricName());
      metricBytes.setLength(Math.min(metricBytes.length(), MAX_SORT_BYTES));
      metric.setBytesValue(metricBytes.get());
      fields.add(metric);
      for (int i = 0; i < labels.size(); i++) {
        if (isOdd(labels.value(i)) || isOdd(labels.name(i))) {
          fields.add(new StringField(ODD.field(), ODD.text(), Field.Store.NO));
          return fields;
        }
      }
      if (parts.size() > MOST_LABELS) {
        parts.clear();
      }
      for (int i = 0; i < labels.size(); i++) {
        Part part = parts.computeIfAbsent(labels.name(i), Part::new);
        fields.add(part.of(labels.value(i)));
        fields.add(part.name);
      }
      return fields;
    }
  }
}
