package io.trivigil.storage.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import java.util.List;
import org.apache.lucene.index.IndexableField;
import org.junit.jupiter.api.Test;

/// Documents that are made in the same objects say what each of them is to say.
class LuceneFieldsTest {
  private final LuceneFields.Documents documents = new LuceneFields.Documents();

  private List<String> read(long ref, Labels labels) {
    return documents.of(ref, labels).stream().map(LuceneFieldsTest::text).toList();
  }

  private static String text(IndexableField field) {
    return field.name()
        + "="
        + (field.binaryValue() == null
            ? field.numericValue().toString()
            : field.binaryValue().utf8ToString());
  }

  @Test
  void eachDocumentHasItsOwnValues() {
    for (String job : List.of("a", "a", "longer", "\u00fc", "a")) {
      assertThat(read(7, Labels.of("__name__", "up", "job", job)))
          .containsExactly(
              "i.ref=7",
              "i.metric=up",
              "l.__name__=up",
              "i.names=__name__",
              "l.job=" + job,
              "i.names=job");
    }
    assertThat(read(8, Labels.of("zone", "b")))
        .containsExactly("i.ref=8", "i.metric=", "l.zone=b", "i.names=zone");
    assertThat(read(9, Labels.of("__name__", "down", "job", "c")))
        .contains("i.ref=9", "i.metric=down", "l.__name__=down", "l.job=c");
  }

  @Test
  void theReferenceAloneStandsForAnOddOne() {
    Labels odd = Labels.of("__name__", "up", "text", "x".repeat(40_000));
    assertThat(read(1, Labels.of("__name__", "up", "text", "x"))).hasSize(6);
    assertThat(read(2, odd)).containsExactly("i.ref=2", "i.metric=up", "i.odd=1");
    assertThat(read(3, Labels.of("__name__", "up", "text", "y"))).hasSize(6).contains("l.text=y");
  }

  @Test
  void metricsAreSortedByHowTheyBegin() {
    String longest = "m".repeat(256);
    assertThat(read(1, Labels.of("__name__", longest + "n")))
        .contains("i.metric=" + longest, "l.__name__=" + longest + "n");
    assertThat(read(2, Labels.of("__name__", "short"))).contains("i.metric=short");
  }

  @Test
  void anyNumberOfLabelsIsTaken() {
    for (int i = 0; i < 3 * LuceneFields.Documents.MOST_LABELS; i++) {
      assertThat(read(i + 1L, Labels.of("__name__", "up", "l" + i, "v" + i)))
          .contains("l.__name__=up", "l.l%d=v%d".formatted(i, i), "i.names=l" + i);
    }
  }
}
