package io.trivigil.storage.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.codecs.DocValuesProducer;
import org.apache.lucene.codecs.FieldsProducer;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.NormsProducer;
import org.apache.lucene.codecs.PointsReader;
import org.apache.lucene.codecs.StoredFieldsReader;
import org.apache.lucene.codecs.TermVectorsReader;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DocValuesSkipIndexType;
import org.apache.lucene.index.DocValuesType;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.LeafMetaData;
import org.apache.lucene.index.StoredFieldVisitor;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.Version;
import org.jspecify.annotations.Nullable;

/// New members as Lucene reads a segment, from their arrays: given to
/// [org.apache.lucene.index.IndexWriter#addIndexes], which writes them as one of its own. Only to
/// be read through from the first to the last; belongs to one thread.
final class MembersReader extends CodecReader {
  private final NewMembers.Grouped members;
  private final LeafMetaData about;
  private final FieldInfos infos;
  private final Map<String, NewMembers.Field> fields = new LinkedHashMap<>(); // in their order

  /// @param createdMajor the version of Lucene that created the index they go to
  MembersReader(NewMembers.Grouped members, int createdMajor) {
    this.members = members;
    this.about = new LeafMetaData(createdMajor, Version.LATEST, LuceneFields.ORDER, false);
    List<FieldInfo> all = new ArrayList<>();
    all.add(info(LuceneFields.REF, 0, IndexOptions.NONE, DocValuesType.NUMERIC));
    all.add(info(LuceneFields.METRIC, 1, IndexOptions.NONE, DocValuesType.SORTED));
    for (NewMembers.Field field : members.fields()) {
      fields.put(field.name(), field);
      all.add(info(field.name(), all.size(), IndexOptions.DOCS, DocValuesType.NONE));
    }
    this.infos = new FieldInfos(all.toArray(FieldInfo[]::new));
  }

  /// As of a document's field: terms without norms, or a value that is neither indexed nor stored.
  private static FieldInfo info(String name, int number, IndexOptions terms, DocValuesType values) {
    return new FieldInfo(
        name,
        number,
        false,
        terms != IndexOptions.NONE,
        false,
        terms,
        values,
        DocValuesSkipIndexType.NONE,
        -1,
        Map.of(),
        0,
        0,
        0,
        0,
        VectorEncoding.FLOAT32,
        VectorSimilarityFunction.EUCLIDEAN,
        false,
        false);
  }

  @Override
  public FieldsProducer getPostingsReader() {
    return new FieldsProducer() {
      @Override
      public Iterator<String> iterator() {
        return fields.keySet().iterator();
      }

      @Override
      public @Nullable Terms terms(String name) {
        NewMembers.Field field = fields.get(name);
        return field == null ? null : new MemberTerms(field);
      }

      @Override
      public int size() {
        return fields.size();
      }

      @Override
      public void checkIntegrity() {}

      @Override
      public void close() {}
    };
  }

  @Override
  public DocValuesProducer getDocValuesReader() {
    return new MemberValues(members);
  }

  @Override
  public StoredFieldsReader getFieldsReader() {
    return new NothingStored();
  }

  private static final class NothingStored extends StoredFieldsReader {
    @Override
    public void document(int doc, StoredFieldVisitor visitor) {}

    @Override
    public StoredFieldsReader clone() {
      return this;
    }

    @Override
    public void checkIntegrity() {}

    @Override
    public void close() {}
  }

  @Override
  public @Nullable TermVectorsReader getTermVectorsReader() {
    return null;
  }

  @Override
  public @Nullable NormsProducer getNormsReader() {
    return null;
  }

  @Override
  public @Nullable PointsReader getPointsReader() {
    return null;
  }

  @Override
  public @Nullable KnnVectorsReader getVectorReader() {
    return null;
  }

  @Override
  public FieldInfos getFieldInfos() {
    return infos;
  }

  @Override
  public @Nullable Bits getLiveDocs() {
    return null; // all live
  }

  @Override
  public LeafMetaData getMetaData() {
    return about;
  }

  @Override
  public int numDocs() {
    return members.refs().length;
  }

  @Override
  public int maxDoc() {
    return members.refs().length;
  }

  @Override
  public @Nullable CacheHelper getCoreCacheHelper() {
    return null;
  }

  @Override
  public @Nullable CacheHelper getReaderCacheHelper() {
    return null;
  }

  @Override
  public void checkIntegrity() throws IOException {}
}
