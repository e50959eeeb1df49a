package io.trivigil.web.warmup;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.promql.parse.Parser;
import io.trivigil.web.http.Params;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuestionsTest {
  /// What stands in queries may hold anything: each has to be one that the parser takes.
  @Test
  void everyQuestionCanBeParsedWhateverTheLabelsAre() {
    for (Subject subject :
        List.of(
            new Subject("up", 1_000_000_000, "instance", "host-1:9100", "job", 3, 100),
            new Subject("a:b", 1_000_000_000, "héé lo", "a\"b\\c\n(x[", "ALL", 3, 100),
            new Subject("many", 1_000_000_000, "x", "", "x", Subject.MOST_SERIES + 1, 1))) {
      List<String> questions = Questions.about(subject);

      assertThat(questions).hasSizeGreaterThan(20).doesNotHaveDuplicates();
      for (String question : questions) {
        assertThat(question).doesNotContain(" ", "<", ">").startsWith("/api/v1/");
        Params params = Params.parse(question.substring(question.indexOf('?') + 1));
        if (params.has("query")) {
          Parser.parse(params.first("query"));
        }
        if (params.has("match[]")) {
          Parser.parseMatchers(params.first("match[]"));
        }
      }
    }
  }

  @Test
  void aMetricOfVeryManySeriesIsAskedForInPart() {
    Subject subject =
        new Subject(
            "many", 1_000_000_000, "host", "h-12", "job", Subject.MOST_SERIES + 1, Subject.UNKNOWN);

    assertThat(Questions.about(subject))
        .filteredOn(question -> question.contains("rate"))
        .isNotEmpty()
        .allMatch(question -> question.contains("many%7Bhost%3D%7E%22h-1.*%22%7D"));
  }

  /// The list of one host's series, unless that may be very long.
  @ParameterizedTest
  @CsvSource({
    "-1, load%7Bhost%3D%7E%22h-1.*%22%7D",
    "1, %7Bhost%3D%22h-12%22%7D",
    "1200, %7Bhost%3D%22h-12%22%7D",
    "1201, load%7Bhost%3D%7E%22h-1.*%22%7D",
  })
  void theSeriesOfOneHostAreAskedFor(int ofValue, String selector) {
    Subject subject = new Subject("load", 1_000_000_000, "host", "h-12", "job", 500, ofValue);

    assertThat(Questions.about(subject))
        .filteredOn(question -> question.startsWith("/api/v1/series?"))
        .singleElement()
        .asString()
        .contains("match[]=" + selector + "&");
  }
}
