package io.trivigil.web.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.raft.LogStatus;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterSightTest {
  /// The older of both counts, and what one of them does not know is unknown.
  @ParameterizedTest
  @CsvSource({"0, 250, 250", "900, 250, 900", "-1, 250, -1", "3, -1, -1"})
  void ownLagIsUnknownRatherThanMadeUp(long lagMs, long freshnessMs, long expected) {
    LogStatus.Member self = new LogStatus.Member("n1", "h:1", true, 1, 1, 0, lagMs);
    assertThat(ClusterSight.ownLagMs(self, freshnessMs)).isEqualTo(expected);
  }
}
