package io.trivigil.storage.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Matcher;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.junit.jupiter.api.Test;

final class AnswersTest {
  private static Answers.Search search(long reader, String... values) {
    return Answers.Search.of(
        reader, List.of(values).stream().map(v -> Matcher.equal("job", v)).toList());
  }

  @Test
  void answersAreOfOneReaderAndOneQuestion() {
    Answers answers = new Answers(1 << 20);
    long reader = answers.newReader();
    answers.keep(search(reader, "a.*", "b.*"), new long[] {1, 2});

    assertThat(answers.searches().find(search(reader, "a.*", "b.*"))).hasValue(new long[] {1, 2});
    assertThat(answers.searches().find(search(reader, "b.*", "a.*"))).isEmpty();
    assertThat(answers.searches().find(search(reader, "a.*"))).isEmpty();
    assertThat(answers.searches().find(search(answers.newReader(), "a.*", "b.*"))).isEmpty();
    assertThat(answers.searchHits()).isEqualTo(1);
    assertThat(answers.searchMisses()).isEqualTo(3);
  }

  @Test
  void matchersOfOneTextDifferByHowTheyCompare() {
    Answers answers = new Answers(1 << 20);
    long found = 0;
    for (Matcher.Op op : Matcher.Op.values()) {
      answers.keep(Answers.Search.of(1, List.of(Matcher.of("job", op, "x"))), new long[] {++found});
    }
    long expected = 0;
    for (Matcher.Op op : Matcher.Op.values()) {
      assertThat(answers.searches().find(Answers.Search.of(1, List.of(Matcher.of("job", op, "x")))))
          .hasValue(new long[] {++expected});
    }
  }

  @Test
  void theAnswerThatWasAskedForLongestAgoIsPushedOut() {
    Recent<String, String> recent = new Recent<>(100);
    recent.keep("a", "A", 40);
    recent.keep("b", "B", 40);
    assertThat(recent.find("a")).hasValue("A");
    recent.keep("c", "C", 40);

    assertThat(recent.find("b")).isEmpty();
    assertThat(recent.find("a")).hasValue("A");
    assertThat(recent.find("c")).hasValue("C");
    assertThat(recent.bytes()).isEqualTo(80);
  }

  @Test
  void anAnswerThatWouldPushOutMostOthersIsNotKept() {
    Recent<String, String> recent = new Recent<>(100);
    recent.keep("a", "A", 40);
    recent.keep("b", "B", 51);

    assertThat(recent.find("b")).isEmpty();
    assertThat(recent.find("a")).hasValue("A");
  }

  @Test
  void anAnswerThatIsFoundTwiceCountsOnce() {
    Recent<String, String> recent = new Recent<>(100);
    recent.keep("a", "A", 40);
    recent.keep("a", "A", 40);

    assertThat(recent.bytes()).isEqualTo(40);
  }

  @Test
  void whatAReaderWasAskedIsForgottenWithIt() {
    Answers answers = new Answers(1 << 20);
    long gone = answers.newReader();
    long other = answers.newReader();
    answers.keep(search(other, "x"), new long[] {1});
    long bytes = answers.bytes();
    Matcher matcher = Matcher.of("job", Matcher.Op.MATCHES, "x.*");
    answers.keep(search(gone, "x"), new long[] {2});
    answers.keep(Answers.Expression.of(gone, matcher), MatchAllDocsQuery.INSTANCE);
    answers.keep(new Answers.Field(gone, "l.job"), List.of("x"));

    answers.forget(gone);

    assertThat(answers.bytes()).isEqualTo(bytes);
    assertThat(answers.searches().find(search(other, "x"))).hasValue(new long[] {1});
    assertThat(answers.searches().find(search(gone, "x"))).isEmpty();
  }

  @Test
  void allAnswersStayWithinTheirLimit() {
    long most = 7L << 20;
    Answers answers = new Answers(most);
    for (int i = 0; i < 2_000; i++) {
      answers.keep(search(i, "x".repeat(i)), new long[1_000]);
      answers.keep(
          new Answers.Field(i, "l.job"),
          IntStream.range(0, 100).mapToObj(n -> "value-" + n).toList());
      assertThat(answers.bytes()).isLessThanOrEqualTo(most);
    }
    assertThat(answers.bytes()).isGreaterThan(most / 2);
    assertThat(answers.searches().find(search(1_999, "x".repeat(1_999)))).isPresent();
    assertThat(answers.searches().find(search(0, ""))).isEmpty();
  }
}
