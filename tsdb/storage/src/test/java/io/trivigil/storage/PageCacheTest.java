package io.trivigil.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.metric.Metrics;
import io.trivigil.storage.column.Page;
import io.trivigil.storage.column.PageWriter;
import io.trivigil.storage.page.PageView;
import io.trivigil.storage.page.Table;
import it.unimi.dsi.fastutil.ints.IntSet;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PageCacheTest {
  private static final int ROUNDS = 40;
  private static final long CACHE_BYTES = 16L << 20;

  private final byte[] bytes = page();
  private final int room = (int) (CACHE_BYTES / Page.open(bytes).sizeBytes());
  private final PageCache cache = cache();
  private int loaded;

  /// Under any key stands the same page.
  private final PageView view =
      new PageView() {
        @Override
        public Optional<byte[]> get(Table table, byte[] key) {
          loaded++;
          return Optional.of(bytes);
        }

        @Override
        public void scanFromFloor(
            Table table, byte[] from, byte[] start, byte[] to, Visitor visitor) {
          throw new UnsupportedOperationException();
        }

        @Override
        public void scanFromGuess(
            Table table, byte[] from, byte[] guess, byte[] start, byte[] to, Visitor visitor) {
          throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
      };

  private static PageCache cache() {
    StorageMetrics metrics = new StorageMetrics(new Metrics());
    return new PageCache(CACHE_BYTES, new CorruptChunks(metrics, new Damage(metrics), _ -> {}));
  }

  private static byte[] page() {
    Random random = new Random(3);
    PageWriter writer = new PageWriter();
    for (int ref = 1; !writer.isFull(); ref++) {
      long[] timesMs = new long[500];
      long[] bits = new long[500];
      for (int i = 0; i < bits.length; i++) {
        timesMs[i] = i * 15_000L;
        bits[i] = Double.doubleToRawLongBits(random.nextDouble());
      }
      writer.add(ref, timesMs, bits, bits.length);
    }
    return writer.finish();
  }

  private void goThrough(int from, int to) {
    for (int number = from; number < to; number++) {
      assertThat(cache.page(view, 1, 1, number)).isPresent();
    }
  }

  @Test
  void whatFitsIsLoadedOnce() {
    goThrough(0, room - 2);
    goThrough(0, room - 2);

    assertThat(loaded).isEqualTo(room - 2);
  }

  @Test
  void mostOfWhatIsWantedAgainAndAgainIsThereThoughNotAllOfItFits() {
    int pages = room * 5 / 4;
    for (int i = 0; i < ROUNDS; i++) {
      goThrough(0, pages);
    }

    assertThat(cache.cachedBytes()).isLessThanOrEqualTo(CACHE_BYTES);
    assertThat(loaded)
        .as("who drives out the oldest at once loads all of %d", pages * ROUNDS)
        .isLessThan(pages * ROUNDS / 2);
  }

  @Test
  void whatIsWantedNowDrivesOutWhatIsNotWantedAnyMore() {
    goThrough(0, room);
    int now = room / 4;
    for (int i = 0; i < 5 * PageCache.ADMIT_EVERY; i++) {
      goThrough(1_000, 1_000 + now);
    }
    loaded = 0;
    goThrough(1_000, 1_000 + now);

    assertThat(loaded).isLessThan(now / 4);
  }

  @Test
  void whatNobodyReadsAnyMoreIsForgotten() {
    for (int generation = 1; generation <= 3; generation++) {
      assertThat(cache.page(view, 1, generation, 0)).isPresent();
      assertThat(cache.page(view, 2, generation, 0)).isPresent();
    }
    long one = cache.cachedBytes() / 6;

    cache.forget(1, IntSet.of(1, 3));
    assertThat(cache.cachedBytes()).isEqualTo(4 * one);
    cache.forget(2);
    assertThat(cache.cachedBytes()).isEqualTo(one);

    loaded = 0;
    assertThat(cache.page(view, 1, 2, 0)).isPresent();
    assertThat(loaded).isZero();
    assertThat(cache.page(view, 1, 1, 0)).isPresent();
    assertThat(loaded).isEqualTo(1);
  }
}
