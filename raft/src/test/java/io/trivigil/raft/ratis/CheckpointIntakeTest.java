package io.trivigil.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointIntakeTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void noMoreThanThePaceComesIn() {
    CheckpointIntake.Pace pace = new CheckpointIntake.Pace();
    long now = 5 * SECOND;
    long bytes = 0;
    for (int i = 0; i < 1_000; i++) {
      now += pace.waitNanos(now, 1 << 20);
      bytes += 1 << 20;
      long allowed =
          CheckpointIntake.BURST_BYTES
              + (now - 5 * SECOND) / 1_000 * CheckpointIntake.BYTES_PER_SECOND / 1_000_000;
      assertThat(bytes).isLessThanOrEqualTo(allowed + 1_024);
    }
    assertThat((double) now / SECOND).isBetween(5 + 80.0, 5 + 81.0); // 968 MiB at 12 MiB/s
  }

  @Test
  void aSmallCheckpointDoesNotWaitAndRestSavesUpOneBurstOnly() {
    CheckpointIntake.Pace pace = new CheckpointIntake.Pace();
    assertThat(pace.waitNanos(SECOND, 32 << 20)).isZero();
    assertThat(pace.waitNanos(SECOND, 12 << 20)).isEqualTo(SECOND);
    assertThat(pace.waitNanos(600 * SECOND, 32 << 20)).isZero();
    assertThat(pace.waitNanos(600 * SECOND, 6 << 20)).isEqualTo(SECOND / 2);
  }

  @Test
  void whatOtherTransfersLeftIsDeleted(@TempDir Path directory) throws Exception {
    Files.createDirectories(directory.resolve("snapshot-a/state"));
    Files.writeString(directory.resolve("snapshot-a/state/file"), "half");
    Files.createDirectories(directory.resolve("snapshot-b"));
    CheckpointIntake.clear(List.of(directory, directory.resolve("none")), "b");
    assertThat(directory.resolve("snapshot-a")).doesNotExist();
    assertThat(directory.resolve("snapshot-b")).exists();
  }
}
