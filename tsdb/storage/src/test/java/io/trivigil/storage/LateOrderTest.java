package io.trivigil.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.SampleBuffer;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

final class LateOrderTest {
  /// Against a map; a value says when its sample came.
  @Test
  void theFirstOfATimeCountsAndTheLastOfOneThatCameBack() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(14);
    for (int round = 0; round < 2_000; round++) {
      int start = random.nextInt(3);
      int count = random.nextInt(40);
      int mostMs = 1 + random.nextInt(60);
      long[] revived = random.longs(random.nextInt(4), 0, mostMs).sorted().distinct().toArray();
      SampleBuffer buffer = new SampleBuffer(1);
      long[] pairs = new long[2 * (start + count + 1)];
      TreeMap<Long, Long> expected = new TreeMap<>();
      for (int i = 0; i < start; i++) {
        buffer.add(1_000, -1); // not to be touched
        pairs[2 * i] = 1_000;
      }
      long timeMs = random.nextInt(mostMs);
      for (int i = 0; i < count; i++) {
        timeMs = random.nextInt(3) == 0 ? random.nextInt(mostMs) : (timeMs + 1) % mostMs;
        buffer.add(timeMs, i);
        pairs[2 * (start + i)] = timeMs;
        pairs[2 * (start + i) + 1] = i;
        if (Arrays.binarySearch(revived, timeMs) >= 0) {
          expected.put(timeMs, (long) i);
        } else {
          expected.putIfAbsent(timeMs, (long) i);
        }
      }
      LateOrder.settle(buffer, start, revived);
      int kept = LateOrder.settle(pairs, start, start + count, revived);
      TreeMap<Long, Long> found = new TreeMap<>();
      TreeMap<Long, Long> ofPairs = new TreeMap<>();
      for (int i = start; i < buffer.size(); i++) {
        found.put(buffer.timestampMs(i), (long) buffer.value(i));
        assertThat(i == start || buffer.timestampMs(i - 1) < buffer.timestampMs(i)).isTrue();
      }
      for (int i = start; i < start + kept; i++) {
        ofPairs.put(pairs[2 * i], pairs[2 * i + 1]);
        assertThat(i == start || pairs[2 * i - 2] < pairs[2 * i]).isTrue();
      }
      assertThat(found).isEqualTo(expected);
      assertThat(ofPairs).isEqualTo(expected);
      assertThat(kept).isEqualTo(buffer.size() - start).isEqualTo(expected.size());
    }
  }
}
