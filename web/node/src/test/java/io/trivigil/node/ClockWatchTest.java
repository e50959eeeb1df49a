package io.trivigil.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.config.version.MemberReport;
import io.trivigil.raft.LogStatus;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClockWatchTest {
  private static LogStatus status(String... voters) {
    List<LogStatus.Member> members =
        List.of(voters).stream()
            .map(id -> new LogStatus.Member(id, "h:1", true, 1, 1, 0, 0))
            .toList();
    return new LogStatus("n1", "n1", 3, LogStatus.Role.LEADER, true, 1, 1, 1, 1, members);
  }

  private static Map<String, Long> offsets(long second, long third) {
    return ClockWatch.offsets(
        status("n1", "n2", "n3"),
        Map.of(
            "n2", MemberReport.of("", "", second, "n1"),
            "n3", MemberReport.of("", "", third, "n1")),
        "n1",
        0);
  }

  @Test
  void leaderWhoseWallClockIsOffHandsOverThoughItDatesRightly() {
    Map<String, Long> offsets =
        ClockWatch.offsets(status("n1", "n2", "n3"), Map.of(), "n1", 3_600_000);
    assertThat(ClockWatch.heir(offsets, "n1")).isPresent();
  }

  @Test
  void leaderThatIsOffHandsOverToTheMedian() {
    assertThat(ClockWatch.heir(offsets(700, 900), "n1")).contains("n2");
    assertThat(ClockWatch.heir(offsets(-5_000, -600), "n1")).contains("n3");
  }

  @Test
  void followerThatIsOffChangesNothing() {
    assertThat(ClockWatch.heir(offsets(0, 90_000), "n1")).isEmpty();
    assertThat(ClockWatch.heir(offsets(-3_000, 3_000), "n1")).isEmpty();
  }

  @Test
  void limitIsExclusive() {
    assertThat(ClockWatch.heir(offsets(ClockWatch.LIMIT_MS, ClockWatch.LIMIT_MS), "n1")).isEmpty();
    assertThat(ClockWatch.heir(offsets(ClockWatch.LIMIT_MS + 1, ClockWatch.LIMIT_MS + 1), "n1"))
        .isPresent();
  }

  @Test
  void comparisonWithAnotherLeaderDoesNotCount() {
    Map<String, Long> offsets =
        ClockWatch.offsets(
            status("n1", "n2", "n3"),
            Map.of(
                "n2",
                MemberReport.of("", "", 9_000, "n3"),
                "n3",
                MemberReport.of("", "", 9_000, "n2")),
            "n1",
            0);
    assertThat(ClockWatch.heir(offsets, "n1")).isEmpty();
  }

  @Test
  void ofTwoClocksNobodyCanSayWhichIsOff() {
    Map<String, Long> offsets =
        ClockWatch.offsets(
            status("n1", "n2"), Map.of("n2", MemberReport.of("", "", 9_000, "n1")), "n1", 0);
    assertThat(ClockWatch.heir(offsets, "n1")).isEmpty();
  }
}
