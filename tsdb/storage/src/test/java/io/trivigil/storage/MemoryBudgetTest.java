package io.trivigil.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.model.metric.Metrics;
import io.trivigil.storage.page.MemoryPageStore;
import io.trivigil.storage.page.RocksLimits;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
  @Test
  void thePartsAreTheWhole() {
    for (long bytes = MemoryBudget.LEAST; bytes < 16L << 30; bytes += bytes / 3) {
      MemoryBudget budget = new MemoryBudget(bytes);
      assertThat(
              budget.engineBytes()
                  + budget.openedPagesBytes()
                  + budget.indexAnswersBytes()
                  + budget.indexWriteBytes())
          .isEqualTo(bytes);
      assertThat(budget.engine().cacheBytes()).isEqualTo(budget.engineBytes());
      assertThat(budget.engine().writeBufferBytes()).isLessThanOrEqualTo(budget.engineBytes() / 2);
    }
    assertThatThrownBy(() -> new MemoryBudget(MemoryBudget.LEAST - 1))
        .hasMessageContaining("expected at least 16777216 bytes, got 16777215");
  }

  @Test
  void aStoreOnItsOwnHasTheEnginesDefaults() {
    assertThat(MemoryBudget.DEFAULT.engine()).isEqualTo(RocksLimits.DEFAULT);
  }

  @Test
  void eachPartIsShownWithItsLimit() {
    Metrics metrics = new Metrics();
    StorageConfig config =
        StorageConfig.inMemory().withMemory(new MemoryBudget(MemoryBudget.LEAST));
    try (Storage _ = Storage.open(config, new MemoryPageStore(), metrics, Runnable::run, _ -> {})) {
      String shown = metrics.expose();
      assertThat(shown)
          .contains("trivigil_memory_limit_bytes{part=\"opened_pages\"} 2.796202e+06\n")
          .contains("trivigil_memory_limit_bytes{part=\"index_answers\"} 1.398101e+06\n")
          .contains("trivigil_memory_limit_bytes{part=\"index_write_buffer\"} 1.398101e+06\n")
          .contains("trivigil_memory_limit_bytes{part=\"engine_cache\"} 1.1184812e+07\n")
          .contains("trivigil_memory_limit_bytes{part=\"engine_write_buffers\"} 5.592406e+06\n");
      for (String part :
          new String[] {
            "opened_pages",
            "index_answers",
            "index_write_buffer",
            "engine_cache",
            "engine_write_buffers"
          }) {
        assertThat(shown).contains("trivigil_memory_used_bytes{part=\"" + part + "\"} 0\n");
      }
    }
  }
}
