package io.trivigil.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.storage.page.MemoryPageStore;
import io.trivigil.storage.page.MemoryPageStore.Step;
import io.trivigil.storage.page.RocksLimits;
import io.trivigil.storage.page.RocksPageStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Random lives beside a simple reference. A failure names the seed that plays it again.
final class RandomLifeTest {
  private static final int SEEDS = Integer.getInteger("seeds", 150);

  private static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  private static void eachSeed(int count, java.util.function.LongConsumer life) {
    for (long seed = 0; seed < count; seed++) {
      try {
        life.accept(seed);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("failed with seed=" + seed, e);
      }
    }
  }

  @Test
  void storeEqualsReferenceWhateverHappens() {
    long[] omitted = {0};
    long[] atHand = {0};
    eachSeed(
        SEEDS,
        seed -> {
          RandomGenerator random = random(seed);
          MemoryPageStore pages = new MemoryPageStore();
          StoreDriver driver = new StoreDriver(random, StorageConfig.inMemory(), () -> pages);
          for (int i = 0; i < 120; i++) {
            driver.step();
            if (random.nextInt(25) == 0) {
              driver.check();
            }
            if (random.nextInt(40) == 0) {
              driver.crash(pages::crash);
            }
          }
          driver.closeViews();
          driver.check();
          omitted[0] += driver.omitted();
          atHand[0] += driver.atHand();
        });
    assertThat(omitted[0]).isPositive();
    assertThat(atHand[0]).isGreaterThan(SEEDS); // more than once in a life
  }

  @Test
  void storesOfOlderVersionsLiveOn() {
    eachSeed(
        SEEDS / 2,
        seed -> {
          RandomGenerator random = random(5000 + seed);
          MemoryPageStore pages = new MemoryPageStore();
          StoreDriver driver =
              new StoreDriver(random, StorageConfig.inMemory(), () -> pages)
                  .withoutHistograms()
                  .withoutRetirement();
          for (int i = 0; i < 120; i++) {
            driver.step();
            if (random.nextInt(30) == 0) {
              driver.crash(
                  () -> {
                    pages.crash();
                    OldStore.rewrite(pages, random.nextBoolean());
                  });
            }
          }
          driver.closeViews();
          driver.check();
        });
  }

  @Test
  void mergeThatIsCutOffAnywhereChangesNothing() {
    eachSeed(
        40,
        seed -> {
          RandomGenerator random = random(6000 + seed);
          MemoryPageStore pages = new MemoryPageStore();
          StoreDriver driver = new StoreDriver(random, StorageConfig.inMemory(), () -> pages);
          for (int round = 0; round < 6; round++) {
            for (int i = 0; i < 30; i++) {
              driver.step();
            }
            driver.snapshot();
            int[] left = {random.nextInt(8)};
            pages.onStep(
                at -> {
                  if (left[0]-- == 0) {
                    throw new IllegalStateException("power cut at " + at);
                  }
                });
            try {
              driver.storage().compact();
            } catch (IllegalStateException e) {
              assertThat(e).hasMessageContaining("power cut");
            }
            pages.onStep(_ -> {});
            driver.check();
            if (random.nextBoolean()) {
              driver.crash(pages::crash);
            }
          }
        });
  }

  @Test
  void failedSnapshotIsNotMergedHalf() {
    eachSeed(
        40,
        seed -> {
          RandomGenerator random = random(7000 + seed);
          MemoryPageStore pages = new MemoryPageStore();
          StoreDriver driver = new StoreDriver(random, StorageConfig.inMemory(), () -> pages);
          for (int i = 0; i < 40; i++) {
            driver.step();
          }
          driver.snapshot();
          for (int i = 0; i < 10; i++) {
            driver.step();
          }
          pages.onStep(
              at -> {
                if (at == Step.AFTER_COMMIT) {
                  throw new IllegalStateException("disk full at " + at);
                }
              });
          assertThatThrownBy(driver::snapshot).hasMessageContaining("disk full");
          pages.onStep(_ -> {});
          try {
            driver.storage().compact(); // makes durable what was committed
          } catch (IllegalStateException e) {
            assertThat(e).hasMessageContaining("the last snapshot failed");
            pages.flush();
          }
          driver.check();
          driver.crash(pages::crash);
        });
  }

  @Test
  void crashAtEveryStepOfWritingLeavesTheOldOrTheNew() {
    eachSeed(
        40,
        seed -> {
          RandomGenerator random = random(1000 + seed);
          MemoryPageStore pages = new MemoryPageStore();
          StoreDriver driver = new StoreDriver(random, StorageConfig.inMemory(), () -> pages);
          for (Step step : Step.values()) {
            for (int i = 0; i < 30; i++) {
              driver.step();
            }
            long before = driver.storage().durablePosition().index();
            pages.onStep(
                at -> {
                  if (at == step) {
                    throw new IllegalStateException("power cut at " + at);
                  }
                });
            // Through a capture that is not a no-op: an entry came since the last.
            assertThatThrownBy(driver::snapshot).hasMessageContaining("power cut");
            assertThat(driver.storage().durablePosition().index()).isEqualTo(before);
            long at = driver.index();
            driver.crash(pages::crash);
            assertThat(driver.storage().recovered().position().index())
                .isEqualTo(step == Step.AFTER_FLUSH ? at : before);
          }
        });
  }

  @Test
  void failedWriteCanBeTriedAgain() {
    eachSeed(
        20,
        seed -> {
          RandomGenerator random = random(2000 + seed);
          MemoryPageStore pages = new MemoryPageStore();
          StoreDriver driver = new StoreDriver(random, StorageConfig.inMemory(), () -> pages);
          for (Step step : Step.values()) {
            for (int i = 0; i < 20; i++) {
              driver.step();
            }
            pages.onStep(
                at -> {
                  if (at == step) {
                    throw new IllegalStateException("disk full at " + at);
                  }
                });
            assertThatThrownBy(driver::snapshot).hasMessageContaining("disk full");
            pages.onStep(_ -> {});
            driver.check();
            driver.snapshot();
            driver.check();
          }
          driver.crash(pages::crash);
        });
  }

  @Test
  void equalIndexMeansEqualChecksum(@TempDir Path directory) {
    eachSeed(
        40,
        seed -> {
          RandomGenerator random = random(3000 + seed);
          MemoryPageStore pages = new MemoryPageStore();
          StoreDriver driver = new StoreDriver(random, StorageConfig.inMemory(), () -> pages);
          for (int i = 0; i < 150; i++) {
            driver.step();
          }
          StorageConfig config =
              StorageConfig.inMemory().withPartitionLength(java.time.Duration.ofSeconds(10));
          try (Storage quiet = Storage.open(config, new MemoryPageStore());
              Storage installed = Storage.open(config, new MemoryPageStore())) {
            driver.replayInto(quiet);
            assertThat(quiet.checksum()).isEqualTo(driver.storage().checksum());
            Path checkpoint = Files.createDirectory(directory.resolve("checkpoint-" + seed));
            driver.snapshot();
            SnapshotPosition position = driver.storage().writeCheckpoint(checkpoint);
            assertThat(position.index()).isEqualTo(driver.index());
            assertThat(installed.install(checkpoint).position()).isEqualTo(position);
            assertThat(installed.checksum()).isEqualTo(quiet.checksum());
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
  }

  @Test
  void rocksAndLuceneLiveAsWell(@TempDir Path directory) {
    eachSeed(
        Math.max(2, SEEDS / 100),
        seed -> {
          RandomGenerator random = random(4000 + seed);
          Path pages = directory.resolve("pages-of-" + seed);
          Path index = directory.resolve("index-of-" + seed);
          List<RocksPageStore> open = new ArrayList<>();
          StoreDriver driver =
              new StoreDriver(
                  random,
                  StorageConfig.in(index),
                  () -> {
                    open.forEach(RocksPageStore::close); // without a flush, as a kill does
                    open.clear();
                    open.add(RocksPageStore.open(pages, RocksLimits.DEFAULT));
                    return open.getFirst();
                  });
          for (int i = 0; i < 250; i++) {
            driver.step();
            if (random.nextInt(80) == 0) {
              Storage killed = driver.storage();
              driver.crash(() -> abandon(killed, index, random));
            }
          }
          driver.closeViews();
          driver.check();
          driver.storage().close();
        });
  }

  /// What a kill does to Lucene's lock; and now and then the index is lost.
  private static void abandon(Storage killed, Path index, RandomGenerator random) {
    killed.engine().partitions.close();
    if (random.nextBoolean()) {
      try {
        Trees.delete(index);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }
}
