package io.trivigil.storage.index;

import io.trivigil.model.Labels;
import it.unimi.dsi.fastutil.longs.LongList;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.IndexableField;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.BytesRef;

/// An index as versions before wrote it: a document for each member, and Lucene inverts them. What
/// is written otherwise now is to say the same.
final class Documents {
  private Documents() {}

  static void write(Path path, LongList refs, SeriesLabels series) throws IOException {
    IndexWriterConfig config = new IndexWriterConfig();
    config.setMergeScheduler(new SerialMergeScheduler());
    config.setIndexSort(LuceneFields.ORDER);
    try (Directory directory = FSDirectory.open(path);
        IndexWriter writer = new IndexWriter(directory, config)) {
      long hash = MemberHash.EMPTY;
      long newest = 0;
      for (long ref : refs) {
        Labels labels = series.labels(ref);
        if (labels != null) {
          writer.addDocument(document(ref, labels));
        }
        hash = MemberHash.add(hash, ref);
        newest = Math.max(newest, ref);
      }
      writer.setLiveCommitData(
          Map.of("members", "" + refs.size(), "hash", "" + hash, "newest", "" + newest).entrySet());
      writer.commit();
    }
  }

  private static List<IndexableField> document(long ref, Labels labels) {
    BytesRef metric = new BytesRef(labels.metricName());
    metric.length = Math.min(metric.length, 256);
    List<IndexableField> fields = new ArrayList<>();
    fields.add(new NumericDocValuesField("i.ref", ref));
    fields.add(new SortedDocValuesField("i.metric", metric));
    List<IndexableField> terms = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      if (new BytesRef(labels.value(i)).length > 32_000
          || new BytesRef(labels.name(i)).length > 32_000) {
        fields.add(new StringField("i.odd", "1", Field.Store.NO));
        return fields;
      }
      terms.add(new StringField("l." + labels.name(i), labels.value(i), Field.Store.NO));
      terms.add(new StringField("i.names", labels.name(i), Field.Store.NO));
    }
    fields.addAll(terms);
    return fields;
  }
}
