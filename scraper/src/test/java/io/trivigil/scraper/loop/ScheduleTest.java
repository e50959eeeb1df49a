package io.trivigil.scraper.loop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ScheduleTest {
  private final Schedule schedule = new Schedule(1000, 300);

  @Test
  void slotsLieAnIntervalApart() {
    assertThat(schedule.atOrBefore(1300)).isEqualTo(1300);
    assertThat(schedule.atOrBefore(1299)).isEqualTo(300);
    assertThat(schedule.after(1300)).isEqualTo(2300);
    assertThat(schedule.atOrBefore(0)).isEqualTo(-700);
  }

  @Test
  void aMissedSlotIsDueAtOnceAndOnlyTheNewest() {
    assertThat(schedule.next(5400, 1300)).isEqualTo(5300);
    assertThat(schedule.next(5400, 5300)).isEqualTo(6300);
    assertThat(schedule.next(5400, 9300)).as("a clock that went back").isEqualTo(10_300);
  }

  @Test
  void theOffsetDependsOnKeyAndSeed() {
    long a = Schedule.of("a", 1, 15_000).offsetMs();
    assertThat(a).isBetween(0L, 14_999L).isEqualTo(Schedule.of("a", 1, 15_000).offsetMs());
    assertThat(a).isNotEqualTo(Schedule.of("b", 1, 15_000).offsetMs());
    assertThat(a).isNotEqualTo(Schedule.of("a", 2, 15_000).offsetMs());
  }
}
