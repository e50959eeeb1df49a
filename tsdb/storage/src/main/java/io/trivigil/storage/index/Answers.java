package io.trivigil.storage.index;

import io.trivigil.model.Matcher;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.lucene.search.Query;
import org.apache.lucene.util.Accountable;

/// What was found in the series indexes of a store, for those who ask the same again: dashboards
/// and rules do, every few seconds. What a reader holds does not change, so an answer is right as
/// long as its reader is asked; those of a reader that is gone are [forgotten][#forget].
/// Thread-safe.
public final class Answers {
  /// About what a question takes, with its place in a map.
  private static final long BYTES_PER_QUESTION = 200;

  /// About what a text takes beside its characters.
  private static final long BYTES_PER_TEXT = 48;

  /// A matcher without its compiled expression, which can be large.
  private record Condition(String name, Matcher.Op op, String value) {
    static Condition of(Matcher matcher) {
      return new Condition(matcher.name(), matcher.op(), matcher.value());
    }

    long bytes() {
      return 2 * BYTES_PER_TEXT + textBytes(name) + textBytes(value);
    }
  }

  /// Which references pass all of these.
  record Search(long reader, List<Condition> conditions) {
    static Search of(long reader, List<Matcher> matchers) {
      return new Search(reader, matchers.stream().map(Condition::of).toList());
    }
  }

  /// Which values of a label an expression takes, or does not take.
  record Expression(long reader, Condition condition) {
    static Expression of(long reader, Matcher matcher) {
      return new Expression(reader, Condition.of(matcher));
    }
  }

  /// Which terms a field has.
  record Field(long reader, String name) {}

  private final Recent<Search, long[]> searches;
  private final Recent<Expression, Query> expressions;
  private final Recent<Field, List<String>> fields;
  private final AtomicLong readers = new AtomicLong();

  /// @param mostBytes the most memory that all of it takes: half for searches, a quarter each for
  ///   sorted names and values, and for the values that an expression takes
  public Answers(long mostBytes) {
    searches = new Recent<>(mostBytes / 2);
    fields = new Recent<>(mostBytes / 4);
    expressions = new Recent<>(mostBytes / 4);
  }

  /// A number for a reader, given once.
  long newReader() {
    return readers.incrementAndGet();
  }

  /// Forgets what a reader was asked, when nobody will ask it again.
  void forget(long reader) {
    searches.forget(question -> question.reader() == reader);
    expressions.forget(question -> question.reader() == reader);
    fields.forget(question -> question.reader() == reader);
  }

  /// The references that were found, rising. Not to be changed.
  Recent<Search, long[]> searches() {
    return searches;
  }

  void keep(Search question, long[] refs) {
    long asked = question.conditions().stream().mapToLong(Condition::bytes).sum();
    searches.keep(question, refs, BYTES_PER_QUESTION + asked + 8L * refs.length);
  }

  /// Values as the query that they become.
  Recent<Expression, Query> expressions() {
    return expressions;
  }

  void keep(Expression question, Query query) {
    long found = query instanceof Accountable sized ? sized.ramBytesUsed() : BYTES_PER_TEXT;
    expressions.keep(question, query, BYTES_PER_QUESTION + question.condition().bytes() + found);
  }

  /// Terms in the order of their bytes.
  Recent<Field, List<String>> fields() {
    return fields;
  }

  void keep(Field question, List<String> terms) {
    long found = terms.stream().mapToLong(Answers::textBytes).sum();
    fields.keep(question, terms, BYTES_PER_QUESTION + textBytes(question.name()) + found);
  }

  private static long textBytes(String text) {
    return BYTES_PER_TEXT + 2L * text.length();
  }

  /// About how much memory all answers take.
  public long bytes() {
    return searches.bytes() + expressions.bytes() + fields.bytes();
  }

  /// How many searches were answered from here.
  public long searchHits() {
    return searches.hits();
  }

  /// How many searches had to look.
  public long searchMisses() {
    return searches.misses();
  }
}
