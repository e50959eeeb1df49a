package io.trivigil.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.raft.LogLimits;
import io.trivigil.raft.ratis.RatisConfig;
import io.trivigil.storage.MemoryBudget;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StoreOptionsTest {
  @Test
  void theLogAndTheStoreShareTheBudget() {
    long storeBytes = StoreOptions.DEFAULT.memory(LogLimits.DEFAULT).bytes();
    assertThat(storeBytes + RatisConfig.logCacheBytes(LogLimits.DEFAULT))
        .isEqualTo(StoreOptions.DEFAULT.memoryBytes());
    assertThat(storeBytes)
        .as("no less than a store has on its own")
        .isGreaterThanOrEqualTo(MemoryBudget.DEFAULT.bytes());
  }

  @Test
  void aBudgetThatLeavesTooLittleIsNamed() {
    long least = RatisConfig.logCacheBytes(LogLimits.DEFAULT) + MemoryBudget.LEAST;
    assertThat(with(least).memory(LogLimits.DEFAULT).bytes()).isEqualTo(MemoryBudget.LEAST);
    assertThatThrownBy(() -> with(least - 1).memory(LogLimits.DEFAULT))
        .hasMessage(
            "--storage.memory-budget is too small: expected at least %d bytes, got %d"
                .formatted(least, least - 1));
  }

  private static StoreOptions with(long memoryBytes) {
    StoreOptions usual = StoreOptions.DEFAULT;
    return new StoreOptions(
        usual.reserveBytes(),
        Duration.ofHours(1),
        usual.scrubRate(),
        usual.retentionBytes(),
        usual.series(),
        usual.retireAfter(),
        memoryBytes);
  }
}
