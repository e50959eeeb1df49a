package io.trivigil.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LabelsTest {
  @Test
  void labelsAreSortedAndEmptyValuesAreAbsent() {
    Labels labels = Labels.of("b", "2", "a", "1", "c", "");
    assertThat(labels).hasToString("{a=\"1\", b=\"2\"}");
    assertThat(labels.get("c")).isEmpty();
    assertThat(labels)
        .isEqualTo(Labels.of("a", "1", "b", "2"))
        .hasSameHashCodeAs(Labels.of("a", "1", "b", "2"));
  }

  @Test
  void pairsThatAreInOrderStayTheCallers() {
    String[] pairs = {"a", "1", "b", "2"};
    Labels labels = Labels.of(pairs);
    pairs[1] = "other";
    assertThat(labels).isEqualTo(Labels.of("b", "2", "a", "1"));
    assertThat(Labels.of()).isSameAs(Labels.EMPTY);
  }

  @Test
  void repeatedNameIsRefused() {
    assertThatThrownBy(() -> Labels.of("a", "1", "a", "2")).hasMessageContaining("\"a\"");
    assertThatThrownBy(() -> Labels.of("b", "1", "a", "1", "b", "2")).hasMessageContaining("\"b\"");
  }

  @Test
  void orderIsThatOfUtf8Bytes() {
    // U+FF5E is one unit above the surrogates that U+1F600 begins with, but fewer bytes in UTF-8
    // order.
    assertThat(Utf8Order.compare("\uFF5E", "\uD83D\uDE00")).isNegative();
    assertThat("\uFF5E".compareTo("\uD83D\uDE00")).isPositive();
    assertThat(Utf8Order.compare("a", "ab")).isNegative();
    assertThat(Utf8Order.compare("ab", "ab")).isZero();
  }

  @Test
  void unsortedPairsAreRefused() {
    assertThatThrownBy(() -> Labels.ofSorted(new String[] {"b", "1", "a", "2"}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Labels.ofSorted(new String[] {"a", ""}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void namesThatNeedItAreQuoted() {
    assertThat(Labels.of("my.label", "a\"b\n")).hasToString("{\"my.label\"=\"a\\\"b\\n\"}");
  }
}
