package io.trivigil.web.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MachineLoadTest {
  @Test
  void allButIdleAndWaitingForDisksIsInUse() {
    assertThat(
            MachineLoad.parse(
                List.of(
                    "cpu  100 20 3 999999 888888 4 5 60 77 7",
                    "cpu0 50 10 2 500000 444444 2 3 30 70 7",
                    "cpu1 50 10 1 499999 444444 2 2 30 7 0",
                    "intr 12345 0",
                    "ctxt 678")))
        .contains(new MachineLoad(Duration.ofMillis(1_920), 2));
  }

  @Test
  void oldKernelsHaveFewerFields() {
    assertThat(MachineLoad.parse(List.of("cpu 1 2 3 4", "cpu0 1 2 3 4")))
        .contains(new MachineLoad(Duration.ofMillis(60), 1));
  }

  @Test
  void whatIsNoSuchFileSaysNothing() {
    assertThat(MachineLoad.parse(List.of())).isEmpty();
    assertThat(MachineLoad.parse(List.of("cpu 1 2 x 4", "cpu0 1 2 3 4"))).isEmpty();
    assertThat(MachineLoad.parse(List.of("cpu 1 2 3 4"))).isEmpty();
  }

  @Test
  void usedTimeNeverFalls() {
    Duration before = MachineLoad.now().map(MachineLoad::cpu).orElse(Duration.ZERO);
    assertThat(MachineLoad.now().map(MachineLoad::cpu).orElse(Duration.ZERO))
        .isGreaterThanOrEqualTo(before);
  }
}
