package io.trivigil.storage.index;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.MultiTerms;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.Weight;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.Version;
import org.jspecify.annotations.Nullable;

/// The Lucene index of one partition: the first `covered` members of it. Derived: the commit says
/// how many members it holds and their hash, and whoever opens it compares.
///
/// Not thread-safe by itself: [PartitionIndex] serialises writers; searches hold a [Reader].
final class LuceneSegment implements AutoCloseable {
  private static final String MEMBERS = "members";
  private static final String HASH = "hash";
  private static final String NEWEST = "newest";

  private final Directory directory;
  private final Path path;
  private final Answers answers;
  private final long writeBytes;
  private volatile long unwrittenBytes;
  private @Nullable IndexWriter writer; // null: nothing was written since it was sealed or opened
  private @Nullable DirectoryReader reader; // null: nothing is in it
  private long number; // of the reader
  private int covered;
  private int seen; // by searches
  private long hash = MemberHash.EMPTY;
  private long newestRef;
  private int committed;
  private int createdMajor = Version.LATEST.major; // of Lucene, by whom it was created

  private LuceneSegment(Path path, IndexHome home) throws IOException {
    this.path = path;
    this.answers = home.answers();
    this.writeBytes = home.writeBytes();
    this.directory = FSDirectory.open(path);
  }

  /// Opens what is there; whatever does not open counts as nothing and is deleted.
  static LuceneSegment open(IndexHome home, long partition) {
    Path path = home.of(partition);
    try {
      LuceneSegment segment = new LuceneSegment(path, home);
      try {
        if (DirectoryReader.indexExists(segment.directory)) {
          DirectoryReader opened = DirectoryReader.open(segment.directory);
          Map<String, String> data = opened.getIndexCommit().getUserData();
          segment.read(opened);
          segment.covered = Integer.parseInt(data.getOrDefault(MEMBERS, "0"));
          segment.hash = Long.parseLong(data.getOrDefault(HASH, "" + MemberHash.EMPTY));
          segment.newestRef = Long.parseLong(data.getOrDefault(NEWEST, "0"));
          segment.seen = segment.covered;
          segment.committed = segment.covered;
          for (LeafReaderContext leaf : opened.leaves()) {
            segment.createdMajor = leaf.reader().getMetaData().createdVersionMajor();
          }
        }
      } catch (IOException | RuntimeException e) {
        home.warn()
            .accept(
                "series index does not open, built again: path=%s reason=%s".formatted(path, e));
        segment.clear();
      }
      return segment;
    } catch (IOException e) {
      throw new UncheckedIOException("can not open series index: " + path, e);
    }
  }

  /// How many members it holds, from the first on.
  int covered() {
    return covered;
  }

  long hash() {
    return hash;
  }

  /// The highest reference among the members that it holds.
  long newestRef() {
    return newestRef;
  }

  boolean uncommitted() {
    return committed != covered;
  }

  /// Forgets everything.
  void clear() throws IOException {
    closeParts();
    covered = 0;
    seen = 0;
    committed = 0;
    createdMajor = Version.LATEST.major;
    newestRef = 0;
    hash = MemberHash.EMPTY;
    for (String file : directory.listAll()) {
      directory.deleteFile(file);
    }
  }

  /// Memory of new series that are being written, bytes.
  long writeBufferBytes() {
    return unwrittenBytes;
  }

  private IndexWriter writer() throws IOException {
    IndexWriter open = writer;
    if (open == null) {
      IndexWriterConfig config = new IndexWriterConfig();
      config.setMergeScheduler(new SerialMergeScheduler()); // no threads of its own
      config.setIndexSort(LuceneFields.ORDER);
      config.setCommitOnClose(false);
      open = new IndexWriter(directory, config);
      writer = open;
    }
    return open;
  }

  /// Writes members, in pieces that take so much memory as the home says; searches see them after
  /// [#show], and they are durable after [#commit]. Where it fails, [#covered] tells how far it
  /// came.
  void write(LongList refs, SeriesLabels series) throws IOException {
    NewMembers piece = new NewMembers(refs.size(), writeBytes);
    int from = 0;
    for (int i = 0; i < refs.size(); i++) {
      Labels labels = series.labels(refs.getLong(i));
      if (labels != null) {
        piece.add(refs.getLong(i), labels);
      }
      if (piece.isFull()) {
        add(piece, refs.subList(from, i + 1));
        from = i + 1;
        piece = new NewMembers(refs.size() - from, writeBytes);
      }
    }
    add(piece, refs.subList(from, refs.size()));
  }

  private void add(NewMembers piece, LongList refs) throws IOException {
    if (piece.size() > 0) {
      unwrittenBytes = piece.bytes();
      try {
        writer().addIndexes(new MembersReader(piece.grouped(), createdMajor));
      } finally {
        unwrittenBytes = 0;
      }
    }
    for (int i = 0; i < refs.size(); i++) {
      hash = MemberHash.add(hash, refs.getLong(i));
      newestRef = Math.max(newestRef, refs.getLong(i));
    }
    covered += refs.size();
  }

  /// How many members were written that searches do not see yet.
  int unseen() {
    return covered - seen;
  }

  /// A reader of everything written, for [#show]. Slow enough to be done outside any lock.
  DirectoryReader fresh() throws IOException {
    return DirectoryReader.open(writer());
  }

  /// What a reader was asked is forgotten when the last who holds it has closed it.
  private void read(DirectoryReader next) {
    long given = answers.newReader();
    next.getReaderCacheHelper().addClosedListener(_ -> answers.forget(given));
    reader = next;
    number = given;
  }

  /// Lets searches that begin from now on use this reader.
  void show(DirectoryReader next) throws IOException {
    DirectoryReader old = reader;
    read(next);
    seen = covered;
    if (old != null) {
      old.decRef();
    }
  }

  void commit() throws IOException {
    IndexWriter open = writer();
    open.setLiveCommitData(
        Map.of(MEMBERS, "" + covered, HASH, "" + hash, NEWEST, "" + newestRef).entrySet());
    open.commit();
    committed = covered;
  }

  /// The final form on disk: one segment.
  void merge() throws IOException {
    writer().forceMerge(1);
    commit();
  }

  /// Lets go of the writer and reads the final form, for [#show].
  DirectoryReader freshSealed() throws IOException {
    writer().close();
    writer = null;
    return DirectoryReader.open(directory);
  }

  boolean sealed() {
    DirectoryReader now = reader;
    return writer == null && now != null && now.leaves().size() <= 1;
  }

  long bytes() {
    long bytes = 0;
    try {
      for (String file : directory.listAll()) {
        bytes += directory.fileLength(file);
      }
    } catch (IOException e) {
      return bytes; // a file was merged away between the list and the look: the next look is right
    }
    return bytes;
  }

  /// A reader that stays open until it is closed; empty where nothing is indexed.
  Optional<Reader> reader() {
    DirectoryReader now = reader;
    if (now == null) {
      return Optional.empty();
    }
    now.incRef();
    return Optional.of(new Reader(now, number, answers));
  }

  private void closeParts() throws IOException {
    if (reader != null) {
      reader.decRef();
      reader = null;
    }
    if (writer != null) {
      writer.rollback();
      writer = null;
    }
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    closeParts();
    directory.close();
  }

  /// Searches at one moment. Any thread; closed once.
  static final class Reader implements AutoCloseable {
    private final DirectoryReader reader;
    private final long number;
    private final Answers answers;

    Reader(DirectoryReader reader, long number, Answers answers) {
      this.reader = reader;
      this.number = number;
      this.answers = answers;
    }

    /// Appends the references of the documents that pass; odd series by their labels.
    void search(List<Matcher> matchers, SeriesLabels series, LongArrayList out) throws IOException {
      out.addElements(out.size(), passing(matchers));
      if (!hasOdd()) {
        return;
      }
      LongArrayList odd = new LongArrayList();
      collect(new TermQuery(LuceneFields.ODD), odd);
      for (int i = 0; i < odd.size(); i++) {
        Labels labels = series.labels(odd.getLong(i));
        if (labels != null && matchers.stream().allMatch(m -> m.test(labels))) {
          out.add(odd.getLong(i));
        }
      }
    }

    /// As [#search], if the same was searched before and at most so many passed; else empty.
    Optional<long[]> searchAtHand(List<Matcher> matchers, int most) throws IOException {
      return hasOdd()
          ? Optional.empty()
          : answers
              .searches()
              .atHand(Answers.Search.of(number, matchers))
              .filter(refs -> refs.length <= most);
    }

    /// The references of the documents that are not odd and pass, rising.
    private long[] passing(List<Matcher> matchers) throws IOException {
      Answers.Search question = Answers.Search.of(number, matchers);
      Optional<long[]> known = answers.searches().find(question);
      if (known.isPresent()) {
        return known.get();
      }
      LongArrayList found = new LongArrayList();
      collect(
          MatcherQueries.query(new MatcherQueries.Source(reader, number, answers), matchers),
          found);
      long[] refs = found.toLongArray();
      Arrays.sort(refs);
      answers.keep(question, refs);
      return refs;
    }

    private void collect(Query query, LongArrayList out) throws IOException {
      IndexSearcher searcher = new IndexSearcher(reader);
      searcher.setQueryCache(null);
      Weight weight =
          searcher.createWeight(searcher.rewrite(query), ScoreMode.COMPLETE_NO_SCORES, 1f);
      // The searcher's own leaves: a reader that two threads meet first may have two contexts.
      for (LeafReaderContext leaf : searcher.getLeafContexts()) {
        Scorer scorer = weight.scorer(leaf);
        NumericDocValues refs = leaf.reader().getNumericDocValues(LuceneFields.REF);
        if (scorer == null || refs == null) {
          continue;
        }
        DocIdSetIterator at = scorer.iterator();
        for (int doc = at.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = at.nextDoc()) {
          if (refs.advanceExact(doc)) {
            out.add(refs.longValue());
          }
        }
      }
    }

    /// Whether a document's labels stand nowhere in the terms.
    boolean hasOdd() throws IOException {
      return reader.docFreq(LuceneFields.ODD) > 0;
    }

    /// As [#terms], if the same was asked for before and there are at most so many; else empty.
    Optional<List<String>> termsAtHand(Optional<String> label, int most) {
      return answers.fields().atHand(field(label)).filter(terms -> terms.size() <= most);
    }

    private Answers.Field field(Optional<String> label) {
      return new Answers.Field(number, label.map(LuceneFields::label).orElse(LuceneFields.NAMES));
    }

    /// All label names, or all values of one label, in the order of their bytes; only right where
    /// every document counts.
    List<String> terms(Optional<String> label) throws IOException {
      Answers.Field question = field(label);
      Optional<List<String>> known = answers.fields().find(question);
      if (known.isPresent()) {
        return known.get();
      }
      List<String> found = new ArrayList<>();
      Terms terms = MultiTerms.getTerms(reader, question.name());
      if (terms != null) {
        TermsEnum at = terms.iterator();
        for (BytesRef term = at.next(); term != null; term = at.next()) {
          found.add(term.utf8ToString());
        }
      }
      List<String> all = List.copyOf(found);
      answers.keep(question, all);
      return all;
    }

    @Override
    public void close() throws IOException {
      reader.decRef();
    }
  }
}
