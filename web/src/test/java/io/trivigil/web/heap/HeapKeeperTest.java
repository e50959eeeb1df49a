package io.trivigil.web.heap;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.metric.Metrics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// In JVMs of their own: which collector there is, is a flag.
@Timeout(120)
class HeapKeeperTest {
  private static final int ENDED_WELL = 0;

  @Test
  void theSerialCollectorIsAskedBeforeTheHeapIsFull() throws Exception {
    assertThat(run("-XX:+UseSerialGC", "true")).isEqualTo("asked");
  }

  @Test
  void anotherCollectorIsLeftAlone() throws Exception {
    assertThat(run("-XX:+UseG1GC", "false")).isEqualTo("not asked");
  }

  private static String run(String collector, String until) throws Exception {
    Process java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                collector,
                "-Xmx256m",
                "-XX:MaxNewSize=8m",
                "-cp",
                System.getProperty("java.class.path"),
                Grower.class.getName(),
                until)
            .redirectErrorStream(true)
            .start();
    String said = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(java.waitFor()).as(said).isEqualTo(ENDED_WELL);
    return said;
  }

  /// Has the old generation grow by what lives for some while, and never fills the heap.
  static final class Grower {
    private static final int PIECE = 100_000;
    private static final int ALIVE = 1_000; // of 256 MB
    private static final int ROUNDS = 20;

    private Grower() {}

    /// @param args whether to go on until it was asked
    public static void main(String[] args) {
      Metrics metrics = new Metrics();
      HeapLimits limits = new HeapLimits(0, 1 << 20, 1, 0.5, Duration.ofMillis(10));
      try (HeapKeeper keeper = new HeapKeeper(limits, metrics, System::nanoTime, new Random(1))) {
        keeper.start();
        Deque<byte[]> alive = new ArrayDeque<>();
        boolean untilAsked = Boolean.parseBoolean(args[0]);
        for (int i = 0; untilAsked ? !asked(metrics) : i < ROUNDS * ALIVE; i++) {
          alive.add(new byte[PIECE]);
          if (alive.size() > ALIVE) {
            alive.remove();
          }
        }
        System.out.println(asked(metrics) ? "asked" : "not asked");
      }
    }

    private static boolean asked(Metrics metrics) {
      return metrics.counter("trivigil_heap_collections_asked_total", "").value() > 0;
    }
  }
}
