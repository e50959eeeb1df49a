package io.trivigil.storage.index;

import io.trivigil.model.Matcher;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.MultiTerms;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.StringHelper;

/// Matchers as one Lucene query with exactly their meaning: expressions are not translated, every
/// distinct value of the label is shown to the matcher itself, and what passes becomes a set of
/// terms. Only literal prefixes and alternations cut the enumeration short. Stateless.
final class MatcherQueries {
  private static final String OPERATORS = "\\.+*?()[]{}^$|";

  private MatcherQueries() {}

  /// Where values are looked up.
  ///
  /// @param number names the reader among all that were asked
  record Source(IndexReader reader, long number, Answers answers) {}

  static Query query(Source source, List<Matcher> matchers) throws IOException {
    BooleanQuery.Builder all = new BooleanQuery.Builder();
    boolean positive = false;
    for (Matcher matcher : matchers) {
      Clause clause = clause(source, matcher);
      all.add(clause.query(), clause.excludes() ? Occur.MUST_NOT : Occur.FILTER);
      positive |= !clause.excludes();
    }
    if (!positive) {
      all.add(MatchAllDocsQuery.INSTANCE, Occur.FILTER);
    }
    all.add(new TermQuery(LuceneFields.ODD), Occur.MUST_NOT);
    return all.build();
  }

  /// What must match, or what must not.
  private record Clause(Query query, boolean excludes) {}

  private static Clause clause(Source source, Matcher matcher) throws IOException {
    String field = LuceneFields.label(matcher.name());
    String value = matcher.value();
    return switch (matcher.op()) {
      case EQUALS ->
          value.isEmpty()
              ? new Clause(exists(matcher.name()), true)
              : new Clause(term(field, value), false);
      case NOT_EQUALS ->
          value.isEmpty()
              ? new Clause(exists(matcher.name()), false)
              : new Clause(term(field, value), true);
      // A matcher that takes the absent label is told by the values that it does not take.
      case MATCHES, NOT_MATCHES ->
          matcher.acceptsEmpty()
              ? new Clause(values(source, matcher, false), true)
              : new Clause(values(source, matcher, true), false);
    };
  }

  private static Query exists(String name) {
    return new TermQuery(new Term(LuceneFields.NAMES, name));
  }

  private static Query term(String field, String value) {
    return LuceneFields.isOdd(value)
        ? new MatchNoDocsQuery("longer than any indexed value")
        : new TermQuery(new Term(field, value));
  }

  /// The documents whose value of the label passes (`wanted`) or does not.
  private static Query values(Source source, Matcher matcher, boolean wanted) throws IOException {
    String field = LuceneFields.label(matcher.name());
    String text = matcher.value();
    boolean positive = matcher.op() == Matcher.Op.MATCHES;
    if (text.equals(".+") || text.equals(".*")) {
      // The empty value aside, all values pass or none does.
      return positive == wanted ? exists(matcher.name()) : new MatchNoDocsQuery("none");
    }
    Optional<List<String>> literals = alternatives(text);
    if (literals.isPresent() && positive == wanted) {
      return terms(field, literals.get());
    }
    Answers.Expression question = Answers.Expression.of(source.number(), matcher);
    Optional<Query> known = source.answers().expressions().find(question);
    if (known.isPresent()) {
      return known.get();
    }
    // Where only values with a prefix can match, the others need not be shown to the expression.
    String prefix = positive == wanted ? prefix(text) : "";
    Query query = passing(source.reader(), field, prefix, value -> matcher.test(value) == wanted);
    source.answers().keep(question, query);
    return query;
  }

  private static Query passing(
      IndexReader reader, String field, String prefix, Predicate<String> passes)
      throws IOException {
    List<BytesRef> passing = new ArrayList<>();
    Terms terms = MultiTerms.getTerms(reader, field);
    if (terms != null) {
      TermsEnum at = terms.iterator();
      BytesRef start = new BytesRef(prefix);
      BytesRef term = at.seekCeil(start) == TermsEnum.SeekStatus.END ? null : at.term();
      while (term != null && StringHelper.startsWith(term, start)) {
        if (passes.test(term.utf8ToString())) {
          passing.add(BytesRef.deepCopyOf(term));
        }
        term = at.next();
      }
    }
    return passing.isEmpty()
        ? new MatchNoDocsQuery("no value")
        : new TermInSetQuery(field, passing);
  }

  private static Query terms(String field, List<String> values) {
    List<BytesRef> terms = new ArrayList<>();
    for (String value : values) {
      if (!value.isEmpty() && !LuceneFields.isOdd(value)) {
        terms.add(new BytesRef(value));
      }
    }
    return new TermInSetQuery(field, terms);
  }

  /// The texts of `a|b|c` or `(a|b|c)`, if it is nothing else.
  static Optional<List<String>> alternatives(String source) {
    String inner = source;
    if (source.startsWith("(") && source.endsWith(")")) {
      inner = source.substring(source.startsWith("(?:") ? 3 : 1, source.length() - 1);
    }
    List<String> texts = List.of(inner.split("\\|", -1));
    for (String text : texts) {
      if (literalLength(text) != text.length()) {
        return Optional.empty();
      }
    }
    return Optional.of(texts);
  }

  /// A text that every match begins with; empty where none is easily seen.
  static String prefix(String source) {
    if (source.indexOf('|') >= 0) {
      return "";
    }
    int length = literalLength(source);
    if (length < source.length() && "*?{".indexOf(source.charAt(length)) >= 0) {
      length = length == 0 ? 0 : source.offsetByCodePoints(length, -1); // the last may be missing
    }
    return source.substring(0, length);
  }

  private static int literalLength(String source) {
    int length = 0;
    while (length < source.length() && OPERATORS.indexOf(source.charAt(length)) < 0) {
      length++;
    }
    return length;
  }
}
