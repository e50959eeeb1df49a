package io.trivigil.storage.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongList;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.lucene.index.CheckIndex;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.BytesRef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Members that are grouped and given to Lucene as a segment say what their documents would.
final class NewMembersTest {
  private static final long ROOM = 1 << 20;

  private static LuceneSegment open(Path home, long writeBytes) {
    return LuceneSegment.open(
        new IndexHome(home, writeBytes, new Answers(1 << 20), AssertionError::new), 1);
  }

  /// All that an index of one segment holds, in words.
  private static List<String> read(Path path) throws IOException {
    List<String> all = new ArrayList<>();
    try (Directory directory = FSDirectory.open(path);
        DirectoryReader reader = DirectoryReader.open(directory)) {
      assertThat(reader.leaves()).hasSize(1);
      LeafReader leaf = reader.leaves().getFirst().reader();
      all.add("documents=" + leaf.maxDoc() + " deleted=" + leaf.numDeletedDocs());
      all.add("sorted=" + leaf.getMetaData().sort());
      List<FieldInfo> infos = new ArrayList<>();
      leaf.getFieldInfos().forEach(infos::add);
      infos.sort((a, b) -> a.getName().compareTo(b.getName()));
      for (FieldInfo info : infos) {
        all.add(
            "field %s terms=%s norms=%s payloads=%s vectors=%s values=%s skip=%s points=%d"
                .formatted(
                    info.getName(),
                    info.getIndexOptions(),
                    info.hasNorms(),
                    info.hasPayloads(),
                    info.hasTermVectors(),
                    info.getDocValuesType(),
                    info.docValuesSkipIndexType(),
                    info.getPointDimensionCount()));
        readTerms(leaf, info.getName(), all);
      }
      NumericDocValues refs = leaf.getNumericDocValues("i.ref");
      SortedDocValues metrics = leaf.getSortedDocValues("i.metric");
      for (int doc = 0; doc < leaf.maxDoc(); doc++) {
        assertThat(refs.advanceExact(doc) && metrics.advanceExact(doc)).isTrue();
        all.add(
            "%d: %d %s".formatted(doc, refs.longValue(), metrics.lookupOrd(metrics.ordValue())));
        leaf.storedFields().document(doc).forEach(field -> all.add("stored " + field));
      }
    }
    return all;
  }

  private static void readTerms(LeafReader leaf, String field, List<String> out)
      throws IOException {
    Terms terms = leaf.terms(field);
    if (terms == null) {
      return;
    }
    out.add(
        "%d terms, %d documents, %d in all"
            .formatted(terms.size(), terms.getDocCount(), terms.getSumDocFreq()));
    TermsEnum at = terms.iterator();
    for (BytesRef term = at.next(); term != null; term = at.next()) {
      PostingsEnum docs = at.postings(null, PostingsEnum.NONE);
      List<Integer> found = new ArrayList<>();
      while (docs.nextDoc() != DocIdSetIterator.NO_MORE_DOCS) {
        found.add(docs.docID());
      }
      out.add("%s %s of %d: %s".formatted(field, term, at.docFreq(), found));
    }
  }

  private static List<String> readAll(LuceneSegment segment) throws IOException {
    segment.merge();
    segment.show(segment.freshSealed());
    try (Directory directory = FSDirectory.open(segment.path());
        CheckIndex check = new CheckIndex(directory)) {
      assertThat(check.checkIndex().clean).isTrue();
    }
    return read(segment.path());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aSegmentHoldsWhatItsDocumentsWould(long seed, @TempDir Path directory) throws IOException {
    RandomMembers members = new RandomMembers(seed);
    LongArrayList first = new LongArrayList(members.grow(seed == 1 ? 1 : 700));
    LongArrayList second = members.grow(seed == 2 ? 1 : 700);
    Documents.write(directory.resolve("reference"), members.refs, members);
    List<String> expected = read(directory.resolve("reference"));
    assertThat(expected).hasSizeGreaterThan(10);

    Documents.write(IndexHome.path(directory.resolve("mixed"), 1), first, members);
    try (LuceneSegment one = open(directory.resolve("one"), ROOM);
        LuceneSegment pieces = open(directory.resolve("pieces"), 30_000);
        LuceneSegment mixed = open(directory.resolve("mixed"), 30_000)) {
      one.write(members.refs, members);
      pieces.write(first, members);
      pieces.write(second, members);
      assertThat(mixed.covered()).isEqualTo(first.size());
      mixed.write(second, members);
      for (LuceneSegment each : List.of(one, pieces, mixed)) {
        assertThat(readAll(each)).as("seed=%d in %s", seed, each.path()).isEqualTo(expected);
        assertThat(each.covered()).isEqualTo(members.refs.size());
        assertThat(each.hash()).isEqualTo(one.hash());
        assertThat(each.newestRef()).isEqualTo(one.newestRef());
      }
    }
  }

  @Test
  void aPieceIsWrittenWhenItTakesWhatTheHomeGives(@TempDir Path directory) throws IOException {
    LongList refs = LongArrayList.of(IntStream.range(1, 1_001).asLongStream().toArray());
    NewMembers half = new NewMembers(400, ROOM);
    refs.subList(0, 400).forEach(ref -> half.add(ref, up(ref)));
    assertThat(half.isFull()).isFalse();

    assertThat(leaves(open(directory.resolve("one"), ROOM), refs)).isEqualTo(1);
    assertThat(leaves(open(directory.resolve("three"), half.bytes()), refs)).isEqualTo(3);
  }

  private static Labels up(long ref) {
    return Labels.of("__name__", "up", "instance", "host-" + ref);
  }

  private static int leaves(LuceneSegment segment, LongList refs) throws IOException {
    try (segment) {
      segment.write(refs, NewMembersTest::up);
      assertThat(segment.writeBufferBytes()).isZero();
      DirectoryReader reader = segment.fresh();
      segment.show(reader);
      return reader.leaves().size();
    }
  }

  @Test
  void nobodyIsWrittenWhereAllHaveLeft(@TempDir Path directory) throws IOException {
    try (LuceneSegment segment = open(directory, ROOM)) {
      segment.write(LongList.of(1, 2, 3), _ -> null);
      assertThat(segment.covered()).isEqualTo(3);
      DirectoryReader reader = segment.fresh();
      segment.show(reader);
      assertThat(reader.maxDoc()).isZero();
    }
  }
}
