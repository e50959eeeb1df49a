package io.trivigil.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SampleBatchesTest {
  private final SampleBatches batches = new SampleBatches();

  @Test
  void whatWasGivenBackIsEmptyAndUsedAgain() {
    SampleBatch first = batches.take();
    first.add(Labels.of("__name__", "a"), 1, 1);
    first.add(7, 1, 1);
    batches.give(first);
    SampleBatch again = batches.take();
    assertThat(again).isSameAs(first);
    assertThat(again.size()).isZero();
    again.add(Labels.of("__name__", "b"), 2, 2);
    assertThat(again.labels(0)).isEqualTo(Labels.of("__name__", "b"));
    assertThat(batches.take()).isNotSameAs(again);
  }

  @Test
  void whatIsTooLargeOrTooManyIsNotKept() {
    SampleBatch large = new SampleBatch(SampleBatches.LARGEST_KEPT + 1);
    batches.give(large);
    assertThat(batches.take()).isNotSameAs(large);
    SampleBatch largest = new SampleBatch(SampleBatches.LARGEST_KEPT);
    batches.give(largest);
    assertThat(batches.take()).isSameAs(largest);

    SampleBatch last = new SampleBatch();
    for (int i = 0; i < SampleBatches.KEPT; i++) {
      batches.give(new SampleBatch());
    }
    batches.give(last);
    for (int i = 0; i <= SampleBatches.KEPT; i++) {
      assertThat(batches.take()).isNotSameAs(last);
    }
  }
}
