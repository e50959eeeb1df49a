package io.trivigil.web.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class IngestRateTest {
  private long seconds = 1_000;
  private double counted = 500;
  private boolean current = true;

  private IngestRate rate() {
    return new IngestRate(() -> counted, () -> current, () -> TimeUnit.SECONDS.toNanos(seconds));
  }

  @Test
  void whatWasCountedBeforeDoesNotCount() {
    try (IngestRate rate = rate()) {
      assertThat(rate.perSecond()).isZero();
      rate.mark();
      assertThat(rate.perSecond()).isZero();
      seconds += 2;
      counted += 100;
      assertThat(rate.perSecond()).isEqualTo(50);
    }
  }

  @Test
  void whatWasMissedDoesNotCount() {
    current = false;
    try (IngestRate rate = rate()) {
      rate.mark();
      seconds += 5;
      counted += 1_000_000;
      rate.mark();
      assertThat(rate.perSecond()).isZero();
      current = true;
      rate.mark();
      seconds += 4;
      counted += 40;
      assertThat(rate.perSecond()).isEqualTo(10);
    }
  }

  @Test
  void onlyTheLastMinuteCounts() {
    try (IngestRate rate = rate()) {
      for (int i = 0; i < 60; i++) {
        seconds += 5;
        counted += i < 30 ? 5_000 : 50;
        rate.mark();
      }
      assertThat(rate.perSecond()).isEqualTo(10);
    }
  }
}
